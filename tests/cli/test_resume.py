"""``resume``, ``rates`` and global options without a terminal."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.shop import FROM, PARCEL
from tests.cli.test_new import TO_ADA, WHOLE
from tests.terminal.script import answer_until

if TYPE_CHECKING:
    from tests.cli.shop import Shop

GO_ON = ("--rate", "cheapest", "--yes")


def refused_zip(shop: Shop) -> str:
    """Leave a session whose ZIP code the service refused; return its id."""
    shop.service.fault("invalid-address@shipments:field=ship_to.postal_code:times=1")
    done = shop.run("new", *WHOLE, "--json")
    assert (done.code, done.json["step"], done.json["error"]["code"]) == (1, "to_zip", "invalid_address")
    assert done.json["error"]["step"] == "to_zip"
    return str(done.json["session_id"])


def test_resume_after_a_refused_zip_needs_only_the_new_one(shop: Shop) -> None:
    session_id = refused_zip(shop)
    label = shop.good("resume", session_id, "--to-zip", "95112", *GO_ON, "--json").json
    assert (label["status"], label["error"]) == ("bought", None)
    assert shop.record().answers["to_zip"] == "95112"
    assert len(shop.service.charges()) == 1


def test_resume_without_rule_or_yes_names_what_is_missing_and_keeps_the_session(shop: Shop) -> None:
    session_id = refused_zip(shop)
    done = shop.run("resume", session_id, "--to-zip", "95112")
    assert done.code == 2
    assert "--yes" in done.err
    assert shop.session().answers["to_zip"] == "95128"
    assert shop.session().step == "to_zip"


def test_resume_with_a_changed_answer_quotes_anew(shop: Shop) -> None:
    shop.service.fault("insufficient-funds@purchase:times=1")
    failed = shop.run("new", *WHOLE, "--json").json
    before = shop.session().quotes
    label = shop.good("resume", failed["session_id"], "--weight", "20 lb", *GO_ON, "--json").json
    assert float(label["cost"]["amount"]) > float(before[0].total.amount)
    assert label["shipment_key"] == failed["shipment_key"]
    assert label["shipment_id"] == failed["shipment_id"]


def test_resume_with_another_rule_asks_carriers_that_the_first_one_left_out(shop: Shop) -> None:
    shop.service.fault("insufficient-funds@purchase:times=1")
    first = shop.run("new", *FROM, *TO_ADA, *PARCEL, "--rate", "carrier:ups:cheapest", "--yes", "--json").json
    assert {rate.carrier_code for rate in shop.session().quotes} == {"ups"}
    label = shop.good("resume", first["session_id"], *GO_ON, "--json").json
    assert label["carrier_code"] != "ups"


def test_resume_takes_a_rate_id_of_sessions_show(shop: Shop) -> None:
    shop.service.fault("insufficient-funds@purchase:times=1")
    failed = shop.run("new", *WHOLE, "--json").json
    quotes = shop.good("sessions", "show", failed["session_id"], "--json").json["quotes"]
    wanted = next(rate for rate in quotes if rate["service_code"] == "ups_ground")
    label = shop.good("resume", "--rate", wanted["rate_id"], "--yes", "--json").json
    assert label["service_code"] == "ups_ground"


def test_resume_fills_answers_from_book_template_and_another_label(shop: Shop) -> None:
    session_id = refused_zip(shop)
    shop.good(
        "addresses", "save", "Grace", "--address1", "1 Market St", "--city", "San Francisco",
        "--state", "CA", "--zip", "94105",
    )  # fmt: skip
    shop.good("templates", "save", "heavy", "--weight", "5 lb", "--size", "9x9x9")
    shop.good("resume", session_id, "--to", "Grace", "--template", "heavy", *GO_ON)
    answers = shop.record().answers
    assert (answers["to_name"], answers["to_zip"], answers["parcel_weight"]) == ("Grace", "94105", "5 lb")


def test_resume_with_another_order_is_refused(shop: Shop) -> None:
    session_id = refused_zip(shop)
    done = shop.run("resume", session_id, "--order-id", "77", *GO_ON, "--json")
    assert (done.code, done.json["error"]["message"]) == (2, "The order of a label is fixed when it begins.")
    assert f"new --like {session_id}" in done.err


def test_resume_without_an_id_takes_the_only_one_and_names_several(shop: Shop) -> None:
    assert shop.run("resume", *GO_ON).code == 2
    one = refused_zip(shop)
    other = refused_zip(shop)
    done = shop.run("resume", *GO_ON, "--json")
    assert done.code == 2
    assert one in done.json["error"]["message"]
    assert other in done.json["error"]["message"]


def test_resume_of_a_bought_label_prints_it(shop: Shop) -> None:
    label = shop.buy()
    assert shop.good("resume", label["session_id"], "--json").json["label_id"] == label["label_id"]
    assert len(shop.service.charges()) == 1


@pytest.mark.parametrize("wrong", ["ZZZZZ", "../../etc", "", "a b"])
def test_resume_of_no_session_is_2(shop: Shop, wrong: str) -> None:
    assert shop.run("resume", wrong, *GO_ON, "--json").code == 2


def test_resume_of_an_expired_session_is_2_and_repeats_by_like(shop: Shop) -> None:
    session_id = refused_zip(shop)
    later = {"SHIPLABEL_NOW": "2099-01-01T00:00:00Z"}
    done = shop.run("resume", session_id, *GO_ON, "--json", **later)
    assert (done.code, done.json["error"]["code"]) == (2, "expired")
    assert f"new --like {session_id}" in done.err
    shop.good("new", "--like", session_id, *GO_ON, **later)


def test_session_held_by_another_terminal_is_1_at_once(shop: Shop) -> None:
    terminal = shop.open("new")
    answer_until(terminal, "from_city")
    (session_id,) = shop.ids()
    done = shop.run("resume", session_id, *FROM, *TO_ADA, *PARCEL, *GO_ON, "--json")
    assert (done.code, done.json["error"]["code"]) == (1, "held")
    assert str(terminal.child.pid) in done.err
    assert [one["session_id"] for one in shop.good("sessions", "list", "--json").json] == [session_id]


def test_unknown_purchase_is_settled_before_changed_answers_count(shop: Shop) -> None:
    shop.service.fault("buy-then-500@purchase:times=1,list-lag:seconds=1")
    failed = shop.run("new", *WHOLE, "--json").json
    assert failed["status"] == "unknown"
    settled = shop.good(
        "resume", failed["session_id"], "--weight", "20 lb", "--rate", "fastest", "--yes", "--json",
        SHIPLABEL_SETTLE="10s",
    ).json  # fmt: skip
    assert settled["status"] == "bought"
    assert shop.record().answers["parcel_weight"] == "1 lb"
    assert len(shop.service.charges()) == 1


def test_not_bought_prints_the_session_and_the_next_resume_buys(shop: Shop) -> None:
    shop.service.fault("server-500@purchase:times=1")
    failed = shop.run("new", *WHOLE, "--json").json
    word = shop.good("resume", "--not-bought", failed["shipment_key"], "--yes", "--json").json
    assert (word["status"], word["step"]) == ("open", "rate")
    label = shop.good("resume", failed["session_id"], *GO_ON, "--json").json
    assert label["status"] == "bought"
    assert len(shop.service.charges()) == 1


def test_rates_prints_a_list_and_names_who_failed(shop: Shop) -> None:
    shop.service.fault("carrier-fails:carrier=ups")
    done = shop.good("rates", *FROM, *TO_ADA, *PARCEL, "--order-id", "9", "--json")
    needed = {"rate_id", "carrier_code", "service_code", "package_type", "total", "delivery_days", "warnings"}
    assert all(needed <= set(rate) for rate in done.json)
    totals = [float(rate["total"]["amount"]) for rate in done.json]
    assert totals == sorted(totals)
    assert "ups: " in done.err
    plain = shop.good("rates", *FROM, *TO_ADA, *PARCEL)
    assert "ups: " in plain.err
    assert len(plain.out.splitlines()) == len(done.json) + 1
    assert shop.ids() == []


def test_rates_when_every_carrier_fails_is_1(shop: Shop) -> None:
    shop.service.fault("all-carriers-fail")
    done = shop.run("rates", *FROM, *TO_ADA, *PARCEL, "--json")
    assert (done.code, done.json["error"]["code"]) == (1, "no_rates")
    assert all(code in done.err for code in ("ups", "fedex", "stamps_com"))


def test_rates_that_are_not_complete_are_waited_for(shop: Shop) -> None:
    whole = shop.good("rates", *FROM, *TO_ADA, *PARCEL, "--json").json
    shop.service.fault("rates-working:seconds=1")
    assert len(shop.good("rates", *FROM, *TO_ADA, *PARCEL, "--json").json) == len(whole)


def test_carriers_are_kept_on_disk_for_an_hour(shop: Shop) -> None:
    def asked() -> int:
        return sum("/carriers" in str(request) for request in shop.service.requests())

    shop.good("rates", *FROM, *TO_ADA, *PARCEL, SHIPLABEL_NOW="2026-11-25T10:00:00Z")
    before = asked()
    shop.good("rates", *FROM, *TO_ADA, *PARCEL, SHIPLABEL_NOW="2026-11-25T10:59:00Z")
    assert asked() == before
    shop.good("rates", *FROM, *TO_ADA, *PARCEL, SHIPLABEL_NOW="2026-11-25T11:01:00Z")
    assert asked() == before + 1


def test_failing_carrier_is_named_by_new_and_kept_in_the_session(shop: Shop) -> None:
    shop.service.fault("carrier-fails:carrier=ups,insufficient-funds@purchase:times=1")
    done = shop.run("new", *WHOLE)
    assert "ups: " in done.err
    assert [failure.carrier_code for failure in shop.session().failures] == ["ups"]


def test_options_are_taken_before_and_after_the_command(shop: Shop) -> None:
    other = str(shop.home / "other")
    assert shop.good("--data-dir", other, "--json", "sessions", "list").json == []
    assert shop.good("sessions", "list", "--json", f"--data-dir={other}").json == []
    assert Path(other).is_dir()
    assert shop.good("--sandbox", "--yes", "--json", "new", *WHOLE[:-1]).json["environment"] == "sandbox"
    assert shop.service.charges() == []


def test_two_new_of_one_order_at_once_buy_one_label(shop: Shop) -> None:
    done = []
    both = [
        threading.Thread(target=lambda: done.append(shop.run("new", *WHOLE, "--order-id", "5", "--json")))
        for _ in range(2)
    ]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert [one.code for one in done] == [0, 0]
    assert len({one.json["label_id"] for one in done}) == 1
    assert len(shop.service.charges()) == 1
