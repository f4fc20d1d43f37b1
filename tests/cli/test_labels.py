from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_batch import order, run, write
from tests.printing.listeners import accept_all, close_early, printer

if TYPE_CHECKING:
    from tests.cli.shop import Shop

KEYS = {
    "environment", "session_id", "status", "step", "shipment_key", "shipment_id", "label_id",
    "tracking_number", "carrier_code", "service_code", "cost", "quoted", "files", "error", "printed_at",
}  # fmt: skip


def test_labels_list_without_labels_is_an_empty_list(shop: Shop) -> None:
    assert shop.good("labels", "list", "--json").json == []
    assert shop.good("labels", "list").out == ""


def test_labels_list_shows_the_newest_first_and_filters(shop: Shop) -> None:
    first, second = shop.buy("--order-id", "1042"), shop.buy("--order-id", "1043")
    listed = shop.good("labels", "list", "--json").json
    assert [label["label_id"] for label in listed] == [second["label_id"], first["label_id"]]
    assert set(listed[0]) >= KEYS
    found = shop.good("labels", "list", "--search", "1042", "--json").json
    assert [label["label_id"] for label in found] == [first["label_id"]]
    assert shop.good("labels", "list", "--day", "yesterday", "--json").json == []
    assert len(shop.good("labels", "list", "--day", "today", "--limit", "1", "--json").json) == 1
    lines = shop.good("labels", "list", "--to", "lovelace").out.splitlines()
    assert [line.split()[2] for line in lines[1:]] == [second["label_id"], first["label_id"]]


def ids_listed(shop: Shop, *filters: str) -> set[str]:
    """Return which labels a filter lets through, the same in the table and as JSON."""
    as_json = {label["label_id"] for label in shop.good("labels", "list", *filters, "--json").json}
    lines = shop.good("labels", "list", *filters).out.splitlines()[1:]
    assert {line.split()[2] for line in lines} == as_json
    return as_json


def test_labels_list_by_batch_and_carrier_lets_through_exactly_those(shop: Shop) -> None:
    first = run(shop, write(shop, [order(1), order(2)])).json["batch_id"]
    ups = ("--rate", "service:ups_ground", "--yes", "--json")
    second = run(shop, write(shop, [order(3), order(4)], "ups.csv"), *ups).json["batch_id"]
    hand = shop.buy("--order-id", "5")["label_id"]
    labels = {one["shipment_key"]: one["label_id"] for one in shop.good("labels", "list", "--json").json}
    one, two, three_, four = (labels[f"sl-{number}"] for number in (1, 2, 3, 4))
    assert ids_listed(shop, "--batch", first) == {one, two}
    assert ids_listed(shop, "--batch", second) == {three_, four}
    assert ids_listed(shop, "--carrier", "ups") == {three_, four}
    assert ids_listed(shop, "--carrier", "stamps_com") == {one, two, hand}
    assert ids_listed(shop, "--carrier", "stamps_com", "--batch", first, "--day", "today") == {one, two}
    assert ids_listed(shop, "--carrier", "stamps_com", "--search", "lovelace 2", "--day", "today") == {two}
    assert ids_listed(shop, "--batch", second, "--search", "lovelace 4") == {four}
    for nothing in (
        ("--batch", first, "--carrier", "ups"),
        ("--batch", second, "--day", "yesterday"),
        ("--batch", first, "--search", "lovelace 3"),
        ("--carrier", "fedex"),
        ("--batch", "B2222"),
    ):
        assert ids_listed(shop, *nothing) == set()


def test_name_and_company_are_told_apart_wherever_they_stand_in_one_line(shop: Shop) -> None:
    label = shop.buy("--to-company", "Lee & Sons")["label_id"]
    both = "Ada Lovelace, Lee & Sons"
    assert both in shop.good("labels", "list").out
    rows = list(csv.DictReader(io.StringIO(shop.good("labels", "export").out.removeprefix("\ufeff"))))
    assert rows[0]["recipient"] == both
    assert ids_listed(shop, "--to", "lee & s") == ids_listed(shop, "--to", "ada") == {label}


def test_labels_list_in_a_terminal_is_a_table(shop: Shop) -> None:
    label = shop.buy()
    terminal = shop.open("labels", "list", columns=140)
    assert terminal.end() == 0
    assert label["label_id"] in terminal.pages
    assert "─" in terminal.pages
    plain = shop.open("labels", "list", "--plain")
    assert plain.end() == 0
    assert "─" not in plain.pages


@pytest.mark.parametrize(
    "wrong",
    [
        ("--day", "soon"),
        ("--status", "gone"),
        ("--day", "today", "--since", "today"),
        ("--since", "0001-01-01"),
        ("--until", "9999-12-31"),
    ],
)
def test_labels_list_with_a_wrong_filter_is_2(shop: Shop, wrong: tuple[str, ...]) -> None:
    done = shop.run("labels", "list", *wrong, "--json")
    assert (done.code, done.json["error"]["code"]) == (2, "input")


def test_labels_list_unused_tells_the_days_left(shop: Shop) -> None:
    used, unused = shop.buy(), shop.buy()
    shop.good("labels", "void", used["label_id"], "--yes")
    (label,) = shop.good("labels", "list", "--unused", "--json").json
    assert label["label_id"] == unused["label_id"]
    assert (label["days_to_void"], label["days_to_void_by"]) == (28, "carrier_published")
    assert "~28" in shop.good("labels", "list", "--unused").out


def test_labels_show_prints_one_label_and_an_unknown_one_is_2(shop: Shop) -> None:
    label = shop.buy()
    shown = shop.good("labels", "show", label["label_id"], "--json").json
    assert shown == label
    assert label["tracking_number"] in shop.good("labels", "show", label["label_id"]).out
    done = shop.run("labels", "show", "se-none", "--json")
    assert (done.code, done.json["error"]["code"]) == (2, "unknown_label")


def test_labels_of_the_sandbox_are_not_those_of_production(shop: Shop) -> None:
    label = shop.buy()
    assert shop.good("labels", "list", "--sandbox", "--json").json == []
    assert shop.run("labels", "show", label["label_id"], "--sandbox").code == 2


def test_labels_print_on_a_raw_printer_keeps_the_time(shop: Shop) -> None:
    label = shop.buy("--format", "zpl")
    assert label["printed_at"] is None
    with printer(accept_all) as listening:
        printed = shop.good(
            "labels", "print", label["label_id"], "--printer", f"127.0.0.1:{listening.port}", "--json"
        ).json
    assert listening.received.startswith(b"^XA")
    assert printed["printed_at"]
    assert shop.good("labels", "show", label["label_id"], "--json").json == printed


def test_labels_print_that_fails_is_1_and_buys_nothing(shop: Shop) -> None:
    label = shop.buy("--format", "zpl")
    with printer(close_early) as listening:
        target = f"127.0.0.1:{listening.port}"
        done = shop.run("labels", "print", label["label_id"], "--printer", target, "--json")
    assert done.code == 1
    assert done.json["error"]["code"] == "print_failed"
    assert done.json["printed_at"] is None
    assert f"labels print {label['label_id']}" in done.err
    assert len(shop.service.charges()) == 1


def test_labels_print_of_a_missing_file_fetches_it_first(shop: Shop) -> None:
    label = shop.buy("--format", "zpl")
    file = shop.home.joinpath(label["files"][0]["path"])
    file.unlink()
    with printer(accept_all) as listening:
        shop.good("labels", "print", label["label_id"], "--printer", f"127.0.0.1:{listening.port}")
    assert file.read_bytes().startswith(b"^XA")


def test_labels_print_without_file_or_service_is_1(shop: Shop) -> None:
    label = shop.buy("--format", "zpl")
    shop.home.joinpath(label["files"][0]["path"]).unlink()
    shop.service.fault("download-404")
    done = shop.run("labels", "print", label["label_id"], "--printer", "127.0.0.1:9", "--json")
    assert done.code == 1
    assert (done.json["status"], done.json["printed_at"]) == ("bought", None)
    assert len(shop.service.charges()) == 1


def test_labels_print_on_no_printer_is_2(shop: Shop) -> None:
    label = shop.buy()
    assert shop.run("labels", "print", label["label_id"], "--printer", "host:0").code == 2


def test_labels_open_without_a_viewer_names_the_file(shop: Shop) -> None:
    label = shop.buy()
    done = shop.run("labels", "open", label["label_id"], PATH="/nowhere")
    assert done.code == 1
    assert label["files"][0]["path"] in done.err
    assert done.out.strip() == label["files"][0]["path"]


def test_labels_void_needs_a_yes(shop: Shop) -> None:
    label = shop.buy()
    assert shop.run("labels", "void", label["label_id"]).code == 2
    terminal = shop.open("labels", "void", label["label_id"], columns=120)
    terminal.wait_for("(y/n)")
    assert "Ada Lovelace" in terminal.screen
    terminal.send("n\r")
    assert terminal.end() == 130
    assert shop.good("labels", "show", label["label_id"], "--json").json["status"] == "bought"
    terminal = shop.open("labels", "void", label["label_id"], columns=120)
    terminal.wait_for("(y/n)")
    terminal.send("y\r")
    assert terminal.end() == 0
    assert shop.good("labels", "show", label["label_id"], "--json").json["status"] == "voided"


def test_labels_void_again_is_done_already(shop: Shop) -> None:
    label = shop.buy()
    assert shop.good("labels", "void", label["label_id"], "--yes", "--json").json["status"] == "voided"
    assert shop.good("labels", "void", label["label_id"], "--json").json["status"] == "voided"


def test_labels_void_refused_tells_the_reason(shop: Shop) -> None:
    label = shop.buy()
    shop.service.fault("void-refused:reason=label_already_used")
    done = shop.run("labels", "void", label["label_id"], "--yes", "--json")
    assert done.code == 1
    assert (done.json["status"], done.json["error"]["code"]) == ("bought", "label_already_used")
    assert "scanned" in done.err


def test_labels_void_without_a_certain_answer_is_5_and_settles_later(shop: Shop) -> None:
    label = shop.buy()
    shop.service.fault("redirect@void")
    done = shop.run("labels", "void", label["label_id"], "--yes", "--json")
    assert (done.code, done.json["status"]) == (5, "voiding")
    shop.service.mend()
    assert shop.good("labels", "void", label["label_id"], "--yes", "--json").json["status"] == "voided"


def test_labels_void_of_a_label_without_a_record(shop: Shop) -> None:
    label = shop.buy()
    elsewhere = ("--data-dir", str(shop.home / "other"))
    done = shop.good("labels", "void", label["label_id"], "--yes", "--json", *elsewhere)
    assert (done.json["status"], done.json["session_id"]) == ("voided", None)
    assert shop.run("labels", "void", "se-none", "--yes", *elsewhere).code == 2


def test_labels_track_asks_for_one_and_for_all(shop: Shop) -> None:
    label = shop.buy()
    one = shop.good("labels", "track", label["label_id"], "--json").json
    assert one["tracking_number"] == label["tracking_number"]
    everything = shop.good("labels", "track", "--json").json
    assert [parcel["label_id"] for parcel in everything] == [label["label_id"]]
    assert label["tracking_number"] in shop.good("labels", "track").out


def test_labels_track_that_fails_for_one_is_1(shop: Shop) -> None:
    shop.buy()
    shop.service.fault("status-404@track")
    done = shop.run("labels", "track", "--json")
    assert (done.code, done.json) == (1, [])


def test_labels_export_is_csv_or_json(shop: Shop) -> None:
    label = shop.buy("--order-id", "=1+1")
    (row,) = csv.DictReader(io.StringIO(shop.good("labels", "export").out))
    assert (row["label_id"], row["order_id"], row["status"]) == (label["label_id"], "'=1+1", "bought")
    assert shop.good("labels", "export", "--format", "json").json == [label]
    shop.good("labels", "export", "all.json")
    assert label["label_id"] in (shop.home / "all.json").read_text()
    assert shop.run("labels", "export", "--format", "xml").code == 2


@pytest.mark.parametrize("by", ["day", "carrier", "service", "batch"])
def test_labels_report_leaves_voided_labels_out_of_what_was_spent(shop: Shop, by: str) -> None:
    kept, gone = shop.buy(), shop.buy()
    shop.good("labels", "void", gone["label_id"], "--yes")
    report = shop.good("labels", "report", "--by", by, "--json").json
    assert report["total"] == {"labels": 2, "spent": kept["cost"], "voided": 1, "average": kept["cost"]}
    assert [group["labels"] for group in report["groups"]] == [2]
    assert "####" in shop.good("labels", "report", "--by", by).out


def test_labels_report_in_a_terminal_draws_bars(shop: Shop) -> None:
    shop.buy()
    terminal = shop.open("labels", "report", columns=100)
    assert terminal.end() == 0
    assert "████" in terminal.pages
    assert shop.run("labels", "report", "--by", "moon").code == 2


def test_new_with_print_prints_what_it_bought(shop: Shop) -> None:
    with printer(accept_all) as listening:
        label = shop.buy("--format", "zpl", "--print", "--printer", f"127.0.0.1:{listening.port}")
    assert listening.received.startswith(b"^XA")
    assert label["printed_at"]
    assert shop.good("labels", "show", label["label_id"], "--json").json == label


def test_new_whose_print_fails_has_bought_and_says_how_to_print_again(shop: Shop) -> None:
    label = shop.buy("--print", "--printer", "127.0.0.1:9")
    assert (label["status"], label["printed_at"]) == ("bought", None)
    assert len(shop.service.charges()) == 1


def test_new_with_no_printer_leaves_no_session(shop: Shop) -> None:
    done = shop.run("new", "--printer", "host:0", "--weight", "1lb")
    assert done.code == 2
    assert shop.ids() == []


@pytest.mark.parametrize("columns", [60, 80, 100, 140])
def test_labels_list_in_any_terminal_breaks_no_number(shop: Shop, columns: int) -> None:
    label = shop.buy("--order-id", "1042")
    terminal = shop.open("labels", "list", columns=columns)
    assert terminal.end() == 0
    (line,) = [line for line in terminal.pages.splitlines() if label["label_id"] in line]
    assert label["tracking_number"] in line
    assert ("1042" in line) == (columns > 60)
    assert ("usps_media_mail" in terminal.pages) == (columns > 100)
    for more in (["report"], ["list", "--unused"], ["track"]):
        assert shop.open("labels", *more, columns=columns).end() == 0
