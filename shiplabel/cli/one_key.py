"""One key press from the terminal, at once: what a (y/n) takes. An Enter right behind it belongs to it."""

from __future__ import annotations

import os
import select
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

BEHIND_S = 0.05
LEAVES = {"", "\x03", "\x04"}


def pressed(question: str, keys: str) -> str:
    """Write the question and return which of ``keys`` was pressed; raise EOFError where the person leaves."""
    with _at_once():
        sys.stderr.write(f"{question} ")
        sys.stderr.flush()
        while True:
            key = _key()
            if key in LEAVES:
                raise EOFError
            if key.casefold() in keys:
                sys.stderr.write(f"{key}\n")
                sys.stderr.flush()
                _swallow_enter()
                return key.casefold()


@contextmanager
def _at_once() -> Iterator[None]:
    """Have the terminal hand over each key as it comes, unseen; what was typed already stays."""
    if sys.platform == "win32":
        yield
        return
    import termios  # noqa: PLC0415  # not there on Windows

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    changed = termios.tcgetattr(terminal)
    changed[3] &= ~(termios.ECHO | termios.ICANON)
    termios.tcsetattr(terminal, termios.TCSANOW, changed)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSANOW, before)


def _key() -> str:
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415  # there on Windows only

        return msvcrt.getwch()
    return os.read(sys.stdin.fileno(), 1).decode("latin-1")


def _swallow_enter() -> None:
    """Take an Enter that was pressed right behind the key."""
    if sys.platform != "win32" and select.select([sys.stdin], [], [], BEHIND_S)[0]:
        os.read(sys.stdin.fileno(), 1)
