"""Rates as a terminal shows them: pure rendering, no question and no session kept.

What comes from the service or the clerk is shown literally: no markup, no escapes. Boxed
tables fit the terminal's width; ``plain`` rows are one line each and never cut.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from shiplabel.domain.rules import cheapest, fastest, fitting
from shiplabel.domain.text import printable
from shiplabel.language import marked, phrase, phrase_n, worded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from shiplabel.domain.money import Money
    from shiplabel.domain.rate import Carrier, CarrierFailure, Rate

WIDE = 100
SHORT = {"What is in it": marked("In it")}
MOST = {"Package": 12, "What is in it": 11}
ALWAYS = {"#", "Service", "Package", "Arrives", "Total"}
COLUMNS = marked(("#", "Carrier", "Service", "Package", "Arrives", "Total", "What is in it", "Notes"))
CHEAPEST, FASTEST, OTHER = marked("cheapest"), marked("fastest"), marked("other package")
WEEKDAYS = marked(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))
MONTHS = marked(("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"))


@dataclass(frozen=True, slots=True)
class Marks:
    """The rate ids to point at, empty where no rate earns the word; ``others`` are for another package."""

    cheapest: str = ""
    fastest: str = ""
    others: frozenset[str] = frozenset()

    def words(self, rate: Rate) -> list[str]:
        """Return the words that a rate earned, as marked texts."""
        said = ((CHEAPEST, self.cheapest), (FASTEST, self.fastest))
        words = [word for word, rate_id in said if rate_id == rate.rate_id]
        return [*words, *([OTHER] if rate.rate_id in self.others else [])]


NO_MARKS = Marks()


def rates_table(
    rates: Sequence[Rate],
    marks: Marks = NO_MARKS,
    *,
    width: int = 80,
    first: int = 1,
    count: int | None = None,
) -> Table:
    """Return the rates as a table that fits ``width``: rows ``first`` on, ``count`` of them.

    A narrow one says carrier and service in one column and leaves empty columns out.
    """
    wide = width >= WIDE
    last = len(rates) if count is None else first - 1 + count
    here = list(enumerate(rates, 1))[first - 1 : last]
    rows = [_cells(rank, rate, marks, short=not wide) for rank, rate in here]
    shown = [
        column
        for column, name in enumerate(COLUMNS)
        if wide or (name != "Carrier" and (name in ALWAYS or any(row[column] for row in rows)))
    ]
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1 if wide else 0, 0, 0), show_edge=False)
    for column in shown:
        _add_column(table, COLUMNS[column], wide=wide)
    for row, (_, rate) in zip(rows, here, strict=True):
        table.add_row(*(Text(printable(row[column])) for column in shown), style=_style(rate, marks))
    return table


def _add_column(table: Table, name: str, *, wide: bool) -> None:
    right = name in {"#", "Total"}
    table.add_column(
        worded(name if wide else SHORT.get(name, name)),
        justify="right" if right else "left",
        no_wrap=right or name == "Arrives",
        overflow="fold",
        max_width=None if wide else MOST.get(name),
    )


def _style(rate: Rate, marks: Marks) -> str:
    words = marks.words(rate)
    if CHEAPEST in words:
        return "bold green"
    if rate.rate_id in marks.others:
        return "dim"
    return "bold cyan" if words else ""


def _cells(  # the words of a row are these
    rank: int, rate: Rate, marks: Marks, *, short: bool = False, whole: bool = False
) -> list[str]:
    """Return a row's cells; ``whole`` with its warnings, else with a sign that they stand below."""
    warned = [f"! {warning}" for warning in rate.warnings] if whole else ["!"] * bool(rate.warnings)
    notes = [*map(worded, marks.words(rate)), *warned]
    return [
        str(rank),
        _carrier(rate),
        full_name(rate) if short else service_name(rate),
        package_words(rate.package_type),
        arrival(rate, short=short),
        str(rate.total),
        contents(rate, short=short),
        (", " if whole else " ").join(notes),
    ]


def service_name(rate: Rate) -> str:
    """Return the service without its carrier's name before it."""
    name, carrier = rate.service_name or rate.service_code, _carrier(rate)
    rest = name[len(carrier) :].lstrip("®™ ") if _begins_with(name, carrier) else ""
    return rest or name


def full_name(rate: Rate) -> str:
    """Return carrier and service as a sentence says them: ``USPS Ground Advantage``."""
    name, carrier = rate.service_name or rate.service_code, _carrier(rate)
    return name if _is_named(rate, name) else f"{carrier} {name}"


def _is_named(rate: Rate, name: str) -> bool:
    """Tell whether a service's name says whose it is: USPS in a Stamps.com account."""
    brand = rate.service_code.partition("_")[0]
    return _begins_with(name, _carrier(rate)) or bool(brand and _begins_with(name, brand))


def _carrier(rate: Rate) -> str:
    return rate.carrier_name or rate.carrier_code


def _begins_with(name: str, carrier: str) -> bool:
    rest = name[len(carrier) :]
    return name.casefold().startswith(carrier.casefold()) and not rest[:1].isalnum()


def package_words(package_type: str | None) -> str:
    """Return a package code in words; the plain parcel is ``package``."""
    return package_type.replace("_", " ") if package_type else phrase("any")


def arrival(rate: Rate, *, short: bool = False) -> str:
    """Return when it arrives, in days and as a date, as far as the carrier says."""
    days = rate.delivery_days
    counted = "" if days is None else phrase_n("{count} day", "{count} days", days)
    if short and days is not None:
        counted = phrase("{days}d", days=days)
    date = _date(rate.delivery_at) if rate.delivery_at else ""
    return f"{counted} {date}".strip() or _arrival_words(rate.delivery_words, short=short)


def _arrival_words(words: str, *, short: bool) -> str:
    """Return the carrier's own words for an arrival without days or date; a time alone names no day."""
    if re.fullmatch(r"[0-9]+( ?[-–] ?[0-9]+)?", words):  # noqa: RUF001  # a range
        return phrase("{words} days", words=words)
    day, by, time = words.partition("by ")
    if by and not day.strip():
        return phrase("day not said") if short else phrase("day not said, by {time}", time=time)
    return (day.strip() if short and by else words) or phrase("not said")


def _date(day: datetime) -> str:
    return phrase(
        "{weekday} {month} {day}",
        weekday=worded(WEEKDAYS[day.weekday()]),
        month=worded(MONTHS[day.month - 1]),
        day=day.day,
    )


def contents(rate: Rate, *, short: bool = False) -> str:
    """Return what the total is made of; the parts that cost nothing are left out."""
    paid = {name: money for name, money in rate.parts.items() if money.amount}
    if len(paid) <= 1:
        return "" if short else next(iter(paid), "").replace("_", " ")
    if short:
        return " ".join(f"+{_part(name, money)}" for name, money in paid.items() if name != "shipping")
    return ", ".join(_part(name, money) for name, money in paid.items())


def _part(name: str, money: Money) -> str:
    return f"{name.replace('_', ' ')} {money.text}"


def footnotes(rates: Iterable[Rate], first: int = 1) -> list[str]:
    """Return the warnings of the rows shown, by rank: a table has no room for sentences."""
    return [
        f"! {rank}: {printable(warning)}"
        for rank, rate in enumerate(rates, first)
        for warning in rate.warnings
    ]


def failure_lines(failures: Iterable[CarrierFailure], waiting: Iterable[Carrier] = ()) -> list[str]:
    """Return a line for each carrier that failed and one for those still asked."""
    lines = [f"{_carrier_of(failure)}: {printable(failure.message)}" for failure in failures]
    asked = ", ".join(printable(carrier.name or carrier.carrier_code) for carrier in waiting)
    return [*lines, *([phrase("Still asking {asked} …", asked=asked)] if asked else [])]


def _carrier_of(failure: CarrierFailure) -> str:
    return printable(failure.carrier_code or failure.carrier_id or phrase("A carrier"))


def plain_rows(rates: Sequence[Rate], marks: Marks = NO_MARKS, *, first: int = 1) -> list[str]:
    """Return the table as lines, the heads first: two spaces between columns, never wrapped or cut."""
    rows = [[*map(worded, COLUMNS)]]
    for rank, rate in enumerate(rates[first - 1 :], first):
        rows.append([printable(cell) for cell in _cells(rank, rate, marks, whole=True)])
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def print_rates(rates: Sequence[Rate], *, plain: bool) -> None:
    """Print rates on stdout: a table, or lines where it is no terminal."""
    marks = marks_of(rates)
    if plain or not sys.stdout.isatty():
        sys.stdout.write("".join(f"{line}\n" for line in plain_rows(rates, marks)))
        return
    console = Console(highlight=False, markup=False, emoji=False)
    width = console.size.width
    console.print(rates_table(rates, marks, width=width))
    for line in footnotes(rates):
        console.print(Text(line, "yellow"))


def marks_of(rates: Sequence[Rate], package_code: str = "package") -> Marks:
    """Return the cheapest and the fastest of the rates that hold for the package."""
    own = fitting(rates, package_code)
    cheap, fast = cheapest(own), fastest(own)
    others = frozenset(rate.rate_id for rate in rates) - {rate.rate_id for rate in own}
    return Marks(cheap.rate_id if cheap else "", fast.rate_id if fast else "", others)
