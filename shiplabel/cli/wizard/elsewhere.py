"""Answers that come whole from elsewhere: the address book, a pasted address, the last parcel.

Each part goes through its step's own check. A part that is refused or doubted is left to its
own question, where it stands to be mended.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from prompt_toolkit.completion import Completer, Completion

from shiplabel.domain.text import folded
from shiplabel.errors import InputError
from shiplabel.workflow.steps import ALL_ANSWER_STEPS, STEPS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document

    from shiplabel.cli.wizard.desk import AddressSuggestion

PASTED_AT = ("_name", "_address1")


@dataclass(slots=True)
class Found:
    """Several steps' answers: those that hold, those to be mended, and how each is shown."""

    given: dict[str, str | None] = field(default_factory=dict)
    drafts: dict[str, str] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)


def checked(parts: Mapping[str, str | None], known: Mapping[str, str | None]) -> Found:
    """Run each part through its step's check, in the order of the steps."""
    found = Found()
    answers = dict(known)
    for step in (step for step in ALL_ANSWER_STEPS if step in parts):
        text = parts[step] or ""
        found.shown[step] = text
        try:
            understood = STEPS[step].check(text, answers)  # type: ignore[misc]  # answer steps have a check
        except InputError:
            found.drafts[step] = text
            continue
        if understood.doubt:
            found.drafts[step] = text
            continue
        answers[step] = found.given[step] = understood.value
        found.shown[step] = understood.shown
    return found


def side_of(step: str) -> str:
    """Return ``from`` or ``to``."""
    return step.partition("_")[0]


def of_side(side: str, fields: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return a book's fields as answers of one side; what the book leaves out is left out."""
    steps = [step for step in ALL_ANSWER_STEPS if side_of(step) == side]
    return {step: fields.get(step.partition("_")[2]) for step in steps}


def pasted(step: str, text: str) -> dict[str, str | None] | None:
    """Return the answers in a whole pasted address, or None where the text is only an answer."""
    if not step.endswith(PASTED_AT) or len(text) < len("1 A, Ames IA"):
        return None
    from shiplabel.domain.pasted import take_apart  # noqa: PLC0415  # loads usaddress when it must

    taken = take_apart(text, side_of(step))
    return dict(taken) if taken else None


def in_book(text: str, completions: Callable[[str], list[AddressSuggestion]]) -> list[AddressSuggestion]:
    """Return the addresses that hold what is typed in name, company, street or city, the best first.

    A name that is typed whole comes first, then one that begins so, then a word of the name. A
    space at the end says that the name is meant as it is typed.
    """
    typed = folded(text)
    if not typed or text != text.rstrip():
        return []
    return sorted(completions(text), key=lambda one: _rank(one.title.casefold(), typed))


def _rank(name: str, typed: str) -> int:
    orders = (name == typed, name.startswith(typed), f" {typed}" in name)
    return orders.index(True) if True in orders else len(orders)


def first_of_book(
    text: str, default: str, completions: Callable[[str], list[AddressSuggestion]]
) -> AddressSuggestion | None:
    """Return the address that Enter takes, or None where the text is the answer that was there."""
    return None if text == default else next(iter(in_book(text, completions)), None)


class BookCompleter(Completer):
    """Shows the addresses of the book that complete what is typed."""

    def __init__(self, completions: Callable[[str], list[AddressSuggestion]]) -> None:
        self._completions = completions

    def get_completions(self, document: Document, _event: CompleteEvent) -> Iterator[Completion]:
        """Yield the book's addresses for the text before the cursor."""
        text = document.text
        for one in in_book(text, self._completions):
            yield Completion(one.title, start_position=-len(text), display=one.title, display_meta=one.line)
