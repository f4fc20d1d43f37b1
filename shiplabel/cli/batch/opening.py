"""From a file to drafts of labels: the sheet, its columns (asked once when unclear), what it lacks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shiplabel.cli import ask, console
from shiplabel.errors import InputError
from shiplabel.language import phrase
from shiplabel.storage.sheets.mappings import Mappings
from shiplabel.storage.sheets.reading import open_sheet
from shiplabel.workflow.columns import Mapping, header_key, map_columns, refuse_unclear
from shiplabel.workflow.rows import Defaults, drafts, survey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from shiplabel.cli.context import Context
    from shiplabel.storage.sheets.sheet import Sheet
    from shiplabel.workflow.batch import Options
    from shiplabel.workflow.columns import Unclear
    from shiplabel.workflow.orders import Orders
    from shiplabel.workflow.rows import RowDraft

SHOWN_COLUMNS = 60
MOST_KEPT = 1000


class OrderFile:
    """An open order file and how it is understood; the rows of a long one are read anew each time.

    ``as_before`` gives each draft the key that an earlier run of its batch took.
    """

    def __init__(self, sheet: Sheet, columns: Mapping, defaults: Defaults, orders: Orders) -> None:
        self.sheet, self.columns, self.defaults, self.orders = sheet, columns, defaults, orders
        self.as_before: Callable[[RowDraft], RowDraft] = lambda draft: draft
        self._kept: list[RowDraft] | None = None

    def go_on_from(self, copy: Path) -> None:
        """Read a copy from now on: what is done to the file meanwhile does not touch the run."""
        self.sheet = replace(open_sheet(copy), path=self.sheet.path)
        self._kept = None

    def drafts(self) -> Iterator[RowDraft]:
        """Yield each label to be, in file order."""
        return map(self.as_before, self._drafts())

    def _drafts(self) -> Iterator[RowDraft]:
        if self._kept is not None:
            yield from self._kept
            return
        kept: list[RowDraft] = []
        for draft in drafts(self.sheet.rows(), self.columns, self.defaults, self.orders):
            if len(kept) <= MOST_KEPT:
                kept.append(draft)
            yield draft
        self._kept = kept if len(kept) <= MOST_KEPT else None


def open_orders(context: Context, path: Path, options: Options, *, may_ask: bool) -> OrderFile:
    """Open an order file; raise InputError when it is no sheet or its columns stay unclear."""
    sheet = open_sheet(path)
    columns = _columns(context, sheet, options.columns, may_ask=may_ask)
    defaults = Defaults(answers=options.answers, wishes=options.wishes)
    return OrderFile(sheet, columns, defaults, survey(sheet.rows(), columns))


def _columns(context: Context, sheet: Sheet, said: dict[str, str], *, may_ask: bool) -> Mapping:
    """Map the header by what was said now, else remembered, else known; ask for what stays unclear."""
    kept = Mappings(context.settings.data_dir / "mappings.json")
    key = header_key(sheet.header)
    remembered = kept.remembered(key)
    given = {**_still_there(sheet, remembered), **said}
    mapping = map_columns(sheet.header, given)
    if mapping.unclear and may_ask:
        given |= _asked(mapping)
        mapping = map_columns(sheet.header, given)
    refuse_unclear(mapping)
    if given != remembered:
        kept.remember(key, given)
    if mapping.layout and mapping.layout != "template":
        console.tell(phrase("The columns are those of an export of {layout}.", layout=mapping.layout))
    return mapping


def _still_there(sheet: Sheet, remembered: dict[str, str]) -> dict[str, str]:
    """Return what was remembered of columns that the header has."""
    return {column: field for column, field in remembered.items() if column in sheet.header}


def _asked(mapping: Mapping) -> dict[str, str]:
    """Ask for each unclear field which column holds it; an empty answer leaves it out."""
    console.tell(phrase("It is not clear which columns to use. This is asked once and remembered."))
    for at, column in enumerate(mapping.header[:SHOWN_COLUMNS], 1):
        console.tell(f"{at:4}  {column}")
    answers: dict[str, str] = {}
    for unclear in mapping.unclear:
        column = _ask_column(mapping, unclear)
        if column:
            answers[column] = unclear.field
    return answers


def _ask_column(mapping: Mapping, unclear: Unclear) -> str:
    """Return the column that a clerk names by its number or name; empty for none."""
    while True:
        typed = ask.text(
            phrase(
                "{field}: {reason} (perhaps {columns}). Which column (number or name; Enter: none)?"
                if unclear.columns
                else "{field}: {reason}. Which column (number or name; Enter: none)?",
                field=unclear.field,
                reason=unclear.reason,
                columns=", ".join(unclear.columns),
            )
        )
        if not typed:
            return ""
        if typed.isdecimal() and 1 <= int(typed) <= len(mapping.header):
            return mapping.header[int(typed) - 1]
        if typed in mapping.header:
            return typed
        console.tell(phrase("There is no column {column}.", column=typed))


def refuse_empty(orders: OrderFile, path: Path) -> None:
    """Raise InputError for a sheet without an order."""
    if next(orders.drafts(), None) is None:
        raise InputError(
            phrase("{name} has no orders below its header.", name=path.name),
            code="no_orders",
            hint="shiplabel batch template",
        )
