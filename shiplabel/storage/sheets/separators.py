"""Which sign separates the cells of a text sheet, told by its header and first rows."""

from __future__ import annotations

import csv
import re
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SEPARATORS = ",;\t|"
_ROWS_LOOKED_AT = 25
_STATED = re.compile(r"^sep=(.)\r?\n?$", re.IGNORECASE)


def stated_separator(first_line: str) -> str | None:
    """Return the separator of Excel's ``sep=;`` line, or None when the line is no such line."""
    found = _STATED.match(first_line)
    return found[1] if found else None


def separator_of(lines: Iterable[str]) -> str:
    """Return the separator under which the first rows are most alike; a comma when there is none."""
    sample = list(islice((line for line in lines if line.strip()), _ROWS_LOOKED_AT))
    return max(SEPARATORS, key=lambda sign: (_likeness(sample, sign), -SEPARATORS.index(sign)))


def spaced_quotes(lines: Iterable[str], separator: str) -> bool:
    """Tell whether cells are quoted after a space (``a, "b, c"``), as people type by hand."""
    return any(f'{separator} "' in line for line in islice(lines, _ROWS_LOOKED_AT))


def _likeness(sample: list[str], sign: str) -> float:
    """Return how many columns the widest row has, times the share of rows that are as wide."""
    widths = [len(row) for row in csv.reader(sample, delimiter=sign)]
    widest = max(widths, default=1)
    if widest == 1:
        return 0.0
    return widest * sum(width == widest for width in widths) / len(widths)
