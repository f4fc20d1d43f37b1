"""Rates on stdout: a table for people, one line a row where there is no terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from shiplabel.cli import console

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shiplabel.domain.rate import CarrierFailure, Rate


def print_rates(rates: Sequence[Rate], failures: Sequence[CarrierFailure], *, plain: bool) -> None:
    """Print rates, the cheapest and the fastest marked, and the carriers that failed."""
    from shiplabel.cli import tables  # noqa: PLC0415  # rich is not for scripts
    from shiplabel.cli.wizard.view import marks  # noqa: PLC0415

    marked = marks(rates, "package")
    if plain or not sys.stdout.isatty():
        for row in tables.plain_rows(rates, marked):
            console.result(row)
    else:
        from rich.console import Console  # noqa: PLC0415

        screen = Console()
        screen.print(tables.rates_table(rates, marked, width=screen.width))
    for line in tables.failure_lines(failures):
        console.tell(line)
