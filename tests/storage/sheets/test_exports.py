"""Whole exports, made in the shops' documented layouts, from the file to drafts of labels."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

from shiplabel.storage.sheets.reading import open_sheet
from shiplabel.storage.sheets.writing import write_failed
from shiplabel.workflow.columns import map_columns
from shiplabel.workflow.rows import Defaults, RowDraft, drafts, grouped, survey
from tests.storage.sheets.books import write_book
from tests.workflow.test_columns import AMAZON, EBAY, ETSY_ORDERS, PIRATE, SHIPSTATION, SHOPIFY, WOO

if TYPE_CHECKING:
    from pathlib import Path

    from tests.storage.sheets.books import Value

DEFAULTS = Defaults.of(
    {
        "from_name": "Acme Goods",
        "from_address1": "500 Congress Ave",
        "from_city": "Austin",
        "from_state": "TX",
        "from_zip": "78701",
        "parcel_weight": "1 lb",
        "parcel_length": "10x8x4",
    }
)


def text_of(header: list[str], rows: list[dict[str, str]], sign: str = ",") -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, header, restval="", delimiter=sign, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def drafts_of(path: Path, layout: str) -> list[RowDraft]:
    sheet = open_sheet(path)
    columns = map_columns(sheet.header)
    assert (columns.layout, columns.unclear) == (layout, ())
    return list(drafts(sheet.rows(), columns, DEFAULTS, survey(sheet.rows(), columns)))


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "orders.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_shopify_order_of_several_lines_is_one_label_to_the_shipping_address(tmp_path: Path) -> None:
    first = {
        "Name": "#1001", "Lineitem name": "Mug", "Billing Name": "Payer", "Billing Address1": "1 Bank St",
        "Billing City": "Boston", "Billing Zip": "'02134", "Billing Province": "MA", "Billing Country": "US",
        "Shipping Name": "José Núñez", "Shipping Street": "4009 Marathon Blvd, Apt 4",
        "Shipping Address1": "4009 Marathon Blvd", "Shipping Address2": "Apt 4", "Shipping City": "Austin",
        "Shipping Zip": "'78756", "Shipping Province": "TX", "Shipping Country": "US",
        "Notes": "ring\ntwice", "Shipping Phone": "+1 512-555-0100",
    }  # fmt: skip
    lines = [first, {"Name": "#1001", "Lineitem name": "Plate"}, {**first, "Name": "#1002"}]
    one, two = drafts_of(written(tmp_path, text_of(SHOPIFY, lines)), "Shopify")
    assert (one.order_id, one.rows, one.problems) == ("#1001", (2, 3), ())
    assert [one.answers[f"to_{word}"] for word in ("name", "address1", "address2", "zip")] == [
        "José Núñez",
        "4009 Marathon Blvd",
        "Apt 4",
        "78756",
    ]
    assert one.answers["parcel_weight"] == "1 lb"
    assert (two.order_id, two.rows) == ("#1002", (4,))


def test_ebay_report_with_its_empty_lines_and_footer_has_its_orders_only(tmp_path: Path) -> None:
    order = {
        "Order Number": "13-14975-00010", "Buyer Name": "Payer", "Buyer Zip": "02134",
        "Ship To Name": "Ann Lee",
        "Ship To Address 1": "1 Main St", "Ship To City": "Austin", "Ship To State": "TX",
        "Ship To Zip": "78701", "Ship To Country": "United States",
    }  # fmt: skip
    body = text_of(EBAY, [order, {"Order Number": "13-14975-00010", "Item Number": "2"}])
    header, _, rest = body.partition("\r\n")
    footer = "\r\n1,record(s) downloaded,from Aug-01-26\r\nSeller ID : acme\r\n"
    text = f"{',' * 8}\r\n{header}\r\n{',' * 24}\r\n{rest}{footer}"
    (draft,) = drafts_of(written(tmp_path, text, "utf-8-sig"), "eBay")
    assert (draft.order_id, draft.rows, draft.problems) == ("13-14975-00010", (4, 5), ())


def test_amazon_report_is_tab_separated_and_in_windows_letters(tmp_path: Path) -> None:
    order = {
        "order-id": "113-1234567-7654321", "buyer-name": "Payer", "recipient-name": "Zoë Müller",
        "ship-address-1": '12 "Old" Main St, Bldg 2', "ship-address-2": "Floor 3", "ship-address-3": "Dock 1",
        "ship-city": "AUSTIN", "ship-state": "Texas", "ship-postal-code": "78701-1234",
    }  # fmt: skip
    (draft,) = drafts_of(written(tmp_path, text_of(AMAZON, [order], "\t"), "cp1252"), "Amazon")
    assert draft.problems == ()
    assert draft.answers["to_name"] == "Zoë Müller"
    assert draft.answers["to_address1"] == '12 "Old" Main St, Bldg 2'
    assert draft.answers["to_address2"] == "Floor 3, Dock 1"


def test_woocommerce_export_joins_the_names(tmp_path: Path) -> None:
    order = {
        "order_number": "501", "billing_first_name": "Payer", "shipping_first_name": "Ann",
        "shipping_last_name": "Lee", "shipping_address_1": "1 Main St", "shipping_city": "Austin",
        "shipping_state": "TX", "shipping_postcode": "78701", "shipping_country": "US",
    }  # fmt: skip
    (draft,) = drafts_of(written(tmp_path, text_of(WOO, [order], ";")), "WooCommerce")
    assert (draft.answers["to_name"], draft.problems) == ("Ann Lee", ())


def test_etsy_export_with_a_lost_zero_is_mended(tmp_path: Path) -> None:
    order = {
        "Order ID": "2914", "Full Name": "Ann Lee", "Street 1": "1 Main St", "Ship City": "Boston",
        "Ship State": "MA", "Ship Zipcode": "2134", "Ship Country": "United States",
    }  # fmt: skip
    (draft,) = drafts_of(written(tmp_path, text_of(ETSY_ORDERS, [order]), "utf-16"), "Etsy")
    assert (draft.answers["to_zip"], draft.is_good) == ("02134", True)


def test_shipstation_and_pirate_ship_weigh_in_ounces(tmp_path: Path) -> None:
    address = {"Ship To - Name": "Ann", "Ship To - Address 1": "1 Main St", "Ship To - City": "Austin",
               "Ship To - State": "TX", "Ship To - Postal Code": "78701"}  # fmt: skip
    sizes = {"Dimensions - Length": "10", "Dimensions - Width": "8", "Dimensions - Height": "4"}
    order = {"Order - Number": "1", "Weight - TotalOz": "35", "Weight - WeightOz": "3", **address, **sizes}
    (draft,) = drafts_of(written(tmp_path, text_of(SHIPSTATION, [order])), "ShipStation")
    assert (draft.answers["parcel_weight"], draft.answers["parcel_length"]) == ("35 oz", "10 in")
    order = {"Order ID": "1", "Recipient": "Ann Lee", "Address Line 1": "1 Main St", "City": "Austin",
             "State": "TX", "Zipcode": "78701", "Country": "US", "Weight (oz)": "35"}  # fmt: skip
    (draft,) = drafts_of(written(tmp_path, text_of(PIRATE, [order])), "Pirate Ship")
    assert (draft.answers["parcel_weight"], draft.problems) == ("35 oz", ())


def test_workbook_export_gives_the_same_drafts_as_the_text_export(tmp_path: Path) -> None:
    header = ["order_id", "to_name", "to_address1", "to_city", "to_state", "to_zip", "weight"]
    typed: list[list[Value]] = [[*header], [1042, "José", "1 Main St", "Boston", "MA", 2134.0, 2.5]]
    (book,) = drafts_of(write_book(tmp_path / "o.xlsx", {"Orders": typed}), "template")
    text = ",".join(header) + "\n1042,José,1 Main St,Boston,MA,02134,2.5\n"
    (plain,) = drafts_of(written(tmp_path, text), "template")
    assert book == plain


def test_workbook_order_number_of_too_many_digits_is_refused(tmp_path: Path) -> None:
    rows: list[list[Value]] = [
        ["order_id", "to_name", "to_address1", "to_city", "to_state", "to_zip"],
        [12345678901234567890, "Ann", "1 Main St", "Austin", "TX", 78701],
    ]
    (draft,) = drafts_of(write_book(tmp_path / "o.xlsx", {"Orders": rows}), "template")
    assert "its digits are gone" in draft.problems[0].message


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_failed_file_fed_back_has_the_failed_rows_with_the_same_keys(tmp_path: Path, encoding: str) -> None:
    header = "to_name,to_address1,to_city,to_state,to_zip,note"
    rows = (
        '=Ann,1 Main St,Austin,TX,78701,x\n"José ""J""",2 Elm St,Austin,TX,78701,y\nCy,,Austin,TX,78701,z\n'
    )
    source = written(tmp_path, f"{header}\n{rows}", encoding)
    first = drafts_of(source, "template")
    target = tmp_path / "orders.failed.csv"
    assert write_failed(target, open_sheet(source), {2: "no rate", 3: "no rate"}.get) == 2
    again = drafts_of(target, "template")
    assert [draft.shipment_key for draft in again] == [draft.shipment_key for draft in first[:2]]
    assert [draft.answers["to_name"] for draft in again] == ["=Ann", 'José "J"']


def test_spoiled_file_is_told_in_a_few_groups(tmp_path: Path) -> None:
    header = "order_id,to_name,to_address1,to_city,to_state,to_zip,weight"
    spoils = {3: ("to_zip", "7870x"), 9: ("to_zip", "1"), 17: ("to_state", "Texaz"), 18: ("weight", "heavy")}
    lines = []
    for at in range(2, 52):
        cells = [str(at), "Ann", "1 Main St", "Austin", "TX", "78701", "2"]
        if at in spoils:
            column, text = spoils[at]
            cells[header.split(",").index(column)] = text
        lines.append(",".join(cells))
    found = drafts_of(written(tmp_path, "\n".join([header, *lines, "Total,,,,,,100"])), "template")
    groups = grouped(problem for draft in found for problem in draft.problems if problem.level == "error")
    assert [(group.column, group.where) for group in groups] == [
        ("to_zip", "rows 3, 9"),
        ("to_state", "row 17"),
        ("weight", "row 18"),
    ]
    assert sum(draft.is_good for draft in found) == 46
