"""A recipient by name who is not in the address book: one of those whom labels went to lately.

Only a name or a company that is typed whole counts, and only where it is one address: a guess
would send a parcel to somebody else.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from shiplabel.cli import console
from shiplabel.domain.text import folded, quoted
from shiplabel.errors import InputError
from shiplabel.language import phrase
from shiplabel.storage.addresses import search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shiplabel.storage.addresses import Entry

NEAR = 3


def sent_lately(name: str, recent: Sequence[Entry], saved: Sequence[str]) -> Entry:
    """Return the recent recipient of this name and say who it is.

    Raise InputError where nobody is called so, naming the nearest of both lists, or several are.
    """
    wanted = folded(name)
    called = {entry.line(): entry for entry in reversed(recent) if wanted in map(folded, _names(entry))}
    if len(called) == 1:
        (entry,) = called.values()
        console.tell(phrase("To {line}, as lately.", line=entry.line()))
        return entry
    if called:
        raise InputError(
            phrase(
                "Labels went to several addresses of {name} lately: {lines}.",
                name=quoted(name),
                lines="; ".join(sorted(called)),
            ),
            field="to",
            code="several_recipients",
            hint=phrase(
                "shiplabel new --like LABEL_ID repeats one; labels list --to {name}", name=quoted(name)
            ),
        )
    raise _unknown(name, recent, saved)


def _unknown(name: str, recent: Sequence[Entry], saved: Sequence[str]) -> InputError:
    names = list(dict.fromkeys([*saved, *(entry.name for entry in recent)]))
    holding = [entry.name for entry in search(recent, name)]
    near = [*holding, *(one for one in saved if folded(name) in folded(one))]
    near += difflib.get_close_matches(name, names, n=NEAR)
    said = phrase("There is no address {name}, and no label went to that name lately.", name=quoted(name))
    if near:
        told = ", ".join(map(quoted, list(dict.fromkeys(near))[:NEAR]))
        said = f"{said} {phrase('Did you mean {near}?', near=told)}"
    return InputError(said, field="to", code="unknown_name", hint="shiplabel addresses list")


def _names(entry: Entry) -> tuple[str, ...]:
    return tuple(filter(None, (entry.name, entry.fields.get("company"))))
