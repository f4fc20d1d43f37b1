"""Which of the rates the clerk sees, and in which order: a value and its pure moves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from shiplabel.domain.money import Money
from shiplabel.domain.rules import NEVER_DAYS, SortedBy, filter_rates, sort_rates
from shiplabel.errors import InputError
from shiplabel.language import marked, phrase, phrase_n, worded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shiplabel.domain.rate import Rate

NONE_LEFT = "no_rate_left"
ORDERS: tuple[SortedBy, ...] = ("total", "days", "carrier")
ORDERED = marked({"total": "", "days": "by days", "carrier": "by carrier"})


@dataclass(frozen=True, slots=True)
class View:
    """An order, three filters (empty or None lets all through) and the first row on screen."""

    order: SortedBy = "total"
    carrier: str = ""
    days: int | None = None
    price: Money | None = None
    first: int = 1

    def filters(self) -> str:
        """Say the filters, or nothing."""
        said = [phrase("carrier {carrier}", carrier=self.carrier)] if self.carrier else []
        if self.days is not None:
            said += [phrase_n("within {count} day", "within {count} days", self.days)]
        said += [phrase("up to {price}", price=self.price)] if self.price is not None else []
        return ", ".join(said)

    def words(self) -> str:
        """Say the order and the filters, or nothing where all rates stand by their total."""
        order = worded(ORDERED[self.order])
        return ", ".join(filter(None, (order, self.filters())))

    def resorted(self) -> View:
        """Return the view in the next order."""
        return replace(self, order=ORDERS[(ORDERS.index(self.order) + 1) % len(ORDERS)], first=1)


def shown(rates: Iterable[Rate], view: View) -> list[Rate]:
    """Return the rates that the view lets through, in its order."""
    return sort_rates(filter_rates(rates, view.carrier or None, view.days, view.price), view.order)


def narrowed(view: View, letter: str, text: str, rates: Sequence[Rate]) -> View:
    """Return the view with one filter set from what was typed, or lifted where nothing was typed."""
    text = text.strip()
    if letter == "c":
        changed = replace(view, carrier=_carrier(text, rates) if text else "")
    elif letter == "d":
        changed = replace(view, days=_whole(text) if text else None)
    else:
        changed = replace(view, price=_amount(text) if text else None)
    changed = replace(changed, first=1)
    if not shown(rates, changed):
        raise InputError(
            phrase("No rate is left: {filters}. The filter stays as it was.", filters=changed.filters()),
            code=NONE_LEFT,
        )
    return changed


def carriers(rates: Iterable[Rate]) -> list[str]:
    """Return the carriers' names, each once."""
    return sorted({rate.carrier_name or rate.carrier_code for rate in rates})


def _carrier(text: str, rates: Sequence[Rate]) -> str:
    names = carriers(rates)
    wanted = text.casefold()
    codes = {rate.carrier_code.casefold(): rate.carrier_name or rate.carrier_code for rate in rates}
    found = codes.get(wanted) or next((name for name in names if name.casefold().startswith(wanted)), "")
    if not found:
        raise InputError(
            phrase("No carrier is called {text}. There are {names}.", text=text, names=", ".join(names))
        )
    return found


def _whole(text: str) -> int:
    number = text.casefold().removesuffix("days").removesuffix("day").removesuffix("d").strip()
    if not number.isdecimal() or len(number) > len(str(NEVER_DAYS)):
        raise InputError(phrase("{text} is not a number of days. Type 3 for three days or fewer.", text=text))
    return int(number)


def _amount(text: str) -> Money:
    try:
        amount = Decimal(text.strip("$ ").replace(",", "."))
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or amount < 0:
        raise InputError(phrase("{text} is not a price. Type 12.50 for at most $12.50.", text=text))
    return Money(amount)
