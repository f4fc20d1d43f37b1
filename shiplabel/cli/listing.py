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


def write_out(text: str) -> None:
    """Write a file's text to stdout as it is."""
    sys.stdout.write(text)


def is_plain() -> bool:
    """Tell whether words alone are wanted: no terminal, a dumb one, or ``--plain``."""
    return said().plain or not sys.stdout.isatty() or os.environ.get("TERM") == "dumb"


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, right: frozenset[str]) -> None:
    """Print rows under their columns, marked texts; ``right`` names the columns that are set to the right."""
    if is_plain():
        sys.stdout.write("".join(f"{line}\n" for line in plain_lines(columns, rows)))
        return
    from rich import box  # noqa: PLC0415  # boxes are drawn at a terminal only
    from rich.console import Console  # noqa: PLC0415  # the same
    from rich.table import Table  # noqa: PLC0415  # the same
    from rich.text import Text  # noqa: PLC0415  # the same

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        table.add_column(worded(column), justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    Console(highlight=False).print(table)


def plain_lines(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return heads and rows as lines, two spaces between columns, never wrapped or cut."""
    cells = [[*map(worded, columns)], *map(_shown, rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    line = "  ".join(f"{{:<{width}}}" for width in widths)
    return [line.format(*row).rstrip() for row in cells]


def _shown(row: Sequence[str]) -> Sequence[str]:
    """Return the cells as they may be shown; most rows are plain in all of them."""
    whole = "".join(row)
    return row if whole.isascii() and whole.isprintable() else [printable(cell) for cell in row]
