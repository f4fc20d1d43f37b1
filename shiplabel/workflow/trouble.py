"""From an error to the roll-back it means: which kind of trouble, and what the session keeps of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shiplabel.errors import ApiError, Refused, ShiplabelError, Unauthorized
from shiplabel.workflow.session import StepError, note, roll_back
from shiplabel.workflow.states import Trouble
from shiplabel.workflow.steps import step_of_field

if TYPE_CHECKING:
    from datetime import datetime

    from shiplabel.workflow.ports import Parts
    from shiplabel.workflow.session import Session


class RolledBack(ShiplabelError):
    """A step failed and the session went back; ``session`` is what is on disk now."""

    def __init__(self, session: Session, cause: ShiplabelError) -> None:
        super().__init__(cause.message, code=cause.code, hint=cause.hint)
        self.session = session
        self.cause = cause
        self.exit_code = cause.exit_code
        self.may_have_charged = cause.may_have_charged


class AlreadyLabelled(ShiplabelError):
    """The order has a label already; ``session`` is its record."""

    default_code = "already_labelled"

    def __init__(self, session: Session) -> None:
        label = session.purchase.label
        when = f"{label.created_at:%Y-%m-%d}" if label and label.created_at else "earlier"
        what = label.label_id if label else session.session_id
        named = f"Order {session.wishes.order_id}" if session.wishes.order_id else "This shipment"
        super().__init__(f"{named} was labelled on {when}: {what}.", hint="--again ships it once more")
        self.session = session


def refused_step(error: ShiplabelError) -> str | None:
    """Return the step whose answer the service refused, or None."""
    return step_of_field(error.field_name) if isinstance(error, Refused) else None


def quoting_trouble(error: ShiplabelError) -> Trouble:
    """Name the trouble that an error means before any purchase was sent."""
    if isinstance(error, Unauthorized):
        return Trouble.KEY_REFUSED
    return Trouble.FIELD_REFUSED if refused_step(error) else Trouble.QUOTE_FAILED


def purchase_trouble(error: ShiplabelError) -> Trouble:
    """Name the trouble that a certain no to a purchase means."""
    if isinstance(error, Unauthorized):
        return Trouble.KEY_REFUSED
    return Trouble.FIELD_REFUSED if refused_step(error) else Trouble.PURCHASE_REFUSED


def described(session: Session, error: ShiplabelError, now: datetime) -> StepError:
    """Return what the session keeps of an error."""
    request_id = error.request_id if isinstance(error, ApiError) else None
    return StepError(step=session.step, code=error.code, message=error.message, request_id=request_id, at=now)


def rolled_back(parts: Parts, session: Session, trouble: Trouble, error: ShiplabelError) -> RolledBack:
    """Roll the session back, save it, and return the exception to raise."""
    now = parts.clock.now()
    moved = roll_back(session, trouble, described(session, error, now), refused_step(error))
    return RolledBack(parts.save(note(moved, f"rolled back: {trouble}", now)), error)
