"""The address book as CSV, and addresses out of CSV or XLSX files of others.

Cells that a spreadsheet would run get a leading apostrophe, which the reader takes off again.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from shiplabel.errors import InputError
from shiplabel.language import phrase
from shiplabel.storage.addresses import FIELDS
from shiplabel.storage.atomic import write_durably
from shiplabel.workflow.columns import map_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from shiplabel.storage.addresses import Entry

NEEDED = {"name", "address1", "city"}
COLUMNS = ("entry", *FIELDS, "default")
_RUNS = ("=", "+", "-", "@", "\t", "\r")

_WORDS: dict[str, tuple[str, ...]] = {
    "name": ("name", "full name", "recipient", "recipient name", "ship to name", "shipping name", "customer",
             "ship to recipient", "contact", "contact name"),
    "company": ("company", "company name", "organization", "shipping company", "ship to company", "firm"),
    "address1": ("address1", "address 1", "address", "address line 1", "street", "street 1", "street1",
                 "shipping address1", "shipping street", "ship to address 1", "ship address 1",
                 "shipping address 1"),
    "address2": ("address2", "address 2", "address line 2", "street 2", "street2", "apartment", "suite",
                 "shipping address2", "ship to address 2", "ship address 2", "shipping address 2"),
    "city": ("city", "town", "shipping city", "ship to city", "ship city"),
    "state": ("state", "province", "region", "shipping province", "shipping state", "ship to state",
              "ship state"),
    "zip": ("zip", "zip code", "zipcode", "postal code", "postcode", "shipping zip", "ship to zip",
            "ship to postal code", "ship postal code", "ship zip", "shipping postcode"),
    "country": ("country", "country code", "shipping country", "ship to country", "ship country"),
    "phone": ("phone", "telephone", "phone number", "shipping phone", "ship to phone", "ship phone"),
    "entry": ("entry", "nickname"),
}  # fmt: skip
_FIELD_OF = {word: field for field, words in _WORDS.items() for word in words}


def addresses_csv(entries: Iterable[Entry]) -> str:
    """Return the book as CSV, one address a row under our columns."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for entry in entries:
        cells = [entry.name, *(entry.fields[field] for field in FIELDS), "yes" if entry.default else ""]
        writer.writerow([still(cell) for cell in cells])
    return text.getvalue()


def still(cell: str) -> str:
    """Return a cell that no spreadsheet runs as a formula."""
    return f"'{cell}" if cell.startswith(_RUNS) else cell


def read_addresses(path: Path) -> tuple[list[tuple[str, dict[str, str | None]]], list[int]]:
    """Return each row's entry name and parts, and the rows' numbers as a spreadsheet shows them.

    A row without any part (the second line of a shop's order) and one that came before are left out.
    """
    from shiplabel.storage.sheets.reading import open_sheet  # noqa: PLC0415  # loads what reads a file

    sheet = open_sheet(path)
    parts_of = _reader(sheet.header, path.name)
    rows: list[tuple[str, dict[str, str | None]]] = []
    numbers: list[int] = []
    seen: set[object] = set()
    for number, cells in sheet.rows():
        parts = parts_of(cells)
        entry = parts.pop("entry", None) or parts.get("name") or ""
        key = (entry, *parts.items())
        if parts and key not in seen:
            seen.add(key)
            rows.append((entry, parts))
            numbers.append(number)
    return rows, numbers


def _reader(header: Sequence[str], file: str) -> Callable[[Sequence[str]], dict[str, str | None]]:
    """Return what takes a row apart: by the shop's columns in an order file, else by each column's words."""
    fields = [_field(head) for head in header]
    found = map_columns(header)
    sources = {field: found.sources[f"to_{field}"] for field in FIELDS if f"to_{field}" in found.sources}
    if found.layout and sources.keys() >= NEEDED:
        return lambda cells: {
            field: text for field, source in sources.items() if (text := source.text(cells))
        }
    absent = NEEDED - set(fields)
    if absent:
        raise InputError(
            phrase("{name} has no column for {absent}.", name=file, absent=", ".join(sorted(absent))),
            field="file",
            hint=phrase("the first line names the columns: {columns}", columns=", ".join(COLUMNS)),
        )
    return lambda cells: _by_words(fields, cells)


def _by_words(fields: Sequence[str | None], cells: Sequence[str]) -> dict[str, str | None]:
    parts: dict[str, str | None] = {}
    for field, cell in zip(fields, cells, strict=False):
        if field and cell and not parts.get(field):
            parts[field] = cell
    return parts


def _field(head: str) -> str | None:
    """Return the part that a column's head names, ours or a shop's, or None."""
    words = " ".join(re.sub(r"[^\w]+|_", " ", head.casefold()).split())
    return _FIELD_OF.get(words) or _FIELD_OF.get(words.removeprefix("to "))


def write_text(path: Path, text: str) -> None:
    """Write a file for a spreadsheet whole, by rename; raise StorageError when the disk says no."""
    write_durably(path, text.encode("utf-8-sig"))
