from __future__ import annotations

import base64
from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.conftest import Clock, Shop, wish


def balance(shop: Shop) -> float:
    carriers = shop.http.get("/v2/carriers").json()["carriers"]
    return float(carriers[0]["balance"])


def test_purchase_from_a_rate_charges_what_the_rate_says(shop: Shop) -> None:
    rate = shop.rate("usps_priority_mail", external_shipment_id="sl-1")
    label = shop.buy(rate["rate_id"]).json()
    assert label["status"] == "completed"
    assert label["external_shipment_id"] == "sl-1"
    assert label["shipment_cost"]["amount"] == rate["shipping_amount"]["amount"]
    (charge,) = shop.app.ledger.charges()
    assert (charge.label_id, charge.voided) == (label["label_id"], False)
    assert charge.amount == Decimal(str(label["shipment_cost"]["amount"]))
    assert balance(shop) == float(Decimal(500) - charge.amount)
    shipment = shop.http.get(f"/v2/shipments/{label['shipment_id']}").json()
    assert shipment["shipment_status"] == "label_purchased"


def test_second_purchase_on_a_rate_buys_a_second_label(shop: Shop) -> None:
    rate_id = shop.rate()["rate_id"]
    first, second = shop.buy(rate_id).json(), shop.buy(rate_id).json()
    assert first["label_id"] != second["label_id"]
    assert first["tracking_number"] != second["tracking_number"]
    assert len(shop.charged()) == 2


def test_purchase_from_a_shipment_needs_its_service(shop: Shop) -> None:
    bare = shop.quote()["shipment_id"]
    refused = shop.http.post(f"/v2/labels/shipment/{bare}", json={})
    assert refused.json()["errors"][0]["field_name"] == "service_code"
    ready = shop.quote(service_code="fedex_ground", carrier_id="se-100003")["shipment_id"]
    label = shop.http.post(f"/v2/labels/shipment/{ready}", json={}).json()
    assert (label["carrier_code"], label["shipment_id"]) == ("fedex", ready)
    wrong = shop.quote(service_code="fedex_ground", carrier_id="se-100002")["shipment_id"]
    assert shop.http.post(f"/v2/labels/shipment/{wrong}", json={}).status_code == 400


def test_purchase_in_one_call_makes_its_shipment(shop: Shop) -> None:
    body = {"shipment": wish(service_code="usps_ground_advantage", external_shipment_id="sl-9")}
    label = shop.http.post("/v2/labels", json=body).json()
    found = shop.http.get("/v2/shipments/external_shipment_id/sl-9").json()
    assert label["shipment_id"] == found["shipment_id"]


def test_purchase_without_money_is_refused_whole(shop: Shop) -> None:
    rate_id = shop.rate("usps_priority_mail_express")["rate_id"]
    answers = [shop.buy(rate_id) for _ in range(12)]
    refused = [one for one in answers if one.status_code == 400]
    assert refused
    assert refused[0].json()["errors"][0]["error_code"] == "insufficient_funds"
    assert len(shop.charged()) == 12 - len(refused)
    body = {"shipment": wish(service_code="usps_priority_mail_express", external_shipment_id="sl-1")}
    assert shop.http.post("/v2/labels", json=body).status_code == 400
    assert shop.http.get("/v2/shipments/external_shipment_id/sl-1").status_code == 404


@pytest.mark.parametrize(
    "wishes",
    [
        {"label_format": "gif"},
        {"label_layout": "A0"},
        {"label_format": "zpl", "label_layout": "letter"},
        {"validate_address": "maybe"},
    ],
)
def test_purchase_with_a_wish_of_no_list_is_refused(shop: Shop, wishes: dict[str, Any]) -> None:
    assert shop.buy(**wishes).status_code == 400
    assert not shop.charged()


def test_purchase_on_an_unknown_rate_is_404(shop: Shop) -> None:
    refused = shop.buy("se-1")
    assert refused.status_code == 404
    assert refused.json()["errors"][0]["field_name"] == "rate_id"


def test_address_is_cleaned_on_wish(shop: Shop) -> None:
    label = shop.bought(validate_address="validate_and_clean")
    assert label["ship_to"]["city_locality"] == "SAN JOSE"


def test_links_follow_the_format(shop: Shop) -> None:
    pdf, zpl, png = (shop.bought(label_format=one)["label_download"] for one in ("pdf", "zpl", "png"))
    assert set(pdf) == {"pdf", "png", "zpl", "href"}
    assert pdf["href"] == pdf["pdf"]
    assert set(zpl) == {"href"}
    assert png["href"].endswith(".png")
    assert pdf["href"].startswith("https://sandbox.invalid/v2/downloads/")


def test_paper_comes_inline_on_wish(shop: Shop) -> None:
    head, _, text = shop.bought(label_download_type="inline")["label_download"]["href"].partition(",")
    assert head == "data:application/pdf;base64"
    assert base64.b64decode(text).startswith(b"%PDF")


def test_two_packages_have_no_png(shop: Shop) -> None:
    two = wish()["packages"] * 2
    label = shop.buy(shop.rate(packages=two)["rate_id"]).json()
    assert set(label["label_download"]) == {"pdf", "zpl", "href"}
    assert [one["sequence"] for one in label["packages"]] == [1, 2]


def test_list_filters_by_each_documented_key(shop: Shop) -> None:
    rate = shop.rate(external_shipment_id="sl-1")
    ours = shop.buy(rate["rate_id"]).json()
    shop.buy(shop.rate("fedex_ground")["rate_id"])
    keys = ("shipment_id", "external_shipment_id", "carrier_id", "service_code", "tracking_number")
    for query in [{"rate_id": rate["rate_id"]}, *({key: ours[key]} for key in keys)]:
        found = shop.http.get("/v2/labels", params=query).json()
        assert [one["label_id"] for one in found["labels"]] == [ours["label_id"]], query
    none = ({"batch_id": "se-1"}, {"refund_status": "request_scheduled"}, {"warehouse_id": "se-1"})
    for query in none:
        assert shop.http.get("/v2/labels", params=query).json()["total"] == 0


def test_list_filters_by_status_and_time(shop: Shop, clock: Clock) -> None:
    old = shop.bought()["label_id"]
    shop.http.put(f"/v2/labels/{old}/void")
    clock.forward(hours=1)
    middle = clock().isoformat()
    clock.forward(hours=1)
    new = shop.bought()["label_id"]

    def ids(**query: str) -> list[str]:
        return [one["label_id"] for one in shop.http.get("/v2/labels", params=query).json()["labels"]]

    assert ids() == [new, old]
    assert ids(sort_dir="asc", sort_by="created_at") == [old, new]
    assert ids(created_at_start=middle) == [new]
    assert ids(created_at_end=middle) == [old]
    assert ids(label_status="voided") == [old]
    assert ids(label_status="completed") == [new]
    assert ids(label_status="error") == []


def test_list_pages_link_to_each_other(shop: Shop) -> None:
    rate_id = shop.rate()["rate_id"]
    for _ in range(5):
        shop.buy(rate_id)
    seen: list[str] = []
    link: dict[str, str] = {"href": f"/v2/labels?page_size=2&rate_id={rate_id}"}
    while link:
        page = shop.http.get(link["href"]).json()
        assert (page["total"], page["pages"]) == (5, 3)
        seen += [one["label_id"] for one in page["labels"]]
        link = page["links"]["next"]
    assert len(set(seen)) == 5
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize(
    "query",
    [
        {"page": "0"},
        {"page_size": "x"},
        {"sort_dir": "up"},
        {"sort_by": "x"},
        {"label_status": "x"},
        {"created_at_start": "x"},
    ],
)
def test_list_query_that_is_wrong_is_400(shop: Shop, query: dict[str, str]) -> None:
    answer = shop.http.get("/v2/labels", params=query)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field_name"] == next(iter(query))


def test_label_is_found_by_its_ids_or_an_empty_404(shop: Shop) -> None:
    rate_id = shop.rate(external_shipment_id="sl-1")["rate_id"]
    first = shop.buy(rate_id).json()
    shop.buy(rate_id)
    assert shop.http.get(f"/v2/labels/{first['label_id']}").json() == first
    assert shop.http.get("/v2/labels/external_shipment_id/sl-1").json() == first
    for path in ("/v2/labels/se-1", "/v2/labels/external_shipment_id/none"):
        lost = shop.http.get(path)
        assert (lost.status_code, lost.content) == (404, b"")


def test_void_is_approved_once_and_gives_the_money_back(shop: Shop) -> None:
    label = shop.buy(shop.rate("usps_media_mail")["rate_id"]).json()
    path = f"/v2/labels/{label['label_id']}/void"
    assert shop.http.put(path).json()["approved"] is True
    assert shop.app.ledger.charges()[0].voided
    assert balance(shop) == 500
    shown = shop.http.get(f"/v2/labels/{label['label_id']}").json()
    assert (shown["voided"], shown["status"]) == (True, "voided")
    again = shop.http.put(path).json()
    assert (again["approved"], again["reason_code"]) == (False, "label_already_voided")
    assert shop.http.put("/v2/labels/se-1/void").status_code == 404


def test_void_is_refused_when_late(shop: Shop, clock: Clock) -> None:
    label_id = shop.bought()["label_id"]
    clock.forward(days=29)
    told = shop.http.put(f"/v2/labels/{label_id}/void").json()
    assert told["reason_code"] == "label_not_found_within_void_period"
    assert not shop.app.ledger.charges()[0].voided


def test_tracking_moves_after_a_day(shop: Shop, clock: Clock) -> None:
    path = f"/v2/labels/{shop.bought()['label_id']}/track"
    assert shop.http.get(path).json()["status_code"] == "AC"
    clock.forward(days=2)
    assert shop.http.get(path).json()["status_code"] == "IT"
    assert shop.http.get("/v2/labels/se-1/track").status_code == 404


def test_tracking_numbers_have_each_carriers_form(shop: Shop) -> None:
    usps = shop.buy(shop.rate("usps_priority_mail")["rate_id"]).json()["tracking_number"]
    assert len(usps) == 22
    assert (
        sum(int(one) * (3 if place % 2 == 0 else 1) for place, one in enumerate(usps[-2::-1])) % 10
        == (10 - int(usps[-1])) % 10
    )
    assert shop.bought()["tracking_number"].startswith("1Z")
    assert len(shop.buy(shop.rate("fedex_ground")["rate_id"]).json()["tracking_number"]) == 12


def test_money_put_back_by_reset(shop: Shop) -> None:
    shop.buy(shop.rate("usps_priority_mail")["rate_id"])
    assert shop.http.post("/sandbox/reset").status_code == 200
    assert not shop.app.ledger.charges()
    assert balance(shop) == 500
