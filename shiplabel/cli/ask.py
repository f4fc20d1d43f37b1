"""Short questions of commands beside the wizard, on stderr: a line, or one key. Only at a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from shiplabel.cli import console
from shiplabel.domain.text import printable
from shiplabel.errors import InputError, Interrupted
from shiplabel.language import marked, phrase, worded
from shiplabel.storage.named_list import TakenName

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeVar

    Kept = TypeVar("Kept")


OFFERED = (("r", marked("replace")), ("a", marked("another name")), ("c", marked("cancel")))


def text(question: str) -> str:
    """Ask for a line; raise Interrupted when the person leaves instead (^C, ^D)."""
    sys.stderr.write(f"{printable(question)} ")
    sys.stderr.flush()
    try:
        line = sys.stdin.readline()
    except KeyboardInterrupt:
        line = ""
    if not line:
        sys.stderr.write("\n")
        raise Interrupted(phrase("Nothing was changed."))
    return line.strip()


def yes(question: str) -> bool:
    """Ask until y or n is pressed."""
    return _pressed(f"{question} (y/n)", "yn") == "y"


def letter(question: str, choices: Sequence[tuple[str, str]]) -> str:
    """Ask for one of several letters, each with its marked word, until one of them is pressed."""
    offered = ", ".join(f"{key} {worded(word)}" for key, word in choices)
    return _pressed(f"{question} {offered}:", "".join(key for key, _ in choices))


def _pressed(question: str, keys: str) -> str:
    from shiplabel.cli.one_key import pressed  # noqa: PLC0415  # most commands ask nothing

    try:
        return pressed(printable(question), keys)
    except (EOFError, KeyboardInterrupt):
        sys.stderr.write("\n")
        raise Interrupted(phrase("Nothing was changed.")) from None


def leave_to(question: str, *, given: bool, what: str) -> None:
    """Go on with ``--yes`` or a yes; without a terminal a missing ``--yes`` is refused, nothing done."""
    if given:
        return
    if not console.has_terminal():
        raise InputError(
            phrase("{what} needs a yes: --yes is missing. Nothing was done.", what=what), field="yes"
        )
    if not yes(question):
        raise Interrupted(phrase("Nothing was changed."))


def under_a_name(name: str, save: Callable[[str, bool], Kept]) -> Kept:
    """Save under a name; at a terminal a taken one asks: replace, another name, or cancel."""
    replace = False
    while True:
        try:
            return save(name, replace)
        except TakenName as taken:
            if not console.has_terminal():
                raise
            console.tell(taken.message)
            said = letter(phrase("What now?"), OFFERED)
            if said == "c":
                raise Interrupted(phrase("Nothing was changed.")) from None
            replace = said == "r"
            name = name if replace else text(phrase("Name:"))
