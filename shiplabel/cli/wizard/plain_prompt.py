"""The same questions as Prompt for a terminal that only writes: a screen reader, a dumb one, a log.

Nothing that stands on the screen is drawn again: no escapes, no menu, no bottom line. Typed text is
echoed, a backspace takes a character back, and the keys are the wizard's own.
"""

from __future__ import annotations

import select
import sys
from collections import deque
from typing import TYPE_CHECKING

from prompt_toolkit.document import Document
from prompt_toolkit.input import create_input
from prompt_toolkit.keys import Keys
from prompt_toolkit.utils import get_cwidth

from shiplabel.cli.wizard.prompt import ESCAPE_S, Key, Reply, hold_still, is_at_hand, talk_stream
from shiplabel.domain.text import printable
from shiplabel.language import phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from prompt_toolkit.completion import Completer
    from prompt_toolkit.input import Input
    from prompt_toolkit.key_binding import KeyPress

ENTER = {Keys.ControlM, Keys.ControlJ}
ENDS = {Keys.ControlB: Key.BACK, Keys.Escape: Key.BACK, Keys.F1: Key.HELP, **dict.fromkeys(ENTER, Key.ENTER)}
LEAVES = {Keys.ControlC, Keys.ControlD}
TAKES_BACK = {Keys.Backspace, Keys.ControlH}


class PlainPrompt:
    """Asks by writing a line and reading keys; for systems whose terminals can be waited for."""

    def __init__(self) -> None:
        self._input: Input = create_input(sys.stdin, always_prefer_tty=True)
        self._ahead: deque[KeyPress] = deque()
        hold_still(self._input.fileno())

    def ask(
        self,
        header: str,
        question: str,
        *,
        keys: Sequence[str],
        default: str = "",
        letters: str = "",
        completer: Completer | None = None,
        hint: Callable[[str], str] | None = None,
    ) -> Reply:
        """Ask for text. ``letters`` are keys that act at once while nothing is typed; Tab completes."""
        del hint  # what Enter would take is told when it is taken
        self._write_question(header, question, keys if letters else ())
        line = _Line(self._write, default)
        while True:
            press = self._key()
            if press.key in ENDS:
                return self._ended(line.text, ENDS[press.key])  # type: ignore[index]  # it is one of them
            if not line.text and press.data.lower() in set(letters):
                return self._ended("", press.data.lower())
            if press.key == Keys.ControlI and completer:
                line.replace(_first(completer, line.text))
            else:
                line.take(press)

    def choose(self, header: str, question: str, *, keys: Sequence[str], letters: str) -> Reply:
        """Ask for one of ``letters``, Enter, back or help; every other key is ignored."""
        self._write_question(header, question, keys)
        while True:
            press = self._key()
            if press.key in ENDS:
                return self._ended("", ENDS[press.key])  # type: ignore[index]  # it is one of them
            if press.data.lower() in set(letters):
                self._write(press.data)
                return self._ended("", press.data.lower())

    def yes(self, question: str, *, header: str = "") -> bool:
        """Ask until y or n is pressed; an Enter typed right behind it is part of the answer."""
        self._write_question(header, question if "(y/n)" in question else f"{question} (y/n)", ())
        while True:
            press = self._key()
            said = "n" if press.key in {Keys.ControlB, Keys.Escape} else press.data.lower()
            if said in {"y", "n"}:
                self._write(f"{said}\n")
                self._read_ahead()
                if self._ahead and self._ahead[0].key in ENTER:
                    self._ahead.popleft()
                return said == "y"

    def pick(self, question: str, choices: Mapping[str, str]) -> str:
        """Ask which of the choices by its number; Enter alone takes the first. Return its key."""
        for number, words in enumerate(choices.values(), 1):
            self._write(f"{number}) {printable(words)}\n")
        asked = phrase("{question} A number and Enter; Enter alone takes 1; ^C leaves:", question=question)
        while True:
            text = self.ask("", asked, keys=()).text.strip() or "1"
            if text.isascii() and text.isdecimal() and 1 <= int(text[:4]) <= len(choices):
                return list(choices)[int(text[:4]) - 1]

    def forget_typed_ahead(self) -> None:
        """Drop what was typed while nothing was asked, so that a stray Enter decides nothing."""
        self._read_ahead()
        self._ahead.clear()

    def pressed(self, letter: str) -> bool:
        """Tell whether a letter was pressed while nothing is asked; other keys mean nothing then."""
        return is_at_hand(letter, self._input.fileno())

    def _write_question(self, header: str, question: str, keys: Sequence[str]) -> None:
        if keys:
            self._write(f"{' · '.join(keys)}\n")
        self._write(f"{header}\n" if header else "")
        self._write(f" {printable(question)} ")

    def _ended(self, text: str, key: str) -> Reply:
        self._write("\n")
        return Reply(text, key)

    def _key(self) -> KeyPress:
        """Wait for the next key; raise KeyboardInterrupt where the clerk leaves."""
        while not self._ahead:
            ready, _, _ = select.select([self._input.fileno()], [], [])
            self._read_ahead()
            if ready and not self._ahead and self._input.closed:
                raise EOFError
        press = self._ahead.popleft()
        if press.key in LEAVES:
            self._write("\n")
            raise KeyboardInterrupt
        return press

    def _read_ahead(self) -> None:
        """Take in the keys that are pressed already; an Escape that nothing follows is one of them."""
        self._ahead.extend(self._input.read_keys())
        if not select.select([self._input.fileno()], [], [], 0 if self._ahead else ESCAPE_S)[0]:
            self._ahead.extend(self._input.flush_keys())

    @staticmethod
    def _write(text: str) -> None:
        stream = talk_stream()
        stream.write(text)
        stream.flush()


class _Line:
    """What is typed, echoed as it comes; nothing but backspaces ever moves back."""

    def __init__(self, write: Callable[[str], None], text: str) -> None:
        self._write, self.text = write, ""
        self._add(text)

    def take(self, press: KeyPress) -> None:
        """Take a key that types, deletes or clears; every other one means nothing here."""
        if press.key in TAKES_BACK:
            self._remove(1)
        elif press.key == Keys.ControlU:
            self._remove(len(self.text))
        elif press.key == Keys.BracketedPaste or not isinstance(press.key, Keys):
            self._add(press.data)

    def replace(self, text: str) -> None:
        """Put a completion in the place of what is typed."""
        if text:
            self._remove(len(self.text))
            self._add(text)

    def _add(self, text: str) -> None:
        self.text += text
        self._write(printable(text))

    def _remove(self, count: int) -> None:
        gone = self.text[len(self.text) - count :]
        self.text = self.text[: len(self.text) - count]
        self._write("\b \b" * get_cwidth(printable(gone)))


def _first(completer: Completer, text: str) -> str:
    """Return the first completion, or nothing."""
    from prompt_toolkit.completion import CompleteEvent  # noqa: PLC0415  # Tab alone needs it

    found = completer.get_completions(Document(text), CompleteEvent(completion_requested=True))
    return next((one.text for one in found), "")
