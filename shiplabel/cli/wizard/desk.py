"""What the wizard needs to know beside the workflow's parts; light, so that anyone may build one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console

from shiplabel.domain.shipment import LengthUnit, WeightUnit
from shiplabel.errors import Exit, ShiplabelError
from shiplabel.workflow.session import Session

NARROW = 76
ENVIRONMENT = {
    "production": ("PRODUCTION: real money", "PRODUCTION"),
    "test": ("TEST: nothing is charged", "TEST"),
    "sandbox": ("SANDBOX: nothing is bought", "SANDBOX"),
}


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


def no_book(_text: str) -> list[AddressSuggestion]:
    """Return nothing: there is no address book."""
    return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The clerk's desk: which environment, how to print, what the options gave already.

    ``discard`` puts the session away that is open here, ``drop`` another one by its id;
    ``resume_command`` is what to type, without the session's id; ``rule`` picks the first time
    instead of the clerk; ``console`` is where the wizard talks (stderr by default).
    """

    environment: str
    discard: Callable[[Session], None]
    drop: Callable[[str], None]
    plain: bool = False
    yes: bool = False
    rule: str = ""
    completions: Callable[[str], list[AddressSuggestion]] = no_book
    parcel_preset: ParcelPreset | None = None
    weight_unit: WeightUnit = "pound"
    length_unit: LengthUnit = "inch"
    resume_command: str = "shiplabel resume"
    console: Console | None = None

    def environment_words(self) -> str:
        """Return the environment as a header says it; short where the terminal is narrow."""
        long, short = ENVIRONMENT.get(self.environment, (self.environment, self.environment))
        return long if shutil.get_terminal_size().columns >= NARROW else short


class Discarded(ShiplabelError):
    """The clerk discarded the session; nothing was bought and nothing is left to resume."""

    exit_code = Exit.DONE
    default_code = "discarded"


def desk_of(context: Any, asked: Any) -> Desk:
    """Return the desk that a command's context and options lay out."""
    settings = context.settings
    book, templates = getattr(context, "addresses", None), getattr(context, "templates", None)
    preset = templates.last_preset() if templates else None
    return Desk(
        environment=settings.environment,
        discard=context.sessions.discard,
        drop=context.sessions.drop,
        plain=settings.plain,
        yes=asked.yes,
        rule=asked.rate,
        completions=_completions(book) if book and book.entries() else no_book,
        parcel_preset=ParcelPreset(preset.name, preset.answers) if preset else None,
        weight_unit=settings.weight_unit,
        length_unit=settings.size_unit,
    )


def _completions(book: Any) -> Callable[[str], list[AddressSuggestion]]:
    """Return the book's search at a prompt: names of which a word begins with what is typed."""
    entries = book.entries()

    def complete(text: str) -> list[AddressSuggestion]:
        typed = " ".join(text.casefold().split())
        found = [entry for entry in entries if f" {typed}" in f" {entry.name.casefold()}"]
        found.sort(key=lambda entry: not entry.name.casefold().startswith(typed))
        return [_suggested(entry) for entry in found]

    return complete


def _suggested(entry: Any) -> AddressSuggestion:
    fields = {step.partition("_")[2]: value for step, value in entry.answers("to").items()}
    return AddressSuggestion(entry.name, entry.line(), fields)
