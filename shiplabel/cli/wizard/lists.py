"""The lists before a session is there: which open one to resume, or to start another, or to discard one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shiplabel.errors import Interrupted
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
            choices["another"] = "Start another label"
            choices |= {f"discard {h.session_id}": f"Discard {h.session_id}" for h in discardable[:MOST]}
            what, _, session_id = self._chosen(_count_words(len(left)), choices).partition(" ")
            if what == "resume":
                return session_id
            if what == "another":
                return ""
            if drop and self._room.prompt.yes(f"Discard {session_id} and all its answers?"):
                drop(session_id)
                self._room.voice.say(f"Discarded {session_id}. Nothing was bought.")
                left = [head for head in left if head.session_id != session_id]
        return ""

    def pick_session(self, heads: Sequence[Any]) -> str:
        """Return the id of the session to resume."""
        return self._chosen("Resume which label?", {head.session_id: _resume_words(head) for head in heads})

    def _chosen(self, question: str, choices: dict[str, str]) -> str:
        try:
            return self._room.prompt.pick(question, choices)
        except (KeyboardInterrupt, EOFError):
            raise Interrupted("Nothing was changed.", hint="shiplabel sessions list") from None


def _count_words(count: int) -> str:
    return "A label is not finished yet." if count == 1 else f"{count} labels are not finished yet."


def _resume_words(head: Any) -> str:
    known = head.document
    where = title(known["step"]) if head.status == "open" else "a purchase in doubt"
    order = f", order {known['order_id']}" if known.get("order_id") else ""
    to = f", to {known['to_name']}" if known.get("to_name") else ""
    return f"Resume {head.session_id}: {where}{to}{order}, {known['updated_at'][:16].replace('T', ' ')} UTC"
