"""Each named fault bites, in-process; what needs a socket is shown in test_serve."""

from __future__ import annotations

import email.utils
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from shiplabel.sandbox.faults import FAULTS, FaultTextError, parse
from shiplabel.sandbox.server import create_app
from tests.sandbox.conftest import Clock, Shop, until, wish

if TYPE_CHECKING:
    from pathlib import Path

BROKEN = (ConnectionResetError, TimeoutError)
ANSWERED = {
    "500": (500, b""),
    "502": (502, b"<html>"),
    "503": (503, b'{"request_id"'),
    "504": (504, b"<html>"),
    "truncated": (200, b"{"),
    "non-json": (200, b"Everything"),
}
REFUSED = {
    "insufficient-funds": (400, "insufficient_funds"),
    "invalid-address:field=ship_to.city_locality": (400, "invalid_address"),
    "identifier-conflict@purchase": (400, "identifier_conflict"),
    "unknown-code": (400, "flux_capacitor_empty"),
    "status-401@purchase": (401, "unauthorized"),
    "status-402": (402, "subscription_inactive"),
    "status-403": (403, "forbidden"),
    "status-409": (409, "identifier_conflict"),
    "status-422": (422, "invalid_field_value"),
    "status-429": (429, "rate_limit_exceeded"),
    "rate-expired": (404, "invalid_identifier"),
}


def test_every_fault_has_a_description() -> None:
    assert all(one.endswith(".") for one in FAULTS.values())
    assert len(FAULTS) > 60


@pytest.mark.parametrize("way", ["hang", "drop-before-head", "drop-in-head", "drop-mid-body"])
@pytest.mark.parametrize(("first", "count"), [("buy-then-", 1), ("", 0)])
def test_connection_breaks_after_buying_or_without(shop: Shop, first: str, count: int, way: str) -> None:
    rate_id = shop.rate()["rate_id"]
    shop.arm(f"{first}{way}@purchase:times=1")
    with pytest.raises(BROKEN):
        shop.buy(rate_id)
    assert len(shop.charged()) == count
    assert shop.buy(rate_id).status_code == 200


@pytest.mark.parametrize("way", ANSWERED)
@pytest.mark.parametrize(("first", "count"), [("buy-then-", 1), ("", 0)])
def test_answer_is_useless_after_buying_or_without(shop: Shop, first: str, count: int, way: str) -> None:
    rate_id = shop.rate()["rate_id"]
    name = f"server-{way}" if not first and way.isdigit() else f"{first}{way}"
    shop.arm(f"{name}@purchase:times=1")
    answer = shop.buy(rate_id)
    status, start = ANSWERED[way]
    assert answer.status_code == status
    assert answer.content.startswith(start)
    assert len(shop.charged()) == count
    if status == 200:
        with pytest.raises(ValueError, match=r"."):
            answer.json()


@pytest.mark.parametrize("text", REFUSED)
def test_refusal_buys_nothing(shop: Shop, text: str) -> None:
    rate_id = shop.rate()["rate_id"]
    shop.arm(f"{text}:times=1")
    answer = shop.buy(rate_id)
    status, code = REFUSED[text]
    assert answer.status_code == status
    assert answer.json()["errors"][0]["error_code"] == code
    if code == "invalid_address":
        assert answer.json()["errors"][0]["field_name"] == "ship_to.city_locality"
    assert not shop.charged()
    assert shop.buy(rate_id).status_code == 200


def test_404_is_empty_and_409_may_have_bought(shop: Shop) -> None:
    rate_id = shop.rate()["rate_id"]
    shop.arm("status-404@purchase:times=1,buy-then-409:times=1")
    assert shop.buy(rate_id).content == b""
    assert not shop.charged()
    assert shop.buy(rate_id).status_code == 409
    assert len(shop.charged()) == 1


def test_429_tells_when_in_seconds_as_a_date_or_not(shop: Shop, clock: Clock) -> None:
    shop.arm("status-429:seconds=3:times=1,status-429-date:seconds=3:times=1,status-429-bare:times=1")
    told = [shop.http.get("/v2/carriers").headers.get("Retry-After") for _ in range(3)]
    assert told[0] == "3"
    moment = email.utils.parsedate_to_datetime(str(told[1]))
    assert (moment - clock()).total_seconds() == 3
    assert told[2] is None


def test_purchase_after_hangup_comes_after_the_client_is_told(shop: Shop) -> None:
    rate_id = shop.rate()["rate_id"]
    shop.arm("buy-after-hangup:seconds=0.2")
    with pytest.raises(TimeoutError):
        shop.buy(rate_id)
    assert not shop.charged()
    assert until(lambda: len(shop.charged()) == 1)


def test_list_lags_behind_purchases(shop: Shop, clock: Clock) -> None:
    shop.arm("list-lag:seconds=30")
    label = shop.buy(shop.rate(external_shipment_id="sl-1")["rate_id"]).json()
    by_key = "/v2/labels/external_shipment_id/sl-1"
    assert shop.http.get("/v2/labels").json()["total"] == 0
    assert shop.http.get(by_key).status_code == 404
    assert shop.http.get(f"/v2/labels/{label['label_id']}").status_code == 200
    clock.forward(seconds=31)
    assert shop.http.get("/v2/labels").json()["total"] == 1
    assert shop.http.get(by_key).status_code == 200


def test_list_ignores_the_external_id(shop: Shop) -> None:
    shop.bought()
    query = {"external_shipment_id": "nobody"}
    assert shop.http.get("/v2/labels", params=query).json()["total"] == 0
    shop.arm("list-ignores-external-id")
    assert shop.http.get("/v2/labels", params=query).json()["total"] == 1


def test_two_labels_are_two_charges(shop: Shop) -> None:
    shop.arm("two-labels:times=1")
    label = shop.bought()
    found = shop.http.get("/v2/labels", params={"shipment_id": label["shipment_id"]}).json()
    assert found["total"] == len(shop.charged()) == 2


@pytest.mark.parametrize(("text", "end"), [("label-processing", "completed"), ("label-error", "error")])
def test_label_is_processing_then_ends(shop: Shop, clock: Clock, text: str, end: str) -> None:
    shop.arm(f"{text}:seconds=10")
    label = shop.bought()
    assert (label["status"], label["label_download"]) == ("processing", None)
    clock.forward(seconds=11)
    assert shop.http.get(f"/v2/labels/{label['label_id']}").json()["status"] == end
    assert len(shop.charged()) == 1


def test_price_differs_from_the_rate(shop: Shop) -> None:
    rate = shop.rate("usps_priority_mail")
    shop.arm("price-differs:by=2.50")
    label = shop.buy(rate["rate_id"]).json()
    difference = label["shipment_cost"]["amount"] - rate["shipping_amount"]["amount"]
    assert round(difference, 4) == 2.5
    assert float(shop.app.ledger.charges()[0].amount) == label["shipment_cost"]["amount"]


def test_rates_rise_and_the_label_costs_what_its_rate_says(shop: Shop) -> None:
    before = shop.rate("usps_priority_mail")["shipping_amount"]["amount"]
    shop.arm("rates-rise:by=3.00")
    rate = shop.rate("usps_priority_mail")
    assert round(rate["shipping_amount"]["amount"] - before, 4) == 3
    assert shop.buy(rate["rate_id"]).json()["shipment_cost"]["amount"] == rate["shipping_amount"]["amount"]


def test_carriers_fail_one_or_all(shop: Shop) -> None:
    for lost in ("se-100003", "se-100002"):
        shop.http.delete("/sandbox/faults")
        shop.arm("partial-rates" if lost == "se-100003" else "carrier-fails:carrier=ups")
        told = shop.quote()["rate_response"]
        assert told["status"] == "partial"
        assert lost not in {one["carrier_id"] for one in told["rates"]}
        assert [one["carrier_id"] for one in told["errors"]] == [lost]
    shop.http.delete("/sandbox/faults")
    shop.arm("all-carriers-fail")
    told = shop.quote()["rate_response"]
    assert (told["status"], told["rates"], len(told["errors"])) == ("error", [], 3)


def test_carrier_fault_waits_for_its_carrier(shop: Shop) -> None:
    shop.arm("carrier-fails:carrier=se-100002:times=1")
    assert shop.ask_rates(["se-100001"]).json()["rate_response"]["status"] == "completed"
    assert shop.ask_rates(["se-100002"]).json()["rate_response"]["status"] == "error"
    assert shop.ask_rates(["se-100002"]).json()["rate_response"]["status"] == "completed"


def test_carriers_delay_their_own_quotes(shop: Shop) -> None:
    shop.arm("carrier-delay:carrier=se-100001:seconds=0.2,carrier-delay:carrier=se-100002:seconds=0.4")
    spent = []
    for carrier in ("se-100001", "se-100002", "se-100003"):
        start = time.monotonic()
        shop.ask_rates([carrier])
        spent.append(time.monotonic() - start)
    assert 0.2 <= spent[0] < 0.4 <= spent[1]
    assert spent[2] < 0.2


def test_rates_are_working_then_done(shop: Shop, clock: Clock) -> None:
    shop.arm("rates-working@rates:seconds=3:times=1")
    told = shop.quote()
    early = told["rate_response"]
    assert early["status"] == "working"
    path = f"/v2/shipments/{told['shipment_id']}/rates"
    assert shop.http.get(path).json()["status"] == "working"
    clock.forward(seconds=4)
    late = shop.http.get(path).json()
    assert late["status"] == "completed"
    assert len(late["rates"]) > len(early["rates"]) > 0


def test_carrier_list_is_partial(shop: Shop) -> None:
    shop.arm("carriers-207")
    answer = shop.http.get("/v2/carriers")
    assert answer.status_code == 207
    assert (len(answer.json()["carriers"]), len(answer.json()["errors"])) == (2, 1)


def test_carrier_list_is_that_of_another_account(shop: Shop) -> None:
    def ids() -> set[str]:
        return {one["carrier_id"] for one in shop.http.get("/v2/carriers").json()["carriers"]}

    ours = ids()
    shop.arm("other-account:times=1")
    assert not ids() & ours
    assert ids() == ours


def test_void_is_refused_in_a_200_or_hangs(shop: Shop) -> None:
    path = f"/v2/labels/{shop.bought()['label_id']}/void"
    shop.arm("void-refused:reason=label_already_used:times=1")
    assert shop.http.put(path).json()["reason_code"] == "label_already_used"
    shop.http.delete("/sandbox/faults")
    for text, voided in (("void-hang", False), ("void-then-hang", True)):
        shop.arm(f"{text}:times=1")
        with pytest.raises(TimeoutError):
            shop.http.put(path)
        assert shop.app.ledger.charges()[0].voided is voided


@pytest.mark.parametrize("status", [404, 410])
def test_paper_is_gone(shop: Shop, status: int) -> None:
    link = shop.bought()["label_download"]["pdf"]
    shop.arm(f"download-{status}")
    assert shop.http.get(link).status_code == status


def test_paper_is_spoiled(shop: Shop) -> None:
    link = shop.bought()["label_download"]["pdf"]
    whole = shop.http.get(link).content
    shop.arm("download-wrong-type:times=1")
    assert shop.http.get(link).headers["Content-Type"].startswith("text/html")
    shop.arm("download-too-large:megabytes=2:times=1")
    assert len(shop.http.get(link).content) == len(whole) + 2 * 2**20
    shop.arm("download-drip:seconds=0.3:times=1")
    start = time.monotonic()
    assert shop.http.get(link).content == whole
    assert time.monotonic() - start >= 0.29
    shop.arm("download-truncated:times=1")
    with pytest.raises(BROKEN):
        shop.http.get(link)


def test_redirect_and_label_links_lead_elsewhere(shop: Shop) -> None:
    rate_id = shop.rate()["rate_id"]
    shop.arm("redirect@purchase:to=http://127.0.0.1:9:status=302:times=1,label-url:to=file:///etc/passwd")
    moved = shop.buy(rate_id)
    assert moved.status_code == 302
    assert moved.headers["Location"].startswith("http://127.0.0.1:9/v2/labels/rates/")
    assert not shop.charged()
    label = shop.buy(rate_id).json()
    assert set(label["label_download"].values()) == {"file:///etc/passwd"}


def test_slow_waits(shop: Shop) -> None:
    shop.arm("slow:seconds=0.2:times=1")
    start = time.monotonic()
    assert shop.http.get("/v2/carriers").status_code == 200
    assert time.monotonic() - start >= 0.2


def test_bodies_are_strange(shop: Shop) -> None:
    rate_id = shop.rate()["rate_id"]
    shop.arm("nulls@purchase:times=1")
    label = shop.buy(rate_id).json()
    assert label["label_id"].startswith("se-")
    assert (label["status"], label["shipment_cost"]["amount"]) == (None, None)
    shop.arm("unknown-fields@purchase:times=1")
    label = shop.buy(rate_id).json()
    assert (label["tracking_status"], "brand_new_field" in label["packages"][0]) == ("brand_new_word", True)
    shop.arm("string-amounts@purchase:times=1")
    assert isinstance(shop.buy(rate_id).json()["shipment_cost"]["amount"], str)


def test_names_are_hostile(shop: Shop) -> None:
    shop.arm("hostile-text")
    carrier = shop.http.get("/v2/carriers").json()["carriers"][0]
    assert "\x1b" in carrier["friendly_name"]
    assert carrier["carrier_id"].startswith("se-")
    label = shop.bought()
    assert label["tracking_number"].startswith("=")
    refused = shop.http.get("/v2/rates/se-none").json()["errors"][0]
    assert ("\x9b" in refused["message"], refused["error_code"]) == (True, "invalid_identifier")


def test_budget_of_requests_is_kept_by_key(shop: Shop) -> None:
    shop.arm("rate-limit:limit=2:window=60")
    told = [shop.http.get("/v2/carriers").status_code for _ in range(3)]
    assert told == [200, 200, 429]
    refused = shop.http.get("/v2/carriers")
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert shop.http.get("/v2/carriers", headers={"API-Key": "other"}).status_code == 200


def test_budget_of_a_test_key_is_small_and_window_ends(shop: Shop) -> None:
    shop.arm("rate-limit:window=0.3")
    key = {"API-Key": "TEST_1"}
    told = [shop.http.get("/v2/rates/se-1", headers=key).status_code for _ in range(21)]
    assert told.count(429) == 1
    assert until(lambda: shop.http.get("/v2/rates/se-1", headers=key).status_code == 404)


def test_budget_zero_is_off(shop: Shop) -> None:
    shop.arm("rate-limit:limit=0")
    assert {shop.http.get("/v2/rates/se-1").status_code for _ in range(250)} == {404}


def test_chance_is_the_same_for_the_same_seed(shop: Shop) -> None:
    def draws() -> list[int]:
        shop.http.delete("/sandbox/faults")
        shop.arm("server-500@carriers:p=0.3:seed=7")
        return [shop.http.get("/v2/carriers").status_code for _ in range(40)]

    first = draws()
    assert first == draws()
    assert 4 < first.count(500) < 24


def test_faults_of_one_start_text_show_once_over_several_runs(tmp_path: Path) -> None:
    answers = []
    for _ in range(3):
        app = create_app(tmp_path / "ledger.db", faults="server-500@carriers:times=1")
        transport = httpx.WSGITransport(app=app)
        with httpx.Client(
            transport=transport, base_url="https://a.invalid", headers={"API-Key": "k"}
        ) as http:
            answers.append(http.get("/v2/carriers").status_code)
        app.ledger.close()
    assert answers == [500, 200, 200]


def test_start_text_is_armed_anew_by_reset(tmp_path: Path) -> None:
    app = create_app(tmp_path / "ledger.db", faults="server-500@carriers:times=1")
    with httpx.Client(
        transport=httpx.WSGITransport(app=app), base_url="https://a.invalid", headers={"API-Key": "k"}
    ) as http:
        told = [http.get("/v2/carriers").status_code for _ in range(2)]
        app.reset()
        told.append(http.get("/v2/carriers").status_code)
    app.ledger.close()
    assert told == [500, 200, 500]


def test_faults_are_listed_with_what_is_left(shop: Shop) -> None:
    shop.arm("slow:seconds=0:times=2, hang@void")
    shop.http.get("/v2/carriers")
    listed = shop.http.get("/sandbox/faults").json()
    assert listed == [
        {"fault": "slow:seconds=0:times=2", "remaining": 1},
        {"fault": "hang@void", "remaining": None},
    ]
    assert shop.http.delete("/sandbox/faults").json() == []
    assert shop.http.get("/sandbox/nothing").status_code == 404


@pytest.mark.parametrize(
    "text",
    ["nonsense", "hang@nowhere", "hang:colour=red", "hang:times=few", "slow:seconds=x", "price-differs:by=a"],
)
def test_fault_text_that_cannot_be_read_is_refused(shop: Shop, text: str) -> None:
    with pytest.raises(FaultTextError):
        parse(text)
    assert shop.http.post("/sandbox/faults", json={"faults": text}).status_code == 400
    assert shop.http.post("/sandbox/faults", content=b"x").status_code == 400


def test_names_with_underscores_are_understood() -> None:
    (one,) = parse("insufficient_funds@rates")
    assert (one.name, one.endpoint) == ("insufficient-funds", "rates")


@pytest.mark.parametrize(
    ("endpoint", "verb", "path", "body"),
    [
        ("carriers", "GET", "/v2/carriers", None),
        ("shipments", "POST", "/v2/shipments", {"shipments": [wish()]}),
        ("rates", "POST", "/v2/rates", {}),
        ("purchase", "POST", "/v2/labels", {}),
        ("labels", "GET", "/v2/labels", None),
        ("void", "PUT", "/v2/labels/se-1/void", None),
        ("track", "GET", "/v2/labels/se-1/track", None),
        ("download", "GET", "/v2/downloads/10/x/label-1.pdf", None),
    ],
)
def test_fault_shows_at_its_endpoint_only(
    shop: Shop, endpoint: str, verb: str, path: str, body: dict[str, Any] | None
) -> None:
    shop.arm(f"server-503@{endpoint}")
    assert shop.http.request(verb, path, json=body).status_code == 503
    other = "/v2/labels" if endpoint != "labels" else "/v2/carriers"
    assert shop.http.get(other).status_code == 200
