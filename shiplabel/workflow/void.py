"""Voiding a label: the wish is on disk before it is sent; a lost answer is looked up.

To void twice does no harm, so a void that was in doubt is looked up and then sent again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shiplabel.errors import (
    ApiError,
    NotSent,
    OutcomeUnknown,
    Refused,
    ShiplabelError,
    StorageError,
    Unauthorized,
)
from shiplabel.language import marked, phrase, worded
from shiplabel.workflow.session import move
from shiplabel.workflow.states import PurchaseEvent, PurchaseState
from shiplabel.workflow.trouble import described

if TYPE_CHECKING:
    from shiplabel.domain.label import VoidAnswer
    from shiplabel.workflow.ports import Parts
    from shiplabel.workflow.session import Session

NO_REASON = marked("the service gave no reason")
ALREADY = "label_already_voided"
REASONS = marked({
    "label_not_found_within_void_period": "the carrier's time to void it is over",
    "label_already_used": "the carrier has scanned it already",
    "contact_carrier": "the carrier must be asked in person",
    "validation_failed": "the service finds the request wrong",
    "unknown": "the service does not say why",
    "unspecified": "the service does not say why",
})  # fmt: skip


class VoidRefused(ShiplabelError):
    """The service refused to void; ``code`` is its reason."""


def explained(answer: VoidAnswer) -> VoidRefused:
    """Return the error for a refusal: the reason in words, and the service's own code and words."""
    why = worded(REASONS.get(answer.reason_code, NO_REASON))
    told = ": ".join(word for word in (answer.reason_code, answer.message) if word)
    said = f" ({told})" if told else ""
    return VoidRefused(
        phrase("The label was not voided: {why}{said}. It is still valid and paid.", why=why, said=said),
        code=answer.reason_code or "unspecified",
    )


def void(parts: Parts, record: Session) -> Session:
    """Void a record's label and return the record; raise VoidRefused or OutcomeUnknown."""
    label_id = record.purchase.label_id or ""
    if record.purchase.state is PurchaseState.VOIDED:
        return record
    in_doubt_before = record.purchase.state is PurchaseState.VOIDING
    if in_doubt_before and is_voided(parts, label_id):
        return _voided(parts, record)
    if not in_doubt_before:
        record = _kept(parts, move(record, PurchaseEvent.VOID_ASKED, parts.clock.now()))
    try:
        answer = parts.api.void(label_id)
    except (Unauthorized, NotSent) as error:
        if not in_doubt_before:
            _refused(parts, record, error)
        raise
    except ApiError as error:
        if is_voided(parts, label_id):
            return _voided(parts, record)
        if not isinstance(error, Refused):
            raise in_doubt(label_id, error) from error
        _refused(parts, record, error)
        raise
    if answer.approved or answer.reason_code == ALREADY:
        return _voided(parts, record)
    refusal = explained(answer)
    _refused(parts, record, refusal)
    raise refusal


def void_unrecorded(parts: Parts, label_id: str) -> None:
    """Void a label that has no record here; raise VoidRefused or OutcomeUnknown."""
    try:
        answer = parts.api.void(label_id)
    except (Unauthorized, NotSent):
        raise
    except ApiError as error:
        if is_voided(parts, label_id):
            return
        if isinstance(error, Refused):
            raise
        raise in_doubt(label_id, error) from error
    if not answer.approved and answer.reason_code != ALREADY:
        raise explained(answer)


def in_doubt(label_id: str, error: ApiError) -> OutcomeUnknown:
    """Return what to raise for a void without a certain answer."""
    return OutcomeUnknown(
        phrase(
            "It is not known whether label {label_id} was voided: {why}", label_id=label_id, why=error.message
        ),
        hint=phrase("shiplabel labels void {label_id} looks it up and asks again", label_id=label_id),
    )


def is_voided(parts: Parts, label_id: str) -> bool:
    """Ask the service whether a label is voided; False when it cannot be told."""
    try:
        label = parts.api.label(label_id)
    except ApiError as error:
        parts.say(phrase("The look-up failed: {why}", why=error.message))
        return False
    return bool(label and (label.voided or label.status == "voided"))


def _kept(parts: Parts, record: Session) -> Session:
    return parts.store.save_record(replace(record, error=None, updated_at=parts.clock.now()))


def _voided(parts: Parts, record: Session) -> Session:
    """Write down that a label is voided; raise OutcomeUnknown when the disk refuses."""
    try:
        return _kept(parts, move(record, PurchaseEvent.VOID_APPROVED, parts.clock.now()))
    except StorageError as error:
        label_id = record.purchase.label_id
        raise OutcomeUnknown(
            phrase(
                "Label {label_id} is voided at the service, and this could not be written down: {why}",
                label_id=label_id,
                why=error.message,
            ),
            hint=phrase("mend the disk, then: shiplabel labels void {label_id}", label_id=label_id),
        ) from error


def _refused(parts: Parts, record: Session, error: ShiplabelError) -> None:
    """Write down that a label was not voided; a disk that refuses is told and leaves it to be asked anew."""
    now = parts.clock.now()
    kept = described(record, error, now)
    record = replace(move(record, PurchaseEvent.VOID_REFUSED, now), error=kept, updated_at=now)
    try:
        parts.store.save_record(record)
    except StorageError as disk:
        parts.say(phrase("That the label was not voided could not be written down: {why}", why=disk.message))
