"""Runs of the program as forks of one warmed-up process: to start Python anew is most of what a run costs."""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from functools import cache
from typing import TYPE_CHECKING

from tests.terminal.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

PATIENCE_S = 90.0


class Forks:
    """The process that forks, and the line to it."""

    def __init__(self) -> None:
        self._line, theirs = socket.socketpair()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.victim", str(theirs.fileno())],
            cwd=ROOT,
            pass_fds=[theirs.fileno()],
        )
        theirs.close()
        self._asked = self._line.makefile("rw", encoding="utf-8")

    def run(
        self, arguments: Sequence[str], environ: Mapping[str, str], folder: Path, stdin: str = ""
    ) -> tuple[int, str, str]:
        """Run the program in ``folder`` and wait for its end; return its exit code and both streams."""
        places = {name: folder / f".{name}" for name in ("stdin", "stdout", "stderr")}
        places["stdin"].write_text(stdin, encoding="utf-8")
        wanted = {
            "arguments": list(arguments), "before": (), "environ": dict(environ), "terminal": "",
            "folder": str(folder), **{name: str(path) for name, path in places.items()},
        }  # fmt: skip
        self._asked.write(f"{json.dumps(wanted)}\n")
        self._asked.flush()
        late = threading.Timer(PATIENCE_S, os.kill, (int(self._asked.readline()), signal.SIGABRT))
        late.start()
        try:
            code = int(self._asked.readline())
        finally:
            late.cancel()
        out, err = (places[name].read_text(encoding="utf-8") for name in ("stdout", "stderr"))
        for path in places.values():
            path.unlink()
        return code, out, err

    def close(self) -> None:
        """End the process."""
        self._asked.close()
        self._line.close()
        self._process.wait()


@cache
def forks() -> Forks:
    """Return the forking process of these tests, warmed when it is first asked for."""
    made = Forks()
    atexit.register(made.close)
    return made
