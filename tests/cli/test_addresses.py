from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.shop import ADA, FROM, PARCEL

if TYPE_CHECKING:
    from tests.cli.shop import Shop


def test_addresses_saved_are_listed_and_shown(shop: Shop) -> None:
    shop.good("addresses", "save", "Ada", *ADA, "--default")
    (entry,) = shop.good("addresses", "list", "--json").json
    assert (entry["entry"], entry["default"], entry["state"]) == ("Ada", True, "CA")
    assert shop.good("addresses", "show", "ada", "--json").json == entry
    assert "525 S Winchester Blvd" in shop.good("addresses", "list", "--search", "winch").out
    assert shop.good("addresses", "list", "--search", "zzz", "--json").json == []


def test_addresses_save_without_needed_parts_names_all_of_them(shop: Shop) -> None:
    done = shop.run("addresses", "save", "Ada", "--city", "Austin", "--json")
    assert done.code == 2
    assert "--address1, --state, --zip" in done.json["error"]["message"]


def test_addresses_save_under_a_taken_name_changes_nothing(shop: Shop) -> None:
    shop.good("addresses", "save", "Ada", *ADA)
    done = shop.run("addresses", "save", "ada", *ADA, "--phone", "408 555 0100", "--json")
    assert (done.code, done.json["error"]["code"]) == (2, "name_taken")
    assert shop.good("addresses", "show", "Ada", "--json").json["phone"] == ""
    shop.good("addresses", "save", "ada", *ADA, "--phone", "408 555 0100", "--replace")
    assert shop.good("addresses", "show", "Ada", "--json").json["phone"]


def test_addresses_save_in_a_terminal_asks_what_a_taken_name_means(shop: Shop) -> None:
    shop.good("addresses", "save", "Ada", *ADA)
    terminal = shop.open("addresses", "save", "Ada", *ADA)
    terminal.wait_for("r replace, a another name, c cancel")
    terminal.send("a\r")
    terminal.wait_for("Name:")
    terminal.send("Ada two\r")
    assert terminal.end() == 0
    names = [entry["entry"] for entry in shop.good("addresses", "list", "--json").json]
    assert names == ["Ada", "Ada two"]


def test_addresses_save_in_a_terminal_cancelled_is_130(shop: Shop) -> None:
    shop.good("addresses", "save", "Ada", *ADA)
    terminal = shop.open("addresses", "save", "Ada", *ADA)
    terminal.wait_for("c cancel")
    terminal.send("c\r")
    assert terminal.end() == 130


def test_addresses_save_in_a_terminal_asks_for_what_is_missing(shop: Shop) -> None:
    terminal = shop.open("addresses", "save", "Ada", "--city", "San Jose")
    for question, typed in (
        ("Street:", "525 S Winchester Blvd"),
        ("State:", "Nowhere"),
        ("is not a US state", "CA"),
        ("ZIP code:", "95128"),
    ):
        terminal.wait_for(question)
        terminal.send(f"{typed}\r")
    assert terminal.end() == 0
    assert shop.good("addresses", "show", "Ada", "--json").json["zip"] == "95128"


def test_addresses_edit_in_a_terminal_keeps_and_clears(shop: Shop) -> None:
    shop.good("addresses", "save", "Ada", *ADA, "--company", "Harbor Goods")
    terminal = shop.open("addresses", "edit", "Ada")
    for part, typed in (
        ("Name", ""), ("Company", "-"), ("Street", ""), ("suite", "Apt 2"), ("City", ""), ("State", ""),
        ("ZIP code", ""), ("Country", ""), ("Phone", ""),
    ):  # fmt: skip
        terminal.wait_for(f"{part} [")
        terminal.send(f"{typed}\r")
    assert terminal.end() == 0
    entry = shop.good("addresses", "show", "Ada", "--json").json
    assert (entry["company"], entry["address2"], entry["city"]) == ("", "Apt 2", "San Jose")


def test_addresses_edit_renames_and_removes_with_a_yes(shop: Shop) -> None:
    shop.good("addresses", "save", "Ada", *ADA)
    shop.good("addresses", "edit", "Ada", "--address2", "Apt 9")
    shop.good("addresses", "rename", "Ada", "Countess")
    assert shop.run("addresses", "remove", "Countess").code == 2
    assert shop.good("addresses", "show", "Countess", "--json").json["address2"] == "Apt 9"
    shop.good("addresses", "remove", "Countess", "--yes")
    assert shop.run("addresses", "show", "Countess").code == 2


def test_addresses_remove_in_a_terminal_asks(shop: Shop) -> None:
    shop.good("addresses", "save", "Ada", *ADA)
    terminal = shop.open("addresses", "remove", "Ada")
    terminal.wait_for("(y/n)")
    terminal.send("n\r")
    assert terminal.end() == 130
    terminal = shop.open("addresses", "remove", "Ada")
    terminal.wait_for("(y/n)")
    terminal.send("y\r")
    assert terminal.end() == 0
    assert shop.good("addresses", "list", "--json").json == []


def test_addresses_export_and_import_round(shop: Shop) -> None:
    shop.good("addresses", "save", "Ada", *ADA)
    shop.good("addresses", "export", "book.csv")
    assert shop.good("addresses", "export").out.splitlines() == [
        line.removeprefix("\ufeff")
        for line in (shop.home / "book.csv").read_text(encoding="utf-8").splitlines()
    ]
    again = shop.run("addresses", "import", "book.csv", "--json")
    assert (again.code, again.json["problems"][0]["row"]) == (2, 2)
    shop.good("addresses", "import", "book.csv", "--replace")


def test_addresses_feed_new_by_name(shop: Shop) -> None:
    shop.good("addresses", "save", "Ada", *ADA)
    shop.good("addresses", "save", "desk", *ADA, "--name", "Harbor Goods", "--default")
    label = shop.good(
        "new", "--to", "ada", "--weight", "1lb", "--size", "8x6x4", "--rate", "cheapest", "--yes", "--json"
    ).json
    assert label["status"] == "bought"
    answers = shop.record().answers
    assert (answers["from_name"], answers["to_name"]) == ("Harbor Goods", "Ada")


def test_recent_recipient_feeds_new_by_name_without_being_saved(shop: Shop) -> None:
    first = shop.buy("--to-company", "Lee & Sons")
    for name in ("ada  LOVELACE", "lee & sons"):
        again = shop.good("new", *FROM, "--to", name, *PARCEL, "--rate", "cheapest", "--yes", "--json")
        assert (
            "To Ada Lovelace, Lee & Sons, 525 S Winchester Blvd, San Jose, CA 95128, as lately." in again.err
        )
        assert again.json["label_id"] != first["label_id"]
    assert shop.good("addresses", "list", "--json").json == []
    shop.good("addresses", "save", "Ada Lovelace", *ADA[:1], "1 Other St", *ADA[2:])
    saved = shop.good("new", *FROM, "--to", "Ada Lovelace", *PARCEL, "--rate", "cheapest", "--yes", "--json")
    assert "as lately" not in saved.err


def test_name_of_nobody_or_of_several_is_2_and_names_the_nearest(shop: Shop) -> None:
    shop.buy()
    for name in ("Ada", "Ada Lovelance", "lovelace"):
        done = shop.run("new", *FROM, "--to", name, *PARCEL, "--rate", "cheapest", "--yes", "--json")
        assert done.code == 2
        assert 'Did you mean "Ada Lovelace"?' in done.json["error"]["message"]
    shop.buy("--to-address1", "1 Other St")
    several = shop.run("rates", *FROM, "--to", "Ada Lovelace", *PARCEL, "--json")
    assert several.code == 2
    assert "525 S Winchester Blvd" in several.err
    assert "1 Other St" in several.err
    assert shop.ids() == []
    assert len(shop.service.charges()) == 2
