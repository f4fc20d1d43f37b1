"""Settling what is not known, as the clerk sees it: with and without a terminal."""

from __future__ import annotations

import getpass
from types import SimpleNamespace as Namespace
from typing import TYPE_CHECKING, Any

import pytest

from shiplabel.cli.reconcile import take_word
from shiplabel.errors import InputError
from tests.cli.shop import FROM, PARCEL

if TYPE_CHECKING:
    from tests.cli.shop import Done, Shop

TO = ("--to-name", "Ada Lovelace", "--to-address1", "525 S Winchester Blvd", "--to-city", "San Jose",
      "--to-state", "CA", "--to-zip", "95128")  # fmt: skip
LOST = "buy-then-drop-before-head@purchase:times=1"
SILENT = "drop-before-head@purchase:times=1"


def in_doubt(shop: Shop, fault: str, *more: str) -> Any:
    """Leave a purchase in doubt and return its object."""
    shop.service.fault(f"{fault},list-lag@labels:seconds=600")
    done = buy(shop, *more)
    assert done.code == 5, done.err
    shop.service.mend()
    return done.json


def buy(shop: Shop, *more: str) -> Done:
    return shop.run("new", *FROM, *TO, *PARCEL, "--rate", "cheapest", "--yes", "--json", *more)


def charged(shop: Shop) -> list[str]:
    return [charge["label_id"] for charge in shop.service.charges() if not charge["voided"]]


def test_purchase_in_doubt_says_what_is_looked_up_how_long_and_what_to_do(shop: Shop) -> None:
    shop.service.fault(f"{LOST},list-lag@labels:seconds=600")
    shop.more["SHIPLABEL_SETTLE"] = "1s"
    done = buy(shop)
    key = done.json["shipment_key"]
    assert f"The purchase for {key} was sent on" in done.err
    assert f"shipment {done.json['shipment_id']}" in done.err
    assert "nothing is sent again" in done.err
    assert f"shiplabel resume {done.json['session_id']} looks again" in done.err
    assert f"reconcile --not-bought {key}" in done.err


def test_reconcile_finds_it_later_and_ends_0(shop: Shop) -> None:
    doubt = in_doubt(shop, LOST)
    done = shop.good("reconcile", "--json")
    (found,) = done.json
    assert (found["status"], found["session_id"], found["error"]) == ("bought", doubt["session_id"], None)
    assert [found["label_id"]] == charged(shop)
    assert shop.good("reconcile", "--json").json == []
    assert "No purchase is in doubt" in shop.good("reconcile").err


def test_reconcile_that_finds_nothing_is_5_with_every_object(shop: Shop) -> None:
    doubts = {in_doubt(shop, SILENT)["session_id"] for _ in range(2)}
    done = shop.run("reconcile", "--json")
    assert (done.code, {one["session_id"] for one in done.json}) == (5, doubts)
    assert {one["status"] for one in done.json} == {"unknown"}
    assert all(one["error"]["code"] for one in done.json)


def test_reconcile_of_a_label_in_error_goes_on_with_the_others(shop: Shop) -> None:
    shop.service.fault("label-error@purchase:times=1")
    failed = buy(shop)
    assert (failed.code, failed.json["error"]["code"]) == (5, "label_error")
    shop.service.mend()
    in_doubt(shop, LOST)
    done = shop.run("reconcile", "--json")
    assert done.code == 5
    assert sorted(one["status"] for one in done.json) == ["bought", "unknown"]


def test_reconcile_with_the_key_of_another_account_is_4_and_changes_nothing(shop: Shop) -> None:
    doubt = in_doubt(shop, LOST)
    shop.service.fault("other-account@carriers")
    for command in (("reconcile",), ("resume", doubt["session_id"])):
        done = shop.run(*command, "--json", SHIPSTATION_API_KEY="another-key")
        assert done.code == 4, command
        assert "another account" in done.err
    shop.service.mend()
    assert shop.good("reconcile", "--json").json[0]["status"] == "bought"


def test_not_bought_is_said_in_words_with_time_and_user_and_looks_once_more(shop: Shop) -> None:
    doubt = in_doubt(shop, SILENT)
    key = doubt["shipment_key"]
    refused = shop.run("reconcile", "--not-bought", key, "--json")
    assert (refused.code, "--yes" in refused.json["error"]["message"]) == (2, True)
    (said,) = shop.good("reconcile", "--not-bought", key, "--yes", "--json").json
    assert (said["status"], said["step"], said["error"]) == ("open", "rate", None)
    history = shop.good("sessions", "show", doubt["session_id"], "--json").json["history"]
    (noted,) = [one for one in history if one["event"] == "not_bought"]
    assert noted["by"] == getpass.getuser()
    assert noted["at"]
    assert shop.run("reconcile", "--not-bought", key, "--yes").code == 2
    bought = shop.good("resume", doubt["session_id"], "--yes", "--json").json
    assert [bought["label_id"]] == charged(shop)


def test_resume_takes_the_word_too_and_prints_the_object(shop: Shop) -> None:
    doubt = in_doubt(shop, SILENT)
    said = shop.good("resume", "--not-bought", doubt["shipment_key"], "--yes", "--json").json
    assert (said["session_id"], said["status"]) == (doubt["session_id"], "open")


def test_word_that_was_wrong_adopts_the_label_instead_of_buying(shop: Shop) -> None:
    doubt = in_doubt(shop, LOST)
    shop.good("reconcile", "--not-bought", doubt["shipment_key"], "--yes")
    done = shop.good("resume", doubt["session_id"], "--yes", "--json")
    assert [done.json["label_id"]] == charged(shop)
    assert "bought for this shipment before" in done.err


def test_word_for_a_key_that_is_not_in_doubt_names_the_keys_that_are(shop: Shop) -> None:
    none = shop.run("reconcile", "--not-bought", "sl-A1", "--yes")
    assert (none.code, "key sl-A1: none is in doubt" in none.err) == (2, True), none.err
    keys = {in_doubt(shop, SILENT, "--order-id", f"A{nth}")["shipment_key"] for nth in range(1, 3)}
    for command in ("reconcile", "resume"):
        done = shop.run(command, "--not-bought", "sl-A1", "--yes")
        assert (done.code, {key for key in keys if key in done.err}) == (2, keys), done.err
    assert {one["status"] for one in shop.good("sessions", "list", "--json").json} == {"unknown"}


def test_word_for_many_keys_in_doubt_names_some() -> None:
    heads = [Namespace(status="unknown", session_id="ABCDE", shipment_key=f"sl-{nth}") for nth in range(40)]
    none = Namespace(wishes=Namespace(order_id=""))
    context: Any = Namespace(sessions=Namespace(heads=lambda: heads, load=lambda _session_id: none))
    with pytest.raises(InputError, match=r"In doubt: sl-0, .* sl-9, …\.$"):
        take_word(context, "sl-A1", yes=True)


def test_word_takes_the_order_id_where_one_purchase_in_doubt_has_it(shop: Shop) -> None:
    doubt, other = (in_doubt(shop, SILENT, "--order-id", order_id) for order_id in ("A1", "A2"))
    (said,) = shop.good("reconcile", "--not-bought", "A1", "--yes", "--json").json
    assert (said["session_id"], said["status"]) == (doubt["session_id"], "open")
    (still,) = shop.run("reconcile", "--json").json
    assert still["session_id"] == other["session_id"]


def test_word_in_a_terminal_is_asked_for(shop: Shop) -> None:
    doubt = in_doubt(shop, SILENT)
    for answer, status, code in (("n", "unknown", 130), ("y", "open", 0)):
        terminal = shop.open("reconcile", "--not-bought", doubt["shipment_key"])
        terminal.wait_for("surely not bought? (y/n)")
        terminal.send(f"{answer}\r")
        assert terminal.end() == code
        shown = shop.good("sessions", "list", "--json").json
        assert [one["status"] for one in shown] == [status]


@pytest.mark.parametrize("command", ["resume", "reconcile"])
def test_two_labels_found_are_shown_and_the_extra_is_named_for_voiding(shop: Shop, command: str) -> None:
    doubt = in_doubt(shop, f"two-labels@purchase:times=1,{LOST}")
    first, second = charged(shop)
    done = shop.run(command, *([doubt["session_id"]] if command == "resume" else []), "--json")
    told = done.json[0] if command == "reconcile" else done.json
    assert (done.code, told["status"], told["error"]["code"]) == (5, "unknown", "several_labels")
    assert first in told["error"]["message"]
    assert second in told["error"]["message"]
    assert f"shiplabel labels void {second}" in done.err
    shop.good("labels", "void", second, "--yes")
    assert shop.good("resume", doubt["session_id"], "--json").json["label_id"] == first
    assert charged(shop) == [first]


@pytest.mark.parametrize("command", ["resume", "reconcile"])
def test_two_labels_found_in_a_terminal_are_shown_and_one_is_voided_after_a_yes(
    shop: Shop, command: str
) -> None:
    doubt = in_doubt(shop, f"two-labels@purchase:times=1,{LOST}")
    first, second = charged(shop)
    terminal = shop.open(command, *([doubt["session_id"]] if command == "resume" else []), columns=140)
    terminal.wait_for(f"Void {second}, which is one too many? It cannot be undone. (y/n)")
    assert f"{first} (" in terminal.pages
    terminal.send("y\r")
    assert terminal.end() == 0
    assert charged(shop) == [first]
    assert shop.good("labels", "show", first, "--json").json["status"] == "bought"
    assert shop.good("sessions", "list", "--json").json == []


def test_two_labels_found_in_a_terminal_stay_after_a_no(shop: Shop) -> None:
    doubt = in_doubt(shop, f"two-labels@purchase:times=1,{LOST}")
    terminal = shop.open("resume", doubt["session_id"], columns=140)
    terminal.wait_for("one too many")
    terminal.send("n\r")
    assert terminal.end() == 5
    assert len(charged(shop)) == 2
    assert shop.good("sessions", "list", "--json").json[0]["status"] == "unknown"


def test_second_label_beside_a_plain_answer_shows_in_the_next_reconcile(shop: Shop) -> None:
    shop.service.fault("two-labels@purchase:times=1")
    label = shop.buy("--order-id", "1042")
    shop.service.mend()
    (second,) = set(charged(shop)) - {label["label_id"]}
    done = shop.good("reconcile")
    assert f"beside {label['label_id']}: {second} (" in done.err
    assert f"shiplabel labels void {second}" in done.err
    assert second not in shop.good("reconcile", "--days", "0").err
    terminal = shop.open("reconcile", columns=140)
    terminal.wait_for("(y/n)")
    terminal.send("y\r")
    assert terminal.end() == 0
    assert charged(shop) == [label["label_id"]]
    assert second not in shop.good("reconcile").err


def test_batch_tells_of_two_labels_that_an_order_has_in_the_account(shop: Shop) -> None:
    shop.service.fault("two-labels@purchase:times=1")
    elsewhere = shop.run(
        "new", *FROM, *TO, *PARCEL, "--rate", "cheapest", "--yes", "--json", "--order-id", "1042",
        SHIPLABEL_DATA_DIR=str(shop.home / "other"),
    )  # fmt: skip
    assert elsewhere.code == 0
    first, second = charged(shop)
    sheet = shop.home / "orders.csv"
    columns = "order_id,to_name,to_address1,to_city,to_state,to_zip,weight,length,width,height"
    row = "1042,Ada Lovelace,525 S Winchester Blvd,San Jose,CA,95128,1 lb,8,6,4"
    sheet.write_text(f"{columns}\n{row}\n")
    done = shop.good("batch", "run", str(sheet), *FROM, "--rate", "cheapest", "--yes", "--json")
    assert done.json["skipped"] == 1
    assert f"{first} (" in done.err
    assert f"shiplabel labels void {second}" in done.err
    assert len(charged(shop)) == 2


def test_account_that_cannot_be_looked_at_leaves_reconcile_at_0(shop: Shop) -> None:
    shop.buy()
    shop.service.fault("server-500@labels")
    done = shop.good("reconcile")
    assert "could not be looked at" in done.err


def test_list_that_ignores_our_filter_adopts_no_foreign_label(shop: Shop) -> None:
    shop.buy()
    shop.service.fault("list-ignores-external-id@labels")
    done = shop.run("reconcile", "--json")
    doubt = in_doubt(shop, SILENT)
    shop.service.fault("list-ignores-external-id@labels")
    done = shop.run("reconcile", "--json")
    assert (done.code, done.json[0]["session_id"]) == (5, doubt["session_id"])
    assert done.json[0]["label_id"] is None
