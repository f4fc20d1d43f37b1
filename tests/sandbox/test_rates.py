from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.conftest import CARRIERS, Shop, wish


def total(rate: dict[str, Any]) -> Decimal:
    parts = ("shipping_amount", "insurance_amount", "confirmation_amount", "other_amount")
    return sum((Decimal(str(rate[name]["amount"])) for name in parts), Decimal(0))


def test_carriers_are_three_and_one_is_prepaid(shop: Shop) -> None:
    told = shop.http.get("/v2/carriers").json()
    assert [one["carrier_id"] for one in told["carriers"]] == CARRIERS
    assert [one["requires_funded_amount"] for one in told["carriers"]] == [True, False, False]
    assert shop.http.get("/v2/carriers/se-100002").json()["carrier_code"] == "ups"
    assert shop.http.get("/v2/carriers/se-9").status_code == 404


@pytest.mark.parametrize("key", ["", "bad", "TEST_bad"])
def test_key_missing_or_bad_is_401(shop: Shop, key: str) -> None:
    answer = shop.http.get("/v2/carriers", headers={"API-Key": key})
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["error_code"] == "unauthorized"


def test_quote_is_the_shipment_with_rates_of_all_carriers(shop: Shop) -> None:
    told = shop.quote(external_shipment_id="sl-1")
    assert told["external_shipment_id"] == "sl-1"
    assert told["shipment_status"] == "pending"
    response = told["rate_response"]
    assert response["status"] == "completed"
    assert {one["carrier_id"] for one in response["rates"]} == set(CARRIERS)
    assert response["shipment_id"] == told["shipment_id"]


def test_rates_have_the_traps_of_the_real_ones(shop: Shop) -> None:
    rates = shop.quote()["rate_response"]["rates"]
    priority = [one for one in rates if one["service_code"] == "usps_priority_mail"]
    assert len({one["package_type"] for one in priority}) == len(priority) > 3
    cheapest = min(rates, key=total)
    assert cheapest["package_type"] == "letter"
    assert any(one["zone"] is None for one in rates)
    assert any(one["delivery_days"] is None for one in rates)
    assert any(one["package_type"] is None for one in rates)
    assert any(one["warning_messages"] for one in rates)


def test_amounts_are_numbers_with_four_decimals(shop: Shop) -> None:
    text = shop.ask_rates().text
    first = json.loads(text, parse_float=str)["rate_response"]["rates"][0]
    assert first["shipping_amount"]["amount"] == "0.5100"


@pytest.mark.parametrize(
    "changes",
    [
        {"packages": [{"weight": {"value": 9, "unit": "pound"}}]},
        {
            "packages": [
                {
                    "weight": {"value": 2.5, "unit": "pound"},
                    "dimensions": {"length": 30, "width": 20, "height": 20, "unit": "inch"},
                }
            ]
        },
        {"to_state_province": "NY", "to_postal_code": "10001"},
        {"confirmation": "signature"},
        {"to_address_residential_indicator": "yes"},
    ],
    ids=["weight", "size", "zone", "confirmation", "residential"],
)
def test_price_rises_with(shop: Shop, changes: dict[str, Any]) -> None:
    near = shop.rate(to_state_province="TX", to_postal_code="78701")
    plain = shop.rate() if "to_postal_code" not in changes else near
    assert total(shop.rate(**changes)) > total(plain)


def test_insurance_costs_only_with_a_provider(shop: Shop) -> None:
    package = wish()["packages"][0] | {"insured_value": {"currency": "usd", "amount": 250}}
    assert shop.rate(packages=[package])["insurance_amount"]["amount"] == 0
    insured = shop.rate(packages=[package], insurance_provider="carrier")
    assert insured["insurance_amount"]["amount"] == 3.15


def test_options_narrow_the_rates(shop: Shop) -> None:
    options = {
        "carrier_ids": ["se-100001"],
        "package_types": ["package"],
        "service_codes": ["usps_priority_mail"],
    }
    told = shop.http.post("/v2/rates", json={"shipment": wish(), "rate_options": options}).json()
    (only,) = told["rate_response"]["rates"]
    assert (only["service_code"], only["package_type"]) == ("usps_priority_mail", "package")


def test_quote_by_shipment_id_needs_no_address(shop: Shop) -> None:
    shipment_id = shop.quote()["shipment_id"]
    body = {"shipment_id": shipment_id, "rate_options": {"carrier_ids": CARRIERS}}
    assert shop.http.post("/v2/rates", json=body).json()["shipment_id"] == shipment_id
    both = body | {"shipment": wish()}
    assert shop.http.post("/v2/rates", json=both).status_code == 400
    lost = body | {"shipment_id": "se-1"}
    assert shop.http.post("/v2/rates", json=lost).status_code == 404


@pytest.mark.parametrize(
    "options", [None, {}, {"carrier_ids": []}, {"carrier_ids": ["se-9"]}, {"carrier_ids": [[]]}]
)
def test_carrier_ids_are_needed(shop: Shop, options: dict[str, Any] | None) -> None:
    answer = shop.http.post("/v2/rates", json={"shipment": wish(), "rate_options": options})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field_name"].startswith("rate_options.carrier_ids")


def test_rate_and_quote_can_be_read_again(shop: Shop) -> None:
    told = shop.quote()
    rate = told["rate_response"]["rates"][0]
    assert shop.http.get(f"/v2/rates/{rate['rate_id']}").json() == rate
    assert shop.http.get("/v2/rates/se-1").status_code == 404
    again = shop.http.get(f"/v2/shipments/{told['shipment_id']}/rates").json()
    assert again == told["rate_response"]


def test_carrier_that_has_no_service_is_an_error_beside_the_others(shop: Shop) -> None:
    told = shop.quote(packages=[{"weight": {"value": 90, "unit": "pound"}}])["rate_response"]
    assert told["status"] == "partial"
    assert [one["carrier_id"] for one in told["errors"]] == ["se-100001"]


def test_confirmation_that_a_carrier_lacks_makes_its_rates_invalid(shop: Shop) -> None:
    told = shop.quote(confirmation="direct_signature")["rate_response"]
    assert {one["carrier_code"] for one in told["invalid_rates"]} == {"stamps_com"}
    refused = shop.buy(told["invalid_rates"][0]["rate_id"])
    assert refused.json()["errors"][0]["error_code"] == "confirmation_not_supported"


def test_abroad_is_quoted_and_needs_customs_to_buy(shop: Shop) -> None:
    abroad = {"to_country_code": "CA", "to_state_province": "ON", "to_postal_code": "M5V 2T6"}
    rate = shop.rate("ups_worldwide_saver", **abroad)
    assert shop.buy(rate["rate_id"]).json()["errors"][0]["error_code"] == "customs_items_required"
    assert not shop.charged()
