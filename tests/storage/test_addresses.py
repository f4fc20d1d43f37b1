from __future__ import annotations

import multiprocessing
import os
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from shiplabel.errors import HeldError, InputError, StorageError
from shiplabel.storage.address_sheets import addresses_csv, read_addresses
from shiplabel.storage.addresses import AddressBook
from shiplabel.storage.named_list import TakenName, UnknownName
from tests.storage.sheets.test_exports import text_of
from tests.workflow.test_columns import PIRATE, SHOPIFY, WOO

if TYPE_CHECKING:
    from pathlib import Path

ADA = {"address1": "525 S Winchester Blvd", "city": "San Jose", "state": "California", "zip": "95128"}
BOB = {
    "address1": "4009 Marathon Blvd",
    "city": "Austin",
    "state": "TX",
    "zip": "78756",
    "company": "Harbor Goods",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk" / "addresses.json"


@pytest.fixture
def book(path: Path) -> AddressBook:
    return AddressBook(path)


def test_address_saved_is_understood_and_found_whatever_its_case(book: AddressBook) -> None:
    saved = book.save("Ada", {**ADA, "phone": "(408) 555-0100"})
    assert saved.fields["state"] == "CA"
    found = book.get("ADA")
    assert found == saved.__class__("Ada", saved.fields)
    assert found.answers("to")["to_name"] == "Ada"
    assert found.answers("from")["from_address2"] is None
    assert found.line() == "Ada, 525 S Winchester Blvd, San Jose, CA 95128"


def test_address_name_on_the_label_may_be_another(book: AddressBook) -> None:
    assert book.save("warehouse", {**BOB, "name": "Bob Smith"}).fields["name"] == "Bob Smith"


def test_address_with_an_odd_zip_is_saved_with_its_doubt(book: AddressBook) -> None:
    saved = book.save("Ada", {**ADA, "zip": "78756"})
    assert "78756 is Austin, TX" in saved.doubts[0]
    assert "Keep it?" not in saved.doubts[0]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"zip": "12"}, "zip"),
        ({"state": "Atlantis"}, "state"),
        ({"city": ""}, "city"),
        ({"name": "x" * 51}, "name"),
    ],
)
def test_address_that_cannot_be_is_refused_and_nothing_saved(
    book: AddressBook, path: Path, change: dict[str, str], field: str
) -> None:
    with pytest.raises(InputError) as error:
        book.save("Ada", {**ADA, **change})
    assert error.value.field == field
    assert not path.exists()


def test_address_with_an_unknown_part_is_refused(book: AddressBook) -> None:
    with pytest.raises(InputError, match="planet"):
        book.save("Ada", {**ADA, "planet": "Earth"})


@pytest.mark.parametrize("name", ["", "  ", "-x", "x" * 81, "a\x1bb"])
def test_address_name_that_cannot_be_typed_again_is_refused(book: AddressBook, name: str) -> None:
    with pytest.raises(InputError):
        book.save(name, {**ADA, "name": "Ada"})
    assert book.entries() == []


def test_address_name_that_is_taken_is_refused_unless_replaced(book: AddressBook) -> None:
    book.save("Ada", ADA)
    with pytest.raises(TakenName) as error:
        book.save("ada", BOB)
    assert error.value.name == "Ada"
    assert error.value.exit_code == 2
    assert book.get("Ada").fields["city"] == "San Jose"
    book.save("ADA", BOB, replace=True)
    assert [(entry.name, entry.fields["city"]) for entry in book.entries()] == [("ADA", "Austin")]


def test_default_sender_is_one_at_most(book: AddressBook) -> None:
    assert book.default() is None
    book.save("Ada", ADA, default=True)
    book.save("Bob", BOB, default=True)
    assert [entry.name for entry in book.entries() if entry.default] == ["Bob"]
    book.mark_default("ada")
    assert book.default() == book.get("Ada")
    book.edit("Ada", {}, default=False)
    assert book.default() is None


def test_default_sender_that_is_replaced_stays_the_default(book: AddressBook) -> None:
    book.save("Ada", ADA, default=True)
    book.save("Ada", BOB, replace=True)
    assert book.get("Ada").default


def test_address_edit_changes_only_what_it_names(book: AddressBook) -> None:
    book.save("Bob", BOB)
    book.edit("bob", {"company": "", "zip": "78701"})
    fields = book.get("Bob").fields
    assert (fields["company"], fields["zip"], fields["city"]) == ("", "78701", "Austin")


def test_address_rename_and_remove_keep_the_others(book: AddressBook) -> None:
    book.save("Ada", ADA)
    book.save("Bob", BOB)
    assert book.rename("ada", "Ada Home") == "Ada Home"
    with pytest.raises(TakenName):
        book.rename("Bob", "ADA HOME")
    assert [entry.name for entry in book.entries()] == ["Ada Home", "Bob"]
    assert book.remove("bob") == "Bob"
    assert [entry.name for entry in book.entries()] == ["Ada Home"]


@pytest.mark.parametrize("act", ["get", "remove", "edit"])
def test_address_that_is_not_there_names_the_nearest(book: AddressBook, act: str) -> None:
    book.save("Ada Lovelace", ADA)
    arguments: tuple[object, ...] = ("Ada Lovelac", {}) if act == "edit" else ("Ada Lovelac",)
    with pytest.raises(UnknownName, match='Did you mean "Ada Lovelace"'):
        getattr(book, act)(*arguments)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a", ["Ada", "Bob", "Mara"]),
        ("harb", ["Bob"]),
        ("winch", ["Ada"]),
        ("austin", ["Bob"]),
        ("bob aus", ["Bob"]),
        ("mar", ["Mara", "Bob"]),
        ("zzz", []),
    ],
)
def test_address_search_looks_in_name_company_street_city(
    book: AddressBook, text: str, names: list[str]
) -> None:
    book.save("Bob", BOB)
    book.save("Ada", ADA)
    book.save("Mara", {**ADA, "city": "San Jose", "address1": "1 Elm St"})
    assert [entry.name for entry in book.search(text)] == names


def _save_many(path: Path, start: int) -> None:
    book = AddressBook(path)
    for number in range(start, start + 10):
        book.save(f"Customer {number}", ADA)


def test_address_book_changed_by_two_programs_loses_nothing(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    both = [context.Process(target=_save_many, args=(path, start)) for start in (0, 100)]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
    assert len(AddressBook(path).entries()) == 20


def test_address_book_held_by_another_says_so(
    book: AddressBook, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book.save("Ada", ADA)
    monkeypatch.setattr("shiplabel.storage.named_list.LOCK_S", 0.1)
    with FileLock(f"{path}.lock"), pytest.raises(HeldError, match="Another program"):
        book.save("Bob", BOB)
    assert [entry.name for entry in book.entries()] == ["Ada"]


def test_address_book_that_is_damaged_is_set_aside_once(book: AddressBook, path: Path) -> None:
    book.save("Ada", ADA)
    path.write_bytes(b'{"addresses": ')
    with pytest.raises(StorageError, match="set aside") as error:
        book.entries()
    assert error.value.code == "damaged"
    assert book.entries() == []
    assert [one.read_bytes() for one in path.parent.glob("*.damaged-*")] == [b'{"addresses": ']


def test_address_book_is_its_owners_alone(book: AddressBook, path: Path) -> None:
    old = os.umask(0)
    try:
        book.save("Ada", ADA)
    finally:
        os.umask(old)
    modes = {one.name: one.stat().st_mode & 0o777 for one in path.parent.iterdir()}
    assert set(modes.values()) == {0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_addresses_export_comes_back_the_same(book: AddressBook, tmp_path: Path) -> None:
    book.save("Ada", {**ADA, "name": "=Ada", "company": '"A", B & C'}, default=True)
    book.save("Bob", {**BOB, "phone": "+1 512-555-0100"})
    file = tmp_path / "out.csv"
    file.write_text(addresses_csv(book.entries()), newline="")
    assert "'=Ada" in file.read_text()
    rows, numbers = read_addresses(file)
    again = AddressBook(tmp_path / "again" / "addresses.json")
    assert again.save_all(rows, replace=False).problems == ()
    assert numbers == [2, 3]
    assert [entry.fields for entry in again.entries()] == [entry.fields for entry in book.entries()]


def test_addresses_import_of_a_shops_headers_names_bad_rows(book: AddressBook, tmp_path: Path) -> None:
    file = tmp_path / "shop.csv"
    file.write_text(
        "Order,Shipping Name,Shipping Address1,Shipping City,Shipping Province,Shipping Zip\n"
        "1,Ada,525 S Winchester Blvd,San Jose,CA,95128\n"
        "2,Bob,4009 Marathon Blvd,Austin,TX,nothing\n"
        "3,Ada,1 Elm St,Austin,TX,78756\n"
    )
    rows, numbers = read_addresses(file)
    done = book.save_all(rows, replace=False)
    assert done.saved == ("Ada",)
    assert [numbers[place - 1] for place, _ in done.problems] == [3, 4]
    assert "ZIP" in done.problems[0][1]
    assert "exists already" in done.problems[1][1]


def test_addresses_import_without_the_needed_columns_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("name,phone\nAda,1\n")
    with pytest.raises(InputError, match="address1, city"):
        read_addresses(file)


PLACE = ("1 Main St", "Austin", "TX", "78756")
SHIPPED = {
    "Shopify": (
        SHOPIFY,
        ("Shipping Name", "Shipping Address1", "Shipping City", "Shipping Province", "Shipping Zip"),
        {"Name": "#1001", "Billing Name": "Payer", "Billing Address1": "9 Bank St"},
    ),
    "WooCommerce": (
        WOO,
        ("shipping_last_name", "shipping_address_1", "shipping_city", "shipping_state", "shipping_postcode"),
        {"order_id": "7", "shipping_first_name": "Ada", "billing_address_1": "9 Bank St"},
    ),
    "Pirate Ship": (PIRATE, ("Recipient", "Address Line 1", "City", "State", "Zipcode"), {"Order ID": "7"}),
}


@pytest.mark.parametrize("shop", SHIPPED)
def test_addresses_import_of_a_shop_s_order_file_takes_the_recipients(
    book: AddressBook, tmp_path: Path, shop: str
) -> None:
    header, heads, more = SHIPPED[shop]
    name = "Lovelace" if "first" in str(more) else "Ada Lovelace"
    order = dict(zip(heads, (name, *PLACE), strict=True)) | more
    file = tmp_path / "orders.csv"
    file.write_text(text_of(header, [order, order, {header[0]: "#1001"}]))
    rows, numbers = read_addresses(file)
    assert (book.save_all(rows, replace=False).saved, numbers) == (("Ada Lovelace",), [2])
    assert book.get("Ada Lovelace").fields["address1"] == "1 Main St"
