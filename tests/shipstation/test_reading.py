from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from shiplabel.domain.money import Money
from shiplabel.shipstation import reading, wire

RATE = {
    "rate_id": "se-843583649",
    "rate_type": "shipment",
    "carrier_id": "se-423888",
    "shipping_amount": {"currency": "USD", "amount": 75.53},
    "insurance_amount": {"currency": "usd", "amount": "0.5100"},
    "confirmation_amount": {"currency": "usd", "amount": 0.0},
    "other_amount": {"currency": "usd", "amount": 21.5},
    "zone": None,
    "package_type": None,
    "delivery_days": None,
    "guaranteed_service": True,
    "estimated_delivery_date": "2021-09-02T23:00:00.3335224Z",
    "carrier_delivery_days": "Thursday 9/2 by 11:00 PM",
    "service_type": "UPS® Ground",
    "service_code": "ups_ground",
    "trackable": True,
    "carrier_code": "ups",
    "carrier_friendly_name": "UPS",
    "validation_status": "has_warnings",
    "warning_messages": ["slow", None],
    "error_messages": [],
}
LABEL = {
    "label_id": "se-80255646",
    "status": "completed",
    "shipment_id": "se-153814671",
    "external_shipment_id": "sl-1",
    "created_at": "2021-08-27T16:29:56.8779097Z",
    "shipment_cost": {"currency": "usd", "amount": 93.21},
    "insurance_cost": {"currency": "usd", "amount": 1.1},
    "tracking_number": "1Z63R0960332529481",
    "voided": False,
    "ship_to": {"name": "", "company_name": "ACME"},
    "label_download": {"pdf": "https://x.test/a.pdf", "png": None, "href": "https://x.test/a.pdf"},
    "packages": [{"package_id": 85151459}],
}


def read(body: Any, shape: type[Any]) -> Any:
    return msgspec.json.decode(msgspec.json.encode(body), type=shape, strict=False)


def quoted(**parts: Any) -> Any:
    told = read({"status": "completed", **parts}, wire.RateResponse)
    return reading.quote_of(told, "se-7", wire.Rated(told, request_id="r-1"))


def test_rate_total_is_the_exact_sum_of_its_amounts() -> None:
    rate = quoted(rates=[RATE | {"tax_amount": {"currency": "usd", "amount": 0.1}}]).rates[0]
    assert rate.total == Money(Decimal("97.64"))
    assert rate.parts == {
        "shipping": Money(Decimal("75.53")),
        "insurance": Money(Decimal("0.51")),
        "confirmation": Money(Decimal(0)),
        "other": Money(Decimal("21.5")),
        "tax": Money(Decimal("0.1")),
    }


def test_rate_in_full_keeps_what_the_service_told() -> None:
    rate = quoted(rates=[RATE]).rates[0]
    assert (rate.rate_id, rate.carrier_code, rate.service_name) == ("se-843583649", "ups", "UPS® Ground")
    assert rate.delivery_at == datetime(2021, 9, 2, 23, 0, 0, 333522, tzinfo=UTC)
    assert (rate.zone, rate.delivery_days, rate.package_type) == (None, None, None)
    assert (rate.warnings, rate.delivery_words) == (("slow",), "Thursday 9/2 by 11:00 PM")


@pytest.mark.parametrize(
    "change",
    [
        {"validation_status": "invalid"},
        {"rate_id": None},
        {"shipping_amount": None},
        {"shipping_amount": {"currency": "usd", "amount": None}},
        {"shipping_amount": {"currency": "usd", "amount": "NaN"}},
        {"shipping_amount": {"currency": "usd", "amount": "Infinity"}},
        {"other_amount": {"currency": "cad", "amount": 3}},
    ],
)
def test_rate_that_cannot_be_bought_is_a_failure_and_not_offered(change: dict[str, Any]) -> None:
    quote = quoted(rates=[RATE | change])
    assert quote.rates == ()
    assert [failure.carrier_code for failure in quote.failures] == ["ups"]


def test_quote_with_invalid_rates_names_each_reason_once() -> None:
    refused = RATE | {"validation_status": "invalid", "error_messages": ["Too heavy."]}
    quote = quoted(rates=[RATE], invalid_rates=[refused, refused | {"rate_id": "se-2"}])
    assert len(quote.rates) == 1
    assert [(one.message, one.carrier_id) for one in quote.failures] == [("Too heavy.", "se-423888")]


def test_quote_with_a_hidden_carrier_has_a_failure_without_ids() -> None:
    fault = {
        "message": "no services",
        "error_code": "unspecified",
        "carrier_id": "unknown",
        "carrier_code": "unknown",
    }
    failure = quoted(status="error", errors=[fault]).failures[0]
    assert (failure.carrier_id, failure.carrier_code, failure.message) == ("", "", "no services")
    assert (failure.code, failure.request_id) == ("unspecified", "r-1")


def test_quote_without_its_shipment_takes_the_one_asked_for() -> None:
    assert quoted().shipment_id == "se-7"


def test_label_bill_includes_insurance() -> None:
    label = reading.label_of(read(LABEL, wire.Label))
    assert label.cost == Money(Decimal("94.31"))
    assert label.downloads == {"pdf": "https://x.test/a.pdf", "href": "https://x.test/a.pdf"}
    assert (label.ship_to_name, label.tracking_number) == ("ACME", "1Z63R0960332529481")
    assert label.created_at == datetime(2021, 8, 27, 16, 29, 56, 877909, tzinfo=UTC)
    assert label.is_active


def test_label_of_nothing_but_its_id_is_a_label() -> None:
    bare = dict.fromkeys(LABEL) | {"label_id": "se-test-1"}
    label = reading.label_of(read(bare, wire.Label))
    assert (label.label_id, label.cost, label.downloads, label.test_label) == ("se-test-1", None, {}, True)


@pytest.mark.parametrize("change", [{"voided": True}, {"status": "voided"}])
def test_label_voided_either_way_is_not_active(change: dict[str, Any]) -> None:
    label = reading.label_of(read(LABEL | change, wire.Label))
    assert label.voided
    assert not label.is_active


def test_carriers_with_one_lost_lists_it_as_disabled() -> None:
    told = {
        "carriers": [
            {
                "carrier_id": "se-1",
                "carrier_code": "stamps_com",
                "friendly_name": "Stamps.com",
                "requires_funded_amount": True,
                "balance": "7707.9000",
                "services": [{"service_code": "usps_media_mail"}],
                "packages": [{"package_code": "cubic"}],
            },
            {"carrier_id": "se-2", "connection_status": "pending_approval"},
            {"carrier_id": "se-3", "disabled_by_billing_plan": True},
        ],
        "errors": [{"carrier_id": "se-4", "carrier_code": "ups"}, {"carrier_id": "unknown"}],
    }
    first, *others = reading.carriers_of(read(told, wire.Carriers))
    assert (first.balance, first.prepaid, first.disabled) == (Decimal("7707.9"), True, False)
    assert (first.services, first.packages) == (("usps_media_mail",), ("cubic",))
    assert [(one.carrier_id, one.disabled) for one in others] == [
        ("se-2", True),
        ("se-3", True),
        ("se-4", True),
    ]


@pytest.mark.parametrize(
    "errors",
    [
        ["identifier_conflict: external_shipment_id 'sl-packages' is already used by another shipment."],
        ["A shipment with this identifier already exists"],
        ["external_shipment_id must be unique"],
        [{"error_code": "identifier_conflict", "message": "taken"}],
        [{"error_code": "field_conflict", "field_name": "external_shipment_id", "message": "taken"}],
    ],
)
def test_refusal_inside_a_success_for_a_taken_key_is_a_conflict(errors: list[Any]) -> None:
    refusal = reading.refusal_inside(errors)
    assert refusal is not None
    assert refusal.conflict


def test_refusal_inside_a_success_names_the_field_it_speaks_of() -> None:
    refusal = reading.refusal_inside(["invalid_address: ship_to.postal_code: is not in the state TX"], "r-1")
    assert refusal is not None
    assert (refusal.code, refusal.field_name) == ("invalid_address", "ship_to.postal_code")
    assert not refusal.conflict


@pytest.mark.parametrize("errors", [None, [], [None, ""]])
def test_refusal_inside_a_success_without_errors_is_none(errors: list[Any] | None) -> None:
    assert reading.refusal_inside(errors) is None


@pytest.mark.parametrize("text", [None, "", "soon", "0001-01-01T00:00:00+14:00"])
def test_moment_that_cannot_be_read_is_none(text: str | None) -> None:
    assert reading.moment_of(text) is None


def test_moment_without_a_zone_is_utc() -> None:
    assert reading.moment_of("2026-03-02T12:00:00") == datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_tracking_of_nulls_is_unknown() -> None:
    assert reading.tracking_of(wire.Track()).status_code == "UN"


@pytest.mark.parametrize(
    ("status", "labelled"), [("pending", False), ("label_purchased", True), (None, False)]
)
def test_quote_tells_whether_its_shipment_has_a_label(status: str | None, *, labelled: bool) -> None:
    rated = read({"rate_response": {"status": "completed"}, "shipment_status": status}, wire.Rated)
    assert reading.quote_of(rated.rate_response, "se-7", rated).labelled is labelled
