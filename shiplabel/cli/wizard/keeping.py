"""Saving from the review: a template of all answers, a parcel preset, an address for the book.

A name that exists asks: replace it, take another, or cancel. The session itself does not change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shiplabel.cli.wizard.prompt import Key
from shiplabel.errors import InputError
from shiplabel.language import marked, phrase, worded
from shiplabel.storage.named_list import TakenName

if TYPE_CHECKING:
    from collections.abc import Callable

    from shiplabel.cli.wizard.room import Room
    from shiplabel.workflow.session import Session

NAME_KEYS = marked(("Enter saves", "empty or ^B cancels", "^C save+quit"))
TAKEN = marked("r replace · a another name · c cancel:")
TAKEN_KEYS = marked(("r, a or c", "^C save+quit"))
SIDE_KEYS = marked(("Enter ship to", "f ship from", "^B cancels", "^C save+quit"))


class Keeping:
    """Saves what is on the review screen under a name of the clerk's."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def template(self, session: Session, parts: frozenset[str] = frozenset()) -> None:
        """Save a template of the named parts; of all of it where none is named."""
        keep = self._room.desk.keep_template
        if keep:
            self._under_a_name(
                phrase("Name of the parcel preset:" if parts == {"parcel"} else "Name of the template:"),
                "",
                lambda name, again: keep(session, parts, name, again),
            )

    def address(self, session: Session) -> None:
        """Save the recipient or the sender in the address book."""
        keep = self._room.desk.keep_address
        side = self._side(session) if keep else ""
        if keep and side:
            name = session.answers.get(f"{side}_name") or ""
            self._under_a_name(
                phrase("Name in the address book:"),
                name,
                lambda free, again: keep(session, side, free, again),
            )

    def _side(self, session: Session) -> str:
        """Ask which address is meant; return from, to, or nothing."""
        names = {side: session.answers.get(f"{side}_name") or "" for side in ("to", "from")}
        reply = self._room.prompt.choose(
            self._room.header("confirm"),
            phrase("Save whom: Enter or t {to} · f {sender}:", to=names["to"], sender=names["from"]),
            keys=SIDE_KEYS,
            letters="tf",
        )
        return {Key.ENTER: "to", "t": "to", "f": "from"}.get(reply.key, "")

    def _under_a_name(self, question: str, name: str, keep: Callable[[str, bool], str]) -> None:
        room, replace = self._room, False
        while True:
            if not replace:
                reply = room.prompt.ask(room.header("confirm"), question, keys=NAME_KEYS, default=name)
                name = reply.text.strip()
                if reply.key != Key.ENTER or not name:
                    return
            try:
                room.voice.say(keep(name, replace))
            except TakenName as taken:
                what_now = self._what_now(taken)
                if what_now == "c":
                    return
                replace = what_now == "r"
            except InputError as error:
                room.voice.refuse(error)
                replace = False
            else:
                return

    def _what_now(self, taken: TakenName) -> str:
        """Ask what to do with a taken name and return the letter; leaving the question cancels."""
        self._room.voice.refuse(taken)
        reply = self._room.prompt.choose(
            self._room.header("confirm"), worded(TAKEN), keys=TAKEN_KEYS, letters="rac"
        )
        return reply.key if reply.key in {"r", "a"} else "c"
