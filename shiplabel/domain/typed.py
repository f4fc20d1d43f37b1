"""What was typed at a step, made whole: white space, length, and that something was typed at all."""

from __future__ import annotations

from typing import Final

from shiplabel.domain import limits
from shiplabel.domain.text import clean, quoted
from shiplabel.errors import InputError
from shiplabel.language import marked, phrase, worded

_LABELS: Final[dict[str, str]] = marked({
    "name": "The name", "company": "The company", "address1": "The street",
    "address2": "The apartment line", "city": "The city", "state": "The state",
    "zip": "The ZIP code", "country": "The country", "phone": "The phone number",
    "weight": "The weight", "length": "The length", "width": "The width", "height": "The height",
})  # fmt: skip


def whole(text: str, step: str) -> str:
    """Return the text made whole, short enough for its step."""
    most = limits.CHARACTERS[word(step)]
    typed = clean(text, field=step, label=_LABELS[word(step)])
    if len(typed) > most:
        raise InputError(
            phrase(
                "{what} has {count:,} characters, at most {most} fit: {typed}.",
                what=what(step),
                count=len(typed),
                most=most,
                typed=quoted(typed),
            ),
            field=step,
        )
    return typed


def require(typed: str, step: str) -> None:
    """Raise InputError when nothing was typed."""
    if not typed:
        raise InputError(phrase("{what} is missing; it cannot be left out.", what=what(step)), field=step)


def word(step: str) -> str:
    """Return which part of an address or parcel a step asks: ``zip`` of ``to_zip``."""
    return step.partition("_")[2]


def what(step: str) -> str:
    """Return what a step asks as a sentence begins: ``The ZIP code``."""
    return worded(_LABELS[word(step)])
