from __future__ import annotations

import json
from decimal import Decimal

import pytest

from shiplabel.domain.shipment import Parcel, Weight
from shiplabel.shipstation import requests
from tests.shipstation.parts import intent, shipment


def test_shipment_body_sends_exact_numbers_and_leaves_out_what_is_not_given() -> None:
    told = json.loads(requests.encoded(requests.shipment_body(shipment())), parse_float=Decimal)
    assert told["external_shipment_id"] == "sl-1042"
    assert told["validate_address"] == "no_validation"
    assert told["ship_to"]["phone"] is None  # the key is required, its value is not
    assert "company_name" not in told["ship_to"]
    assert told["ship_to"]["name"] == "José O'Brien"
    assert told["packages"] == [
        {
            "package_code": "package",
            "weight": {"value": Decimal("2.5"), "unit": "pound"},
            "dimensions": {"unit": "inch", "length": 10, "width": Decimal("8.25"), "height": 4},
            "insured_value": {"currency": "usd", "amount": Decimal("100.10")},
            "label_messages": {"reference1": "1042", "reference2": None, "reference3": None},
        }
    ]
    assert told["insurance_provider"] == "carrier"


def test_shipment_body_without_a_value_is_not_insured() -> None:
    assert requests.shipment_body(shipment(insured_value=None))["insurance_provider"] == "none"


def test_quote_body_asks_for_a_shipment_or_by_its_id_never_both() -> None:
    by_id = requests.quote_body(["se-1"], "se-9", shipment())
    assert by_id == {"shipment_id": "se-9", "rate_options": {"carrier_ids": ["se-1"]}}
    assert "shipment_id" not in requests.quote_body(["se-1"], None, shipment())
    with pytest.raises(ValueError, match="shipment"):
        requests.quote_body(["se-1"], None, None)


@pytest.mark.parametrize(
    ("by", "path", "ids"),
    [
        ("rate", "/v2/labels/rates/{rate_id}", {"rate_id": "se-1"}),
        ("shipment", "/v2/labels/shipment/{shipment_id}", {"shipment_id": "se-2"}),
        ("inline", "/v2/labels", {}),
    ],
)
def test_purchase_path_of_each_kind_names_what_is_bought(by: str, path: str, ids: dict[str, str]) -> None:
    assert requests.purchase_path(intent(by)) == (path, ids)


@pytest.mark.parametrize("wrong", [intent("rate", rate_id=None), intent("shipment", shipment_id=None)])
def test_purchase_path_without_an_id_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match="purchase"):
        requests.purchase_path(wrong)  # type: ignore[arg-type]  # an intent of the list above


def test_purchase_body_says_how_the_label_is_wanted() -> None:
    body = requests.purchase_body(intent(format="zpl"), shipment())
    assert body == {
        "validate_address": "no_validation",
        "label_format": "zpl",
        "label_layout": "4x6",
        "label_download_type": "url",
    }


def test_purchase_body_inline_holds_the_shipment_and_the_service() -> None:
    wanted = intent("inline", carrier_id="se-100002", service_code="ups_ground")
    inline = requests.purchase_body(wanted, shipment())["shipment"]
    assert inline["external_shipment_id"] == "sl-1042"
    assert (inline["carrier_id"], inline["service_code"]) == ("se-100002", "ups_ground")


def test_shipment_body_of_a_bare_parcel_leaves_out_what_was_not_said() -> None:
    bare = shipment(parcel=Parcel(Weight(Decimal(1), "pound"), None), insured_value=None, reference="")
    body = requests.shipment_body(bare)
    assert body["packages"] == [{"package_code": "package", "weight": {"value": Decimal(1), "unit": "pound"}}]
    assert body["insurance_provider"] == "none"
