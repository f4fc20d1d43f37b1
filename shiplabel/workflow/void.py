"""Voiding a label: the wish is on disk before it is sent; a lost answer is looked up.

To void twice does no harm, so a void that was in doubt is looked up and then sent again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shiplabel.errors import ApiError, NoAnswer, OutcomeUnknown, Refused, ShiplabelError
from shiplabel.workflow.session import move
from shiplabel.workflow.states import PurchaseEvent, PurchaseState
from shiplabel.workflow.trouble import described

if TYPE_CHECKING:
    from shiplabel.domain.label import VoidAnswer
    from shiplabel.workflow.ports import Parts
    from shiplabel.workflow.session import Session

ALREADY = "label_already_voided"
REASONS = {
    "label_not_found_within_void_period": "the carrier's time to void it is over",
    "label_already_used": "the carrier has scanned it already",
    "contact_carrier": "the carrier must be asked in person",
    "validation_failed": "the service finds the request wrong",
}


class VoidRefused(ShiplabelError):
    """The service refused to void; ``code`` is its reason."""


def explained(answer: VoidAnswer) -> VoidRefused:
    """Return the error for a refusal: the reason in words, and the service's own."""
    why = REASONS.get(answer.reason_code, "the service gave no reason")
    said = f" ({answer.message})" if answer.message else ""
    return VoidRefused(
        f"The label was not voided: {why}{said}. It is still valid and paid.",
        code=answer.reason_code or "unspecified",
    )


def void(parts: Parts, record: Session) -> Session:
    """Void a record's label and return the record; raise VoidRefused or OutcomeUnknown."""
    label_id = record.purchase.label_id or ""
    if record.purchase.state is PurchaseState.VOIDED:
        return record
    if record.purchase.state is PurchaseState.VOIDING and is_voided(parts, label_id):
        return _moved(parts, record, PurchaseEvent.VOID_APPROVED)
    if record.purchase.state is not PurchaseState.VOIDING:
        record = _moved(parts, record, PurchaseEvent.VOID_ASKED)
    try:
        answer = parts.api.void(label_id)
    except Refused as error:
        _refused(parts, record, error)
        raise
    except ApiError as error:
        if is_voided(parts, label_id):
            return _moved(parts, record, PurchaseEvent.VOID_APPROVED)
        raise in_doubt(label_id, error) from error
    if answer.approved or answer.reason_code == ALREADY:
        return _moved(parts, record, PurchaseEvent.VOID_APPROVED)
    refusal = explained(answer)
    _refused(parts, record, refusal)
    raise refusal


def void_unrecorded(parts: Parts, label_id: str) -> None:
    """Void a label that has no record here; raise VoidRefused or OutcomeUnknown."""
    try:
        answer = parts.api.void(label_id)
    except NoAnswer as error:
        if is_voided(parts, label_id):
            return
        raise in_doubt(label_id, error) from error
    if not answer.approved and answer.reason_code != ALREADY:
        raise explained(answer)


def in_doubt(label_id: str, error: ApiError) -> OutcomeUnknown:
    """Return what to raise for a void without a certain answer."""
    return OutcomeUnknown(
        f"It is not known whether label {label_id} was voided: {error.message}",
        hint=f"shiplabel labels void {label_id} looks it up and asks again",
    )


def is_voided(parts: Parts, label_id: str) -> bool:
    """Ask the service whether a label is voided; False when it cannot be told."""
    try:
        label = parts.api.label(label_id)
    except ApiError as error:
        parts.say(f"The look-up failed: {error.message}")
        return False
    return bool(label and (label.voided or label.status == "voided"))


def _moved(parts: Parts, record: Session, event: PurchaseEvent) -> Session:
    session = move(record, event, parts.clock.now())
    return parts.store.save_record(replace(session, error=None, updated_at=parts.clock.now()))


def _refused(parts: Parts, record: Session, error: ShiplabelError) -> Session:
    now = parts.clock.now()
    kept = described(record, error, now)
    record = replace(move(record, PurchaseEvent.VOID_REFUSED, now), error=kept, updated_at=now)
    return parts.store.save_record(record)
