"""A sheet as rows of cells: what is a row, what is passed over, and what a cell means.

Rows are numbered as a spreadsheet shows them. Empty lines, header lines that come again and
a totals line at the end are no rows; whatever else was passed over is said in ``notes``.
A cell is read without the tricks that keep digits alive in a spreadsheet: ``="00123"`` and a
leading apostrophe. ``originals`` gives the same rows with every cell as it stands in the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from shiplabel.errors import InputError
from shiplabel.language import phrase

Row = tuple[int, list[str]]

_HEADER_WITHIN = 12
_HEADER_CELLS = 3
_FORMULA_TEXT = re.compile(r'^="(.*)"$', re.DOTALL)
_SPOKEN_APOSTROPHE = re.compile(r"'[a-z]{1,2}[ -]")
_TOTALS = re.compile(
    r"(grand |sub ?)?totals?\b|sum(me|a)?\s*:?$|gesamt|insgesamt|итого|всего"
    r"|seller id\b|\d+ (orders|rows|records)$",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"record\(s\) downloaded", re.IGNORECASE)


@dataclass(slots=True)
class Sheet:
    """An order file; ``rows`` may be called again and again, each time from the start.

    ``header`` names each column once: a name that comes again gets its number (``Name (2)``), a
    column without a name its letter. ``read`` yields every line that is there, header included.
    """

    path: Path
    kind: str
    read: Callable[[], Iterator[Row]]
    header: list[str] = field(init=False)
    original_header: list[str] = field(init=False)
    header_row: int = field(init=False)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Find the header; raise InputError when there is none."""
        self.header_row, cells = self._find_header()
        while cells and not cells[-1].strip():
            cells.pop()
        self.original_header = cells
        self.header = _distinct([plain(cell) for cell in cells])

    def rows(self) -> Iterator[Row]:
        """Yield each row's number and its cells as they are meant, at least as many as the header has."""
        for number, cells in self.originals():
            yield number, [plain(cell) for cell in cells]

    def originals(self) -> Iterator[Row]:
        """Yield each row's number and its cells as they stand in the file."""
        width = len(self.header)
        held: list[Row] = []
        for number, cells in self._below_header():
            row = (number, cells + [""] * (width - len(cells)))
            if _sums_up(cells):
                held.append(row)
                continue
            if held:
                yield from held
                held.clear()
            yield row
        for number, _ in held:
            self._note(phrase("Row {number} is a totals line, no order.", number=number))

    def _below_header(self) -> Iterator[Row]:
        first = self.original_header[0]
        for number, cells in self.read():
            if number <= self.header_row or not any(cells) or not "".join(cells).strip():
                continue
            if cells[0] == first and cells[: len(self.original_header)] == self.original_header:
                self._note(phrase("Row {number} is the header again.", number=number))
                continue
            yield number, cells

    def _find_header(self) -> Row:
        """Return the first line that names several columns, or the first line of all."""
        found: Row | None = None
        for number, cells in self.read():
            filled = sum(bool(cell.strip()) for cell in cells)
            if not filled:
                continue
            found = found or (number, list(cells))
            if number > found[0] + _HEADER_WITHIN or (filled > 1 and number == found[0]):
                break
            if filled >= _HEADER_CELLS:
                self._note(
                    phrase(
                        "The columns are named in row {number}; what stands above is left out.", number=number
                    )
                )
                return number, list(cells)
        if found is None:
            raise InputError(phrase("{name} is empty.", name=self.path.name), code="empty")
        return found

    def _note(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)


def plain(cell: str) -> str:
    """Return what a cell means: outer space, ``="…"`` and the leading apostrophe taken off."""
    text = cell.strip()
    if text[:1] == "'" and not _SPOKEN_APOSTROPHE.match(text):
        text = text[1:].strip()
    if text[:2] == '="':
        inner = _FORMULA_TEXT.match(text)
        return inner[1].replace('""', '"').strip() if inner else text
    return text


def column_letter(index: int) -> str:
    """Return a column's letters as a spreadsheet shows them; the first is 0, A."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _distinct(names: list[str]) -> list[str]:
    """Return every column's name so that no two are the same."""
    times: dict[str, int] = {}
    distinct = []
    for index, name in enumerate(names):
        shown = " ".join(name.split()) or f"Column {column_letter(index)}"
        times[shown] = times.get(shown, 0) + 1
        distinct.append(shown if times[shown] == 1 else f"{shown} ({times[shown]})")
    return distinct


def _sums_up(cells: list[str]) -> bool:
    """Tell whether a line looks like totals: it begins with such a word and is mostly empty."""
    text = next((cell for cell in cells if cell), "").strip()
    if not _TOTALS.match(text) and not (cells[1:] and _COUNTED.match(cells[1])):
        return False
    filled = sum(bool(cell.strip()) for cell in cells)
    return filled * 2 <= len(cells) or len(cells) <= _HEADER_CELLS
