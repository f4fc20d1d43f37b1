"""Open an order file: CSV of any encoding, separator and line end, or a workbook.

Nothing is held in memory but the line at hand. A file that cannot be read for certain is
refused as a whole, with the way to save it anew.
"""

from __future__ import annotations

import csv
from itertools import chain, islice
from typing import TYPE_CHECKING

from shiplabel.errors import InputError
from shiplabel.language import marked, phrase, worded
from shiplabel.storage.sheets.encodings import encoding_of
from shiplabel.storage.sheets.separators import separator_of, spaced_quotes, stated_separator
from shiplabel.storage.sheets.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from shiplabel.storage.sheets.sheet import Row

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_FOREIGN = marked({
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a compressed file",
    b"{\\rtf": "a text document",
})  # fmt: skip
_WEB_PAGE, _XML = marked("a web page"), marked("an XML file")
_FIRST_LINES = 60
_END = "\x1eend"
_NAMES = marked({",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"})


def open_sheet(path: Path) -> Sheet:
    """Return the sheet in a file; raise InputError when it is no sheet or cannot be read for certain."""
    head = _head(path)
    if head.startswith(_WORKBOOKS):
        from shiplabel.storage.sheets.xlsx import open_workbook  # noqa: PLC0415 - loads a workbook reader

        return open_workbook(path)
    foreign = _foreign(head)
    if foreign:
        raise InputError(
            phrase("{name} is {what}, not a sheet.", name=path.name, what=worded(foreign)),
            code="not_a_sheet",
            hint=phrase("Open it in the spreadsheet and save it as CSV UTF-8 or XLSX."),
        )
    return _open_text(path)


def _foreign(head: bytes) -> str | None:
    """Return what a file is that is no sheet, told by its first bytes."""
    text = head.lower()
    if text.lstrip().startswith(b"<"):
        return _WEB_PAGE if b"<ht" in text or b"<table" in text else _XML
    return next((what for magic, what in _FOREIGN.items() if head.startswith(magic)), None)


def _head(path: Path) -> bytes:
    """Return the first bytes of a file; raise InputError when there is nothing to read."""
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except FileNotFoundError:
        raise InputError(phrase("There is no file {path}.", path=path), code="no_file") from None
    except IsADirectoryError:
        raise InputError(phrase("{path} is a folder, not a file.", path=path), code="no_file") from None
    except OSError as error:
        raise InputError(
            phrase("{path} cannot be read: {why}.", path=path, why=error.strerror), code="no_file"
        ) from None
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        raise InputError(phrase("{name} is empty.", name=path.name), code="empty")
    return head


def _open_text(path: Path) -> Sheet:
    encoding = encoding_of(path)
    with path.open(encoding=encoding, newline="") as file:
        lines = list(islice(file, _FIRST_LINES))
    stated = stated_separator(lines[0])
    separator = stated or separator_of(lines)
    reader = _Records(path, encoding, separator, bool(stated), spaced_quotes(lines, separator))
    return Sheet(path, f"{encoding.upper()}, {worded(_NAMES.get(separator, separator))}", reader)


class _Records:
    """All lines of a text sheet, from the start each time it is called."""

    def __init__(self, path: Path, encoding: str, separator: str, stated: bool, spaced: bool) -> None:  # noqa: FBT001 - positional facts of one file
        self.path = path
        self.encoding = encoding
        self.separator = separator
        self.skipped = int(stated)
        self.spaced = spaced

    def __call__(self) -> Iterator[Row]:
        with self.path.open(encoding=self.encoding, newline="") as file:
            lines = chain(islice(file, self.skipped, None), [_END])
            records = csv.reader(lines, delimiter=self.separator, skipinitialspace=self.spaced)
            yield from _numbered(records, self.path)


def _numbered(records: Iterator[list[str]], path: Path) -> Iterator[Row]:
    """Yield each record with its row number; raise InputError for a quotation mark that never closes.

    The marked last line is a record of its own unless an open quotation swallowed it.
    """
    number = 0
    while True:
        number += 1
        cells = _next(records, path, number)
        if cells == [_END]:
            return
        if cells and cells[-1].endswith(_END):
            raise _unclosed(path, number)
        yield number, cells


def _next(records: Iterator[list[str]], path: Path, number: int) -> list[str]:
    try:
        return next(records)
    except csv.Error:
        raise _unclosed(path, number) from None


def _unclosed(path: Path, number: int) -> InputError:
    return InputError(
        phrase(
            "{name}: a quotation mark that opens in row {number} is never closed, so the "
            "rows below it would be lost.",
            name=path.name,
            number=number,
        ),
        code="quotation",
        hint=phrase("Take the mark out of row {number} or close it, then run this again.", number=number),
    )
