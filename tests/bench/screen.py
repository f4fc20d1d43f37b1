"""A terminal that only looks at the clock: what a program writes is searched as it comes, not drawn."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
import time
from typing import TYPE_CHECKING

from tests.bench.pairs import CACHES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_WHERE_IS_THE_CURSOR = b"\x1b[6n"
_AT_HOME = b"\x1b[1;1R"


class Screen:
    """A program in a pseudo-terminal of 80 by 24; ``began`` is when it was started."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._side, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.began = time.perf_counter()
        self._program = subprocess.Popen(
            command,
            stdin=inner,
            stdout=inner,
            stderr=inner,
            start_new_session=True,
            env={**CACHES, "TERM": "xterm-256color", **environment},
        )
        os.close(inner)
        self._seen = b""

    def until(self, text: bytes) -> float:
        """Return the moment when this text was there; what came before it is forgotten."""
        while text not in self._seen:
            written = os.read(self._side, 65536)
            if _WHERE_IS_THE_CURSOR in written:
                os.write(self._side, _AT_HOME)
            self._seen += written
        moment = time.perf_counter()
        self._seen = self._seen.partition(text)[2]
        return moment

    def send(self, keys: bytes) -> float:
        """Press keys and return the moment."""
        os.write(self._side, keys)
        return time.perf_counter()

    def close(self) -> None:
        """End the program as a closed terminal does."""
        self._program.kill()
        self._program.wait()
        os.close(self._side)
