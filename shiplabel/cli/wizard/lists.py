"""The lists before a session is there: which open one to resume, or to start another, or to discard one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shiplabel.errors import Interrupted
from shiplabel.language import phrase, phrase_n
from shiplabel.workflow.steps import title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shiplabel.cli.wizard.room import Room

MOST = 9


class Lists:
    """Asks with a list; ``heads`` are what a listing of sessions knows, the newest first."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def beside_open(self, heads: Sequence[Any]) -> str:
        """Return the session to resume, or nothing to start another; one may be discarded on the way."""
        left = list(heads)
        while left:
            drop = self._room.desk.drop
            discardable = [head for head in left if head.status == "open" and drop]
            choices = {f"resume {head.session_id}": _resume_words(head) for head in left[:MOST]}
            choices["another"] = phrase("Start another label")
            choices |= {
                f"discard {h.session_id}": phrase("Discard {session_id}", session_id=h.session_id)
                for h in discardable[:MOST]
            }
            what, _, session_id = self._chosen(_count_words(len(left)), choices).partition(" ")
            if what == "resume":
                return session_id
            if what == "another":
                return ""
            if drop and self._room.prompt.yes(
                phrase("Discard {session_id} and all its answers?", session_id=session_id)
            ):
                drop(session_id)
                self._room.voice.say(
                    phrase("Discarded {session_id}. Nothing was bought.", session_id=session_id)
                )
                left = [head for head in left if head.session_id != session_id]
        return ""

    def pick_session(self, heads: Sequence[Any]) -> str:
        """Return the id of the session to resume."""
        return self._chosen(
            phrase("Resume which label?"), {head.session_id: _resume_words(head) for head in heads}
        )

    def _chosen(self, question: str, choices: dict[str, str]) -> str:
        try:
            return self._room.prompt.pick(question, choices)
        except (KeyboardInterrupt, EOFError):
            raise Interrupted(phrase("Nothing was changed."), hint="shiplabel sessions list") from None


def _count_words(count: int) -> str:
    if count == 1:
        return phrase("A label is not finished yet.")
    return phrase_n("{count} label is not finished yet.", "{count} labels are not finished yet.", count)


def _resume_words(head: Any) -> str:
    known = head.document
    where = title(known["step"]) if head.status == "open" else phrase("a purchase in doubt")
    order = phrase(", order {order_id}", order_id=known["order_id"]) if known.get("order_id") else ""
    to = phrase(", to {name}", name=known["to_name"]) if known.get("to_name") else ""
    return phrase(
        "Resume {session_id}: {where}{to}{order}, {updated_at} UTC",
        session_id=head.session_id,
        where=where,
        to=to,
        order=order,
        updated_at=known["updated_at"][:16].replace("T", " "),
    )
