"""A label's whole life against the stand-in: each request and each answer is what the service describes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from shiplabel.domain.shipment import Address
from shiplabel.errors import Refused
from shiplabel.sandbox.server import create_app
from shiplabel.shipstation.client import Client
from tests.contract.description import (
    answer_faults,
    needs_description,
    operation,
    query_names,
    request_faults,
)
from tests.shipstation.parts import KEY, Steady, intent, shipment

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs_description
TO = Address("José", "525 S Winchester Blvd", "San Jose", "CA", "95128", phone="408-555-0100")


@dataclass
class Watched(httpx.BaseTransport):
    """A way to the stand-in that notes what was called and everything that is not as described."""

    inner: httpx.BaseTransport
    called: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self.inner.handle_request(request)
        answer.read()
        if "/downloads/" not in request.url.path:
            self._hold(request, answer)
        return answer

    def _hold(self, request: httpx.Request, answer: httpx.Response) -> None:
        told = operation(request.method, request.url.path)
        self.called.add(told["operationId"])
        found = [f"query {name}" for name in set(request.url.params) - query_names(told)]
        if request.content:
            found += request_faults(told, json.loads(request.content))
        elif told.get("requestBody", {}).get("required"):
            found.append("the body is missing")
        if answer.content:
            found += answer_faults(told, answer.status_code, json.loads(answer.content))
        self.faults += [f"{request.method} {request.url.path} {answer.status_code} {one}" for one in found]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(httpx.WSGITransport(app=create_app(tmp_path / "ledger.sqlite")))


def client_of(watched: Watched) -> Client:
    return Client("http://127.0.0.1", KEY, transport=watched, clock=Steady())


def test_life_of_a_label_is_as_described(watched: Watched, tmp_path: Path) -> None:
    client = client_of(watched)
    wish = shipment(ship_to=TO)
    carriers = [carrier.carrier_id for carrier in client.carriers()]
    made = client.create_shipment(wish)
    client.update_shipment(made, wish)
    assert client.find_shipment(wish.shipment_key) == made
    quote = client.quote(carriers, shipment_id=made)
    rate = quote.rates[0]
    assert client.rate(rate.rate_id) == rate
    label = client.buy(intent("rate", rate_id=rate.rate_id), wish)
    assert client.label(label.label_id) == label
    assert [one.label_id for one in client.labels(external_shipment_id=wish.shipment_key)] == [label.label_id]
    assert client.track(label.label_id).tracking_number == label.tracking_number
    client.fetch(label.downloads["pdf"], tmp_path / "label.pdf")
    assert client.void(label.label_id).approved
    assert not client.void(label.label_id).approved
    assert watched.faults == []
    assert len(watched.called) == 11


@pytest.mark.parametrize("by", ["shipment", "inline"])
def test_purchase_without_a_rate_is_as_described(watched: Watched, by: str) -> None:
    client = client_of(watched)
    wish = shipment(ship_to=TO, carrier_id="se-100002", service_code="ups_ground")
    made = client.create_shipment(wish) if by == "shipment" else None
    service: dict[str, Any] = {"carrier_id": wish.carrier_id, "service_code": wish.service_code}
    label = client.buy(intent(by, shipment_id=made, **service), wish)
    assert label.cost is not None
    assert label.cost.amount > Decimal(0)
    assert watched.faults == []


def test_quote_that_makes_its_shipment_is_as_described(watched: Watched) -> None:
    client = client_of(watched)
    carriers = [carrier.carrier_id for carrier in client.carriers()]
    assert client.quote(carriers, shipment=shipment(ship_to=TO)).rates
    assert watched.faults == []


def test_refusals_are_as_described(watched: Watched) -> None:
    client = client_of(watched)
    wrong = Address("José", "525 S Winchester Blvd", "San Jose", "CA", "10001", phone="408-555-0100")
    with pytest.raises(Refused) as caught:
        client.quote(["se-100002"], shipment=shipment(ship_to=wrong))
    assert caught.value.field_name == "shipment.ship_to.postal_code"
    with pytest.raises(Refused):
        client.buy(intent("rate", rate_id="se-99"), shipment())
    assert client.label("se-404") is None
    assert watched.faults == []
