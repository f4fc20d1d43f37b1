"""Buying a label: at most once, and never out of sight.

The order of every act: transition, save, act, transition, save. The intent is on disk
before the purchase is sent; if it cannot be made durable, nothing is sent. ``_send`` is
the one function of the program that sends a purchase. A certain no leads back to the
rates or to the refused answer; anything that is not certain is UNKNOWN and is looked up.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from math import ceil
from typing import TYPE_CHECKING

from shiplabel.errors import (
    ApiError,
    NoAnswer,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Refused,
    ShiplabelError,
    StorageError,
)
from shiplabel.language import phrase
from shiplabel.workflow.by_key import refuse_unlisted, tell_extra
from shiplabel.workflow.lookup import label_error, ours, save_bought, settle, unknown, wait_for, wake
from shiplabel.workflow.paper import fetch_paper
from shiplabel.workflow.session import (
    Intent,
    drop_quotes,
    move,
    note,
    reach,
    was_doubted,
)
from shiplabel.workflow.shipment import digest_of, shipment_of
from shiplabel.workflow.states import BOUGHT, UNSETTLED, PurchaseEvent, PurchaseState, Trouble
from shiplabel.workflow.trouble import AlreadyLabelled, purchase_trouble, rolled_back

if TYPE_CHECKING:
    from shiplabel.domain.label import Label
    from shiplabel.domain.money import Money
    from shiplabel.workflow.ports import Parts
    from shiplabel.workflow.session import Session

PATIENCE = 5
FIRST_PAUSE_S = 2.0
WAITS_S = 90.0


def purchase(parts: Parts, session: Session) -> Session:
    """Buy the label of a session at step ``purchase`` and return its finished record.

    Raise RolledBack after a certain no, OutcomeUnknown when nobody knows yet, AlreadyLabelled
    when the key has a label. Only one process at a time buys for a key.
    """
    return complete(parts, buy_only(parts, session))


def buy_only(parts: Parts, session: Session) -> Session:
    """Do what ``purchase`` does, but leave the paper for later: the session is bought, not finished."""
    with parts.store.holding_key(session.shipment_key) as met_before:
        refuse_second(parts, session)
        if met_before and not session.met_before:
            session = replace(session, met_before=True)
        session = _look_first(parts, session)
        if session.purchase.state is not PurchaseState.PURCHASED:
            session = _attempt(parts, session)
    return session


def take_what_is_there(parts: Parts, session: Session) -> Session:
    """Return the session with the label that hangs on its key already, else as it is; nothing is sent."""
    with parts.store.holding_key(session.shipment_key):
        refuse_second(parts, session)
        return _look_first(parts, session)


def recover(parts: Parts, session: Session) -> Session:
    """Bring a purchase that was sent to its end by look-ups; return the finished record.

    Raise OutcomeUnknown when it cannot be told. A purchase that was never sent is returned as it is.
    """
    session = wake(parts, session)
    if session.purchase.state is PurchaseState.UNKNOWN:
        session = settle(parts, session)
    return complete(parts, session) if session.purchase.state in BOUGHT else session


def refuse_second(parts: Parts, session: Session) -> None:
    """Raise AlreadyLabelled or OutcomeUnknown when another session of this machine has the key."""
    for other in parts.store.with_key(session.shipment_key):
        if other.session_id == session.session_id:
            continue
        if other.purchase.state in BOUGHT:
            raise AlreadyLabelled(other)
        if other.purchase.state in UNSETTLED:
            raise OutcomeUnknown(
                phrase(
                    "A purchase for {shipment_key} has no certain answer yet; nothing new was sent.",
                    shipment_key=other.shipment_key,
                ),
                hint=f"shiplabel resume {other.session_id}",
            )


def _look_first(parts: Parts, session: Session) -> Session:
    """Take a label that hangs on our key already for this purchase, where anything could.

    One still being made is waited for; one that could not be made may have been charged.
    """
    if not session.met_before:
        return session
    try:
        hits = ours(parts.api, session)
        if not hits:
            refuse_unlisted(parts.api, session)
    except ShiplabelError as error:
        raise rolled_back(parts, session, purchase_trouble(error), error) from error
    if not hits:
        return session
    kept = next((label for label in hits if label.is_active), hits[0])
    tell_extra(parts, session, [label for label in hits if label is not kept])
    parts.say(
        phrase(
            "Label {label_id} was bought for this shipment before; nothing new is bought.",
            label_id=kept.label_id,
        )
    )
    now = parts.clock.now()
    intent = intent_of(session, parts)
    if not was_doubted(session):
        intent = replace(intent, by="found")  # after that word it is what this very session bought
    session = move(_plan(session, parts), PurchaseEvent.INTEND, now, intent=intent)
    return _receive(parts, note(session, f"adopted {kept.label_id}", now), kept)


def _plan(session: Session, parts: Parts) -> Session:
    """Return a refused purchase as one that may be tried anew."""
    if session.purchase.state is PurchaseState.REFUSED:
        return move(session, PurchaseEvent.EDITED, parts.clock.now())
    return session


def intent_of(session: Session, parts: Parts) -> Intent:
    """Return what is about to be sent: on the chosen rate, else on the shipment."""
    rate, wishes = session.rate, session.wishes
    unquoted = "shipment" if session.shipment_id else "inline"
    return Intent(
        by="rate" if rate else unquoted,
        at=parts.clock.now(),
        shipment_key=session.shipment_key,
        shipment_id=session.shipment_id,
        rate_id=rate.rate_id if rate else None,
        carrier_id=rate.carrier_id if rate else wishes.carrier_id,
        carrier_code=rate.carrier_code if rate else "",
        service_code=rate.service_code if rate else wishes.service_code,
        quoted=rate.total if rate else None,
        format=wishes.format,
        layout=wishes.layout,
    )


def guard_price(price: Money | None, limit: Money | None) -> None:
    """Raise ApiError when a price is above the clerk's limit: checked before any intent."""
    if limit is None or price is None:
        return
    if price.currency != limit.currency or limit < price:
        raise ApiError(
            phrase(
                "The price {price} is above the limit {limit}; nothing was bought.", price=price, limit=limit
            ),
            code="max_cost",
            hint=phrase("choose another rate or raise --max-cost"),
        )


def _attempt(parts: Parts, session: Session) -> Session:
    """Send the purchase, waiting out answers that say: too many requests; at most 90 s in all."""
    try:
        guard_price(session.rate.total if session.rate else None, session.wishes.max_cost)
    except ApiError as error:
        raise rolled_back(parts, session, Trouble.PURCHASE_REFUSED, error) from error
    pause_s, left_s, patience = FIRST_PAUSE_S, WAITS_S, PATIENCE
    while True:
        try:
            return _send(parts, _plan(session, parts))
        except _Rejected as no:
            session, said = no.session, no.error
        wait_s = said.retry_after_s or pause_s
        if isinstance(said, RateLimited) and patience and wait_s <= left_s:
            left_s -= wait_s
            parts.say(phrase("Too many requests; waiting {wait_s} s.", wait_s=ceil(wait_s)))
            parts.clock.pause(wait_s)
            pause_s, patience = pause_s * 2, patience - 1
            continue
        if isinstance(said, Refused) and said.conflict and session.shipment_id is None:
            session = _use_existing(parts, session)
            return session if session.purchase.state in BOUGHT else _attempt(parts, session)
        raise _refusal(parts, session, said)


class _Rejected(Exception):  # a value on its way back, not an error to tell
    """A certain no, with the session as it was saved."""

    def __init__(self, session: Session, error: ApiError) -> None:
        super().__init__(error.message)
        self.session, self.error = session, error


def _send(parts: Parts, session: Session) -> Session:
    """Send one purchase: intent on disk, the call, its outcome on disk.

    The only caller of ``api.buy`` in the program, and it calls it once.
    """
    shipment = shipment_of(session)
    try:
        parts.api.await_turn()
    except RateLimited as error:
        raise _Rejected(session, error) from error
    try:
        intent = intent_of(session, parts)
        session = _intended(parts, session, intent)
    except BaseException:
        parts.api.leave_turn()
        raise
    try:
        label = parts.api.buy(intent, shipment)
    except NotSent as error:
        raise _Rejected(_outcome(parts, session, PurchaseEvent.NOT_SENT, error), error) from error
    except Refused as error:
        raise _Rejected(_outcome(parts, session, PurchaseEvent.REFUSED, error), error) from error
    except NoAnswer as error:
        session = unknown(parts, session, error)
        parts.say(error.message)
        return settle(parts, session)
    except BaseException as error:
        raise _left(parts, session, error) from error
    return _receive(parts, session, label)


def _intended(parts: Parts, planned: Session, intent: Intent) -> Session:
    """Return the session with its intent durable; raise StorageError, and nothing is sent, when it is not.

    An intent that may be on disk unconfirmed is taken back where the disk lets us.
    """
    session = move(planned, PurchaseEvent.INTEND, intent.at, intent=intent, label=None, label_id=None)
    try:
        return parts.save(replace(session, met_before=True))
    except StorageError as error:
        with suppress(StorageError):
            parts.save(planned)
        raise StorageError(
            phrase("The purchase was not sent, nothing was bought: {why}", why=error.message),
            code=error.code,
            hint=phrase("mend the disk, then: shiplabel resume {session_id}", session_id=planned.session_id),
        ) from error


def _outcome(parts: Parts, session: Session, event: PurchaseEvent, no: ApiError) -> Session:
    """Write down that a purchase certainly did not happen."""
    try:
        return parts.save(move(session, event, parts.clock.now()))
    except StorageError as error:
        raise StorageError(
            phrase(
                "Nothing was bought: {what} This could not be written down: {why}",
                what=no.message,
                why=error.message,
            ),
            code=error.code,
            hint=phrase("mend the disk, then: shiplabel resume {session_id}", session_id=session.session_id),
        ) from error


def _left(parts: Parts, session: Session, cause: BaseException) -> OutcomeUnknown:
    """Return what to raise when the call was left in the middle, by ^C or by a fault of ours."""
    error = NoAnswer(
        phrase("The purchase was interrupted ({cause}).", cause=type(cause).__name__), code="interrupted"
    )
    session = unknown(parts, session, error)
    return OutcomeUnknown(
        phrase("The purchase was interrupted; it may have been bought. It is not sent again."),
        hint=f"shiplabel resume {session.session_id}",
    )


def _receive(parts: Parts, session: Session, label: Label) -> Session:
    """Keep the label that was bought; wait while the service still makes it."""
    if label.status == "processing":
        kept = replace(session.purchase, label_id=label.label_id)
        session = save_bought(parts, replace(session, purchase=kept), label)
        label = wait_for(parts, label)
    if label.status == "error":
        raise label_error(parts, session, label)
    now = parts.clock.now()
    session = move(session, PurchaseEvent.ACCEPTED, now, label=label, label_id=label.label_id)
    session = replace(session, shipment_id=session.shipment_id or label.shipment_id, error=None)
    return save_bought(parts, session, label)


def _use_existing(parts: Parts, session: Session) -> Session:
    """Find the shipment that holds our key already; adopt its label, else write the wish into it."""
    try:
        found = parts.api.find_shipment(session.shipment_key)
        if not found:
            raise Refused(
                phrase("The service knows our key and cannot find its shipment."), code="identifier_conflict"
            )
        session = parts.save(replace(session, shipment_id=found))
        session = _look_first(parts, session)
        if session.purchase.state in BOUGHT:
            return session
        shipment = shipment_of(session)
        parts.api.update_shipment(found, shipment)
    except ApiError as error:
        raise _refusal(parts, session, error) from error
    return parts.save(replace(session, shipment_digest=digest_of(shipment)))


def _refusal(parts: Parts, session: Session, error: ApiError) -> ShiplabelError:
    """Return the roll-back of a certain no; a rate that is gone is fetched again."""
    if error.status == 404 or error.code in {"invalid_identifier", "rate_expired"}:  # noqa: PLR2004  # HTTP
        session = drop_quotes(session)
    return rolled_back(parts, session, purchase_trouble(error), error)


def complete(parts: Parts, session: Session) -> Session:
    """Fetch the paper of a bought label and move the session to the records."""
    session = fetch_paper(parts, session)
    try:
        return parts.store.finish(note(reach(session, "done"), "finished", parts.clock.now()))
    except StorageError as error:
        raise OutcomeUnknown(
            phrase(
                "Label {label_id} is bought, and could not be moved to the label records: {why}",
                label_id=session.purchase.label_id,
                why=error.message,
            ),
            code="not_filed",
            hint=phrase("mend the disk, then: shiplabel resume {session_id}", session_id=session.session_id),
        ) from error
