"""``new`` without a terminal: every option, every exit code, one document on stdout."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.shop import ADA, FROM, PARCEL

if TYPE_CHECKING:
    from tests.cli.shop import Done, Shop

TO_ADA = ("--to-name", "Ada Lovelace", *(one.replace("--", "--to-") for one in ADA))
BUY = ("--rate", "cheapest", "--yes")
WHOLE = (*FROM, *TO_ADA, *PARCEL, *BUY)
LABEL_KEYS = {
    "environment", "session_id", "status", "step", "shipment_key", "shipment_id", "label_id",
    "tracking_number", "carrier_code", "service_code", "cost", "quoted", "files", "printed_at", "error",
}  # fmt: skip
ERROR_KEYS = {"step", "code", "message", "request_id", "at", "reverted_from", "reverted_to"}


def without(*names: str) -> list[str]:
    """Return the whole set of options but these."""
    pairs = zip(WHOLE[::2], WHOLE[1::2], strict=False)
    return [part for pair in pairs if pair[0] not in names for part in pair] + ["--yes"]


def refused(done: Done, code: int) -> Any:
    """Return the error of a run that ended with this code."""
    assert done.code == code, done.err
    document = done.json["error"]
    assert set(document) == ERROR_KEYS
    assert document["message"].splitlines()[0] in done.err
    return document


def test_new_with_every_answer_buys_and_prints_the_label_object(shop: Shop) -> None:
    label = shop.good("new", *WHOLE, "--json").json
    assert set(label) >= LABEL_KEYS
    assert (label["environment"], label["status"], label["step"]) == ("production", "bought", "done")
    assert label["cost"] == label["quoted"]
    assert set(label["cost"]) == {"amount", "currency"}
    assert isinstance(label["cost"]["amount"], str)
    (file,) = label["files"]
    assert (set(file), file["format"], file["layout"]) == ({"path", "format", "layout"}, "pdf", "4x6")
    assert Path(file["path"]).is_absolute()
    assert Path(file["path"]).read_bytes().startswith(b"%PDF")
    assert (label["printed_at"], label["error"]) == (None, None)
    assert len(shop.service.charges()) == 1


def test_new_without_json_prints_lines_for_a_person(shop: Shop) -> None:
    done = shop.good("new", *WHOLE)
    assert done.out.startswith("Label")
    assert ".pdf" in done.out


def test_new_without_answers_names_every_missing_option_at_once(shop: Shop) -> None:
    done = shop.run("new", "--json")
    message = refused(done, 2)["message"]
    for option in ("--from-name", "--from-address1", "--from-city", "--from-state", "--from-zip",
                   "--to-name", "--to-address1", "--to-city", "--to-state", "--to-zip",
                   "--weight", "--size", "--rate", "--yes"):  # fmt: skip
        assert option in message
    assert shop.ids() == []


@pytest.mark.parametrize("option", ["--rate", "--to-zip", "--weight"])
def test_new_without_one_option_names_it_and_leaves_no_session(shop: Shop, option: str) -> None:
    assert option in refused(shop.run("new", *without(option), "--json"), 2)["message"]
    assert shop.ids() == []


def test_new_without_a_yes_buys_nothing(shop: Shop) -> None:
    done = shop.run("new", *WHOLE[:-1])
    assert (done.code, done.out) == (2, "")
    assert "--yes" in done.err
    assert shop.service.charges() == []


@pytest.mark.parametrize(
    ("wrong", "said", "step"),
    [
        (("--to-zip", "1234567"), "not a ZIP code", "to_zip"),
        (("--to-state", "TZ"), "not a US state", "to_state"),
        (("--to-phone", "12"), "not a phone number", "to_phone"),
        (("--to-name", ""), "--to-name", "to_name"),
        (("--to-name", "  "), "missing", "to_name"),
        (("--to-name", "x" * 10_000), "10,000 characters", "to_name"),
        (("--to-name", "a\x1b[31mb"), "control character", "to_name"),
        (("--to-country", "Atlantis"), "not a country", None),
        (("--weight", "nan"), "not a weight", "parcel_weight"),
        (("--weight", "inf"), "not a weight", "parcel_weight"),
        (("--weight", "1e9"), "1e9", "parcel_weight"),
        (("--weight", "-1"), "-1", "parcel_weight"),
        (("--weight", "0"), "0", "parcel_weight"),
        (("--weight", "151 lb"), "150 lb", "parcel_weight"),
        (("--size", "10x8"), "three sides", "parcel_length"),
        (("--size", "109x1x1"), "108 in", "parcel_length"),
        (("--size", "60x40x40"), "165 in", "parcel_length"),
        (("--confirmation", "oath"), "--confirmation takes", None),
        (("--insure", "much"), "not an amount", None),
        (("--max-cost", "-1"), "not an amount", None),
        (("--rate", "dearest"), "not a rule", "rate"),
        (("--format", "gif"), "--format takes", None),
        (("--layout", "a4"), "--layout takes", None),
        (("--format", "zpl", "--layout", "letter"), "--layout letter", None),
        (("--order-id", "a\x1bb"), "order", None),
        (("--printer", "host:notaport"), "print queue", None),
        (("--template", "none such"), "no template", None),
        (("--to", "Nobody"), "no address", None),
        (("--like", "ZZZZZ"), "no label or session", None),
    ],
)
def test_new_with_a_wrong_option_is_2_and_leaves_no_session(
    shop: Shop, wrong: tuple[str, ...], said: str, step: str | None
) -> None:
    done = shop.run("new", *WHOLE, *wrong, "--json")
    error = refused(done, 2)
    assert said.casefold() in error["message"].casefold()
    assert step is None or error["step"] == step
    assert error["step"] is None or not error["step"].startswith("-")
    assert "Traceback" not in done.err
    assert shop.ids() == []
    assert shop.service.charges() == []


def test_new_names_every_mistake_at_once(shop: Shop) -> None:
    done = shop.run("new", *WHOLE, "--to-zip", "1", "--weight", "nan", "--format", "gif")
    assert done.code == 2
    assert all(said in done.err for said in ("ZIP code", "weight", "--format"))


def test_odd_answers_are_warnings_and_the_label_keeps_them(shop: Shop) -> None:
    done = shop.good(
        "new", *WHOLE, "--from-city", "Dallas", "--to-name", "Łukasz [bold]Ω[/bold] 😀", "--json"
    )
    assert "not Dallas" in done.err
    assert "may not print" in done.err
    assert "Ł" in shop.record().answers["to_name"]  # type: ignore[operator]  # a text
    assert "[bold]" in shop.record().answers["to_name"]  # type: ignore[operator]  # a text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("2 lb 3 oz", "35 oz"), ("900 g", "900 g"), ("2,5", "2.5 lb"), ("35oz", "35 oz"), ("1", "1 lb")],
)
def test_new_understands_weights(shop: Shop, typed: str, kept: str) -> None:
    shop.good("new", *WHOLE, "--weight", typed)
    assert shop.record().answers["parcel_weight"] == kept


@pytest.mark.parametrize(
    ("format_", "layout", "magic"),
    [("pdf", "letter", b"%PDF"), ("png", "4x6", b"\x89PNG"), ("zpl", "4x6", b"^XA")],
)
def test_new_writes_each_format_where_it_is_asked(
    shop: Shop, format_: str, layout: str, magic: bytes
) -> None:
    out = shop.home / "out"
    label = shop.good(
        "new", *WHOLE, "--format", format_, "--layout", layout, "--out", str(out), "--json"
    ).json
    (file,) = label["files"]
    assert (file["format"], file["layout"]) == (format_, layout)
    assert Path(file["path"]).parent == out
    assert Path(file["path"]).suffix == f".{format_}"
    assert Path(file["path"]).read_bytes().startswith(magic)


@pytest.mark.parametrize(
    ("order_id", "name"), [("1042", "1042-"), ("../../etc/x", "_etc_x-"), ("ä/b:c", "_b_c-")]
)
def test_label_file_is_named_after_the_order_and_stays_in_its_folder(
    shop: Shop, order_id: str, name: str
) -> None:
    (file,) = shop.buy("--order-id", order_id)["files"]
    path = Path(file["path"])
    assert path.parent == shop.home / "data" / "labels"
    assert path.name.startswith(name)
    assert set(path.name) & set('/\\:*?"<>|') == set()


def test_order_is_labelled_once_and_again_ships_it_anew(shop: Shop) -> None:
    first = shop.buy("--order-id", "1042")
    assert first["shipment_key"].startswith("sl-")
    again = shop.good("new", *WHOLE, "--order-id", "1042", "--json")
    assert again.json["label_id"] == first["label_id"]
    assert "--again" in again.err
    assert len(shop.service.charges()) == 1
    anew = shop.buy("--order-id", "1042", "--again")
    assert anew["label_id"] != first["label_id"]
    assert anew["shipment_key"] != first["shipment_key"]
    assert len(shop.service.charges()) == 2


def test_new_beside_an_open_session_starts_another(shop: Shop) -> None:
    shop.service.fault("all-carriers-fail")
    assert shop.run("new", *WHOLE).code == 1
    shop.service.mend()
    (left,) = shop.ids()
    shop.good("new", *WHOLE)
    assert shop.ids() == [left]


def test_service_that_no_carrier_has_is_1(shop: Shop) -> None:
    done = shop.run("new", *without("--rate"), "--rate", "service:none_such", "--json")
    assert done.code == 1
    assert (done.json["error"]["code"], done.json["step"]) == ("no_carrier", "confirm")


def test_price_above_max_cost_is_1_and_nothing_is_bought(shop: Shop) -> None:
    done = shop.run("new", *WHOLE, "--max-cost", "0.10", "--json")
    assert done.code == 1
    assert done.json["error"]["code"] == "max_cost"
    assert (done.json["status"], done.json["step"]) == ("open", "rate")
    assert shop.service.charges() == []


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("cheapest", "usps_media_mail"),
        ("service:ups_ground", "ups_ground"),
        ("carrier:ups:cheapest", "ups_ground"),
    ],
)
def test_rule_takes_its_rate(shop: Shop, rule: str, code: str) -> None:
    label = shop.good("new", *without("--rate"), "--rate", rule, "--json").json
    assert label["service_code"] == code


def test_rules_by_days_take_what_arrives_in_time(shop: Shop) -> None:
    rates = shop.good("rates", *FROM, *TO_ADA, *PARCEL, "--json").json
    own = [rate for rate in rates if rate["package_type"] in {"package", None}]
    soon = [rate for rate in own if rate["delivery_days"] is not None and rate["delivery_days"] <= 3]
    cheapest = min(soon, key=lambda rate: float(rate["total"]["amount"]))
    label = shop.good("new", *without("--rate"), "--rate", "cheapest:3d", "--json").json
    assert label["service_code"] == cheapest["service_code"]
    quickest = min(own, key=lambda rate: (rate["delivery_days"] or 99, float(rate["total"]["amount"])))
    label = shop.good("new", *without("--rate"), "--rate", "fastest", "--json").json
    assert label["service_code"] == quickest["service_code"]


def test_package_is_asked_for_and_rules_keep_to_it(shop: Shop) -> None:
    label = shop.good("new", *WHOLE, "--package", "flat_rate_envelope", "--json").json
    (charge,) = shop.service.charges()
    assert label["service_code"] == "usps_priority_mail"
    assert label["cost"]["amount"] == "9.85"
    assert charge


@pytest.mark.parametrize(("fault", "code"), [("status-401", 4), ("status-403", 4), ("insufficient-funds", 1)])
def test_refused_purchase_is_back_at_the_rates(shop: Shop, fault: str, code: int) -> None:
    shop.service.fault(f"{fault}@purchase")
    done = shop.run("new", *WHOLE, "--json")
    assert done.code == code
    label = done.json
    assert (label["status"], label["step"]) == ("open", "rate")
    assert set(label["error"]) == ERROR_KEYS
    assert (label["error"]["reverted_from"], label["error"]["reverted_to"]) == ("purchase", "rate")
    assert label["error"]["request_id"]
    assert shop.service.charges() == []


def test_unknown_purchase_is_5_and_a_second_new_of_its_order_too(shop: Shop) -> None:
    shop.service.fault("buy-then-500@purchase:times=1,list-lag:seconds=60")
    done = shop.run("new", *WHOLE, "--order-id", "7", "--json")
    assert done.code == 5
    assert (done.json["status"], done.json["step"]) == ("unknown", "purchase")
    again = shop.run("new", *WHOLE, "--order-id", "7", "--json")
    assert again.code == 5
    assert done.json["session_id"] in again.err
    assert len(shop.service.charges()) == 1
    kept = shop.run("sessions", "discard", done.json["session_id"], "--yes")
    assert kept.code == 5
    assert "reconcile" in kept.err
    shop.good("sessions", "purge", "--yes")
    shop.service.mend()
    found = shop.good("reconcile", "--json").json
    assert [one["status"] for one in found] == ["bought"]
    assert len(shop.service.charges()) == 1


def test_bought_without_its_file_is_0_with_a_warning(shop: Shop) -> None:
    shop.service.fault("download-404")
    done = shop.good("new", *WHOLE, "--json")
    assert (done.json["status"], done.json["files"]) == ("bought", [])
    assert "file" in done.err
    shop.service.mend()
    shown = shop.good("labels", "show", done.json["label_id"], "--json").json
    assert shown["label_id"] == done.json["label_id"]


def test_price_paid_that_differs_is_told(shop: Shop) -> None:
    shop.service.fault("price-differs:by=2.00")
    done = shop.good("new", *WHOLE, "--json")
    assert done.json["cost"] != done.json["quoted"]
    paid, quoted = done.json["cost"]["amount"], done.json["quoted"]["amount"]
    assert paid in done.err
    assert quoted in done.err


def test_default_sender_of_the_settings_is_checked_and_filled(shop: Shop) -> None:
    folder = shop.home / "config" / "shiplabel"
    folder.mkdir(parents=True)
    sender = '[ship_from]\nname = "Harbor Goods"\naddress1 = "4009 Marathon Blvd"\ncity = "Austin"\n'
    (folder / "config.toml").write_text(f'{sender}state = "texas"\nzip = 78756\n', encoding="utf-8")
    shop.good("new", *TO_ADA, *PARCEL, *BUY)
    assert shop.record().answers["from_state"] == "TX"
    (folder / "config.toml").write_text(f'{sender}state = "Texs"\n', encoding="utf-8")
    done = shop.run("new", *TO_ADA, *PARCEL, *BUY, "--json")
    assert "ship_from.state" in refused(done, 4)["message"]
    (folder / "config.toml").write_text(f'{sender}state = "TX"\n', encoding="utf-8")
    assert "--from-zip" in refused(shop.run("new", *TO_ADA, *PARCEL, *BUY, "--json"), 2)["message"]


def test_country_by_name_is_understood_and_its_rules_hold(shop: Shop) -> None:
    abroad = ("--to-country", "Canada", "--to-state", "Quebec", "--to-zip", "h2y1c6", "--to-city", "Montréal")
    rates = shop.good("rates", *FROM, *TO_ADA, *abroad, *PARCEL, "--json").json
    assert rates
    done = shop.run("new", *WHOLE, *abroad, "--json")
    assert done.json["error"]["code"] == "customs_items_required"
    assert shop.session().answers["to_zip"] == "H2Y 1C6"
