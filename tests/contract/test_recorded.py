"""Every answer that was recorded of the service or its sister is understood."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import httpx
import pytest

from shiplabel.domain.money import Money
from shiplabel.errors import RateLimited, Refused, Unauthorized
from tests.contract.description import RECORDED, needs_recorded
from tests.shipstation.parts import Script, intent, scripted, shipment

if TYPE_CHECKING:
    from collections.abc import Callable

    from shiplabel.domain.label import Label
    from shiplabel.shipstation.client import Client

pytestmark = needs_recorded
UNASKED = {"se_address_validate", "se_manifest_created_trimmed", "se_rate_estimate"}
"""Answers to calls that the client never makes."""
LABELS = {
    "v2_label_created": ("se-396884371", Decimal("17.58")),
    "v2_label_from_rate_test": ("se-test-2128728", Decimal(0)),
    "v2_label_multi_package": ("se-120646641", Decimal("211.99")),
    "se_label_from_rate": ("se-80255646", Decimal("93.21")),
}
REFUSALS: dict[str, tuple[int, type[Refused], str, str | None]] = {
    "se_error_400_invalid_date": (400, Refused, "invalid_date", "ship_date"),
    "se_error_400_request_body_required": (400, Refused, "request_body_required", None),
    "se_error_401_unauthorized": (401, Unauthorized, "unauthorized", None),
    "se_error_429_rate_limit": (429, RateLimited, "rate_limit_exceeded", None),
    "v2_error_400_invalid_status": (400, Refused, "invalid_status", None),
    "v2_error_404_invalid_identifier": (404, Refused, "invalid_identifier", "label_id"),
}
READ = {
    "se_carriers_small",
    "se_rates_one_valid",
    "se_rates_partial_carrier_errors_fragment",
    "se_track_label",
    "se_void_approved",
}


def recorded(name: str) -> bytes:
    return (RECORDED / f"{name}.json").read_bytes()


def answering(name: str, status: int = 200) -> Client:
    return scripted(Script([httpx.Response(status, content=recorded(name))]))


def test_recorded_answers_are_all_accounted_for() -> None:
    names = {path.stem for path in RECORDED.glob("*.json")}
    assert names == set(LABELS) | set(REFUSALS) | READ | UNASKED


@pytest.mark.parametrize("name", LABELS)
@pytest.mark.parametrize("call", ["buy", "label"])
def test_recorded_label_is_read_the_same_by_each_call(name: str, call: str) -> None:
    calls: dict[str, Callable[[], Label | None]] = {
        "buy": lambda: answering(name).buy(intent(), shipment()),
        "label": lambda: answering(name).label("se-1"),
    }
    label = calls[call]()
    assert label is not None
    label_id, cost = LABELS[name]
    assert (label.label_id, label.cost) == (label_id, Money(cost))
    assert label.is_active
    assert label.test_label is name.endswith("_test")
    assert label.created_at is not None
    assert label.downloads["pdf"].endswith(".pdf")
    assert label.tracking_number


@pytest.mark.parametrize("name", REFUSALS)
def test_recorded_error_is_a_certain_no_to_a_purchase(name: str) -> None:
    status, kind, code, field_name = REFUSALS[name]
    with pytest.raises(Refused) as caught:
        answering(name, status).buy(intent(), shipment())
    error = caught.value
    assert (type(error), error.code, error.field_name, error.status) == (kind, code, field_name, status)
    assert error.request_id is not None
    assert error.message


def test_recorded_rates_are_summed_to_the_cent() -> None:
    quote = answering("se_rates_one_valid").quote(["se-423888"], shipment=shipment())
    [rate] = quote.rates
    assert (rate.rate_id, rate.total) == ("se-843583649", Money(Decimal("97.03")))
    assert (rate.zone, rate.package_type, rate.delivery_days) == (None, None, None)
    assert rate.delivery_words == "Thursday 9/2 by 11:00 PM"
    assert (quote.shipment_id, quote.failures, quote.working) == ("se-153814671", (), False)


def test_recorded_carrier_errors_are_failures_with_the_ids_that_were_told() -> None:
    body = b'{"rate_response": ' + recorded("se_rates_partial_carrier_errors_fragment") + b"}"
    quote = scripted(Script([httpx.Response(200, content=body)])).quote(["se-1"], shipment_id="se-2")
    assert [failure.carrier_id for failure in quote.failures] == ["", "se-5497981"]
    assert "reseller consignments" in quote.failures[0].message


def test_recorded_carriers_have_exact_balances() -> None:
    carriers = answering("se_carriers_small").carriers()
    assert carriers
    assert Decimal("7707.9000") in [carrier.balance for carrier in carriers]
    assert all(carrier.services and carrier.carrier_code for carrier in carriers)


def test_recorded_tracking_and_void_are_read() -> None:
    tracking = answering("se_track_label").track("se-1")
    assert (tracking.tracking_number, tracking.status_code) == ("1026167028310292", "UN")
    assert tracking.estimated_delivery_date is not None
    assert answering("se_void_approved").void("se-1").approved
