"""Choosing a rate: by a rule that a script names, or by what a clerk sorts and filters.

No order depends on the order of arrival: ties go to the cheaper, then the sooner, then by name. Two
currencies cannot be compared; dollars come first, then the others by their name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from shiplabel.domain.text import quoted
from shiplabel.errors import InputError, ShiplabelError
from shiplabel.language import marked, phrase, worded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from shiplabel.domain.money import Money
    from shiplabel.domain.rate import Rate

FORMS = marked(
    "cheapest, fastest, service:CODE, carrier:CODE:cheapest, cheapest:3d (within 3 days), or a rate id (se-…)"
)
NEVER_DAYS = 10_000
_LISTED = 8
_FORM = re.compile(
    r"(?P<pick>cheapest|fastest)"
    r"|cheapest:(?P<days>[1-9][0-9]?)d"
    r"|service:(?P<service>[\w.-]+)"
    r"|carrier:(?P<carrier>[\w.-]+):(?P<of>cheapest|fastest)"
    r"|(?P<rate>se-[\w-]+)"
)

Pick = Literal["cheapest", "fastest"]
SortedBy = Literal["total", "days", "carrier"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A wish for a rate; ``text`` is how it was typed, empty parts do not matter."""

    text: str
    pick: Pick = "cheapest"
    carrier_code: str = ""
    service_code: str = ""
    rate_id: str = ""
    max_days: int | None = None


def parse_rule(text: str) -> Rule:
    """Return the rule that was typed; raise InputError naming the forms for anything else."""
    typed = text.strip()
    found = _FORM.fullmatch(typed)
    if not found:
        raise InputError(
            phrase(
                "{text} is not a rule for rates. Rules are {forms}.", text=quoted(text), forms=worded(FORMS)
            ),
            field="rate",
        )
    return Rule(
        text=typed,
        pick="fastest" if "fastest" in {found["pick"], found["of"]} else "cheapest",
        carrier_code=found["carrier"] or "",
        service_code=found["service"] or "",
        rate_id=found["rate"] or "",
        max_days=int(found["days"]) if found["days"] else None,
    )


def choose(rates: Sequence[Rate], rule: Rule, package_code: str = "package") -> Rate:
    """Return the one rate that the rule means; raise ShiplabelError ``no_rate`` where there is none.

    A rate id is taken as it is; every other rule leaves out rates of another package type.
    """
    if rule.rate_id:
        chosen = next((rate for rate in rates if rate.rate_id == rule.rate_id), None)
    else:
        left = [rate for rate in fitting(rates, package_code) if _meets(rate, rule)]
        chosen = fastest(left) if rule.pick == "fastest" else cheapest(left)
    if chosen is None:
        raise _no_rate(rates, rule, package_code)
    return chosen


def fitting(rates: Iterable[Rate], package_code: str = "package") -> list[Rate]:
    """Return the rates for this package type, and those that name none."""
    return [rate for rate in rates if rate.package_type in {None, "", package_code}]


def cheapest(rates: Iterable[Rate]) -> Rate | None:
    """Return the cheapest rate, or None where there are none."""
    return min(rates, key=_by_total, default=None)


def fastest(rates: Iterable[Rate]) -> Rate | None:
    """Return the rate that arrives first, or None where no rate tells its days."""
    return min((rate for rate in rates if rate.delivery_days is not None), key=_by_days, default=None)


def sort_rates(rates: Iterable[Rate], by: SortedBy = "total") -> list[Rate]:
    """Return the rates in order; those without days come last when it is by days."""
    return sorted(rates, key={"total": _by_total, "days": _by_days, "carrier": _by_carrier}[by])


def filter_rates(
    rates: Iterable[Rate],
    carrier: str | None = None,
    max_days: int | None = None,
    max_total: Money | None = None,
) -> list[Rate]:
    """Return the rates of a carrier (its code or name), within so many days, up to a total."""
    return [
        rate
        for rate in rates
        if (
            carrier is None
            or carrier.casefold() in {rate.carrier_code.casefold(), rate.carrier_name.casefold()}
        )
        and (max_days is None or _days(rate) <= max_days)
        and (max_total is None or _is_within(rate.total, max_total))
    ]


def _meets(rate: Rate, rule: Rule) -> bool:
    return (
        rule.carrier_code in {"", rate.carrier_code}
        and rule.service_code in {"", rate.service_code}
        and (rule.max_days is None or _days(rate) <= rule.max_days)
    )


def _is_within(total: Money, most: Money) -> bool:
    return total.currency == most.currency and total <= most


def _days(rate: Rate) -> int:
    return NEVER_DAYS if rate.delivery_days is None else rate.delivery_days


def _price(rate: Rate) -> tuple[bool, str, Decimal]:
    currency = rate.total.currency
    return currency != "usd", currency, rate.total.amount


def _names(rate: Rate) -> tuple[str, str, str, str]:
    return rate.carrier_code, rate.service_code, rate.package_type or "", rate.rate_id


def _by_total(rate: Rate) -> tuple[object, ...]:
    return *_price(rate), _days(rate), *_names(rate)


def _by_days(rate: Rate) -> tuple[object, ...]:
    return _days(rate), *_price(rate), *_names(rate)


def _by_carrier(rate: Rate) -> tuple[object, ...]:
    return rate.carrier_code, *_price(rate), _days(rate), *_names(rate)


def _no_rate(rates: Sequence[Rate], rule: Rule, package_code: str) -> ShiplabelError:
    there = list(dict.fromkeys(_told(rate) for rate in sort_rates(rates)))
    listed = ", ".join(there[:_LISTED])
    if len(there) > _LISTED:
        listed = phrase("{listed} and {count} more", listed=listed, count=len(there) - _LISTED)
    what = phrase(
        "No rate meets {rule}; nothing was bought."
        if rule.rate_id
        else "No rate meets {rule} for the package type {package}; nothing was bought.",
        rule=quoted(rule.text),
        package=package_code,
    )
    others = phrase("There are: {listed}.", listed=listed) if there else phrase("There are no rates at all.")
    return ShiplabelError(f"{what} {others}", code="no_rate", hint=phrase("shiplabel rates shows all rates"))


def _told(rate: Rate) -> str:
    days = "" if rate.delivery_days is None else f", {rate.delivery_days}d"
    package = f", {rate.package_type}" if rate.package_type else ""
    return f"{rate.service_code} ({rate.total}{days}{package})"
