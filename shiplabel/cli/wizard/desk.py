"""What the wizard needs to know beside the workflow's parts; light, so that anyone may build one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shiplabel.errors import Exit, ShiplabelError
from shiplabel.language import marked, worded
from shiplabel.workflow.session import Session

if TYPE_CHECKING:
    from shiplabel.domain.shipment import LengthUnit, WeightUnit  # noqa: TC004  # words; shapes come later

NARROW = 76
ENVIRONMENT = marked(
    {
        "production": ("PRODUCTION: real money", "PRODUCTION"),
        "test": ("TEST: nothing is charged", "TEST"),
        "sandbox": ("SANDBOX: nothing is bought", "SANDBOX"),
    }
)


@dataclass(frozen=True, slots=True)
class AddressSuggestion:
    """An address of the book: ``title`` is what the clerk sees and the name completed to.

    ``fields`` holds the answers of one side without its word: ``name``, ``company``,
    ``address1``, ``address2``, ``city``, ``state``, ``zip``, ``phone``; None where left out.
    """

    title: str
    line: str
    fields: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class ParcelPreset:
    """The last parcel template: its name and the four parcel answers by step name."""

    title: str
    answers: Mapping[str, str | None]


KeepAddress = Callable[[Session, str, str, bool], str]
"""Saves a session's side (``from`` or ``to``) under a name, over a taken one only when the last is true.

Returns a sentence of what was saved; raises TakenName for a taken name, InputError for one that is none."""

KeepTemplate = Callable[[Session, frozenset[str], str, bool], str]
"""The same for a template of some parts (``ship_from``, ``ship_to``, ``parcel``); no parts is all of it."""


def no_book(_text: str) -> list[AddressSuggestion]:
    """Return nothing: there is no address book."""
    return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The clerk's desk: which environment, how to print, what the options gave already.

    ``discard`` puts the session away that is open here, ``drop`` another one by its id (without
    it none is offered); ``resume_command`` is what to type, without the session's id; ``rule``
    picks the first time instead of the clerk; ``console`` is where the wizard talks;
    ``keep_address`` and ``keep_template`` save what is on the review screen, where they can.
    """

    environment: str
    profile: str = ""
    discard: Callable[[Session], None]
    drop: Callable[[str], None] | None = None
    plain: bool = False
    yes: bool = False
    rule: str = ""
    completions: Callable[[str], list[AddressSuggestion]] = no_book
    parcel_preset: ParcelPreset | None = None
    weight_unit: WeightUnit = "pound"
    length_unit: LengthUnit = "inch"
    resume_command: str = "shiplabel resume"
    console: Any = None
    keep_address: KeepAddress | None = None
    keep_template: KeepTemplate | None = None

    def environment_words(self) -> str:
        """Return the environment as a header says it, and the profile; short where the terminal is narrow."""
        long, short = ENVIRONMENT.get(self.environment, (self.environment, self.environment))
        words = worded(long if shutil.get_terminal_size().columns >= NARROW else short)
        return f"{words} · {self.profile}" if self.profile else words


class Discarded(ShiplabelError):
    """The clerk discarded the session; nothing was bought and nothing is left to resume."""

    exit_code = Exit.DONE
    default_code = "discarded"
