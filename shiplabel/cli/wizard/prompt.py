"""One line of talk with the clerk: a question in words, or a choice of keys.

Knows questionary and prompt_toolkit and nothing of sessions. ^C and ^D raise
KeyboardInterrupt; every other key that means something comes back in a Reply. What is on
screen while a question is open is wiped when it is answered, so that a screen never shows
two questions; ``plain`` leaves every line where it is. The keys of the bottom line are marked texts;
the letters y and n are the same in every language.
"""

from __future__ import annotations

import atexit
import os
import sys
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TextIO

import questionary
from prompt_toolkit.filters import Condition
from prompt_toolkit.input import create_input
from prompt_toolkit.input.typeahead import clear_typeahead, get_typeahead, store_typeahead
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.keys import Keys
from prompt_toolkit.output import ColorDepth, create_output
from prompt_toolkit.styles import Style

from shiplabel.domain.text import printable
from shiplabel.language import marked, phrase, worded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from prompt_toolkit.completion import Completer
    from prompt_toolkit.input import Input
    from prompt_toolkit.key_binding import KeyPressEvent

ESCAPE_S = 0.1
MOST_NUMBERED = 9
YES_KEYS = marked(("y yes", "n no", "^C save+quit"))
HEADERS = {
    "production": "bold fg:ansiwhite bg:ansired",
    "test": "bold fg:ansiblack bg:ansiyellow",
    "sandbox": "bold fg:ansigreen",
}
"""How the header of each environment looks: nobody mistakes real money for a sandbox."""

LOOK = [
    ("question", "bold"),
    ("answer", ""),
    ("instruction", "italic"),
    ("bottom-toolbar", "noreverse fg:ansibrightblack"),
    ("completion-menu", "noinherit reverse"),
    ("completion-menu.completion.current", "noinherit bold"),
]
BARE = Style([("bottom-toolbar", "noreverse"), ("completion-menu", "noinherit")])


class Key(StrEnum):
    """What a clerk can say without words."""

    ENTER = "enter"
    BACK = "back"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Reply:
    """What was typed so far, and the key that ended it: one of Key, or the letter itself."""

    text: str
    key: str = Key.ENTER


class Prompt:
    """Asks on the terminal: reads what is typed, draws where a person sees it."""

    def __init__(self, *, plain: bool = False, environment: str = "") -> None:
        self.plain = plain
        header = ("qmark", HEADERS.get(environment, "bold"))
        self._look = BARE if plain else Style([header, *LOOK])
        self._input: Input = create_input(sys.stdin, always_prefer_tty=True)
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
        """Ask for text. ``letters`` are keys that act at once while nothing is typed."""
        bindings = _common_keys()
        _letter_keys(bindings, letters)
        bar = _toolbar(keys, hint)
        return self._run(bindings, header, question, bar, default=default, completer=completer)

    def choose(self, header: str, question: str, *, keys: Sequence[str], letters: str) -> Reply:
        """Ask for one of ``letters``, Enter, back or help; every other key is ignored."""
        bindings = _common_keys()
        bindings.add(Keys.Any)(_ignore)
        bindings.add(Keys.BracketedPaste)(_ignore)
        _letter_keys(bindings, letters)
        bindings.add("enter")(_ends_with(Key.ENTER))
        return self._run(bindings, header, question, _toolbar(keys))

    def yes(self, question: str, *, header: str = "") -> bool:
        """Ask until y or n; an Enter typed right behind it is part of the answer."""
        bindings = KeyBindings()
        _steady_keys(bindings)
        bindings.add(Keys.Any)(_ignore)
        bindings.add(Keys.BracketedPaste)(_ignore)
        bindings.add("enter")(_ignore)
        for letter in "yYnN":
            bindings.add(letter)(_ends_with(letter.lower()))
        for key in ("c-b", "escape"):
            bindings.add(key)(_ends_with("n"))
        asked = question if "(y/n)" in question else f"{question} (y/n)"
        reply = self._run(bindings, header, asked, _toolbar(YES_KEYS))
        self._swallow_enter()
        return reply.key == "y"

    def pick(self, question: str, choices: Mapping[str, str]) -> str:
        """Ask which of the choices, by arrows and Enter or by its number; return its key."""
        asked = questionary.select(
            question,
            choices=[questionary.Choice(printable(words), value=key) for key, words in choices.items()],
            use_shortcuts=len(choices) <= MOST_NUMBERED,
            qmark="",
            instruction=phrase("(arrows or number, Enter; ^C leaves)"),
            style=self._look,
            erase_when_done=not self.plain,
            input=self._input,
            output=create_output(talk_stream()),
        )
        bindings = asked.application.key_bindings
        if isinstance(bindings, KeyBindings):
            _steady_keys(bindings)
        return str(asked.unsafe_ask())

    def forget_typed_ahead(self) -> None:
        """Drop what was typed while nothing was asked, so that a stray Enter decides nothing."""
        clear_typeahead(self._input)
        if sys.platform != "win32":
            import termios  # noqa: PLC0415  # not there on Windows

            termios.tcflush(self._input.fileno(), termios.TCIFLUSH)

    def pressed(self, letter: str) -> bool:
        """Tell whether a letter was pressed while nothing is asked; other keys mean nothing then."""
        return is_at_hand(letter, self._input.fileno())

    def _swallow_enter(self) -> None:
        ahead = get_typeahead(self._input)
        if ahead and ahead[0].key in {Keys.ControlM, Keys.ControlJ}:
            ahead = ahead[1:]
        store_typeahead(self._input, ahead)

    def _run(
        self,
        bindings: KeyBindings,
        header: str,
        question: str,
        toolbar: Callable[[], str],
        *,
        default: str = "",
        completer: Completer | None = None,
    ) -> Reply:
        more: dict[str, Any] = {"complete_while_typing": True, "completer": completer} if completer else {}
        asked = questionary.text(
            question,
            default=default,
            qmark=f"{header}\n" if header else "",
            style=self._look,
            key_bindings=bindings,
            bottom_toolbar=None if self.plain else toolbar,
            erase_when_done=not self.plain,
            reserve_space_for_menu=4 if completer else 0,
            color_depth=ColorDepth.DEPTH_1_BIT if self.plain else None,
            input=self._input,
            output=create_output(talk_stream()),
            **more,
        )
        asked.application.ttimeoutlen = ESCAPE_S
        asked.application.timeoutlen = ESCAPE_S
        reply = asked.unsafe_ask()
        return reply if isinstance(reply, Reply) else Reply(str(reply))


def hold_still(terminal: int) -> None:
    """Keep the terminal from echoing and editing what is typed between two questions, until the program ends.

    Else a ^U or ^D typed ahead would be eaten by the terminal, and letters would tear a table.
    """
    if sys.platform == "win32" or not os.isatty(terminal):
        return
    import termios  # noqa: PLC0415  # not there on Windows

    before = termios.tcgetattr(terminal)
    still = termios.tcgetattr(terminal)
    still[0] &= ~(termios.ICRNL | termios.IXON)
    still[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
    termios.tcsetattr(terminal, termios.TCSANOW, still)
    atexit.register(termios.tcsetattr, terminal, termios.TCSANOW, before)


def is_at_hand(letter: str, terminal: int) -> bool:
    """Tell whether a letter is among the keys that were pressed and not read yet; all are taken."""
    return letter in "".join(_keys_at_hand(terminal)).casefold()


def _keys_at_hand(terminal: int) -> Iterator[str]:
    """Yield the keys that were pressed and not read yet, without waiting for any."""
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415  # there on Windows only

        while msvcrt.kbhit():
            yield msvcrt.getwch()
    else:
        import select  # noqa: PLC0415  # waits for terminals only where they are files

        while select.select([terminal], [], [], 0)[0] and (read := os.read(terminal, 256)):
            yield read.decode("latin-1")


def talk_stream() -> TextIO:
    """Return where the clerk is talked to: stderr, or stdout where only that is a terminal."""
    return sys.stderr if sys.stderr.isatty() or not sys.stdout.isatty() else sys.stdout


def _toolbar(keys: Sequence[str], hint: Callable[[str], str] | None = None) -> Callable[[], str]:
    """Return the bottom line: as many of the keys, the weightiest first, as the terminal is wide.

    ``hint`` says what to show in their place for the text so far; nothing where it returns nothing.
    """

    def line() -> str:
        from prompt_toolkit.application import get_app  # noqa: PLC0415  # known only while asking

        width = get_app().output.get_size().columns
        said = hint(get_app().current_buffer.text) if hint else ""
        shown = " "
        for key in [said] if said else map(worded, keys):
            longer = f"{shown}{' · ' if shown.strip() else ''}{key}"
            if len(longer) > width - 1:
                break
            shown = longer
        return shown

    return line


def _ends_with(key: str) -> Callable[[KeyPressEvent], None]:
    def end(event: KeyPressEvent) -> None:
        event.app.exit(result=Reply(event.current_buffer.text, key))

    return end


def _ignore(_event: KeyPressEvent) -> None:
    """Do nothing with a key that means nothing here."""


def _steady_keys(bindings: KeyBindings) -> None:
    """Add what every question heeds: leaving, and no mouse, for which typed colour escapes are taken."""

    def leave(event: KeyPressEvent) -> None:
        event.app.exit(exception=KeyboardInterrupt())

    for key in ("c-c", "c-d", "<sigint>"):
        bindings.add(key)(leave)
    bindings.add(Keys.Vt100MouseEvent)(_ignore)


def _common_keys() -> KeyBindings:
    bindings = KeyBindings()
    _steady_keys(bindings)
    for key in ("c-b", "escape"):
        bindings.add(key)(_ends_with(Key.BACK))
    bindings.add("f1")(_ends_with(Key.HELP))

    @bindings.add("c-u")
    def clear(event: KeyPressEvent) -> None:
        event.current_buffer.text = ""

    return bindings


def _letter_keys(bindings: KeyBindings, letters: str) -> None:
    from prompt_toolkit.application import get_app  # noqa: PLC0415  # known only while asking

    empty = Condition(lambda: not get_app().current_buffer.text)
    for letter in letters:
        for key in {letter, letter.upper()}:
            bindings.add(key, filter=empty)(_ends_with(letter))
