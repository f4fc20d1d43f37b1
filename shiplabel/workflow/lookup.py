"""Settling a purchase whose outcome nobody knows: by looking it up, and by nothing else.

Every hit is checked to be ours, because the service may ignore a filter it does not know.
Finding nothing proves nothing: the purchase stays UNKNOWN until a later look finds it or a
person says in words that it was not bought.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from math import ceil
from typing import TYPE_CHECKING

from shiplabel.errors import ApiError, NoAnswer, OutcomeUnknown, ShiplabelError, StorageError, Unauthorized
from shiplabel.language import phrase
from shiplabel.workflow.by_key import labels_by_key
from shiplabel.workflow.session import NOT_BOUGHT, drop_quotes, move, note, reach
from shiplabel.workflow.states import PurchaseEvent, PurchaseState, Trouble
from shiplabel.workflow.trouble import SeveralLabels, described, rolled_back

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from shiplabel.domain.label import Label
    from shiplabel.workflow.ports import Parts, ShippingApi
    from shiplabel.workflow.session import Session

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 15.0
PROCESSING_S = 60.0
PROCESSING_PAUSE_S = 2.0


def unknown(parts: Parts, session: Session, error: ShiplabelError) -> Session:
    """Write down that a purchase was sent and has no certain answer."""
    session = move(session, PurchaseEvent.NO_ANSWER, parts.clock.now())
    return rolled_back(parts, session, Trouble.NO_ANSWER, error).session


def wake(parts: Parts, session: Session) -> Session:
    """Return a session found on disk as it is to be understood: a purchase under way is UNKNOWN."""
    if session.purchase.state is not PurchaseState.PURCHASING:
        return session
    return unknown(parts, session, NoAnswer(phrase("The program ended while a purchase was under way.")))


def ours(api: ShippingApi, session: Session) -> tuple[Label, ...]:
    """Return the labels on this session's shipment that were not voided, the oldest first.

    One in error of which a person said that it was not bought is left out.
    A look-up that fails hides nothing that another one finds; it is raised when none found an active one.
    """
    found: dict[str, Label] = {}
    failed: ApiError | None = None
    for look in _look_ups(api, session):
        try:
            found |= {label.label_id: label for label in look() if _counts(label, session)}
        except Unauthorized:
            raise
        except ApiError as error:
            failed = error
    if failed and not any(label.is_active for label in found.values()):
        raise failed
    return tuple(sorted(found.values(), key=lambda label: (str(label.created_at or ""), label.label_id)))


def _counts(label: Label, session: Session) -> bool:
    stands = label.is_active or label.label_id not in session.purchase.ruled_out
    return is_ours(label, session) and stands and not label.voided and label.status != "voided"


def is_ours(label: Label, session: Session) -> bool:
    """Tell whether a label hangs on this session's shipment: by our key or by its shipment's id."""
    by_key = label.external_shipment_id == session.shipment_key
    by_shipment = bool(session.shipment_id) and label.shipment_id == session.shipment_id
    return by_key or by_shipment


def _look_ups(api: ShippingApi, session: Session) -> Iterator[Callable[[], Iterable[Label]]]:
    """Yield each look-up that the API offers, the surest first."""
    intent, label_id = session.purchase.intent, session.purchase.label_id
    if label_id:
        yield lambda: filter(None, [api.label(label_id)])
    if intent and intent.rate_id:
        yield partial(api.labels, rate_id=intent.rate_id)
    if session.shipment_id:
        yield partial(api.labels, shipment_id=session.shipment_id)
    yield partial(labels_by_key, api, session)


def settle(parts: Parts, session: Session, *, settle_s: float | None = None) -> Session:
    """Look an UNKNOWN purchase up until it is found or the settle time is over.

    Return the session as PURCHASED. Raise OutcomeUnknown when nothing was found, SeveralLabels
    when too much was, Unauthorized when the key is not the account's.
    """
    whole_s = parts.settle_s if settle_s is None else settle_s
    end = parts.clock.elapsed_s() + whole_s
    if whole_s:  # a batch tells of all that it looks up together
        parts.say(_what_is_looked_up(session, whole_s))
    pause_s = FIRST_PAUSE_S
    with parts.api.once():
        check_account(parts, session)
    while True:
        with parts.api.once():
            found = _look(parts, session)
        if found is not None:
            return found
        left_s = end - parts.clock.elapsed_s()
        if left_s <= 0:
            break
        parts.say(phrase("No label is seen yet; looking again for {left_s} s.", left_s=ceil(left_s)))
        parts.clock.pause(min(pause_s, left_s))
        pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
    raise OutcomeUnknown(
        phrase(
            "It is not known whether the label for {shipment_key} was bought. It is not sent again.",
            shipment_key=session.shipment_key,
        ),
        hint=phrase(
            "shiplabel resume {session_id} looks again; if you know that it was not bought: "
            "shiplabel reconcile --not-bought {shipment_key}",
            session_id=session.session_id,
            shipment_key=session.shipment_key,
        ),
    )


def _what_is_looked_up(session: Session, seconds: float) -> str:
    """Return for the clerk what is looked up, for how long, and what is not done."""
    intent = session.purchase.intent
    traces = (
        phrase("label {label_id}", label_id=session.purchase.label_id) if session.purchase.label_id else "",
        phrase("rate {rate_id}", rate_id=intent.rate_id) if intent and intent.rate_id else "",
        phrase("shipment {shipment_id}", shipment_id=session.shipment_id) if session.shipment_id else "",
    )
    known = ", ".join(trace for trace in traces if trace)
    return phrase(
        "The purchase for {shipment_key} was sent{sent} and has no certain answer. Looking for its label at "
        "the service for up to {seconds} s ({known}); nothing is sent again. "
        "^C stops looking and keeps all.",
        shipment_key=session.shipment_key,
        sent=phrase(" on {at:%Y-%m-%d} at {at:%H:%M} UTC", at=intent.at) if intent else "",
        seconds=ceil(seconds),
        known=known or phrase("by its key"),
    )


def _look(parts: Parts, session: Session) -> Session | None:
    """Look once; return the settled session, or None when nothing certain was seen."""
    try:
        hits = ours(parts.api, session)
    except Unauthorized:
        raise
    except ApiError as error:
        parts.say(phrase("The look-up failed: {why}", why=error.message))
        return None
    active = tuple(label for label in hits if label.is_active)
    if len(active) > 1:
        raise _several(parts, session, active)
    label = wait_for(parts, active[0]) if active else None
    failed = label if label and not label.is_active else next(iter(hits), None)
    if label and label.is_active:
        return adopt(parts, session, label)
    if failed:
        raise label_error(parts, session, failed)
    return None


def _several(parts: Parts, session: Session, labels: tuple[Label, ...]) -> SeveralLabels:
    """Write down that several labels were found and return what to raise."""
    kept = described(session, SeveralLabels(session, labels), parts.clock.now())
    with suppress(StorageError):  # what was found is told in any case, and looked up again by the next run
        session = parts.save(replace(session, error=kept))
    return SeveralLabels(session, labels)


def wait_for(parts: Parts, label: Label) -> Label:
    """Ask for a label that is still being made, up to a minute; return it as last seen."""
    start = parts.clock.elapsed_s()
    while label.status == "processing" and parts.clock.elapsed_s() - start < PROCESSING_S:
        parts.clock.pause(PROCESSING_PAUSE_S)
        try:
            label = parts.api.label(label.label_id) or label
        except ApiError as error:
            parts.say(
                phrase("The label is bought and still being made; asking again ({why})", why=error.message)
            )
    return label


def label_error(parts: Parts, session: Session, label: Label) -> ShiplabelError:
    """Return what to raise for a label that the service could not make: money may have moved."""
    error = OutcomeUnknown(
        phrase(
            "The service could not make label {label_id} ({status}); it may have been charged.",
            label_id=label.label_id,
            status=label.status,
        ),
        code="label_error",
        hint=phrase(
            "shiplabel labels void {label_id}, then shiplabel reconcile --not-bought {shipment_key}",
            label_id=label.label_id,
            shipment_key=session.shipment_key,
        ),
    )
    session = replace(session, purchase=replace(session.purchase, label_id=label.label_id))
    if session.purchase.state is PurchaseState.PURCHASING:
        session = move(session, PurchaseEvent.NO_ANSWER, parts.clock.now())
    return rolled_back(parts, session, Trouble.LABEL_ERROR, error)


def adopt(parts: Parts, session: Session, label: Label) -> Session:
    """Take a found label as the outcome of the purchase; a success, so the error is cleared."""
    now = parts.clock.now()
    session = move(session, PurchaseEvent.FOUND, now, label=label, label_id=label.label_id)
    session = replace(session, shipment_id=session.shipment_id or label.shipment_id, error=None)
    return save_bought(parts, note(session, f"found {label.label_id}", now), label)


def save_bought(parts: Parts, session: Session, label: Label) -> Session:
    """Write a bought label down; when the disk says no, tell of the label itself."""
    try:
        return parts.save(session)
    except StorageError as error:
        raise OutcomeUnknown(
            phrase(
                "Label {label_id} was bought, but could not be written down: {why}",
                label_id=label.label_id,
                why=error.message,
            ),
            hint=phrase("mend the disk, then: shiplabel resume {session_id}", session_id=session.session_id),
        ) from error


def check_account(parts: Parts, session: Session) -> None:
    """Raise Unauthorized unless the key belongs to the account that the purchase was sent to."""
    intent = session.purchase.intent
    if intent is None or not intent.carrier_id:
        return
    try:
        carriers = parts.api.carriers()
    except Unauthorized:
        raise
    except ApiError as error:
        parts.say(phrase("The account could not be checked: {why}", why=error.message))
        return
    if intent.carrier_id not in {carrier.carrier_id for carrier in carriers}:
        raise Unauthorized(
            phrase("This key belongs to another account than the purchase in doubt; nothing was looked up."),
            code="other_account",
            hint=phrase("use the key with which the purchase was sent (shiplabel login)"),
        )


def not_bought(parts: Parts, session: Session, by: str) -> Session:
    """Take the word of a person, ``by`` name, that an UNKNOWN purchase was not bought: back to the rates."""
    now = parts.clock.now()
    ruled_out = (*session.purchase.ruled_out, *filter(None, [session.purchase.label_id]))
    session = move(session, PurchaseEvent.PROVED_ABSENT, now, label_id=None, ruled_out=ruled_out)
    session = replace(session, history=session.history[:-1])
    session = note(session, NOT_BOUGHT, now, by=by)
    return parts.save(replace(reach(drop_quotes(session), "rate"), error=None, met_before=True))
