"""The steps of a session in one literal table; nothing else knows an order of steps.

Each row owns its question, the field it fills, its check, whether it may be skipped and
the step before. A check takes what was typed and the answers so far; it returns what was
understood or raises InputError with a sentence for the clerk.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, cast

from shiplabel.errors import InputError
from shiplabel.language import phrase, worded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shiplabel.domain.understood import Understood

    Answers = Mapping[str, str | None]
    Check = Callable[[str, Answers], Understood]


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the table; ``before`` is None for the first step, ``check`` for steps that ask no text.

    ``part``, ``question`` and ``help`` are put into words when they are shown.
    ``abroad`` marks questions that are asked only where parcels may go to other countries.
    """

    part: str
    question: str
    field: str
    check: Check | None
    before: str | None
    optional: bool = False
    help: str = ""
    abroad: bool = False

    @property
    def asks(self) -> bool:
        """Whether this step asks for an answer in words."""
        return self.check is not None


def _check(name: str, side: str = "") -> Check:
    """Return a check by its name, an address's or the parcel's, loaded at the first answer."""

    @cache
    def found() -> Check:
        from shiplabel.domain import (  # noqa: PLC0415  # a table of questions is light without them
            checks,
            parcel_checks,
        )

        return cast("Check", getattr(checks, name)(side) if side else getattr(parcel_checks, name))

    def check(text: str, answers: Answers) -> Understood:
        return found()(text, answers)

    return check


def _address(part: str, side: str, before: str | None) -> dict[str, Step]:
    """Return the rows of one address; ``side`` is the field's first part at the service."""
    word = side.removeprefix("ship_")
    return {
        f"{word}_name": Step(
            part, "Name", f"{side}.name", _check("name", word), before,
            help="The person or firm, 1 to 50 characters. A whole pasted address is taken apart.",
        ),
        f"{word}_company": Step(
            part, "Company", f"{side}.company_name", _check("company", word), f"{word}_name",
            optional=True, help="The firm, where the name is a person. Enter alone leaves it out.",
        ),
        f"{word}_country": Step(
            part, "Country", f"{side}.country_code", _check("country", word), f"{word}_company",
            abroad=True, help="Two letters or the English name: US, CA, Germany. Enter alone is the US.",
        ),
        f"{word}_address1": Step(
            part, "Street", f"{side}.address_line1", _check("street", word), f"{word}_country",
            help="House number and street, 1 to 100 characters.",
        ),
        f"{word}_address2": Step(
            part, "Apartment, suite", f"{side}.address_line2", _check("street2", word), f"{word}_address1",
            optional=True, help="Apartment, suite, unit, floor. Enter alone leaves it out.",
        ),
        f"{word}_city": Step(
            part, "City", f"{side}.city_locality", _check("city", word), f"{word}_address2",
            help="The city, 1 to 50 characters.",
        ),
        f"{word}_state": Step(
            part, "State", f"{side}.state_province", _check("state", word), f"{word}_city",
            help="Two letters or the full name: TX, Texas. Territories and AA, AE, AP too.",
        ),
        f"{word}_zip": Step(
            part, "ZIP code", f"{side}.postal_code", _check("zip_code", word), f"{word}_state",
            help="12345 or 12345-6789. A lost leading zero is put back.",
        ),
        f"{word}_phone": Step(
            part, "Phone", f"{side}.phone", _check("phone", word), f"{word}_zip",
            optional=True, help="A phone number, an extension too. Enter alone leaves it out.",
        ),
    }  # fmt: skip


STEPS: dict[str, Step] = {
    **_address("Ship from", "ship_from", None),
    **_address("Ship to", "ship_to", "from_phone"),
    "parcel_weight": Step(
        "Parcel", "Weight", "packages.weight", _check("weight"), "to_phone",
        help="2 lb 3 oz, 35oz, 900 g, 2.5 (pounds). Up to 150 lb.",
    ),
    "parcel_length": Step(
        "Parcel", "Length", "packages.dimensions.length", _check("length"), "parcel_weight",
        help="In inches, or 25cm. 10x8x4 fills all three sides.",
    ),
    "parcel_width": Step(
        "Parcel", "Width", "packages.dimensions.width", _check("width"), "parcel_length",
        help="In inches, or 20cm.",
    ),
    "parcel_height": Step(
        "Parcel", "Height", "packages.dimensions.height", _check("height"), "parcel_width",
        help="In inches, or 10cm.",
    ),
    "confirm": Step("Review", "All of it", "", None, "parcel_height"),
    "rate": Step("Rates", "Rate", "", None, "confirm"),
    "purchase": Step("Purchase", "Buy", "", None, "rate"),
    "done": Step("Done", "", "", None, None),
}  # fmt: skip

FIRST = next(iter(STEPS))
ANSWER_STEPS = tuple(name for name, step in STEPS.items() if step.asks and not step.abroad)
ALL_ANSWER_STEPS = tuple(name for name, step in STEPS.items() if step.asks)
_AFTER = {step.before: name for name, step in STEPS.items() if step.before}


def asked_steps(*, abroad: bool = False) -> tuple[str, ...]:
    """Return the answer steps in their order; the countries are among them where parcels go abroad."""
    return ALL_ANSWER_STEPS if abroad else ANSWER_STEPS


def step_after(name: str, *, abroad: bool = False) -> str:
    """Return the step that follows; the last has none and follows itself."""
    after = _AFTER.get(name, "done" if name == "purchase" else name)
    return step_after(after) if STEPS[after].abroad and not abroad else after


def step_before(name: str, *, abroad: bool = False) -> str | None:
    """Return the step before, or None for the first."""
    before = STEPS[name].before
    return step_before(before) if before and STEPS[before].abroad and not abroad else before


def may_be_empty(name: str, answers: Answers) -> bool:
    """Tell whether a step takes no text for an answer: always, or for the country of these answers."""
    check = STEPS[name].check
    try:
        return check is not None and check("", answers) is not None
    except InputError:
        return False


def title(name: str, *, abroad: bool = False) -> str:
    """Return a step's header: ``Ship to · ZIP code · 15 of 21``."""
    step = STEPS[name]
    counted = (*asked_steps(abroad=abroad or step.abroad), "confirm")
    if name not in counted:
        return worded(step.part)
    return phrase(
        "{part} · {question} · {place} of {count}",
        part=worded(step.part),
        question=worded(step.question),
        place=counted.index(name) + 1,
        count=len(counted),
    )


_ALIASES = {
    "packages.length": "parcel_length",
    "packages.width": "parcel_width",
    "packages.height": "parcel_height",
    "packages.dimensions": "parcel_length",
    "packages.weight.value": "parcel_weight",
    "packages.weight.unit": "parcel_weight",
    "total_weight": "parcel_weight",
}
_BY_FIELD = {step.field: name for name, step in STEPS.items() if step.field} | _ALIASES
_PLACE_IN_LIST = re.compile(r"\[\d+\]|\.\d+(?=\.)")


def step_of_field(field_name: str | None) -> str | None:
    """Return the step that fills the service's field (``shipment.ship_to.postal_code``), or None."""
    path = _PLACE_IN_LIST.sub("", (field_name or "").lower())
    return next((step for field, step in _BY_FIELD.items() if f".{path}".endswith(f".{field}")), None)
