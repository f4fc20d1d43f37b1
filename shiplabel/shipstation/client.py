"""The service over HTTP: one method for each call that the workflow needs.

Safe calls are repeated within a time; a purchase is sent once, whatever comes of it.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from shiplabel.domain.label import VoidAnswer
from shiplabel.errors import ApiError, NoAnswer, NotSent, RateLimited, Refused
from shiplabel.language import phrase
from shiplabel.shipstation import reading, requests, wire
from shiplabel.shipstation.deadline import wrote_at
from shiplabel.shipstation.downloads import Download
from shiplabel.shipstation.exchange import Call, Line, is_loopback
from shiplabel.shipstation.outcome import Answer, outcome
from shiplabel.shipstation.pages import PAGE_SIZE, Pages
from shiplabel.shipstation.patience import QUICK_S, QUOTE_S, Patience
from shiplabel.shipstation.unfinished import WORKING, Gathering

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    import httpx

    from shiplabel.domain.label import Label, Tracking
    from shiplabel.domain.rate import Carrier, Quote, Rate
    from shiplabel.domain.shipment import KnownShipment, Shipment
    from shiplabel.shipstation.pacing import Pacing, Pause
    from shiplabel.workflow.ports import Clock
    from shiplabel.workflow.session import Intent

T = TypeVar("T")
P = TypeVar("P", wire.LabelPage, wire.ShipmentPage)

SHOWN_RATES: Final[Any] = wire.RateResponse | list[wire.RatesOrRate]
"""Either of two shapes: no type of its own, and yet one that can be read."""

PURCHASE_S: Final = 90.0
TOO_MANY_S: Final = 2.0
_NOT_FOUND: Final = 404
_CONFLICT: Final = 409
_FIXED: Final = "identifiers_must_match"
_KEY: Final = "external_shipment_id"


class Secret(Protocol):
    """A key that does not print itself."""

    def reveal(self) -> str:
        """Return the key."""


class _Mood(threading.local):
    """Whether this thread's calls are sent once."""

    once: bool = False


class Client:
    """The service; safe to use from several threads."""

    def __init__(  # the parts are named by the caller
        self,
        base_url: str,
        key: Secret | str,
        *,
        transport: httpx.BaseTransport | None = None,
        pacing: Pacing | None = None,
        clock: Clock,
    ) -> None:
        self._line = Line(base_url, key if isinstance(key, str) else key.reveal(), transport, clock)
        self._pacing = pacing
        self._clock = clock
        self._asking_anew = threading.Lock()
        self._turns = threading.local()
        self._mood = _Mood()

    def close(self) -> None:
        """Close the connections."""
        self._line.close()

    @contextmanager
    def once(self) -> Iterator[None]:
        """Send each of this thread's calls in the block once, whatever comes of it."""
        before, self._mood.once = self._mood.once, True
        try:
            yield
        finally:
            self._mood.once = before

    def carriers(self) -> Sequence[Carrier]:
        """GET /v2/carriers: list the account's carriers, usable or not."""
        return reading.carriers_of(self._safe(Call("GET", "/v2/carriers"), wire.Carriers))

    def create_shipment(self, shipment: Shipment) -> str:
        """POST /v2/shipments: make a shipment and return its id; a refusal stands inside the answer.

        A confirmation or an insurance that this call did not keep is told once more by an update.
        Repeating it does no harm: our key is in it, so a second one is refused, updates the first, or
        makes a shipment that nobody labels. No money moves here.
        """
        body = requests.encoded(requests.shipments_body(shipment))
        told = self._safe(Call("POST", "/v2/shipments", body=body), wire.MadeShipments)
        made = told.shipments[0] if told.shipments else wire.Made()
        refusal = reading.refusal_inside(made.errors, told.request_id)
        if made.shipment_id and refusal is None:
            if requests.was_left_out(made, shipment):
                self.update_shipment(made.shipment_id, shipment)
            return made.shipment_id
        if refusal is None and not told.has_errors:
            raise NoAnswer(
                phrase("The service made a shipment and did not say which."), request_id=told.request_id
            )
        raise refusal or Refused(phrase("The service refused the shipment."), request_id=told.request_id)

    def update_shipment(self, shipment_id: str, shipment: Shipment) -> None:
        """PUT /v2/shipments/{id}: write the wish anew, without our key where the service will not hear it."""
        body = requests.shipment_body(shipment)
        try:
            self._update(shipment_id, body)
        except Refused as error:
            if not error.conflict and error.code != _FIXED:
                raise
            self._update(shipment_id, {name: one for name, one in body.items() if name != _KEY})

    def _update(self, shipment_id: str, body: requests.Body) -> None:
        ids = {"shipment_id": shipment_id}
        call = Call("PUT", "/v2/shipments/{shipment_id}", ids, body=requests.encoded(body))
        if refusal := reading.refusal_inside(self._safe(call, wire.Shipment).errors):
            raise refusal

    def find_shipment(self, shipment_key: str) -> str | None:
        """GET /v2/shipments/external_shipment_id/{key}: return the shipment's id, or None."""
        call = Call("GET", "/v2/shipments/external_shipment_id/{key}", {"key": shipment_key})
        told = self._found(call, wire.Shipment)
        return told.shipment_id if told else None

    def shipment(self, shipment_id: str) -> KnownShipment | None:
        """GET /v2/shipments/{id}: return the key that a shipment carries and whether it was labelled."""
        call = Call("GET", "/v2/shipments/{shipment_id}", {"shipment_id": shipment_id})
        told = self._found(call, wire.Shipment)
        return reading.shipment_of(told) if told else None

    def quote(
        self,
        carrier_ids: Sequence[str],
        *,
        shipment_id: str | None = None,
        shipment: Shipment | None = None,
    ) -> Quote:
        """POST /v2/rates: ask carriers for rates and wait until all have answered, at most a minute."""
        patience = Patience(self._clock, QUOTE_S, waits_s=None)
        call = Call(
            "POST",
            "/v2/rates",
            body=requests.encoded(requests.quote_body(carrier_ids, shipment_id, shipment)),
        )
        rated = self._safe(call, wire.Rated, patience)
        told = rated.rate_response
        made = told.shipment_id or rated.shipment_id or shipment_id
        if told.status == WORKING and made:
            told = self._gathering(carrier_ids, made, patience).finish(told)
        return reading.quote_of(told, made, rated)

    def rate(self, rate_id: str) -> Rate | None:
        """GET /v2/rates/{id}: return one rate, or None when it is unknown or can no longer be bought."""
        told = self._found(Call("GET", "/v2/rates/{rate_id}", {"rate_id": rate_id}), wire.Rate)
        return reading.rate_of(told) if told else None

    def await_turn(self, most_pause_s: float = PURCHASE_S, pause: Pause | None = None) -> None:
        """Wait until the budget lets this thread's next call go at once, and take that turn."""
        if self._pacing is not None and getattr(self._turns, "taken", None) is None:
            self._turns.taken = self._pacing.wait(Patience(self._clock, most_pause_s, None), pause)

    def leave_turn(self) -> None:
        """Give the turn back that this thread waited for and does not use."""
        taken: float | None = getattr(self._turns, "taken", None)
        self._turns.taken = None
        if self._pacing is not None and taken is not None:
            self._pacing.give_back(taken)

    def buy(self, intent: Intent, shipment: Shipment) -> Label:
        """Send one purchase, once, within 90 s; raise NoAnswer for whatever is not a certain answer."""
        path, ids = requests.purchase_path(intent)
        call = Call("POST", path, ids, body=requests.encoded(requests.purchase_body(intent, shipment)))
        got = self._paced(lambda: self._line.ask(call, PURCHASE_S, fresh=True))
        try:
            told = outcome(got, wire.Label, self._clock.now())
            if isinstance(told, ApiError):
                raise told
            return reading.label_of(told)
        except RateLimited as error:
            self._pause_all(error)
            raise

    def label(self, label_id: str) -> Label | None:
        """GET /v2/labels/{id}: return one label, or None."""
        told = self._found(Call("GET", "/v2/labels/{label_id}", {"label_id": label_id}), wire.Label)
        return reading.label_of(told) if told else None

    def labels(
        self,
        *,
        rate_id: str | None = None,
        shipment_id: str | None = None,
        external_shipment_id: str | None = None,
        created_since: datetime | None = None,
    ) -> Iterator[Label]:
        """GET /v2/labels: yield labels, newest first, all pages; the service may ignore a filter."""
        wanted = {
            "rate_id": rate_id,
            "shipment_id": shipment_id,
            "external_shipment_id": external_shipment_id,
            "created_at_start": _moment(created_since) if created_since else None,
        }
        query = {name: value for name, value in wanted.items() if value}
        for told in self._pages("/v2/labels", query, wire.LabelPage):
            yield from map(reading.label_of, told.labels)

    def shipments(self, created_since: datetime) -> Iterator[KnownShipment]:
        """GET /v2/shipments: yield the shipments made since then, newest first, all pages."""
        query = {"created_at_start": _moment(created_since)}
        for told in self._pages("/v2/shipments", query, wire.ShipmentPage):
            yield from map(reading.shipment_of, told.shipments)

    def _pages(self, path: str, query: dict[str, str], shape: type[P]) -> Iterator[P]:
        query |= {"sort_by": "created_at", "sort_dir": "desc", "page_size": str(PAGE_SIZE)}
        pages, more = Pages(), True
        while more:
            told = self._safe(Call("GET", path, query=query | {"page": str(pages.number)}), shape)
            yield told
            more = pages.go_on(told)

    def void(self, label_id: str) -> VoidAnswer:
        """PUT /v2/labels/{id}/void: repeated only after a look that shows the label not voided.

        What fails after an attempt without an answer proves nothing: it is raised as NoAnswer.
        """
        call = Call("PUT", "/v2/labels/{label_id}/void", {"label_id": label_id})
        patience = Patience(self._clock, QUICK_S)
        lost: list[NoAnswer] = []

        def attempt(left_s: float) -> VoidAnswer:
            if lost and self._is_voided(label_id):
                return VoidAnswer(approved=True)
            try:
                return reading.void_of(self._attempt(call, wire.Void, left_s, patience))
            except NoAnswer as error:
                lost.append(error)
                raise

        try:
            return patience.run(attempt)
        except (Refused, NotSent):
            if lost:
                raise lost[0] from None
            raise

    def track(self, label_id: str) -> Tracking:
        """GET /v2/labels/{id}/track: return where a label's parcel is."""
        call = Call("GET", "/v2/labels/{label_id}/track", {"label_id": label_id})
        return reading.tracking_of(self._safe(call, wire.Track))

    def fetch(self, url: str, target: Path) -> None:
        """Download a label's paper to a new file, without the key; at most 30 s and 20 MiB."""
        Download(self._line.http, self._clock, local=is_loopback(self._line.base_url)).to(url, target)

    def _safe(self, call: Call, shape: type[T], patience: Patience | None = None) -> T:
        """Ask what may be asked twice, again after failures that may pass."""
        patience = patience or Patience(self._clock, QUICK_S)
        if self._mood.once:
            return self._attempt(call, shape, QUICK_S, patience)
        return patience.run(lambda left_s: self._attempt(call, shape, left_s, patience))

    def _found(self, call: Call, shape: type[T]) -> T | None:
        try:
            return self._safe(call, shape)
        except Refused as error:
            if error.status == _NOT_FOUND:
                return None
            raise

    def _attempt(self, call: Call, shape: type[T], left_s: float, patience: Patience) -> T:
        send = self._line.look if call.method == "GET" else self._line.ask
        told = outcome(self._paced(lambda: send(call, left_s), patience), shape, self._clock.now())
        if not isinstance(told, ApiError):
            return told
        if isinstance(told, RateLimited):
            self._pause_all(told)
        raise _refused(told) if told.status == _CONFLICT else told

    def _is_voided(self, label_id: str) -> bool:
        label = self.label(label_id)
        return label is not None and label.voided

    def _gathering(self, carrier_ids: Sequence[str], shipment_id: str, patience: Patience) -> Gathering:
        look = Call("GET", "/v2/shipments/{shipment_id}/rates", {"shipment_id": shipment_id})
        body = requests.encoded(requests.quote_body(carrier_ids, shipment_id, None))
        ask = Call("POST", "/v2/rates", body=body)
        return Gathering(
            ask=lambda: self._safe(ask, wire.Rated, patience).rate_response,
            look=lambda: self._safe(look, SHOWN_RATES, patience),
            carrier_ids=carrier_ids,
            patience=patience,
            clock=self._clock,
            turn=self._asking_anew,
        )

    def _paced(
        self, send: Callable[[], Answer | Exception], patience: Patience | None = None
    ) -> Answer | Exception:
        """Send when the account's budget allows; one that left late is counted from then."""
        if self._pacing is None:
            return send()
        began = self._clock.elapsed_s()
        taken: float | None = getattr(self._turns, "taken", None)
        self._turns.taken = None
        turn = self._pacing.wait(patience) if taken is None else taken
        if patience is not None:
            patience.forgive(self._clock.elapsed_s() - began)
        try:
            return send()
        finally:
            self._pacing.left_at(turn, wrote_at())

    def _pause_all(self, error: RateLimited) -> None:
        if self._pacing is not None:
            self._pacing.pause_all(TOO_MANY_S if error.retry_after_s is None else error.retry_after_s)


def _refused(error: ApiError) -> Refused:
    """Return a conflict as the refusal that it is where nothing is bought."""
    return Refused(
        error.message,
        code=error.code if error.code != NoAnswer.default_code else "",
        status=error.status,
        request_id=error.request_id,
        field_name=error.field_name,
    )


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
