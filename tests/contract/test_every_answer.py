"""Every path of the stand-in, in each mood: its answers are of the shapes that the service describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from shiplabel.sandbox.server import create_app
from tests.contract.description import needs_description
from tests.contract.test_stand_in import Watched

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs_description

ADA = {
    "name": "Ada Lovelace", "phone": "408-555-0100", "address_line1": "525 S Winchester Blvd",
    "city_locality": "San Jose", "state_province": "CA", "postal_code": "95128", "country_code": "US",
    "address_residential_indicator": "unknown",
}  # fmt: skip
HARBOR = ADA | {
    "name": "Harbor Goods", "address_line1": "4009 Marathon Blvd", "city_locality": "Austin",
    "state_province": "TX", "postal_code": "78756",
}  # fmt: skip
WITHOUT_ID = "POST /v2/shipments 200 $.shipments[0].shipment_id: None is not of type 'string'"
"""A shipment that was refused has no id; what stands in its place is not described."""
CARRIERS = ["se-100001", "se-100002", "se-100003"]


def wish(**changes: Any) -> dict[str, Any]:
    """Return a shipment as a client sends it."""
    packages = [
        {
            "weight": {"value": 35, "unit": "ounce"},
            "dimensions": {"unit": "inch", "length": 10, "width": 8, "height": 4},
        }
    ]
    return {
        "ship_to": ADA,
        "ship_from": HARBOR,
        "packages": packages,
        "confirmation": "none",
        "insurance_provider": "none",
    } | changes


class Service:
    """The stand-in behind a transport that holds each request and answer against the description."""

    def __init__(self, ledger: Path, faults: str = "") -> None:
        self.app = create_app(ledger, faults=faults)
        self.watched = Watched(httpx.WSGITransport(app=self.app))
        self._http = httpx.Client(
            base_url="http://127.0.0.1", transport=self.watched, headers={"API-Key": "anything"}
        )

    def ask(self, method: str, path: str, status: int = 200, **said: Any) -> Any:
        """Ask, see the status, and return the answer's document."""
        answer = self._http.request(method, path, **said)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def quote(self, **shipment: Any) -> Any:
        """Quote a shipment that the call makes."""
        return self.ask(
            "POST", "/v2/rates",
            json={"shipment": wish(**shipment), "rate_options": {"carrier_ids": CARRIERS}},
        )  # fmt: skip


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(tmp_path / "ledger.sqlite")


def test_every_path_answers_as_described(service: Service) -> None:
    service.ask("GET", "/v2/carriers")
    service.ask("GET", f"/v2/carriers/{CARRIERS[0]}")
    made = service.ask("POST", "/v2/shipments", json={"shipments": [wish(external_shipment_id="sl-1")]})
    shipment_id = made["shipments"][0]["shipment_id"]
    service.ask("GET", f"/v2/shipments/{shipment_id}")
    service.ask("GET", "/v2/shipments/external_shipment_id/sl-1")
    service.ask("PUT", f"/v2/shipments/{shipment_id}", json=wish())
    asked = {"shipment_id": shipment_id, "rate_options": {"carrier_ids": CARRIERS}}
    rates = service.ask("POST", "/v2/rates", json=asked)["rate_response"]["rates"]
    service.ask("GET", f"/v2/shipments/{shipment_id}/rates")
    service.ask("GET", f"/v2/rates/{rates[0]['rate_id']}")
    label = service.ask(
        "POST", f"/v2/labels/rates/{rates[0]['rate_id']}", json={"validate_address": "no_validation"}
    )
    bought = wish(external_shipment_id="sl-2", carrier_id=CARRIERS[1], service_code="ups_ground")
    service.ask("POST", "/v2/labels", json={"shipment": bought, "label_format": "png"})
    made = service.ask(
        "POST", "/v2/shipments", json={"shipments": [bought | {"external_shipment_id": "sl-3"}]}
    )
    service.ask(
        "POST",
        f"/v2/labels/shipment/{made['shipments'][0]['shipment_id']}",
        json={"label_download_type": "inline"},
    )
    service.ask("GET", f"/v2/labels/{label['label_id']}")
    service.ask("GET", "/v2/labels/external_shipment_id/sl-1")
    service.ask("GET", f"/v2/labels/{label['label_id']}/track")
    service.ask("PUT", f"/v2/labels/{label['label_id']}/void")
    service.ask("PUT", f"/v2/labels/{label['label_id']}/void")
    service.ask("GET", "/v2/labels")
    assert service.watched.faults == []
    assert len(service.watched.called) == 17


def test_each_filter_and_page_of_the_label_list_is_described_and_holds(service: Service) -> None:
    labels, rate_ids = [], []
    for number in range(3):
        rates = service.quote(external_shipment_id=f"sl-{number}")["rate_response"]["rates"]
        rate_ids.append(rates[number]["rate_id"])
        labels.append(service.ask("POST", f"/v2/labels/rates/{rate_ids[-1]}", json={}))
    service.ask("PUT", f"/v2/labels/{labels[0]['label_id']}/void")
    one = labels[1]
    for name in ("rate_id", "shipment_id", "external_shipment_id", "tracking_number"):
        value = rate_ids[1] if name == "rate_id" else one[name]
        found = service.ask("GET", "/v2/labels", params={name: value})
        assert [label["label_id"] for label in found["labels"]] == [one["label_id"]], name
    voided = service.ask("GET", "/v2/labels", params={"label_status": "voided"})
    assert [label["label_id"] for label in voided["labels"]] == [labels[0]["label_id"]]
    for name in ("service_code", "carrier_id", "batch_id", "warehouse_id"):
        service.ask("GET", "/v2/labels", params={name: one.get(name) or "se-1"})
    later = service.ask("GET", "/v2/labels", params={"created_at_start": "2099-01-01T00:00:00Z"})
    assert later["total"] == 0
    first = service.ask("GET", "/v2/labels", params={"page_size": 1, "page": 1, "sort_by": "created_at"})
    assert (first["total"], first["pages"], first["links"]["prev"]) == (3, 3, {})
    last = service.ask("GET", "/v2/labels", params={"page_size": 1, "page": 3, "sort_dir": "desc"})
    assert last["links"]["next"] == {}
    oldest = service.ask("GET", "/v2/labels", params={"sort_dir": "asc", "sort_by": "created_at"})
    assert oldest["labels"][0]["label_id"] == labels[0]["label_id"]
    assert service.watched.faults == []


@pytest.mark.parametrize(
    "faults",
    ["partial-rates", "all-carriers-fail", "rates-working:seconds=60", "rates-rise:by=2"],
)
def test_rates_in_each_mood_are_as_described(tmp_path: Path, faults: str) -> None:
    service = Service(tmp_path / "ledger.sqlite", faults)
    told = service.quote(external_shipment_id="sl-1")
    service.ask("GET", f"/v2/shipments/{told['shipment_id']}/rates")
    assert service.watched.faults == []


def test_refused_confirmation_stands_among_the_invalid_rates(service: Service) -> None:
    told = service.quote(confirmation="direct_signature")["rate_response"]
    assert told["invalid_rates"]
    assert service.watched.faults == []


@pytest.mark.parametrize(
    "faults", ["label-processing:seconds=60", "label-error:seconds=0", "price-differs:by=2"]
)
def test_label_in_each_state_is_as_described(tmp_path: Path, faults: str) -> None:
    service = Service(tmp_path / "ledger.sqlite", faults)
    rate = service.quote()["rate_response"]["rates"][0]
    label = service.ask("POST", f"/v2/labels/rates/{rate['rate_id']}", json={})
    service.ask("GET", f"/v2/labels/{label['label_id']}")
    service.ask("GET", "/v2/labels")
    assert service.watched.faults == []


def test_refusals_of_every_path_have_the_described_error_body(service: Service) -> None:
    wrong = ADA | {"postal_code": "10001"}
    service.ask(
        "POST", "/v2/rates", 400, json={"shipment": wish(), "rate_options": {"carrier_ids": ["se-9"]}}
    )
    service.ask("POST", "/v2/labels", 400, json={"shipment": wish(ship_to=wrong, service_code="ups_ground")})
    service.quote(external_shipment_id="sl-1")
    taken = {"shipment": wish(external_shipment_id="sl-1"), "rate_options": {"carrier_ids": CARRIERS}}
    told = service.ask("POST", "/v2/rates", 400, json=taken)
    assert told["errors"][0]["error_code"] == "identifier_conflict"
    inside = service.ask("POST", "/v2/shipments", json={"shipments": [wish(external_shipment_id="sl-1")]})
    assert inside["has_errors"]
    for method, path in (
        ("GET", "/v2/rates/se-9"), ("GET", "/v2/shipments/se-9"),
        ("GET", "/v2/shipments/external_shipment_id/none"), ("PUT", "/v2/labels/se-9/void"),
    ):  # fmt: skip
        service.ask(method, path, 404)
    assert service.watched.faults == [WITHOUT_ID]
