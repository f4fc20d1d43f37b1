"""Rates that the service is still gathering: asked for again until all are there.

GET /v2/shipments/{id}/rates tells one set of rates or a list, of sets or of bare rates. Where it
tells only the newest set of a shipment, and another question was asked since, ours is asked
anew, by one thread at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final

import msgspec

from shiplabel.baton import waiting
from shiplabel.errors import ApiError
from shiplabel.shipstation import wire
from shiplabel.shipstation.patience import Patience
from shiplabel.workflow.ports import Clock

Told = wire.RateResponse | list[wire.RatesOrRate]

WORKING: Final = "working"
POLL_S: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """One question for rates: how to ask it anew, how to look what came of it, how long."""

    ask: Callable[[], wire.RateResponse]
    look: Callable[[], Told]
    carrier_ids: Sequence[str]
    patience: Patience
    clock: Clock
    turn: Lock

    def finish(self, told: wire.RateResponse) -> wire.RateResponse:
        """Return the rates when all are there or the time is over; a failure leaves those known."""
        try:
            told, shown = self._poll(told)
            if shown or not self._has_turn():
                return told
            try:
                while not shown and self._has_time:
                    told, shown = self._poll(self.ask(), alone=True)
            finally:
                self.turn.release()
        except ApiError:
            return told
        return told

    def _has_turn(self) -> bool:
        """Wait for the turn to ask anew; tell whether it came in time."""
        with waiting():
            return self.turn.acquire(timeout=max(self.patience.left_s, 0))

    @property
    def _has_time(self) -> bool:
        return self.patience.left_s > POLL_S

    def _poll(self, told: wire.RateResponse, *, alone: bool = False) -> tuple[wire.RateResponse, bool]:
        """Look until the rates are complete; tell whether they were ours to the end.

        Asked ``alone``, the shipment's rates of our carriers are ours, whatever question they name.
        """
        while told.status == WORKING and self._has_time:
            self.clock.pause(POLL_S)
            shown = self.look()
            seen = ours(shown, told.rate_request_id, self.carrier_ids)
            if seen is None and alone:
                seen = of_carriers(shown, told, self.carrier_ids)
            if seen is None:
                return told, False
            told = seen
        return told, True


def ours(told: Told, asked: str | None, carrier_ids: Sequence[str]) -> wire.RateResponse | None:
    """Return the rates of the question ``asked``, or None where another question's are shown."""
    if isinstance(told, wire.RateResponse):
        sets: list[wire.RateResponse] = [told]
    else:
        sets = [one for one in told if one.rates is not None or one.status is not None]
        if not sets:
            return _bare(told, carrier_ids)
    for one in sorted(sets, key=lambda one: one.created_at or "", reverse=True):
        if None in {asked, one.rate_request_id} or one.rate_request_id == asked:
            return one
    return None


def of_carriers(
    shown: Told, asked: wire.RateResponse, carrier_ids: Sequence[str]
) -> wire.RateResponse | None:
    """Return what the newest set has of these carriers, ``asked`` while it is not complete, or None."""
    sets = (
        [shown] if isinstance(shown, wire.RateResponse) else [one for one in shown if one.rates is not None]
    )
    newest = max(sets, key=lambda one: one.created_at or "", default=None)
    if newest is None or newest.status == WORKING:
        return asked if newest else None
    rates = [one for one in newest.rates or () if one.carrier_id in carrier_ids]
    return msgspec.structs.replace(newest, rates=rates) if rates else None


def _bare(told: Sequence[wire.RatesOrRate], carrier_ids: Sequence[str]) -> wire.RateResponse | None:
    rates: list[wire.Rate] = [one.as_rate() for one in told if one.carrier_id in carrier_ids]
    return wire.RateResponse(rates=rates, status="completed") if rates else None
