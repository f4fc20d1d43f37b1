from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.shipstation.parts import Script, Steady, scripted

AMOUNT = {"shipping_amount": {"currency": "usd", "amount": 7.58}}
UPS = {"rate_id": "se-1", "carrier_id": "se-100002", "carrier_code": "ups"} | AMOUNT
FEDEX = {"rate_id": "se-2", "carrier_id": "se-100003", "carrier_code": "fedex"} | AMOUNT


def told(status: str, *rates: dict[str, Any], asked: str | None = "se-q1", **more: Any) -> dict[str, Any]:
    return {"rates": list(rates), "status": status, "rate_request_id": asked, "shipment_id": "se-9", **more}


def answer(body: object) -> httpx.Response:
    return httpx.Response(200, json=body)


def first(*rates: dict[str, Any], asked: str = "se-q1") -> httpx.Response:
    return answer({"shipment_id": "se-9", "rate_response": told("working", *rates, asked=asked)})


@pytest.mark.parametrize(
    "shown",
    [
        told("completed", UPS),
        [told("completed", FEDEX, asked="se-q0"), told("completed", UPS)],
        [told("completed", UPS, asked=None)],
        [UPS, FEDEX],
    ],
)
def test_quote_that_is_still_working_is_looked_up_until_done(shown: object) -> None:
    script = Script([first(), answer(told("working")), answer(shown)])
    quote = scripted(script).quote(["se-100002"], shipment_id="se-9")
    assert [rate.rate_id for rate in quote.rates] == ["se-1"]
    assert not quote.working
    assert script.calls == ["POST /v2/rates", *["GET /v2/shipments/se-9/rates"] * 2]


def test_quote_that_stays_working_ends_in_a_minute_with_what_is_there() -> None:
    clock = Steady()
    script = Script([first(UPS), answer(told("working", UPS))])
    quote = scripted(script, clock).quote(["se-100002"], shipment_id="se-9")
    assert quote.working
    assert len(quote.rates) == 1
    assert 55 <= sum(clock.pauses) <= 60


def test_quote_hidden_behind_another_question_is_asked_anew() -> None:
    other = told("completed", FEDEX, asked="se-q2")
    script = Script(
        [first(), answer(other), first(asked="se-q3"), answer(told("completed", UPS, asked="se-q3"))]
    )
    quote = scripted(script).quote(["se-100002"], shipment_id="se-9")
    assert [rate.rate_id for rate in quote.rates] == ["se-1"]
    assert [call.split()[0] for call in script.calls] == ["POST", "GET", "POST", "GET"]


def test_quote_whose_look_up_fails_keeps_the_rates_it_has() -> None:
    quote = scripted(Script([first(UPS), httpx.Response(400)])).quote(["se-100002"], shipment_id="se-9")
    assert [rate.rate_id for rate in quote.rates] == ["se-1"]
    assert quote.working


@pytest.mark.parametrize("listed", [False, True])
def test_quote_among_a_shipments_rates_under_another_name_is_told_by_its_carriers(listed: bool) -> None:
    def shown(status: str, *rates: dict[str, Any]) -> httpx.Response:
        body = told(status, *rates, asked="se-all")
        return answer([body] if listed else body)

    script = Script([first(), shown("working"), first(), shown("working"), shown("completed", UPS, FEDEX)])
    quote = scripted(script).quote(["se-100002"], shipment_id="se-9")
    assert [rate.rate_id for rate in quote.rates] == ["se-1"]
    assert not quote.working
    assert [call.split()[0] for call in script.calls] == ["POST", "GET", "POST", "GET", "GET"]
