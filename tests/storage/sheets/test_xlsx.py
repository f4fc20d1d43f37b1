from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from shiplabel.errors import InputError
from shiplabel.storage.sheets.reading import open_sheet
from shiplabel.storage.sheets.xlsx import shown
from tests.storage.sheets.books import write_book

if TYPE_CHECKING:
    from pathlib import Path

    from shiplabel.storage.sheets.xlsx import Cell
    from tests.storage.sheets.books import Pages, Value

HEADER = ["order_id", "to_name", "to_zip", "weight"]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (2134.0, "2134"),
        (7, "7"),
        (2.5, "2.5"),
        (0.1 + 0.2, "0.3"),
        (0.00001, "0.00001"),
        (123456789012.0, "123456789012"),
        (1.23456789012345678e17, "1.23456789012346E+17"),
        (-97.75, "-97.75"),
        (True, "TRUE"),
        ("  x ", "  x "),
        (datetime(2024, 5, 6), "2024-05-06"),  # noqa: DTZ001 - a workbook knows no zones
        (datetime(2024, 5, 6, 7, 8), "2024-05-06T07:08:00"),  # noqa: DTZ001 - the same
        (date(2024, 5, 6), "2024-05-06"),
        (time(7, 8), "07:08:00"),
        (timedelta(hours=30), "1 day, 6:00:00"),
    ],
)
def test_workbook_cell_is_shown_as_typed(cell: Cell, text: str) -> None:
    assert shown(cell) == text


def test_workbook_reads_numbers_as_typed_and_rows_as_numbered(tmp_path: Path) -> None:
    rows: list[list[Value]] = [
        [*HEADER],
        [1042, "José", 2134.0, "2 lb"],
        [],
        ["'1043", 'Ann "A" Lee', "02134-0001", 0.9],
        ["Total", None, None, 3],
    ]
    sheet = open_sheet(write_book(tmp_path / "o.xlsx", {"Orders": rows}, first_row=3))
    assert sheet.header == HEADER
    assert list(sheet.rows()) == [
        (4, ["1042", "José", "2134", "2 lb"]),
        (6, ["1043", 'Ann "A" Lee', "02134-0001", "0.9"]),
    ]
    assert sheet.notes == ["Row 7 is a totals line, no order."]


def test_workbook_reads_the_first_visible_sheet_that_is_filled(tmp_path: Path) -> None:
    pages: Pages = {
        "~old": [HEADER],
        "Empty": [],
        "Orders": [HEADER, [1, "Ann", "78756", 2]],
        "More": [["x"]],
    }
    sheet = open_sheet(write_book(tmp_path / "o.xlsx", pages))
    assert [number for number, _ in sheet.rows()] == [2]
    assert sheet.notes == ["Only the sheet “Orders” is read; left out: More."]


def test_workbook_is_told_by_content_not_by_name(tmp_path: Path) -> None:
    path = write_book(tmp_path / "orders.csv", {"Orders": [HEADER, [1, "Ann", "78756", 2]]})
    assert open_sheet(path).kind == "workbook, sheet “Orders”"


def test_workbook_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is empty"):
        open_sheet(write_book(tmp_path / "o.xlsx", {"Orders": []}))
