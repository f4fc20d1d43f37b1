"""A clerk's terminal: the real program in a pseudo-terminal, its screen as a person would see it."""

from __future__ import annotations

import os
import re
import signal
import time
from typing import TYPE_CHECKING, Any

import pexpect
import pyte

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PATIENCE_S = 45.0
READ_S = 0.02
HEADER = re.compile(r"^ ?(\S.*) · (?:SANDBOX|TEST|PRODUCTION)")

ENTER, BACK, ESCAPE, CLEAR, LEAVE, END = "\r", "\x02", "\x1b", "\x15", "\x03", "\x04"


class _Screen(pyte.HistoryScreen):
    """A screen that answers the terminal's questions to the program."""

    def __init__(self, columns: int, lines: int, child: pexpect.spawn[bytes]) -> None:
        super().__init__(columns, lines, history=2000, ratio=0.5)
        self._child = child

    def write_process_input(self, data: str) -> None:
        self._child.send(data.encode())


class Terminal:
    """One program in a terminal of ``columns`` by ``lines``."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        columns: int = 80,
        lines: int = 24,
    ) -> None:
        self.child: pexpect.spawn[bytes] = pexpect.spawn(
            command[0],
            list(command[1:]),
            env={"TERM": "xterm-256color", **environment, "COLUMNS": "", "LINES": ""},
            dimensions=(lines, columns),
            echo=True,
            timeout=PATIENCE_S,
        )
        self.child.delaybeforesend = None
        self._screen = _Screen(columns, lines, self.child)
        self._stream = pyte.ByteStream(self._screen)
        self.everything = b""
        self._seen = ""

    @property
    def screen(self) -> str:
        """What stands on the screen now, without the blanks at the ends of lines."""
        if not self._seen:
            self._seen = "\n".join(line.rstrip() for line in self._screen.display).rstrip()
        return self._seen

    @property
    def pages(self) -> str:
        """What has left the screen at its top, and the screen."""
        gone = [
            "".join(row[column].data for column in range(self._screen.columns)).rstrip()
            for row in self._screen.history.top
        ]
        return "\n".join([*gone, self.screen])

    @property
    def question(self) -> str:
        """The header of the question on screen: ``Ship to · City · 13 of 21``, or nothing."""
        found = [match[1] for line in self.screen.splitlines() if (match := HEADER.match(line))]
        return found[-1] if found else ""

    def read(self) -> bool:
        """Take in what the program has written; tell whether it lives."""
        try:
            written = self.child.read_nonblocking(65536, timeout=READ_S)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.everything += written
        self._seen = ""
        self._stream.feed(written)
        return True

    def wait_until(self, true: Any, what: str) -> None:
        """Read until ``true()`` holds; fail with the screen when it does not."""
        end = time.monotonic() + PATIENCE_S
        while not true():
            alive = self.read()
            if not alive and true():
                return
            if not alive or time.monotonic() > end:
                raise AssertionError(f"{what} did not come; the screen:\n{self.pages}")

    def wait_for(self, text: str) -> str:
        """Wait until the text stands on the screen and return the screen."""
        self.wait_until(lambda: text in self.screen, repr(text))
        return self.screen

    def wait_gone(self, text: str) -> None:
        """Wait until the text is off the screen."""
        self.wait_until(lambda: text not in self.screen, f"the end of {text!r}")

    def wait_asked(self, question: str) -> None:
        """Wait until this question is on screen and open: its header stands last."""
        self.wait_until(lambda: question in self.question, f"the question {question!r}")

    def send(self, keys: str) -> None:
        """Press keys."""
        self.child.send(keys.encode())

    def answer(self, text: str) -> None:
        """Type over what stands there, and press Enter."""
        self.send(f"{CLEAR}{text}{ENTER}")

    def resize(self, columns: int, lines: int) -> None:
        """Change the terminal's size, as a window that is pulled does: the program is told by a signal."""
        self._screen.resize(lines, columns)
        self._seen = ""
        self.child.setwinsize(lines, columns)

    def paste(self, text: str) -> None:
        """Paste as a terminal does: marked as pasted."""
        self.send(f"\x1b[200~{text}\x1b[201~")

    def kill(self) -> None:
        """Kill the program as the kernel would: no chance to say anything."""
        os.kill(int(self.child.pid or 0), signal.SIGKILL)
        self.end()

    def end(self) -> int:
        """Read to the program's end and return its exit code (minus the signal that killed it)."""
        end = time.monotonic() + PATIENCE_S
        while self.read():
            if time.monotonic() > end:
                raise AssertionError(f"the program did not end; the screen:\n{self.pages}")
        self.child.close()
        if self.child.signalstatus is not None:
            return -int(self.child.signalstatus)
        return int(self.child.exitstatus or 0)

    def close(self) -> None:
        """End the program whatever it does."""
        self.child.close(force=True)
