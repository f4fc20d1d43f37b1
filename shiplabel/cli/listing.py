"""Lists on stdout: a table that fits the terminal, or one plain line a row where nobody looks at boxes."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from shiplabel.cli.flags import said
from shiplabel.domain.text import printable
from shiplabel.language import worded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import JustifyMethod

GAP = 2
NARROWEST = 14


def write_out(text: str) -> None:
    """Write a file's text to stdout as it is."""
    sys.stdout.write(text)


def is_plain() -> bool:
    """Tell whether words alone are wanted: no terminal, a dumb one, or ``--plain``."""
    return said().plain or not sys.stdout.isatty() or os.environ.get("TERM") == "dumb"


def print_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: frozenset[str],
    whole: frozenset[str] = frozenset(),
    spare: Sequence[str] = (),
) -> None:
    """Print rows under their columns, marked texts; ``right`` names the columns that are set to the right.

    Where a terminal is too narrow, the ``spare`` columns go, the first one first; what is in the
    ``whole`` ones is never broken.
    """
    if is_plain():
        sys.stdout.write("".join(f"{line}\n" for line in plain_lines(columns, rows)))
        return
    from rich import box  # noqa: PLC0415  # boxes are drawn at a terminal only
    from rich.console import Console  # noqa: PLC0415  # the same
    from rich.table import Table  # noqa: PLC0415  # the same
    from rich.text import Text  # noqa: PLC0415  # the same

    console = Console(highlight=False)
    shown = fitting(columns, rows, console.width, whole=whole, spare=spare)
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    for column in (columns[at] for at in shown):
        justify: JustifyMethod = "right" if column in right else "left"
        table.add_column(worded(column), justify=justify, overflow="fold", no_wrap=column in whole)
    for row in rows:
        table.add_row(*(Text(printable(row[at])) for at in shown))
    console.print(table)


def fitting(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    width: int,
    *,
    whole: frozenset[str] = frozenset(),
    spare: Sequence[str] = (),
) -> list[int]:
    """Return the places of the columns that a terminal of this width has room for."""
    needs = {}
    for at, column in enumerate(columns):
        longest = max(map(len, [worded(column), *(row[at] for row in rows)]))
        needs[column] = GAP + (longest if column in whole else min(longest, NARROWEST))
    left = list(columns)
    for column in spare:
        if column in left and sum(needs[one] for one in left) > width:
            left.remove(column)
    return [at for at, column in enumerate(columns) if column in left]


def plain_lines(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return heads and rows as lines, two spaces between columns, never wrapped or cut."""
    cells = [[*map(worded, columns)], *map(_shown, rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    line = "  ".join(f"{{:<{width}}}" for width in widths)
    return [line.format(*row).rstrip() for row in cells]


def _shown(row: Sequence[str]) -> Sequence[str]:
    """Return the cells as they may be shown; most rows are plain in all of them."""
    whole = "".join(row)
    return row if whole.isprintable() else [printable(cell) for cell in row]
