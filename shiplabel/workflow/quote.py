"""Quoting: one shipment at the service, every carrier asked side by side.

The shipment behind our key is made once and then written anew. Whether the service
refuses, updates or doubles a key it has met is not known; all three end here with the id
of a shipment that holds the present wish.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from shiplabel.domain.rate import Carrier, CarrierFailure, Rate
from shiplabel.domain.rules import parse_rule
from shiplabel.errors import ApiError, Refused, ShiplabelError, Unauthorized
from shiplabel.language import phrase
from shiplabel.workflow.lookup import ours
from shiplabel.workflow.session import take_quotes
from shiplabel.workflow.shipment import digest_of, shipment_of
from shiplabel.workflow.side_by_side import side_by_side
from shiplabel.workflow.trouble import quoting_trouble, refused_step, rolled_back

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from shiplabel.domain.rate import Quote
    from shiplabel.workflow.ports import Parts
    from shiplabel.workflow.session import Session

FRESH_FOR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Board:
    """What is known so far: rates, carriers that failed, carriers still asked."""

    rates: tuple[Rate, ...] = ()
    failures: tuple[CarrierFailure, ...] = ()
    waiting: tuple[Carrier, ...] = ()

    def take(self, carrier: Carrier, answer: Quote | ShiplabelError) -> Board:
        """Return the board with one carrier's answer on it."""
        waiting = tuple(other for other in self.waiting if other != carrier)
        if isinstance(answer, ShiplabelError):
            return Board(self.rates, (*self.failures, _failure(carrier, answer)), waiting)
        failures = answer.failures or (() if answer.rates else (_silence(carrier),))
        named = tuple(_named(failure, carrier) for failure in failures)
        rates = tuple(_warned(rate, carrier) for rate in answer.rates)
        return Board((*self.rates, *rates), (*self.failures, *named), waiting)

    def without_waiting(self) -> Board:
        """Return the board of a clerk who goes on with what is there: who is still asked has failed."""
        unheard = (_failed(carrier, phrase("not waited for"), "not_waited_for") for carrier in self.waiting)
        return Board(self.rates, (*self.failures, *unheard))


def board_of(answer: Quote, carriers: Sequence[Carrier]) -> Board:
    """Return the board of one answer for several carriers: its rates warned of, its failures as told."""
    by_id = {carrier.carrier_id: carrier for carrier in carriers}
    rates = (
        _warned(rate, by_id[rate.carrier_id]) if rate.carrier_id in by_id else rate for rate in answer.rates
    )
    return Board(tuple(rates), answer.failures)


def is_stale(session: Session, now: datetime) -> bool:
    """Tell whether the rates on hand are too old to buy from."""
    return session.quoted_at is None or not timedelta(0) <= now - session.quoted_at <= FRESH_FOR


def quote(
    parts: Parts,
    session: Session,
    show: Callable[[Board], None],
    rule: str | None = None,
    is_enough: Callable[[], bool] | None = None,
) -> Session:
    """Fetch rates into the session, telling ``show`` after each carrier's answer.

    Only the carriers that can fulfil the rule are asked; None is the session's own rule. Once there are
    rates, a yes of ``is_enough`` goes on without the carriers that have not answered; they count as failed.
    Raise RolledBack, the session saved at the step that mends it, when no rate came.
    """
    try:
        carriers = carriers_for(parts.api.carriers(), session.wishes.rule if rule is None else rule)
        session = settle_shipment(parts, session)
    except ShiplabelError as error:
        raise rolled_back(parts, session, quoting_trouble(error), error) from error
    errors: list[ShiplabelError] = []
    board = Board(waiting=tuple(carriers))
    show(board)
    goes_on = is_enough and (lambda: is_enough() and bool(board.rates))
    for carrier, answer in side_by_side(_asker(parts, session), carriers, goes_on):
        if isinstance(answer, ShiplabelError):
            errors.append(answer)
        board = board.take(carrier, answer)
        show(board)
    board = board.without_waiting()
    if not board.rates:
        worst = why_no_rate(board, errors)
        raise rolled_back(parts, session, quoting_trouble(worst), worst)
    return parts.save(take_quotes(session, board.rates, parts.clock.now(), board.failures))


def carriers_for(carriers: Sequence[Carrier], rule: str) -> list[Carrier]:
    """Return the usable carriers that a rule leaves; raise ApiError where it leaves none."""
    usable = [carrier for carrier in carriers if not carrier.disabled]
    wanted = parse_rule(rule) if rule else None
    if wanted and wanted.carrier_code:
        usable = [carrier for carrier in usable if carrier.carrier_code == wanted.carrier_code]
    if wanted and wanted.service_code:
        usable = [carrier for carrier in usable if wanted.service_code in carrier.services]
    if usable:
        return usable
    said = (
        phrase("No carrier of this account offers {rule}.", rule=rule)
        if rule
        else phrase("This account has no usable carrier.")
    )
    raise ApiError(said, code="no_carrier", hint=phrase("shiplabel rates shows what there is"))


def settle_shipment(parts: Parts, session: Session) -> Session:
    """Make sure that one shipment at the service holds the present wish; save its id and return."""
    shipment = shipment_of(session)
    digest = digest_of(shipment)
    if session.shipment_id and session.shipment_digest == digest:
        return session
    if session.shipment_id:
        parts.api.update_shipment(session.shipment_id, shipment)
        return parts.save(replace(session, shipment_digest=digest))
    try:
        shipment_id = parts.api.create_shipment(shipment)
        return parts.save(replace(session, shipment_id=shipment_id, shipment_digest=digest))
    except Refused as error:
        if not error.conflict:
            raise
        found = parts.api.find_shipment(session.shipment_key)
        if not found:
            raise
        session = parts.save(replace(session, shipment_id=found, met_before=True))
    if ours(parts.api, session):
        return session  # its label is for the purchase to see to; a labelled shipment is left as it is
    parts.api.update_shipment(found, shipment)
    return parts.save(replace(session, shipment_digest=digest))


def _asker(parts: Parts, session: Session) -> Callable[[Carrier], Quote]:
    return lambda carrier: parts.api.quote([carrier.carrier_id], shipment_id=session.shipment_id)


def _failure(carrier: Carrier, error: ShiplabelError) -> CarrierFailure:
    return _failed(carrier, error.message, error.code, getattr(error, "request_id", None))


def _silence(carrier: Carrier) -> CarrierFailure:
    return _failed(carrier, phrase("no rates for this parcel"), "no_rates_returned")


def _failed(carrier: Carrier, message: str, code: str, request_id: str | None = None) -> CarrierFailure:
    return CarrierFailure(
        carrier_id=carrier.carrier_id,
        carrier_code=carrier.carrier_code,
        message=message,
        code=code,
        request_id=request_id,
    )


def _named(failure: CarrierFailure, carrier: Carrier) -> CarrierFailure:
    """Return the failure under the name of the carrier that was asked: the service often hides it."""
    return replace(failure, carrier_id=carrier.carrier_id, carrier_code=carrier.carrier_code)


def _warned(rate: Rate, carrier: Carrier) -> Rate:
    """Return the rate with a warning where the carrier's prepaid balance does not cover it."""
    if not carrier.prepaid or carrier.balance is None or rate.total.amount <= carrier.balance:
        return rate
    warning = phrase("above the carrier's balance of {balance:.2f}", balance=carrier.balance)
    return replace(rate, warnings=(*rate.warnings, warning))


def why_no_rate(board: Board, errors: Sequence[ShiplabelError] = ()) -> ShiplabelError:
    """Return the error to tell when no carrier gave a rate: a mendable one before all others."""
    for error in errors:
        if isinstance(error, Unauthorized) or refused_step(error):
            return error
    told = "; ".join(_by_message(board.failures))
    request_id = next((f.request_id for f in board.failures if f.request_id), None)
    return ApiError(
        phrase("No carrier gave a rate. {told}", told=told),
        code="no_rates",
        request_id=request_id,
    )


def _by_message(failures: Sequence[CarrierFailure]) -> list[str]:
    """Return what failed, a message each, with the carriers that it holds for."""
    carriers: dict[str, list[str]] = {}
    for failure in failures:
        name = failure.carrier_code or failure.carrier_id
        carriers.setdefault(failure.message, []).extend([name] if name else [])
    return [f"{', '.join(names)}: {said}" if names else said for said, names in carriers.items()]
