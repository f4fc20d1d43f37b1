"""A rule broken on purpose, to show that the proof would tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shiplabel.workflow import purchase
from shiplabel.workflow.session import move
from shiplabel.workflow.states import PurchaseEvent

if TYPE_CHECKING:
    from shiplabel.workflow.ports import Parts
    from shiplabel.workflow.session import Intent, Session


def forget_intents() -> None:
    """Let this process send purchases without an intent on disk."""

    def unsaved(_parts: Parts, planned: Session, intent: Intent) -> Session:
        return move(planned, PurchaseEvent.INTEND, intent.at, intent=intent)

    assert callable(purchase._intended)
    setattr(purchase, "_intended", unsaved)  # noqa: B010  # on purpose
