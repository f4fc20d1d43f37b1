"""The wizard in a pseudo-terminal, typed ahead as far as it lets one, from whatever question it shows."""

from __future__ import annotations

import fcntl
import os
import struct
import termios
import time
from typing import TYPE_CHECKING

import pexpect
import pyte
from pexpect.fdpexpect import fdspawn

from shiplabel.workflow.steps import ANSWER_STEPS, title
from tests.terminal.driver import CLEAR, ENTER, HEADER
from tests.terminal.script import TYPED

if TYPE_CHECKING:
    from tests.crash.desk import Desk

LINES, COLUMNS = 30, 100
PATIENCE_S = 30.0
_STEP_OF_TITLE = {title(step): step for step in (*ANSWER_STEPS, "confirm", "rate")}


class Screen(pyte.Screen):
    """A screen that answers the terminal's questions to the program."""

    def __init__(self, child: fdspawn[bytes]) -> None:
        super().__init__(COLUMNS, LINES)
        self._child = child

    def write_process_input(self, data: str) -> None:
        """Send the answer."""
        self._child.send(data.encode())


class Terminal:
    """One run of the program in a terminal of its own, a fork of the warmed-up process."""

    def __init__(self, desk: Desk, *arguments: str, before: tuple[str, ...] = (), **more: str) -> None:
        ours, theirs = os.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        desk.fork(arguments, before, desk.environ(**more), terminal=os.ttyname(theirs))
        os.close(theirs)
        self._desk = desk
        self._child: fdspawn[bytes] = fdspawn(ours, timeout=PATIENCE_S)
        self._screen = Screen(self._child)
        self._stream = pyte.ByteStream(self._screen)
        self._lines = [""] * LINES

    @property
    def shown(self) -> str:
        """What stands on the screen."""
        for number in self._screen.dirty:
            row = self._screen.buffer[number]
            self._lines[number] = "".join(row[column].data for column in range(COLUMNS)).rstrip()
        self._screen.dirty.clear()
        return "\n".join(self._lines)

    def read(self) -> bool:
        """Take in what the program has written; tell whether it lives."""
        try:
            self._stream.feed(self._child.read_nonblocking(65536, timeout=PATIENCE_S))
        except pexpect.EOF:
            return False
        except pexpect.TIMEOUT:
            raise AssertionError(f"nothing more came; the screen:\n{self.shown}") from None
        return True

    def send(self, keys: str) -> None:
        """Press keys; a program that is gone takes none."""
        self._child.send(keys.encode())

    def ended(self) -> int:
        """Wait for its end and return its exit code (minus the signal)."""
        while self.read():
            continue
        self._child.close()
        return self._desk.ended()


def keys_from(step: str) -> str:
    """Return all that is typed from the question of a step on, as far as typing ahead is taken."""
    if step == "rate":
        return ENTER
    left = ANSWER_STEPS[ANSWER_STEPS.index(step) :] if step in ANSWER_STEPS else ()
    return "".join(f"{CLEAR}{TYPED[one]}{ENTER}" for one in left) + ENTER


def asked(shown: str) -> str:
    """Return what is asked on a screen: a step, the last question before buying, or nothing."""
    if "(y/n)" in shown:
        return "purchase"
    found = [match[1] for line in shown.splitlines() if (match := HEADER.match(line))]
    return next((step for name, step in _STEP_OF_TITLE.items() if found and found[-1].startswith(name)), "")


def walk(terminal: Terminal) -> int:
    """Answer whatever is asked until the program ends, or is ended; return its exit code."""
    answered: set[str] = set()
    until = time.monotonic() + PATIENCE_S
    while terminal.read():
        step = asked(terminal.shown)
        kind = "answers" if step in {*ANSWER_STEPS, "confirm"} else step
        if step and kind not in answered:
            answered.add(kind)
            terminal.send("y" if step == "purchase" else keys_from(step))
        assert time.monotonic() < until, terminal.shown
    return terminal.ended()
