from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import Shop, wish

WEIGHT = {"value": 1, "unit": "pound"}


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"to_postal_code": "10001"}, "ship_to.postal_code", "invalid_address"),
        ({"to_postal_code": "9512"}, "ship_to.postal_code", "invalid_address"),
        ({"from_state_province": "XX"}, "ship_from.state_province", "invalid_address"),
        ({"to_name": ""}, "ship_to.name", "field_value_required"),
        ({"to_name": "x" * 101}, "ship_to.name", "invalid_string_length"),
        ({"to_name": 7}, "ship_to.name", "field_value_required"),
        ({"to_address_line1": "a\x1bb"}, "ship_to.address_line1", "invalid_field_value"),
        ({"to_country_code": "usa"}, "ship_to.country_code", "invalid_field_value"),
        ({"ship_to": None}, "ship_to", "field_value_required"),
        ({"packages": []}, "packages", "field_value_required"),
        ({"packages": [3]}, "packages[0]", "invalid_field_value"),
        ({"packages": [{}]}, "packages[0].weight", "field_value_required"),
        ({"packages": [{"weight": {"value": 0, "unit": "pound"}}]}, "packages[0].weight.value", None),
        ({"packages": [{"weight": {"value": "1", "unit": "pound"}}]}, "packages[0].weight.value", None),
        ({"packages": [{"weight": {"value": 151, "unit": "pound"}}]}, "packages[0].weight.value", None),
        ({"packages": [{"weight": {"value": 1, "unit": "stone"}}]}, "packages[0].weight.unit", None),
        (
            {"packages": [{"weight": WEIGHT, "dimensions": {"length": -1, "width": 1, "height": 1}}]},
            "packages[0].dimensions.length",
            None,
        ),
        (
            {
                "packages": [
                    {"weight": WEIGHT, "dimensions": {"length": 109, "width": 1, "height": 1, "unit": "inch"}}
                ]
            },
            "packages[0].dimensions.length",
            None,
        ),
        (
            {
                "packages": [
                    {"weight": WEIGHT, "dimensions": {"length": 1, "width": 1, "height": 1, "unit": "ell"}}
                ]
            },
            "packages[0].dimensions.unit",
            None,
        ),
        ({"packages": [{"weight": WEIGHT, "insured_value": 5}]}, "packages[0].insured_value.amount", None),
        ({"packages": [{"weight": WEIGHT, "label_messages": 5}]}, "packages[0].label_messages", None),
        ({"return_to": 5}, "return_to", None),
        ({"carrier_id": []}, "carrier_id", None),
        ({"confirmation": "pinky_swear"}, "confirmation", None),
        ({"insurance_provider": "uncle"}, "insurance_provider", None),
        ({"ship_date": "soon"}, "ship_date", "invalid_date"),
        ({"external_shipment_id": 5}, "external_shipment_id", None),
        ({"shipment_number": "1" * 51}, "shipment_number", "invalid_string_length"),
    ],
)
def test_field_that_is_wrong_is_named(
    shop: Shop, changes: dict[str, Any], field: str, code: str | None
) -> None:
    answer = shop.ask_rates(**changes)
    assert answer.status_code == 400
    error = answer.json()["errors"][0]
    assert error["field_name"] == f"shipment.{field}"
    assert error["error_code"] == (code or "invalid_field_value")
    assert answer.json()["request_id"]


def test_several_wrong_fields_are_all_named(shop: Shop) -> None:
    errors = shop.ask_rates(to_name="", to_city_locality=" ").json()["errors"]
    assert [one["field_name"] for one in errors] == [
        "shipment.ship_to.name",
        "shipment.ship_to.city_locality",
    ]


def test_company_stands_in_for_a_name(shop: Shop) -> None:
    assert shop.ask_rates(to_name="", to_company_name="Acme").status_code == 200


def test_warehouse_stands_in_for_a_sender(shop: Shop) -> None:
    shipment = wish(warehouse_id="se-7")
    del shipment["ship_from"]
    assert shop.quote(**shipment)["ship_from"]["name"] == "José O'Brien"
    made = shop.http.post("/v2/shipments", json={"shipments": [shipment]}).json()["shipments"][0]
    assert made["ship_from"]["name"] == "Sandbox Warehouse"


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"", "request_body_required"), (b"{", "invalid_field_value"), (b"[]", "invalid_field_value")],
)
def test_body_must_be_a_json_object(shop: Shop, body: bytes, code: str) -> None:
    for path in ("/v2/rates", "/v2/labels", "/v2/labels/rates/se-1", "/v2/labels/shipment/se-1"):
        answer = shop.http.post(path, content=body)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["error_code"] == code


def test_unknown_path_and_method_are_told(shop: Shop) -> None:
    assert shop.http.get("/v2/nothing").status_code == 404
    refused = shop.http.delete("/v2/labels/se-1")
    assert refused.status_code == 405
    assert "GET" in refused.headers["Allow"]
