from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.conftest import CARRIERS, Shop, wish

if TYPE_CHECKING:
    import httpx


def create(shop: Shop, **changes: Any) -> dict[str, Any]:
    answer = shop.http.post("/v2/shipments", json={"shipments": [wish(**changes)]})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_shipment_made_is_found_by_both_ids(shop: Shop) -> None:
    (made,) = create(shop, external_shipment_id="sl-1")["shipments"]
    by_id = shop.http.get(f"/v2/shipments/{made['shipment_id']}").json()
    assert by_id == shop.http.get("/v2/shipments/external_shipment_id/sl-1").json()
    assert by_id["ship_to"]["name"] == "Amanda Miller"
    assert by_id["total_weight"] == {"value": 40.0, "unit": "ounce"}
    assert shop.http.get("/v2/shipments/external_shipment_id/none").status_code == 404
    assert shop.http.get("/v2/shipments/se-1").status_code == 404


def test_external_id_is_filled_in_and_cut(shop: Shop) -> None:
    (made,) = create(shop)["shipments"]
    assert made["external_shipment_id"] == made["shipment_id"]
    (made,) = create(shop, external_shipment_id="x" * 60)["shipments"]
    assert made["external_shipment_id"] == "x" * 50


def test_update_writes_the_wish_and_keeps_the_identity(shop: Shop) -> None:
    (made,) = create(shop, external_shipment_id="sl-1")["shipments"]
    path = f"/v2/shipments/{made['shipment_id']}"
    changed = shop.http.put(path, json=wish(to_name="Bob")).json()
    assert changed["ship_to"]["name"] == "Bob"
    assert (changed["external_shipment_id"], changed["created_at"]) == ("sl-1", made["created_at"])
    assert shop.http.get(path).json() == changed
    assert shop.http.put(path, json=wish(to_name="")).json()["errors"][0]["field_name"] == "ship_to.name"
    other = shop.http.put(path, json=wish(external_shipment_id="sl-2"))
    assert other.json()["errors"][0]["error_code"] == "field_conflict"


def test_refusals_of_create_stand_inside_a_200(shop: Shop) -> None:
    create(shop, external_shipment_id="sl-1")
    told = create(shop, external_shipment_id="sl-1")
    assert told["has_errors"] is True
    assert "identifier_conflict" in told["shipments"][0]["errors"][0]
    assert "invalid_address" in create(shop, to_postal_code="10001")["shipments"][0]["errors"][0]
    assert shop.http.post("/v2/shipments", json={}).status_code == 400


def reuse(shop: Shop, way: str) -> httpx.Response:
    shipment = wish(external_shipment_id="sl-1", to_name="Second", service_code="ups_ground")
    if way == "rates":
        options = {"carrier_ids": CARRIERS}
        return shop.http.post("/v2/rates", json={"shipment": shipment, "rate_options": options})
    return shop.http.post("/v2/labels", json={"shipment": shipment})


@pytest.mark.parametrize("way", ["rates", "labels"])
def test_used_external_id_is_refused_updated_or_made_again(shop: Shop, way: str) -> None:
    (first,) = create(shop, external_shipment_id="sl-1")["shipments"]
    refused = reuse(shop, way)
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field_name"] == "external_shipment_id"
    shop.arm("external-id:mode=update")
    assert reuse(shop, way).json()["shipment_id"] == first["shipment_id"]
    kept = shop.http.get(f"/v2/shipments/{first['shipment_id']}").json()
    assert kept["ship_to"]["name"] == "Second"
    shop.http.delete("/sandbox/faults")
    shop.arm("external-id:mode=another")
    assert reuse(shop, way).json()["shipment_id"] != first["shipment_id"]
