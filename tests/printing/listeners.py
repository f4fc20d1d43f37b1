"""Real TCP listeners that behave as printers do, well and badly."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def accept_all(line: socket.socket) -> bytes:
    got = b""
    while chunk := line.recv(65536):
        got += chunk
    return got


def keep_line_open(line: socket.socket) -> bytes:
    got = accept_all(line)
    line.settimeout(5)
    _hang_up.wait(5)
    return got


def close_early(line: socket.socket) -> bytes:
    """Reset the line after the first bytes, as a printer does that is switched off."""
    got = line.recv(10)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return got


def stall(line: socket.socket) -> bytes:
    """Take nothing at all until the test is over."""
    _hang_up.wait(20)
    return b""


_hang_up = threading.Event()


class Printer:
    """One listener; ``port`` is where it is, ``received`` the first caller's job, ``jobs`` all."""

    def __init__(self, behave: Callable[[socket.socket], bytes]) -> None:
        _hang_up.clear()
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(1)
        self.port: int = self._socket.getsockname()[1]
        self.received = b""
        self.jobs: list[bytes] = []
        self._behave = behave
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = self._socket.accept()
                with line:
                    self.jobs.append(self._behave(line))
                self.received = self.jobs[0]

    def close(self) -> None:
        _hang_up.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)


@contextlib.contextmanager
def printer(behave: Callable[[socket.socket], bytes]) -> Iterator[Printer]:
    listening = Printer(behave)
    try:
        yield listening
    finally:
        listening.close()
