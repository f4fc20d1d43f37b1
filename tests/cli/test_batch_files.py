"""Order files as the world makes them, through the real program: what is read, mapped and refused."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

from tests.cli.shop import FROM, PARCEL
from tests.cli.test_batch import BUY, HEADER, counts, keys_charged, order, run
from tests.storage.sheets.books import write_book

if TYPE_CHECKING:
    from tests.cli.shop import Done, Shop


def text_of(rows: list[list[str]], sign: str = ",", end: str = "\r\n") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=sign, lineterminator=end).writerows(rows)
    return text.getvalue()


def orders(name: str = "Renée O'Brien & Søn", **changes: str) -> list[list[str]]:
    return [list(HEADER), order(1, to_name=name, **changes), order(2)]


def check(shop: Shop, content: bytes, *more: str, name: str = "orders.csv") -> Done:
    (shop.home / name).write_bytes(content)
    return shop.run("batch", "check", name, *FROM, *more, "--json")


@pytest.mark.parametrize(
    ("encoding", "sign", "end", "name"),
    [
        ("utf-8", ",", "\n", "Renée O'Brien & Søn"),
        ("utf-8-sig", ";", "\r\n", "Renée O'Brien & Søn"),
        ("utf-16", "\t", "\r\n", "Renée O'Brien & Søn"),
        ("cp1252", "|", "\r\n", "Renée O'Brien & Søn"),
        ("cp1251", ";", "\r\n", "Иван Петров"),
        ("mac_roman", ",", "\r", "Renée O'Brien & Søn"),
    ],
)
def test_text_sheets_of_any_making_reach_the_label_unchanged(
    shop: Shop, encoding: str, sign: str, end: str, name: str
) -> None:
    (shop.home / "orders.csv").write_bytes(text_of(orders(name), sign, end).encode(encoding))
    done = run(shop, "orders.csv")
    assert (done.code, counts(done)) == (0, (2, 2, 0, 0, 0)), done.err
    (sent,) = [one for one in shop.good("labels", "list", "--json").json if one["shipment_key"] == "sl-1"]
    kept = shop.good("labels", "list", "--json", "--search", name).json
    assert [one["label_id"] for one in kept] == [sent["label_id"]]


def test_spreadsheet_tricks_are_read_as_they_are_meant(shop: Shop) -> None:
    rows = [
        [],
        list(HEADER),
        order('="00123"', to_zip="'95128", weight="0,9 kg", to_address1="525 S Winchester Blvd\nSuite 4"),
        [],
        order(2, weight="16oz", length="10x8x4", width="", height=""),
        list(HEADER),
        order(3, to_city="Boston", to_state="Massachusetts", to_zip="2134"),
        ["Total", "3", *[""] * 8],
    ]
    done = check(shop, text_of(rows).encode())
    assert (done.code, done.json["rows"], done.json["problems"]) == (0, 3, [])
    assert "totals line" in done.err
    assert "the header again" in done.err


def test_rounded_order_numbers_and_rubbish_are_refused_with_the_reason(shop: Shop) -> None:
    rounded = check(shop, text_of([list(HEADER), order("1.23E+11")]).encode())
    assert rounded.code == 2
    assert "digits are gone" in rounded.json["problems"][0]["message"]
    rubbish = check(shop, b"order_id,to_name\n1,Jos\xe9 \xff\xfe\x9d\x81 \xc3\xa9\xc3\xa9\n")
    assert rubbish.code == 2
    assert rubbish.json["error"]["code"] == "encoding"
    for content, code in ((b"%PDF-1.4 x", "not_a_sheet"), (b"", "empty"), (b"\x00\x01\x02" * 9, "binary")):
        assert check(shop, content).json["error"]["code"] == code


def test_thousands_of_columns_and_a_workbook_are_read(shop: Shop) -> None:
    wide = [f"extra {at}" for at in range(3000)]
    rows = [[*HEADER, *wide], [*order(1), *[""] * 3000]]
    assert check(shop, text_of(rows).encode()).json["failed"] == 0
    write_book(shop.home / "orders.xlsx", {"Orders": [list(HEADER), order(7), order(8)]})
    done = run(shop, "orders.xlsx")
    assert (done.code, counts(done)) == (0, (2, 2, 0, 0, 0)), done.err
    assert keys_charged(shop) == ["sl-7", "sl-8"]


SHIP = "525 S Winchester Blvd,San Jose,CA,95128"
EXPORTS = {
    "Shopify": (
        "Name,Lineitem name,Billing Name,Billing Address1,Billing City,Billing Province,Billing Zip,"
        "Shipping Name,Shipping Address1,Shipping City,Shipping Province,Shipping Zip,Shipping Country\n"
        f"#1001,Mug,Payer,1 Bank St,Boston,MA,02134,Ada Lovelace,{SHIP},US\n"
        "#1001,Plate,,,,,,,,,,,\n"
        f"#1002,Mug,Payer,1 Bank St,Boston,MA,02134,Grace Hopper,{SHIP},US\n"
    ),
    "WooCommerce": (
        "Order Number,Shipping First Name,Shipping Last Name,Shipping Address 1,Shipping City,Shipping State,"
        f"Shipping Postcode\n1,Ada,Lovelace,{SHIP}\n2,Grace,Hopper,{SHIP}\n"
    ),
    "Etsy": (
        "Order ID,Ship Name,Ship Address1,Ship City,Ship State,Ship Zipcode,Ship Country\n"
        f"1,Ada Lovelace,{SHIP},United States\n2,Grace Hopper,{SHIP},United States\n"
    ),
    "eBay": (
        "Order Number,Ship To Name,Ship To Address 1,Ship To City,Ship To State,Ship To Zip,Ship To Country\n"
        f"01-1,Ada Lovelace,{SHIP},United States\n01-2,Grace Hopper,{SHIP},United States\n"
    ),
    "Amazon": (
        "order-id\torder-item-id\trecipient-name\tship-address-1\tship-city\tship-state\tship-postal-code\t"
        "ship-country\n1\t9\tAda Lovelace\t" + SHIP.replace(",", "\t") + "\tUS\n"
        "2\t8\tGrace Hopper\t" + SHIP.replace(",", "\t") + "\tUS\n"
    ),
    "ShipStation": (
        "Order - Number,Ship To - Name,Ship To - Address 1,Ship To - City,Ship To - State,"
        f"Ship To - Postal Code\n1,Ada Lovelace,{SHIP}\n2,Grace Hopper,{SHIP}\n"
    ),
    "Pirate Ship": (
        f"Order ID,Name,Address,City,State,Zipcode\n1,Ada Lovelace,{SHIP}\n2,Grace Hopper,{SHIP}\n"
    ),
}


@pytest.mark.parametrize("shop_name", EXPORTS)
def test_export_of_a_platform_is_known_by_its_header_and_bought(shop: Shop, shop_name: str) -> None:
    (shop.home / "export.csv").write_text(EXPORTS[shop_name])
    done = run(shop, "export.csv", *PARCEL, *BUY)
    assert (done.code, counts(done)) == (0, (2, 2, 0, 0, 0)), done.err
    labels = shop.good("labels", "list", "--json", "--search", "525 S Winchester").json
    assert len(labels) == 2


def test_missing_parcel_and_sender_are_told_with_what_to_say(shop: Shop) -> None:
    (shop.home / "export.csv").write_text(EXPORTS["Etsy"])
    done = shop.run("batch", "check", "export.csv", "--json")
    assert done.code == 2
    said = {one["mend"] for one in done.json["problems"]}
    assert any("--weight" in mend for mend in said)
    assert any("--size" in mend for mend in said)
    assert any("--from NAME" in mend for mend in said)
