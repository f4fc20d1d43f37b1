"""Both tables of the money path: what a purchase may do next, and where an error leads.

Everything that decides about a purchase's state stands here. A pair that is not in
``PURCHASE`` cannot happen: ``advance`` raises. There is no edge from UNKNOWN to
PURCHASING, so a purchase whose outcome nobody knows is never sent again; only a
look-up that proves, or a person who says so, leads on.

``ROLL_BACK`` names for each kind of trouble whether money may have moved and the
step that can mend it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PurchaseState(StrEnum):
    """Where a purchase stands."""

    PLANNED = "planned"
    PURCHASING = "purchasing"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    PURCHASED = "purchased"
    VOIDING = "voiding"
    VOIDED = "voided"


class PurchaseEvent(StrEnum):
    """What may happen to a purchase."""

    INTEND = "intend"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    NOT_SENT = "not_sent"
    NO_ANSWER = "no_answer"
    FOUND = "found"
    PROVED_ABSENT = "proved_absent"
    EDITED = "edited"
    VOID_ASKED = "void_asked"
    VOID_APPROVED = "void_approved"
    VOID_REFUSED = "void_refused"


_S, _E = PurchaseState, PurchaseEvent

PURCHASE: dict[tuple[PurchaseState, PurchaseEvent], PurchaseState] = {
    (_S.PLANNED, _E.INTEND): _S.PURCHASING,
    (_S.PURCHASING, _E.ACCEPTED): _S.PURCHASED,
    (_S.PURCHASING, _E.REFUSED): _S.REFUSED,
    (_S.PURCHASING, _E.NOT_SENT): _S.PLANNED,
    (_S.PURCHASING, _E.NO_ANSWER): _S.UNKNOWN,
    (_S.UNKNOWN, _E.FOUND): _S.PURCHASED,
    (_S.UNKNOWN, _E.PROVED_ABSENT): _S.PLANNED,
    (_S.REFUSED, _E.EDITED): _S.PLANNED,
    (_S.PURCHASED, _E.VOID_ASKED): _S.VOIDING,
    (_S.VOIDING, _E.VOID_APPROVED): _S.VOIDED,
    (_S.VOIDING, _E.VOID_REFUSED): _S.PURCHASED,
}

UNSETTLED = frozenset({_S.PURCHASING, _S.UNKNOWN})
BOUGHT = frozenset({_S.PURCHASED, _S.VOIDING, _S.VOIDED})


class IllegalTransition(Exception):  # a bug, not an error that a clerk can meet
    """The program tried a step that the table does not know: a bug, and nothing is sent."""


def advance(state: PurchaseState, event: PurchaseEvent) -> PurchaseState:
    """Return the state after ``event``; raise IllegalTransition when the table has no such pair."""
    try:
        return PURCHASE[state, event]
    except KeyError:
        raise IllegalTransition(f"{state} cannot meet {event}") from None


class Trouble(StrEnum):
    """The kinds of trouble that roll a session back."""

    FIELD_REFUSED = "field_refused"
    QUOTE_FAILED = "quote_failed"
    KEY_REFUSED = "key_refused"
    PURCHASE_REFUSED = "purchase_refused"
    NO_ANSWER = "no_answer"
    LABEL_ERROR = "label_error"
    FILE_MISSING = "file_missing"


class MoneyMoved(StrEnum):
    """The first thing to know of any trouble."""

    NO = "no"
    MAYBE = "maybe"
    YES = "bought"


@dataclass(frozen=True, slots=True)
class Return:
    """Where a trouble leads: a step's name, or None where the refused field names it."""

    money: MoneyMoved
    step: str | None
    drops_quotes: bool
    offers: str


ROLL_BACK: dict[Trouble, Return] = {
    Trouble.FIELD_REFUSED: Return(MoneyMoved.NO, None, drops_quotes=True, offers="that question again"),
    Trouble.QUOTE_FAILED: Return(
        MoneyMoved.NO, "confirm", drops_quotes=True, offers="retry, edit, save and quit, discard"
    ),
    Trouble.KEY_REFUSED: Return(MoneyMoved.NO, "rate", drops_quotes=False, offers="shiplabel login"),
    Trouble.PURCHASE_REFUSED: Return(
        MoneyMoved.NO, "rate", drops_quotes=False, offers="the reason and the rates"
    ),
    Trouble.NO_ANSWER: Return(
        MoneyMoved.MAYBE, "purchase", drops_quotes=False, offers="look-ups; nothing is sent again"
    ),
    Trouble.LABEL_ERROR: Return(
        MoneyMoved.MAYBE, "purchase", drops_quotes=False, offers="the service's words, a void"
    ),
    Trouble.FILE_MISSING: Return(
        MoneyMoved.YES, "done", drops_quotes=False, offers="labels print fetches it again"
    ),
}


def return_step(trouble: Trouble, *, at: str, refused_step: str | None = None) -> str:
    """Return the step that mends ``trouble`` met at step ``at``.

    A refused field is mended at its own step. A refused key moves a purchase back to the
    rates; anywhere else the clerk stays where they are.
    """
    if trouble is Trouble.FIELD_REFUSED and refused_step:
        return refused_step
    if trouble is Trouble.KEY_REFUSED and at != "purchase":
        return at
    return ROLL_BACK[trouble].step or "confirm"


def drops_quotes(trouble: Trouble) -> bool:
    """Tell whether the rates on hand are worthless after ``trouble``."""
    return ROLL_BACK[trouble].drops_quotes
