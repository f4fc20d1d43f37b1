"""From an error to the roll-back it means: which kind of trouble, and what the session keeps of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shiplabel.errors import ApiError, OutcomeUnknown, Refused, ShiplabelError, StorageError, Unauthorized
from shiplabel.language import phrase
from shiplabel.workflow.session import StepError, note, roll_back
from shiplabel.workflow.states import UNSETTLED, Trouble
from shiplabel.workflow.steps import step_of_field

if TYPE_CHECKING:
    from datetime import datetime

    from shiplabel.domain.label import Label
    from shiplabel.workflow.ports import Parts
    from shiplabel.workflow.session import Session


class RolledBack(ShiplabelError):
    """A step failed and the session went back; ``session`` is what is on disk now."""

    def __init__(self, session: Session, cause: ShiplabelError) -> None:
        go_on = f"shiplabel resume {session.session_id}" if session.session_id else ""
        super().__init__(cause.message, code=cause.code, hint=cause.hint or go_on)
        self.session = session
        self.cause = cause
        self.exit_code = cause.exit_code
        self.may_have_charged = session.purchase.state in UNSETTLED
        self.nothing_bought = session.error is not None and refused_purchase(session.error)


def refused_purchase(error: StepError) -> bool:
    """Tell whether an error is a certain no to a purchase that was tried: it led away from that step."""
    away = error.reverted_from == "purchase" and error.reverted_to not in {"purchase", "done"}
    return away and error.code != "max_cost"


class AlreadyLabelled(ShiplabelError):
    """The order has a label already; ``session`` is its record."""

    default_code = "already_labelled"

    def __init__(self, session: Session) -> None:
        label = session.purchase.label
        when = f"{label.created_at:%Y-%m-%d}" if label and label.created_at else phrase("an earlier day")
        what = label.label_id if label else session.session_id
        said = phrase(
            "Order {order_id} was labelled on {when}: {what}."
            if session.wishes.order_id
            else "This shipment was labelled on {when}: {what}.",
            order_id=session.wishes.order_id,
            when=when,
            what=what,
        )
        super().__init__(said, hint=phrase("--again ships it once more"))
        self.session = session


class SeveralLabels(OutcomeUnknown):
    """More than one label hangs on our key; ``labels`` are all of them, the oldest first.

    ``extra`` are those to void: all but the oldest. ``session`` is what is on disk.
    """

    default_code = "several_labels"

    def __init__(self, session: Session, labels: tuple[Label, ...]) -> None:
        voids = phrase(" and ").join(f"shiplabel labels void {label.label_id}" for label in labels[1:])
        super().__init__(
            phrase(
                "{count} labels were found for {shipment_key}; each may have been charged. "
                "One is wanted: {labels}.",
                count=len(labels),
                shipment_key=session.shipment_key,
                labels="; ".join(map(told_of, labels)),
            ),
            hint=phrase(
                "{voids}, then shiplabel resume {session_id}", voids=voids, session_id=session.session_id
            ),
        )
        self.session, self.labels, self.extra = session, labels, labels[1:]


def told_of(label: Label) -> str:
    """Return a label in the words that tell it from another one."""
    paid = phrase("paid {cost}", cost=label.cost) if label.cost else ""
    made = phrase("made {at:%Y-%m-%d %H:%M} UTC", at=label.created_at) if label.created_at else ""
    known = (label.service_code or label.carrier_code, label.tracking_number, paid, made)
    return f"{label.label_id} ({', '.join(word for word in known if word)})"


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
    """Roll the session back, save it, and return the exception to raise.

    Raise what the disk said when it refuses, without ever making less of what may have been charged.
    """
    now = parts.clock.now()
    moved = roll_back(session, trouble, described(session, error, now), refused_step(error))
    try:
        return RolledBack(parts.save(note(moved, f"rolled back: {trouble}", now)), error)
    except StorageError as disk:
        raise _unnoted(session, error, disk) from disk


def _unnoted(session: Session, error: ShiplabelError, disk: StorageError) -> ShiplabelError:
    said = phrase("{what} This could not be written down: {why}", what=error.message, why=disk.message)
    hint = phrase("mend the disk, then: shiplabel resume {session_id}", session_id=session.session_id)
    if error.may_have_charged and session.purchase.state in UNSETTLED:
        return OutcomeUnknown(phrase("A purchase has no certain answer. {said}", said=said), hint=hint)
    return StorageError(phrase("{said} Nothing was bought.", said=said), code=disk.code, hint=hint)
