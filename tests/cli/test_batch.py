"""``shiplabel batch`` as scripts run it: the real program, the stand-in over sockets, charges counted."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfReader

from tests.cli.shop import FROM

if TYPE_CHECKING:
    from tests.cli.shop import Done, Shop

HEADER = (
    "order_id",
    "to_name",
    "to_address1",
    "to_city",
    "to_state",
    "to_zip",
    "weight",
    "length",
    "width",
    "height",
)
PLACE = ("525 S Winchester Blvd", "San Jose", "CA", "95128")
GROUND = "service:usps_ground_advantage"
BUY = ("--rate", "cheapest", "--yes", "--json")
KEYS = {
    "batch_id", "rows", "bought", "failed", "unknown", "skipped", "total_cost", "results_file", "merged_file",
}  # fmt: skip


def order(number: int | str, **changes: str) -> list[str]:
    cells = dict(
        zip(HEADER, (str(number), f"Ada Lovelace {number}", *PLACE, "1 lb", "8", "6", "4"), strict=True)
    )
    return list((cells | changes).values())


def write(shop: Shop, rows: list[list[str]], name: str = "orders.csv") -> Path:
    path = shop.home / name
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


def three(shop: Shop, name: str = "orders.csv") -> Path:
    return write(shop, [order(number) for number in (1, 2, 3)], name)


def run(shop: Shop, path: Path | str, *more: str, **environ: str) -> Done:
    return shop.run("batch", "run", str(path), *FROM, *(more or BUY), **environ)


def counts(done: Done) -> tuple[int, int, int, int, int]:
    found = done.json
    return (found["rows"], found["bought"], found["failed"], found["unknown"], found["skipped"])


def results(shop: Shop, name: str = "orders.results.csv") -> list[dict[str, str]]:
    with (shop.home / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def paths(shop: Shop) -> list[str]:
    return [f"{one['method']} {one['path']}" for one in shop.service.requests()]


def keys_charged(shop: Shop) -> list[str]:
    return sorted(charge["external_shipment_id"] for charge in shop.service.charges())


def test_batch_buys_each_row_once_and_says_so_in_the_document(shop: Shop) -> None:
    done = run(shop, three(shop))
    assert done.code == 0, done.err
    assert set(done.json) >= KEYS
    assert counts(done) == (3, 3, 0, 0, 0)
    assert keys_charged(shop) == ["sl-1", "sl-2", "sl-3"]
    paid = sum(float(charge["amount"]) for charge in shop.service.charges())
    assert float(done.json["total_cost"]["amount"]) == pytest.approx(paid)
    rows = results(shop)
    assert [row["status"] for row in rows] == ["bought"] * 3
    assert all(Path(row["label_file"]).read_bytes().startswith(b"%PDF") for row in rows)
    assert [Path(row["label_file"]).name.split("-")[0] for row in rows] == ["1", "2", "3"]


def test_rule_takes_two_requests_a_label_and_a_fixed_service_one(shop: Shop) -> None:
    run(shop, three(shop))
    asked = [path for path in paths(shop) if "downloads" not in path]
    assert sorted(asked).count("POST /v2/rates") == 3
    assert len([path for path in asked if path.startswith("POST /v2/labels/rates/")]) == 3
    assert len(asked) == 2 + 6, asked
    fixed = write(shop, [order(number) for number in (4, 5, 6)], "fixed.csv")
    done = run(shop, fixed, "--rate", GROUND, "--yes", "--json")
    assert counts(done) == (3, 3, 0, 0, 0)
    more = [path for path in paths(shop) if "downloads" not in path][len(asked) :]
    assert more.count("POST /v2/labels") == 3
    assert len(more) == 2 + 3, more  # a purchase changed a balance: the carriers are asked anew


def test_rows_quoted_before_the_purchase_are_bought_in_the_same_sessions(shop: Shop) -> None:
    path = three(shop)
    assert run(shop, path, "--rate", "cheapest", "--max-total", "100", "--yes").code == 0
    assert len(shop.service.charges()) == 3
    assert shop.good("sessions", "list", "--json").json == []
    asked = [one for one in shop.service.requests() if one["path"] == "/v2/rates" and one["method"] == "POST"]
    assert len(asked) == 3


def test_clerk_s_yes_buys_the_rows_as_they_were_quoted(shop: Shop) -> None:
    terminal = shop.open("batch", "run", str(three(shop)), *FROM, "--rate", "cheapest", columns=120)
    terminal.wait_for("(y/n)")
    terminal.send("y")
    assert terminal.end() == 0
    assert len(shop.service.charges()) == 3
    assert shop.good("sessions", "list", "--json").json == []


def test_same_file_again_reports_and_buys_nothing(shop: Shop) -> None:
    path = three(shop)
    first = run(shop, path)
    asked = len(paths(shop))
    second = run(shop, path)
    assert (second.code, counts(second)) == (0, (3, 0, 0, 0, 3))
    assert second.json["batch_id"] == first.json["batch_id"]
    assert len(shop.service.charges()) == 3
    assert len(paths(shop)) == asked
    assert "goes on" in second.err
    assert "3 rows have a label already" in second.err
    assert [row["status"] for row in results(shop)] == ["bought"] * 3


def test_copy_longer_and_sorted_files_buy_only_what_is_new(shop: Shop) -> None:
    run(shop, three(shop))
    copied = run(shop, three(shop, "copy.csv"))
    assert counts(copied) == (3, 0, 0, 0, 3)
    assert "same content as" in copied.err
    longer = run(shop, write(shop, [order(number) for number in (1, 2, 3, 4, 5)], "longer.csv"))
    assert counts(longer) == (5, 2, 0, 0, 3)
    turned = run(shop, write(shop, [order(number) for number in (5, 3, 1, 2, 4)], "turned.csv"))
    assert counts(turned) == (5, 0, 0, 0, 5)
    assert keys_charged(shop) == [f"sl-{number}" for number in (1, 2, 3, 4, 5)]
    assert "Order 5 was labelled on" in results(shop, "turned.results.csv")[0]["error"]


def test_orders_labelled_from_another_data_folder_are_skipped_and_named(shop: Shop) -> None:
    run(shop, three(shop))
    done = run(shop, three(shop), SHIPLABEL_DATA_DIR=str(shop.home / "other"))
    assert (done.code, counts(done)) == (0, (3, 0, 0, 0, 3))
    assert "labelled elsewhere" in done.err
    assert len(shop.service.charges()) == 3
    assert results(shop)[0]["label_id"].startswith("se-")


def test_again_ships_once_more_under_the_next_key(shop: Shop) -> None:
    run(shop, three(shop))
    done = run(shop, three(shop), *BUY, "--again")
    assert counts(done) == (3, 3, 0, 0, 0)
    assert keys_charged(shop) == ["sl-1", "sl-1-2", "sl-2", "sl-2-2", "sl-3", "sl-3-2"]
    resumed = shop.run("batch", "resume", "--yes", "--json")
    assert counts(resumed) == (3, 0, 0, 0, 3)


def test_batch_shipped_again_keeps_its_labels_when_the_file_is_run_without_the_option(shop: Shop) -> None:
    run(shop, three(shop))
    again = run(shop, three(shop), *BUY, "--again")
    plain = run(shop, three(shop))
    assert plain.json["batch_id"] == again.json["batch_id"]
    assert counts(plain) == (3, 0, 0, 0, 3)
    assert len(shop.service.charges()) == 6
    status = shop.good("batch", "status", "--json").json
    assert (status["status"], status["bought"], status["total_cost"]) == (
        "bought",
        3,
        again.json["total_cost"],
    )
    shop.good("batch", "void", "--yes")
    assert shop.good("batch", "status", "--json").json["status"] == "voided"


def test_bad_rows_are_failed_and_the_failed_file_feeds_back(shop: Shop) -> None:
    path = write(shop, [order(1), order(2, to_zip="7875A"), order(3)])
    done = run(shop, path)
    assert (done.code, counts(done)) == (3, (3, 2, 1, 0, 0))
    failed = shop.home / "orders.failed.csv"
    text = failed.read_text(encoding="utf-8-sig")
    assert "7875A" in text.splitlines()[1]
    failed.write_text(text.replace(",7875A,", ",95128,"), encoding="utf-8-sig")
    again = run(shop, failed)
    assert (again.code, counts(again)) == (0, (1, 1, 0, 0, 0)), again.err
    assert keys_charged(shop) == ["sl-1", "sl-2", "sl-3"]


def test_all_rows_bad_is_a_matter_of_input_and_nothing_is_asked(shop: Shop) -> None:
    done = run(shop, write(shop, [order(1, to_zip="x"), order(2, weight="0")]))
    assert (done.code, counts(done)) == (2, (2, 0, 2, 0, 0))
    assert paths(shop) == []


def test_dry_run_quotes_adds_up_and_buys_nothing(shop: Shop) -> None:
    path = three(shop)
    done = run(shop, path, "--rate", "cheapest", "--dry-run", "--json")
    assert (done.code, done.json["bought"]) == (0, 0)
    assert float(done.json["total_cost"]["amount"]) > 0
    assert shop.service.charges() == []
    assert "The rule saves" in done.err
    assert "against the second choice" in done.err
    fixed = run(shop, path, "--rate", GROUND, "--dry-run", "--json")
    assert "The rule saves" in fixed.err
    assert "second choice" not in fixed.err
    bought = run(shop, path)
    assert counts(bought) == (3, 3, 0, 0, 0)
    assert bought.json["total_cost"] == done.json["total_cost"]
    assert paths(shop).count("POST /v2/rates") == 3
    bad = run(
        shop, write(shop, [order(7), order(8, to_zip="x")], "bad.csv"), "--rate", "cheapest", "--dry-run"
    )
    assert bad.code == 2


def test_rows_of_a_dry_run_are_nobody_s_open_sessions(shop: Shop) -> None:
    path = write(shop, [order(1), order(2), order(3, to_city="Nowhere")])
    done = run(shop, path, "--rate", "cheapest", "--dry-run", "--json")
    assert (done.code, done.json["waiting"]) == (0, 3)
    assert shop.good("sessions", "list", "--json").json == []
    assert shop.good("sessions", "list").out == ""
    refused = shop.run("resume", "--rate", "cheapest", "--yes", "--json")
    assert (refused.code, refused.json["error"]["message"]) == (2, "No session is open.")
    assert "shiplabel batch resume" in refused.err
    found = next(one for one in shop.run("doctor", "--json").json if one["check"] == "sessions")
    assert found["message"] == "0 open."
    later = (datetime.now(UTC) + timedelta(hours=25)).isoformat()
    assert "has expired" not in shop.good("labels", "list", SHIPLABEL_NOW=later).err
    resumed = shop.run("batch", "resume", "--yes", "--json")
    assert (resumed.code, counts(resumed)) == (0, (3, 3, 0, 0, 0)), resumed.err
    assert len(shop.service.charges()) == 3


def test_failed_row_is_an_open_session_to_be_mended(shop: Shop) -> None:
    shop.service.fault("insufficient-funds@purchase:times=1")
    assert run(shop, write(shop, [order(1)])).code == 1
    (listed,) = shop.good("sessions", "list", "--json").json
    assert (listed["status"], listed["order_id"]) == ("open", "1")


def test_missing_options_are_named_at_once_without_a_terminal(shop: Shop) -> None:
    done = run(shop, three(shop), "--json")
    assert done.code == 2
    assert "--rate, --yes" in done.json["error"]["message"]
    assert not list((shop.home / "data").rglob("batch.json"))


@pytest.mark.parametrize(
    ("more", "word"),
    [
        (("--rate", "nonsense", "--yes"), "rule"),
        (("--rate", "se-12", "--yes"), "rate id"),
        (("--rate", "cheapest", "--yes", "--max-total", "much"), "amount"),
        (("--rate", "cheapest", "--yes", "--workers", "99"), "--workers"),
        (("--rate", "cheapest", "--yes", "--map", "Zip"), "--map"),
        (("--rate", "cheapest", "--yes", "--format", "zpl", "--layout", "letter"), "letter"),
        (("--rate", "cheapest", "--yes", "--format", "png", "--merge", "all.pdf"), "--merge"),
        (("--rate", "cheapest", "--yes", "--format", "zpl", "--merge", "all.pdf"), "--format pdf"),
        (("--rate", "cheapest", "--yes", "--merge", "all.zpl"), "--format zpl"),
        (("--rate", "cheapest", "--yes", "--print", "--printer", "host:0"), "usable port"),
        (("--rate", "cheapest", "--yes", "--print", "--printer", "a queue"), "print queue"),
        (("--rate", "cheapest", "--yes", "--results", "orders.csv"), "source itself"),
        (("--rate", "cheapest", "--yes", "--merge", "nowhere/all.pdf"), "no folder"),
    ],
)
def test_options_are_checked_before_a_batch_is_made(shop: Shop, more: tuple[str, ...], word: str) -> None:
    done = run(shop, three(shop), *more)
    assert done.code == 2, done.err
    assert word in done.err
    assert not list((shop.home / "data").rglob("batch.json"))


def test_money_limits_hold_and_say_so(shop: Shop) -> None:
    path = three(shop)
    price = (
        float(run(shop, path, "--rate", "cheapest", "--dry-run", "--json").json["total_cost"]["amount"]) / 3
    )
    done = run(shop, path, *BUY, "--max-total", f"{price * 2 + 0.01:.2f}")
    assert (done.code, counts(done)) == (3, (3, 2, 1, 0, 0)), done.err
    assert "--max-total" in results(shop)[2]["error"]
    resumed = shop.run("batch", "resume", "--yes", "--json")
    assert (resumed.code, counts(resumed)) == (3, (3, 0, 1, 0, 2))
    none = run(shop, write(shop, [order(9)], "nine.csv"), *BUY, "--max-cost", "0.01")
    assert (none.code, counts(none)) == (1, (1, 0, 1, 0, 0))
    assert len(shop.service.charges()) == 2


def test_unknown_row_stops_no_other_and_is_found_by_resume(shop: Shop) -> None:
    shop.service.fault("buy-then-drop-before-head@purchase:times=1,list-lag:seconds=600")
    done = run(shop, three(shop))
    assert (done.code, counts(done)) == (5, (3, 2, 0, 1, 0)), done.err
    assert f"shiplabel batch resume {done.json['batch_id']}" in done.err
    still = shop.run("batch", "resume", "--yes", "--json")
    assert (still.code, counts(still)) == (5, (3, 0, 0, 1, 2)), still.err
    shop.service.mend()
    found = shop.run("batch", "resume", "--yes", "--json")
    assert (found.code, counts(found)) == (0, (3, 1, 0, 0, 2)), found.err
    assert len(shop.service.charges()) == 3


def test_word_that_it_was_not_bought_lets_resume_look_and_buy(shop: Shop) -> None:
    shop.service.fault("drop-before-head@purchase:times=1")
    done = run(shop, write(shop, [order(1)]))
    assert done.code == 5
    resumed = shop.run("batch", "resume", "--not-bought", "sl-1", "--yes", "--json")
    assert (resumed.code, counts(resumed)) == (0, (1, 1, 0, 0, 0)), resumed.err
    assert len(shop.service.charges()) == 1


def test_wrong_word_that_it_was_not_bought_finds_the_label_and_counts_it_as_bought(shop: Shop) -> None:
    shop.service.fault("buy-then-drop-before-head@purchase:times=1,list-lag:seconds=600")
    assert run(shop, write(shop, [order(1)])).code == 5
    shop.service.mend()
    resumed = shop.run("batch", "resume", "--not-bought", "sl-1", "--yes", "--json")
    assert (resumed.code, counts(resumed)) == (0, (1, 1, 0, 0, 0)), resumed.err
    assert len(shop.service.charges()) == 1
    assert shop.good("batch", "status", "--json").json["bought"] == 1


def test_refused_row_can_be_mended_by_hand_and_counts_as_skipped(shop: Shop) -> None:
    shop.service.fault("invalid-address@purchase:times=1:field=ship_to.postal_code")
    done = run(shop, three(shop), *BUY, "--workers", "1")
    assert (done.code, counts(done)) == (3, (3, 2, 1, 0, 0)), done.err
    (failed,) = [row for row in results(shop) if row["status"] == "failed"]
    assert failed["step"] == "to_zip"
    mended = shop.run(
        "resume", failed["session_id"], "--to-zip", "95112", "--rate", "cheapest", "--yes", "--json"
    )
    assert mended.code == 0, mended.err
    resumed = shop.run("batch", "resume", "--yes", "--json")
    assert (resumed.code, counts(resumed)) == (0, (3, 0, 0, 0, 3))
    assert len(shop.service.charges()) == 3
    assert {row["label_id"] for row in results(shop)} == {one["label_id"] for one in shop.service.charges()}


def test_refused_key_ends_with_the_settings_code_and_tries_no_more(shop: Shop) -> None:
    shop.service.fault("status-401@purchase")
    done = run(shop, write(shop, [order(number) for number in range(40)]), *BUY, "--workers", "2")
    assert done.code == 4, done.err
    found = done.json
    assert found["bought"] + found["failed"] + found["unknown"] + found["skipped"] == found["rows"] == 40
    tried = [path for path in paths(shop) if path.startswith("POST /v2/labels/rates/")]
    assert 1 <= len(tried) <= 8


def test_service_that_no_carrier_has_is_refused_before_anything(shop: Shop) -> None:
    done = run(shop, three(shop), "--rate", "service:pigeon", "--yes", "--json")
    assert done.code == 1
    assert shop.service.charges() == []


def test_merged_labels_are_in_file_order_and_whole(shop: Shop) -> None:
    merged = shop.home / "all.pdf"
    done = run(shop, three(shop), *BUY, "--merge", str(merged))
    assert done.json["merged_file"] == str(merged)
    tracked = [row["tracking_number"] for row in results(shop)]
    texts = [page.extract_text().replace(" ", "") for page in PdfReader(merged).pages]
    assert len(texts) == 3
    assert all(number in text for number, text in zip(tracked, texts, strict=True))


def test_merged_zpl_is_one_stream_in_file_order(shop: Shop) -> None:
    merged = shop.home / "all.zpl"
    done = run(shop, three(shop), *BUY, "--format", "zpl", "--merge", str(merged))
    assert (done.code, done.json["merged_file"]) == (0, str(merged)), done.err
    papers = [Path(row["label_file"]).read_text(encoding="utf-8").strip() for row in results(shop)]
    stream = merged.read_text(encoding="utf-8")
    assert stream.count("^XA") == stream.count("^XZ") == sum(paper.count("^XA") for paper in papers)
    places = [stream.find(paper) for paper in papers]
    assert -1 not in places
    assert places == sorted(places)


def test_void_of_a_batch_is_refused_before_anything_is_sent(shop: Shop) -> None:
    assert shop.run("batch", "void", "B2222", "--yes").code == 2
    run(shop, three(shop))
    asked = len(paths(shop))
    refused = shop.run("batch", "void")
    assert refused.code == 2
    assert "--yes is missing. Nothing was done." in refused.err
    assert len(paths(shop)) == asked
    assert {row["status"] for row in results(shop)} == {"bought"}


def test_void_of_a_batch_that_the_service_refuses_is_1_and_says_why(shop: Shop) -> None:
    run(shop, three(shop))
    shop.service.fault("void-refused:reason=label_already_used")
    done = shop.run("batch", "void", "--yes", "--json")
    assert (done.code, done.json["voided"], done.json["status"]) == (1, 0, "bought")
    assert done.err.count("scanned") == 3
    assert [row["status"] for row in results(shop)] == ["bought"] * 3
    shop.service.mend()
    assert shop.good("batch", "void", "--yes", "--json").json["voided"] == 3
    assert "has no unused label" in shop.good("batch", "void", "--yes").out


def test_void_of_a_batch_without_a_certain_answer_is_5_and_settles_later(shop: Shop) -> None:
    run(shop, three(shop))
    shop.service.fault("redirect@void:times=1")
    done = shop.run("batch", "void", "--yes", "--json")
    assert (done.code, done.json["voided"]) == (5, 2), done.err
    assert shop.good("batch", "void", "--yes", "--json").json["voided"] == 3


def test_void_of_a_batch_voids_each_unused_label_with_a_yes(shop: Shop) -> None:
    run(shop, three(shop))
    assert shop.run("batch", "void").code == 2
    done = shop.run("batch", "void", "--yes", "--json")
    assert (done.code, done.json["voided"], done.json["status"]) == (0, 3, "voided"), done.err
    assert [row["status"] for row in results(shop)] == ["voided"] * 3
    again = run(shop, three(shop))
    assert (again.code, counts(again)) == (0, (3, 0, 0, 0, 3))


def test_list_and_status_tell_a_batch_over_all_its_runs(shop: Shop) -> None:
    assert json.loads(shop.good("batch", "list", "--json").out) == []
    done = run(shop, write(shop, [order(1), order(2, to_zip="x")]))
    (listed,) = shop.good("batch", "list", "--json").json
    status = shop.good("batch", "status", "--json").json
    assert listed == status
    wanted = {"batch_id": done.json["batch_id"], "status": "failed", "rows": 2, "bought": 1, "failed": 1}
    assert wanted.items() <= status.items()
    assert status["file"] == str(shop.home / "orders.csv")
    assert status["results_file"] == str(shop.home / "orders.results.csv")
    assert shop.run("batch", "status", "B2222").code == 2
    table = shop.good("batch", "list").out
    assert done.json["batch_id"] in table


def test_template_is_a_sheet_that_checks_clean(shop: Shop) -> None:
    text = shop.good("batch", "template").out
    assert text.splitlines()[0].startswith("order_id,to_name,to_company,to_address1")
    (shop.home / "template.csv").write_text(text)
    checked = shop.good("batch", "check", "template.csv", "--json").json
    assert (checked["rows"], checked["failed"], checked["problems"]) == (1, 0, [])


def test_check_names_every_problem_and_sends_nothing(shop: Shop) -> None:
    path = write(shop, [order(1, to_zip="x"), order(2, weight="heavy"), order(3)])
    done = shop.run("batch", "check", str(path), *FROM, "--json")
    assert done.code == 2
    found = [(one["row"], one["column"]) for one in done.json["problems"]]
    assert found == [(2, "to_zip"), (3, "weight")]
    assert paths(shop) == []
    assert not list((shop.home / "data").rglob("batch.json"))


def test_check_of_rows_that_all_have_labels_says_that_nothing_is_left(shop: Shop) -> None:
    path = three(shop)
    run(shop, path)
    done = shop.good("batch", "check", str(path), *FROM)
    assert "Nothing is left to buy: every row has its label." in done.err
    assert "batch run" not in done.err
    mended = three(shop, "mended.csv")
    mended.write_text(mended.read_text().replace("95128", "9512A", 1))
    again = shop.run("batch", "check", str(mended), *FROM)
    assert again.code == 2
    assert "Nothing is left to buy" in again.err
    assert "Next: mend" not in again.err
    partly = shop.run("batch", "check", str(write(shop, [order(1), order(9)], "more.csv")), *FROM)
    assert "Next: shiplabel batch run" in partly.err
    bad = shop.run("batch", "check", str(write(shop, [order(1), order(9, to_zip="x")], "bad.csv")), *FROM)
    assert bad.code == 2
    assert "1 of 2 rows cannot be bought as it stands:" in bad.err
    assert "batch run" not in bad.err
    only = shop.run("batch", "check", str(write(shop, [order(9, to_zip="x")], "one.csv")), *FROM)
    assert "The only row cannot be bought as it stands:" in only.err


def test_row_in_doubt_is_never_said_to_be_looked_for_for_no_time(shop: Shop) -> None:
    shop.service.fault("drop-before-head@purchase")
    done = run(shop, write(shop, [order(1)]), SHIPLABEL_SETTLE="1s")
    assert done.code == 5
    assert "1 purchase has no certain answer; looking again for " in done.err
    assert " 0 s" not in done.err


def test_sheet_without_an_order_is_refused(shop: Shop) -> None:
    assert run(shop, write(shop, [])).code == 2
    assert run(shop, "nothing.csv").code == 2


def test_mapping_is_said_once_and_remembered(shop: Shop) -> None:
    path = shop.home / "odd.csv"
    names = ["Nr", "Wer", "Strasse", "Ort", "Land", "PLZ", "Gewicht", "L", "B", "H"]
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([names, order(1), order(2)])
    refused = run(shop, path)
    assert refused.code == 2
    assert "to_name" in refused.json["error"]["message"]
    fields: Any = zip(names, HEADER, strict=True)
    said = [word for name, field in fields for word in ("--map", f"{name}={field}")]
    assert counts(run(shop, path, *BUY, *said)) == (2, 2, 0, 0, 0)
    path.write_text(path.read_text().replace("Ada", "Eva"))
    more = path.read_text().splitlines()[0] + "\n" + ",".join(order(3)) + "\n"
    path.write_text(more)
    assert counts(run(shop, path)) == (1, 1, 0, 0, 0)
