from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from shiplabel.shipstation import reading, wire
from shiplabel.shipstation.tolerant import decoded

AMOUNT = {"amount": "7.58", "currency": "usd"}
RATE = {"rate_id": "se-1", "carrier_id": "se-2", "service_code": "ups_ground", "shipping_amount": AMOUNT}


def rate_with(**odd: Any) -> wire.Rate:
    return decoded(json.dumps(RATE | odd).encode(), wire.Rate)


@pytest.mark.parametrize(
    "odd",
    [
        {"zone": "5-7"},
        {"delivery_days": 2.5},
        {"guaranteed_service": "maybe"},
        {"warning_messages": "fragile"},
        {"carrier_delivery_days": 3},
        {"package_type": ["package"]},
        {"tax_amount": "none"},
        {"validation_status": {}},
    ],
)
def test_rate_with_an_odd_field_is_still_offered(odd: dict[str, Any]) -> None:
    rate = reading.rate_of(rate_with(**odd))
    assert rate is not None
    assert rate.total.amount == Decimal("7.58")


@pytest.mark.parametrize("name", ["shipping_amount", "other_amount", "tax_amount"])
@pytest.mark.parametrize("amount", ["", "12,50", "NaN", "1e999999", -1, 1e-30, [], True])
def test_rate_with_an_amount_that_nobody_can_read_is_not_offered(name: str, amount: object) -> None:
    assert reading.rate_of(rate_with(**{name: {"amount": amount, "currency": "usd"}})) is None


def test_rate_with_a_null_amount_has_no_such_part() -> None:
    rate = reading.rate_of(rate_with(other_amount={"amount": None, "currency": None}))
    assert rate is not None
    assert set(rate.parts) == {"shipping"}


def test_list_with_one_odd_label_shows_all_of_them() -> None:
    odd = {"label_id": "se-2", "tracking_number": 12, "shipment_cost": 7.5, "voided": "no", "page": []}
    body = json.dumps({"labels": [{"label_id": "se-1"}, odd], "pages": "two", "links": {"next": []}}).encode()
    page = decoded(body, wire.LabelPage)
    assert [label.label_id for label in page.labels] == ["se-1", "se-2"]
    assert (page.pages, page.labels[1].shipment_cost) == (None, None)


def test_amounts_beside_an_odd_field_stay_exact() -> None:
    body = b'{"label_id": "se-1", "voided": "no", "shipment_cost": {"amount": 0.1000000000000000055}}'
    cost = decoded(body, wire.Label).shipment_cost
    assert cost is not None
    assert cost.amount == Decimal("0.1000000000000000055")


@pytest.mark.parametrize("key", [None, "", 12, []])
def test_list_with_a_label_without_its_key_is_not_read(key: object) -> None:
    body = json.dumps({"labels": [{"label_id": "se-1"}, {"label_id": key}]}).encode()
    with pytest.raises(msgspec.ValidationError):
        decoded(body, wire.LabelPage)


@pytest.mark.parametrize("body", [b"{}", b'{"labels": {}}', b"[]", b"7"])
def test_body_of_another_outline_is_not_read(body: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        decoded(body, wire.LabelPage)


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"labels": [', b"\xff"])
def test_body_that_is_not_json_is_told_apart(body: bytes) -> None:
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)) as caught:
        decoded(body, wire.LabelPage)
    assert not isinstance(caught.value, msgspec.ValidationError)


def test_rates_of_either_outline_are_mended() -> None:
    shape: Any = wire.RateResponse | list[wire.RatesOrRate]
    one = json.dumps({"rates": [RATE | {"zone": "x"}], "status": 7}).encode()
    found: Any = decoded(one, shape)
    assert found.rates[0].rate_id == "se-1"
    several: Any = decoded(b"[" + one + b"]", shape)
    assert several[0].rates[0].rate_id == "se-1"
    with pytest.raises(msgspec.ValidationError):
        decoded(b"7", shape)


def test_shape_read_first_by_several_threads_at_once_brings_nothing_down() -> None:
    done = subprocess.run([sys.executable, "-m", "tests.shipstation.racing"], check=False, timeout=60)
    assert done.returncode == 0
