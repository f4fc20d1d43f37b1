"""One filter of the table of rates: asked, understood, or asked again with what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shiplabel.cli.wizard import view as views
from shiplabel.cli.wizard.prompt import Key
from shiplabel.errors import InputError
from shiplabel.language import marked, phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shiplabel.cli.wizard.room import Room
    from shiplabel.cli.wizard.view import View
    from shiplabel.domain.rate import Rate

FILTERS = marked(
    {
        "c": "Only which carrier ({names})? Empty shows all:",
        "d": "Within how many days? Empty shows all:",
        "p": "Up to which price? Empty shows all:",
    }
)
FILTER_KEYS = marked(("Enter", "empty shows all", "^B back"))


def filtered(room: Room, view: View, letter: str, rates: Sequence[Rate]) -> View:
    """Return the view with the filter that was typed; as it was when nothing fits, or for a step back."""
    question = phrase(FILTERS[letter], names=", ".join(views.carriers(rates)))
    typed = ""
    while True:
        reply = room.prompt.ask(room.header("rate"), question, keys=FILTER_KEYS, default=typed)
        if reply.key != Key.ENTER:
            return view
        try:
            return views.narrowed(view, letter, reply.text, rates)
        except InputError as error:
            room.voice.refuse(error)
            if error.code == views.NONE_LEFT:
                return view
            typed = reply.text
