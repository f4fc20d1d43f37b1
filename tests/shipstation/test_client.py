from __future__ import annotations

import json
import logging
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from shiplabel.domain.shipment import KnownShipment
from shiplabel.errors import NoAnswer, NotSent, RateLimited, Refused, SettingsError, Unauthorized
from shiplabel.shipstation.client import Client
from shiplabel.shipstation.pacing import Pacing
from shiplabel.shipstation.pages import PAGE_SIZE
from tests.shipstation.parts import KEY, Script, Steady, intent, sandboxed, scripted, shipment

if TYPE_CHECKING:
    from pathlib import Path

CARRIERS = ["se-100001", "se-100002", "se-100003"]
EMPTY: dict[str, Any] = {"carriers": []}


def labels(*ids: str, **page: Any) -> httpx.Response:
    return httpx.Response(200, json={"labels": [{"label_id": one} for one in ids], **page})


def test_client_of_the_stand_in_does_the_whole_job(tmp_path: Path) -> None:
    client, wish = sandboxed(tmp_path), shipment()
    made = client.create_shipment(wish)
    client.update_shipment(made, wish)
    quote = client.quote(CARRIERS, shipment_id=made)
    rate = client.rate(quote.rates[0].rate_id)
    assert rate == quote.rates[0]
    label = client.buy(intent(rate_id=quote.rates[0].rate_id), wish)
    assert label.cost == quote.rates[0].total
    assert client.label(label.label_id) == label
    assert [one.label_id for one in client.labels(external_shipment_id=wish.shipment_key)] == [label.label_id]
    assert client.track(label.label_id).tracking_number == label.tracking_number
    assert client.void(label.label_id).approved
    again = client.void(label.label_id)
    assert (again.approved, again.reason_code) == (False, "label_already_voided")


def test_create_shipment_with_a_taken_key_is_a_conflict(tmp_path: Path) -> None:
    client = sandboxed(tmp_path)
    made = client.create_shipment(shipment())
    with pytest.raises(Refused) as caught:
        client.create_shipment(shipment())
    assert caught.value.conflict
    assert client.find_shipment("sl-1042") == made
    assert client.shipment(made) == KnownShipment(made, "sl-1042")


def test_create_shipment_with_a_conflict_status_is_a_conflict_too() -> None:
    script = Script([httpx.Response(409, json={"errors": [{"error_code": "identifier_conflict"}]})])
    with pytest.raises(Refused) as caught:
        scripted(script).create_shipment(shipment())
    assert caught.value.conflict
    assert len(script.seen) == 1


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"has_errors": True, "shipments": []}, Refused),
        ({"has_errors": True, "shipments": [{"errors": ["no"]}]}, Refused),
        ({"has_errors": False, "shipments": [{}]}, NoAnswer),
    ],
)
def test_create_shipment_without_an_id_says_why(told: dict[str, Any], kind: type[Exception]) -> None:
    with pytest.raises(kind):
        scripted(Script([httpx.Response(200, json=told)])).create_shipment(shipment())


@pytest.mark.parametrize(
    ("kept", "calls"),
    [
        ({"confirmation": "none", "insurance_provider": "carrier"}, 2),
        ({"confirmation": "signature", "insurance_provider": "none"}, 2),
        ({"confirmation": "signature", "insurance_provider": "carrier"}, 1),
        ({"confirmation": None}, 1),
    ],
)
def test_create_shipment_tells_again_what_was_not_kept(kept: dict[str, Any], calls: int) -> None:
    made = httpx.Response(200, json={"shipments": [{"shipment_id": "se-1", **kept}]})
    script = Script([made, httpx.Response(200, json={"shipment_id": "se-1"})])
    assert scripted(script).create_shipment(shipment(confirmation="signature")) == "se-1"
    assert script.calls == ["POST /v2/shipments", "PUT /v2/shipments/se-1"][:calls]


def test_update_shipment_with_errors_inside_is_refused() -> None:
    answer = httpx.Response(200, json={"shipment_id": "se-1", "errors": ["packages[0].weight: too heavy"]})
    with pytest.raises(Refused) as caught:
        scripted(Script([answer])).update_shipment("se-1", shipment())
    assert caught.value.field_name == "packages[0].weight"


@pytest.mark.parametrize("code", ["identifiers_must_match", "field_conflict"])
def test_update_shipment_whose_key_may_not_be_told_is_sent_without_it(code: str) -> None:
    refused = httpx.Response(400, json={"errors": [{"error_code": code, "message": "the key is fixed"}]})
    script = Script([refused, httpx.Response(200, json={"shipment_id": "se-1"})])
    scripted(script).update_shipment("se-1", shipment())
    first, second = (json.loads(request.content) for request in script.seen)
    assert first.pop("external_shipment_id") == "sl-1042"
    assert second == first


def test_shipments_are_told_page_by_page() -> None:
    pages = [
        httpx.Response(200, json={"shipments": [{"shipment_id": one}], "pages": 2})
        for one in ("se-1", "se-2")
    ]
    script = Script([*pages])
    told = list(scripted(script).shipments(datetime(2026, 3, 4, tzinfo=UTC)))
    assert [one.shipment_id for one in told] == ["se-1", "se-2"]
    assert script.seen[1].url.params["page"] == "2"
    assert script.seen[1].url.params["created_at_start"] == "2026-03-04T00:00:00Z"


def test_shipment_that_was_labelled_says_so() -> None:
    told = {"shipment_id": "se-1", "external_shipment_id": "sl-1", "shipment_status": "label_purchased"}
    client = scripted(Script([httpx.Response(200, json=told), httpx.Response(404)]))
    assert client.shipment("se-1") == KnownShipment("se-1", "sl-1", labelled=True)
    assert client.shipment("se-2") is None


@pytest.mark.parametrize("body", [b"", b'{"errors": []}'])
def test_look_ups_of_the_unknown_are_none(body: bytes) -> None:
    client = scripted(Script([httpx.Response(404, content=body)]))
    assert client.label("se-1") is None
    assert client.rate("se-1") is None
    assert client.find_shipment("sl-1") is None


def test_look_up_that_is_refused_is_raised() -> None:
    with pytest.raises(Refused):
        scripted(Script([httpx.Response(400)])).label("se-1")


def test_ids_in_a_path_cannot_lead_elsewhere() -> None:
    script = Script([httpx.Response(404)])
    scripted(script).find_shipment("sl-../../x?y#z %/é")
    assert script.seen[0].url.raw_path.startswith(
        b"/v2/shipments/external_shipment_id/sl-..%2F..%2Fx%3Fy%23z%20%25%2F"
    )


@pytest.mark.parametrize(
    "passing",
    [
        httpx.Response(500),
        httpx.Response(502, text="<html>"),
        httpx.Response(200, text="{"),
        httpx.ConnectError("no"),
        httpx.ReadError("cut"),
        httpx.Response(429, headers={"Retry-After": "3"}),
    ],
)
def test_safe_call_after_a_passing_failure_is_repeated(passing: httpx.Response | Exception) -> None:
    clock, script = Steady(), Script([passing, httpx.Response(200, json=EMPTY)])
    assert scripted(script, clock).carriers() == ()
    assert len(script.seen) == 2
    assert clock.pauses == [3 if isinstance(passing, httpx.Response) and passing.status_code == 429 else 0.5]


def test_safe_call_that_keeps_failing_ends_in_twenty_seconds() -> None:
    clock = Steady()
    with pytest.raises(NotSent):
        scripted(Script([httpx.ConnectError("no")]), clock).carriers()
    assert sum(clock.pauses) <= 20


def test_quote_that_keeps_failing_quickly_ends_in_twenty_seconds() -> None:
    clock = Steady()
    with pytest.raises(NoAnswer):
        scripted(Script([httpx.Response(503)]), clock).quote(["se-1"], shipment_id="se-2")
    assert 10 < sum(clock.pauses) <= 20


def test_quote_that_fails_late_is_not_asked_again() -> None:
    clock = Steady()

    def late(_: httpx.Request) -> httpx.Response:
        clock.seconds += 45
        return httpx.Response(504)

    script = Script([late])
    with pytest.raises(NoAnswer):
        scripted(script, clock).quote(["se-1"], shipment_id="se-2")
    assert len(script.seen) == 1


@pytest.mark.parametrize(("status", "kind"), [(401, Unauthorized), (400, Refused), (403, Unauthorized)])
def test_safe_call_with_a_certain_no_is_not_repeated(status: int, kind: type[Exception]) -> None:
    script = Script([httpx.Response(status)])
    with pytest.raises(kind):
        scripted(script).carriers()
    assert len(script.seen) == 1


def test_safe_call_follows_a_redirect_to_the_same_host_only() -> None:
    near = httpx.Response(307, headers={"Location": "/v2/elsewhere"})
    script = Script([near, httpx.Response(200, json=EMPTY)])
    assert scripted(script).carriers() == ()
    assert script.calls == ["GET /v2/carriers", "GET /v2/elsewhere"]


@pytest.mark.parametrize(
    "there", ["https://evil.test/v2/carriers", "http://api.example.test/v2", "https://[", ""]
)
def test_safe_call_redirected_elsewhere_is_no_answer_and_keeps_the_key(there: str) -> None:
    script = Script([httpx.Response(307, headers={"Location": there})])
    with pytest.raises(NoAnswer):
        scripted(script).carriers()
    assert {request.url.host for request in script.seen} == {"api.example.test"}


def test_labels_follow_all_pages() -> None:
    link = {"next": {"href": "https://evil.test/?page=2"}}
    script = Script(
        [
            labels("se-1", page=1, pages=3, links=link),
            labels("se-2", page=2, pages=3, links=link),
            labels("se-3", page=3, pages=3, links={"next": {}}),
        ]
    )
    since = datetime(2026, 3, 1, tzinfo=UTC)
    found = list(scripted(script).labels(rate_id="se-9", created_since=since))
    assert [label.label_id for label in found] == ["se-1", "se-2", "se-3"]
    assert [request.url.params["page"] for request in script.seen] == ["1", "2", "3"]
    assert {request.url.params["rate_id"] for request in script.seen} == {"se-9"}
    assert script.seen[0].url.params["created_at_start"] == "2026-03-01T00:00:00Z"
    assert {request.url.host for request in script.seen} == {"api.example.test"}


@pytest.mark.parametrize(
    ("answers", "count"),
    [
        ([labels("a", links={"next": {}})], 1),
        ([labels("a", links={"next": {"href": "x"}}), labels("b", links={"next": {}})], 2),
        ([labels("a")], 1),
        ([labels(*[f"se-{n}" for n in range(PAGE_SIZE)]), labels("last")], PAGE_SIZE + 1),
    ],
)
def test_labels_without_a_number_of_pages_end_where_the_list_does(
    answers: list[httpx.Response], count: int
) -> None:
    assert len(list(scripted(Script([*answers])).labels())) == count


@pytest.mark.parametrize(
    "answer", [labels(pages=9), labels("a", pages=9), labels("a", links={"next": {"href": "x"}})]
)
def test_labels_of_a_list_without_an_end_are_no_answer(answer: httpx.Response) -> None:
    with pytest.raises(NoAnswer):
        list(scripted(Script([answer])).labels())


def test_quote_with_carriers_that_fail_keeps_the_others(tmp_path: Path) -> None:
    quote = sandboxed(tmp_path, "partial-rates:carrier=ups").quote(CARRIERS, shipment=shipment())
    assert {rate.carrier_code for rate in quote.rates} == {"stamps_com", "fedex"}
    assert [failure.carrier_code for failure in quote.failures] == ["ups"]


@pytest.mark.parametrize("fault", ["unknown-fields", "string-amounts"])
def test_client_of_a_service_that_grew_odd_still_buys(tmp_path: Path, fault: str) -> None:
    client = sandboxed(tmp_path, fault)
    assert len(client.carriers()) == 3
    rate = client.quote(CARRIERS, shipment_id=client.create_shipment(shipment())).rates[0]
    label = client.buy(intent(rate_id=rate.rate_id), shipment())
    assert label.cost == rate.total


def test_client_of_a_service_that_tells_nothing_but_ids_still_buys(tmp_path: Path) -> None:
    rate = sandboxed(tmp_path).quote(CARRIERS, shipment=shipment()).rates[0]
    client = sandboxed(tmp_path, "nulls")
    quote = client.quote(CARRIERS, shipment=shipment("sl-2"))
    assert quote.rates == ()
    assert quote.failures
    label = client.buy(intent(rate_id=rate.rate_id), shipment())
    assert (bool(label.label_id), label.cost) == (True, None)
    assert [one.label_id for one in client.labels(rate_id=rate.rate_id)] == [label.label_id]


def test_carriers_of_a_partial_list_keep_the_lost_one_by_id(tmp_path: Path) -> None:
    told = sandboxed(tmp_path, "carriers-207").carriers()
    assert sorted(carrier.carrier_id for carrier in told) == CARRIERS
    assert [carrier.disabled for carrier in told] == [False, False, True]


def test_void_without_an_answer_looks_before_it_asks_again() -> None:
    voided = httpx.Response(200, json={"label_id": "se-1", "voided": True})
    script = Script([httpx.ReadError("cut"), voided])
    assert scripted(script).void("se-1").approved
    assert script.calls == ["PUT /v2/labels/se-1/void", "GET /v2/labels/se-1"]


def test_void_that_was_not_done_is_asked_again() -> None:
    valid = httpx.Response(200, json={"label_id": "se-1", "voided": False})
    script = Script([httpx.Response(502), valid, httpx.Response(200, json={"approved": True})])
    assert scripted(script).void("se-1").approved
    assert [call.split()[0] for call in script.calls] == ["PUT", "GET", "PUT"]


def test_void_refused_after_a_lost_answer_is_no_certain_answer() -> None:
    refused = httpx.Response(401, json={"errors": []})
    script = Script([httpx.ReadError("cut"), refused])
    with pytest.raises(NoAnswer):
        scripted(script).void("se-1")


def test_void_that_cannot_be_sent_again_after_a_lost_answer_is_no_certain_answer() -> None:
    script = Script([httpx.ReadError("cut"), httpx.ConnectError("gone")])
    with pytest.raises(NoAnswer):
        scripted(script).void("se-1")


def test_void_refused_at_once_is_a_certain_no_and_not_repeated() -> None:
    script = Script([httpx.Response(404, json={"errors": []})])
    with pytest.raises(Refused):
        scripted(script).void("se-1")
    assert script.calls == ["PUT /v2/labels/se-1/void"]


def test_calls_made_once_are_not_repeated_and_later_ones_are() -> None:
    script = Script([httpx.Response(502), httpx.Response(502), httpx.Response(200, json=EMPTY)])
    client = scripted(script)
    with client.once(), pytest.raises(NoAnswer):
        client.carriers()
    assert len(script.calls) == 1
    assert client.carriers() == ()
    assert len(script.calls) == 3


def test_void_that_is_refused_is_an_answer() -> None:
    told = {"approved": False, "message": "late", "reason_code": "label_already_used"}
    answer = scripted(Script([httpx.Response(200, json=told)])).void("se-1")
    assert (answer.approved, answer.message, answer.reason_code) == (False, "late", "label_already_used")


def test_key_is_sent_in_its_header_and_never_logged(caplog: pytest.LogCaptureFixture) -> None:
    class Secret:
        def reveal(self) -> str:
            return KEY

    script = Script([httpx.Response(200, json=EMPTY | {"request_id": "r-7"})])
    with caplog.at_level(logging.DEBUG):
        Client(
            "https://api.example.test/", Secret(), transport=httpx.MockTransport(script), clock=Steady()
        ).carriers()
    assert script.seen[0].headers["API-Key"] == KEY
    assert [record.getMessage() for record in caplog.records] == ["GET /v2/carriers 200 0 ms r-7"]


def test_log_of_a_look_up_names_no_id(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "shiplabel.http"):
        scripted(Script([httpx.Response(404)])).find_shipment("sl-secret")
    assert "sl-secret" not in caplog.text
    assert "/v2/shipments/external_shipment_id/{key} 404" in caplog.text


@pytest.mark.parametrize("url", ["http://api.example.test", "ftp://127.0.0.1", "api.example.test", ""])
def test_client_of_an_unsafe_address_is_refused(url: str) -> None:
    with pytest.raises(SettingsError):
        Client(url, KEY, clock=Steady())


def test_client_told_of_too_many_requests_pauses_every_process(tmp_path: Path) -> None:
    clock = Steady()
    script = Script([httpx.Response(429, headers={"Retry-After": "9"})])
    client = scripted(script, clock, Pacing(tmp_path, 100, 60, "account", clock))
    with pytest.raises(RateLimited):
        client.buy(intent(), shipment())
    Pacing(tmp_path, 100, 60, "account", clock).wait()
    assert sum(clock.pauses) == pytest.approx(9)


def test_client_at_the_limit_waits_before_it_sends(tmp_path: Path) -> None:
    clock = Steady()
    client = scripted(
        Script([httpx.Response(200, json=EMPTY)]), clock, Pacing(tmp_path, 2, 6, "account", clock)
    )
    for _ in range(3):
        client.carriers()
    assert 6 < sum(clock.pauses) < 6.5


def test_client_in_many_threads_keeps_answers_apart() -> None:
    def echo(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"label_id": request.url.path.rsplit("/", 1)[1]})

    client, wrong = scripted(Script([echo])), []

    def ask(number: int) -> None:
        for turn in range(20):
            label = client.label(f"se-{number}-{turn}")
            if label is None or label.label_id != f"se-{number}-{turn}":
                wrong.append((number, turn))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
