"""Workbooks (XLSX, XLS, ODS) as rows of text, each cell as a person would have typed it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from shiplabel.errors import InputError
from shiplabel.language import phrase
from shiplabel.storage.sheets.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from python_calamine import CalamineSheet, CalamineWorkbook

    from shiplabel.storage.sheets.sheet import Row

Cell = int | float | str | bool | time | date | datetime | timedelta

_EXACT_BELOW = 1e15


def open_workbook(path: Path) -> Sheet:
    """Return the first visible sheet of a workbook that holds anything; raise InputError for none."""
    page, others = _page(path)

    def read() -> Iterator[Row]:
        for number, cells in enumerate(page.iter_rows(), 1):
            yield number, [shown(cell) for cell in cells]

    sheet = Sheet(path, phrase("workbook, sheet “{name}”", name=page.name), read)
    if others:
        sheet.notes.append(
            phrase(
                "Only the sheet “{name}” is read; left out: {others}.",
                name=page.name,
                others=", ".join(others),
            )
        )
    return sheet


def _page(path: Path) -> tuple[CalamineSheet, list[str]]:
    """Return the sheet to read and the names of other visible sheets that hold something."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum  # noqa: PLC0415 - loaded when met

    book = _open(path)
    names = [
        meta.name
        for meta in book.sheets_metadata
        if meta.visible == SheetVisibleEnum.Visible and meta.typ == SheetTypeEnum.WorkSheet
    ]
    filled = [page for page in map(book.get_sheet_by_name, names) if page.height]
    if not filled:
        raise InputError(phrase("{name} is empty.", name=path.name), code="empty")
    return filled[0], [page.name for page in filled[1:]]


def _open(path: Path) -> CalamineWorkbook:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError  # noqa: PLC0415 - loaded when met

    try:
        return CalamineWorkbook.from_path(path)
    except PasswordError:
        raise InputError(phrase("{name} is locked with a password.", name=path.name), code="locked") from None
    except (CalamineError, OSError, ValueError):
        raise InputError(
            phrase("{name} is no workbook that can be read.", name=path.name),
            code="not_a_sheet",
            hint=phrase("Open it in the spreadsheet and save it as CSV UTF-8 or XLSX."),
        ) from None


def shown(cell: Cell) -> str:
    """Return a cell as typed: 2134.0 is ``2134``, a day is ``2024-05-06``, a yes is ``TRUE``."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, int | float):
        return _number(cell)
    if isinstance(cell, datetime) and cell.time() == time.min:
        return cell.date().isoformat()
    return str(cell) if isinstance(cell, timedelta) else cell.isoformat()


def _number(value: float) -> str:
    """Return a number as a spreadsheet keeps it: 15 digits; more than that are gone and shown as gone."""
    if abs(value) >= _EXACT_BELOW:
        return f"{value:.14E}"
    text = f"{value:.15g}"
    return text if "e" not in text else f"{value:.15f}".rstrip("0")
