"""Weights and sides: read as people write them, kept as exact decimals with their unit.

``weight_text`` and ``side_text`` are the forms that answers are stored in; reading them gives
the same value back. A decimal comma is understood; a comma before exactly three digits could
mean thousands or a fraction, and a wrong guess costs money, so it is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, NoReturn

from shiplabel.domain import limits
from shiplabel.domain.shipment import Dimensions, LengthUnit, Weight
from shiplabel.domain.text import clean, quoted
from shiplabel.errors import InputError
from shiplabel.language import marked, phrase

if TYPE_CHECKING:
    from shiplabel.domain.shipment import WeightUnit

CM_PER_INCH = Decimal("2.54")
GRAMS_PER_POUND = Decimal("453.59237")
OUNCES_PER_POUND = Decimal(16)
_HUNDREDTH = Decimal("0.01")
_MILLIONTH = Decimal("0.000001")

_WEIGHT_WORDS: dict[str, WeightUnit] = {
    **dict.fromkeys(("lb", "lbs", "lb.", "lbs.", "pound", "pounds", "#"), "pound"),
    **dict.fromkeys(("oz", "ozs", "oz.", "ounce", "ounces"), "ounce"),
    **dict.fromkeys(("g", "gr", "gram", "grams", "gramme", "grammes"), "gram"),
    **dict.fromkeys(("kg", "kgs", "kilo", "kilos", "kilogram", "kilograms"), "kilogram"),
}
_WEIGHT_SIGNS: dict[WeightUnit, str] = {"pound": "lb", "ounce": "oz", "gram": "g", "kilogram": "kg"}
_GRAMS: dict[WeightUnit, Decimal] = {
    "pound": GRAMS_PER_POUND,
    "ounce": GRAMS_PER_POUND / OUNCES_PER_POUND,
    "gram": Decimal(1),
    "kilogram": Decimal(1000),
}
_SIDE_WORDS: dict[str, tuple[LengthUnit, Decimal]] = {
    **dict.fromkeys(("in", "in.", "ins", "inch", "inches"), ("inch", Decimal(1))),
    **dict.fromkeys(('"', "\u2033", "\u201d", "''"), ("inch", Decimal(1))),
    **dict.fromkeys(("ft", "ft.", "foot", "feet", "'", "\u2032", "\u2019"), ("inch", Decimal(12))),
    **dict.fromkeys(("cm", "cms", "cm.", "centimeter", "centimeters", "centimetre", "centimetres"),
                    ("centimeter", Decimal(1))),
    **dict.fromkeys(("mm", "mm.", "millimeter", "millimeters"), ("centimeter", Decimal("0.1"))),
    **dict.fromkeys(("m", "meter", "meters", "metre", "metres"), ("centimeter", Decimal(100))),
}  # fmt: skip
_SIDE_SIGNS: dict[LengthUnit, str] = {"inch": "in", "centimeter": "cm"}

_PART = re.compile(
    r"\s*(?P<number>[0-9]+/[0-9]+|[0-9.,]+(?:[ -][0-9]+/[0-9]+)?)\s*(?P<unit>[^0-9\s,;][^0-9\s,;]*)?\s*,?\s*"
)
_NUMBER = re.compile(r"[0-9]{0,7}(?:[.,][0-9]{1,6})?|[0-9]{1,7}[.,]")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?")
_FRACTION = re.compile(r"(?:(?P<whole>[0-9]{1,4})[ -])?(?P<above>[0-9]{1,3})/(?P<below>2|4|8|16|32|64)")
_BETWEEN_SIDES = re.compile(r"\s*(?:[x×хX*✕✖]|\bby\b)\s*", re.IGNORECASE)  # noqa: RUF001 - the Cyrillic one is typed too
_SIDES = 3


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a parcel in the unit it was given in; the value is above zero."""

    value: Decimal
    unit: LengthUnit


@lru_cache(maxsize=4096)
def parse_weight(text: str, unit: WeightUnit = "pound") -> Weight:
    """Return the weight that was typed (``2 lb 3 oz``, ``0,9 kg``); a bare number is in ``unit``."""
    typed = clean(text, label=marked("The weight"))
    parts = [
        (_number(number, "weight", text), _weight_unit(word, unit, text))
        for number, word in _parts(typed, "weight")
    ]
    weight = _one_weight(parts, text)
    if weight.value <= 0:
        raise InputError(
            phrase("A weight must be above zero, not {text}.", text=quoted(text)), field="weight"
        )
    if pounds(weight) > limits.WEIGHT_LB:
        raise InputError(
            phrase(
                "{text} is too heavy: at most {most} lb can be sent.",
                text=quoted(text),
                most=limits.WEIGHT_LB,
            ),
            field="weight",
        )
    return weight


def weight_text(weight: Weight) -> str:
    """Return the weight as it is stored (``35 oz``); ``parse_weight`` reads the same back."""
    return f"{_plain(weight.value)} {_WEIGHT_SIGNS[weight.unit]}"


def show_weight(weight: Weight) -> str:
    """Return the weight as a clerk reads it: ``2 lb 3 oz``."""
    if weight.unit != "ounce" or weight.value < OUNCES_PER_POUND:
        return weight_text(weight)
    whole, rest = divmod(weight.value, OUNCES_PER_POUND)
    return f"{_plain(whole)} lb {_plain(rest)} oz" if rest else f"{_plain(whole)} lb"


def pounds(weight: Weight) -> Decimal:
    """Return the weight in pounds."""
    if weight.unit == "pound":
        return weight.value
    return weight.value * _GRAMS[weight.unit] / GRAMS_PER_POUND


@lru_cache(maxsize=4096)
def parse_side(text: str, unit: LengthUnit = "inch") -> Side:
    """Return the side that was typed (``10``, ``25cm``, ``10 1/2 in``); a bare number is in ``unit``."""
    parts = _parts(clean(text, label=marked("The side")), "side")
    sides = [_side(number, word, unit, text) for number, word in parts]
    if len({side.unit for side in sides}) > 1:
        _unreadable("side", text)
    side = Side(sum((side.value for side in sides), Decimal(0)), sides[0].unit)
    if side.value <= 0:
        raise InputError(phrase("A side must be above zero, not {text}.", text=quoted(text)), field="side")
    if _cm(side) > limits.SIDE_IN * CM_PER_INCH:
        raise InputError(
            phrase(
                "{size} is too long: a side is at most {most} in.", size=quoted(text), most=limits.SIDE_IN
            ),
            field="side",
        )
    return side


def side_text(value: Decimal, unit: LengthUnit) -> str:
    """Return the side as it is stored (``10 in``); ``parse_side`` reads the same back."""
    return f"{_plain(value)} {_SIDE_SIGNS[unit]}"


def is_size(text: str) -> bool:
    """Tell whether three sides were typed at once."""
    return len(_BETWEEN_SIDES.split(text)) == _SIDES


def parse_size(text: str, unit: LengthUnit = "inch") -> Dimensions:
    """Return the three sides that were typed (``10x8x4in``); the last unit holds for bare sides."""
    typed = _BETWEEN_SIDES.split(clean(text, label=marked("The size")))
    if len(typed) != _SIDES:
        raise InputError(
            phrase("{text} is not a size. Type three sides: 10x8x4, or 25x20x10cm.", text=quoted(text)),
            field="size",
        )
    last = parse_side(typed[-1], unit)
    dimensions = _dimensions([parse_side(typed[0], last.unit), parse_side(typed[1], last.unit), last])
    check_size(dimensions)
    return dimensions


def dimensions_of(length_text: str, width_text: str, height_text: str) -> Dimensions:
    """Return the three stored sides in one unit: inches, to a hundredth, when they were mixed."""
    return _dimensions([parse_side(text) for text in (length_text, width_text, height_text)])


def check_size(dimensions: Dimensions) -> None:
    """Raise InputError when a side, or length and girth together, are more than any carrier takes."""
    sides = sorted(_cm(Side(value, dimensions.unit)) for value in _values(dimensions))
    if sides[-1] > limits.SIDE_IN * CM_PER_INCH:
        raise InputError(
            phrase(
                "{size} is too long: a side is at most {most} in.",
                size=show_size(dimensions),
                most=limits.SIDE_IN,
            ),
            field="size",
        )
    around = sides[2] + 2 * (sides[0] + sides[1])
    if around > limits.LENGTH_AND_GIRTH_IN * CM_PER_INCH:
        inches = (around / CM_PER_INCH).quantize(_HUNDREDTH, ROUND_HALF_UP)
        raise InputError(
            phrase(
                "{size} is too large: the longest side and twice the other two make {sum} in, "
                "at most {most} in can be sent.",
                size=show_size(dimensions),
                sum=_plain(inches),
                most=limits.LENGTH_AND_GIRTH_IN,
            ),
            field="size",
        )


def show_size(dimensions: Dimensions) -> str:
    """Return the sides as a clerk reads them: ``10 × 8 × 4 in``."""  # noqa: RUF002 - the sign of sizes
    sign = _SIDE_SIGNS[dimensions.unit]
    return f"{' × '.join(map(_plain, _values(dimensions)))} {sign}"  # noqa: RUF001 - the same


def side_texts(dimensions: Dimensions) -> tuple[str, str, str]:
    """Return length, width and height as they are stored."""
    length, width, height = (side_text(value, dimensions.unit) for value in _values(dimensions))
    return length, width, height


def _values(dimensions: Dimensions) -> tuple[Decimal, Decimal, Decimal]:
    return dimensions.length, dimensions.width, dimensions.height


def _dimensions(sides: list[Side]) -> Dimensions:
    if len({side.unit for side in sides}) > 1:
        sides = [_in_inches(side) for side in sides]
    length, width, height = (side.value for side in sides)
    return Dimensions(length, width, height, sides[0].unit)


def _in_inches(side: Side) -> Side:
    if side.unit == "inch":
        return side
    inches = (side.value / CM_PER_INCH).quantize(_HUNDREDTH, ROUND_HALF_UP)
    return Side(max(inches, _HUNDREDTH), "inch")


def _cm(side: Side) -> Decimal:
    return side.value if side.unit == "centimeter" else side.value * CM_PER_INCH


def _parts(typed: str, what: str) -> list[tuple[str, str]]:
    """Take ``2 lb 3 oz`` apart into numbers and the words behind them."""
    parts: list[tuple[str, str]] = []
    place = 0
    while found := _PART.match(typed, place):
        parts.append((found["number"], (found["unit"] or "").lower()))
        place = found.end()
    if not parts or place != len(typed):
        _unreadable(what, typed)
    return parts


def _number(number: str, what: str, text: str) -> Decimal:
    fraction = _FRACTION.fullmatch(number)
    if fraction:
        return Decimal(fraction["whole"] or 0) + Decimal(fraction["above"]) / Decimal(fraction["below"])
    if _THOUSANDS.fullmatch(number):
        plain = number.replace(",", "")
        raise InputError(
            phrase(
                "{text} may mean {plain} or {number}. Type it without the comma.",
                text=quoted(text),
                plain=plain,
                number=number.replace(",", ".", 1),
            ),
            field=what,
        )
    if not _NUMBER.fullmatch(number):
        _unreadable(what, text)
    return Decimal(number.replace(",", ".").rstrip("."))


def _weight_unit(word: str, bare: WeightUnit, text: str) -> WeightUnit:
    unit = _WEIGHT_WORDS.get(word) if word else bare
    return unit or _unreadable("weight", text)


def _one_weight(parts: list[tuple[Decimal, WeightUnit]], text: str) -> Weight:
    """Return one weight of its parts: a single one as it is, pounds and ounces together in ounces."""
    units = [unit for _, unit in parts]
    if len(parts) == 1:
        return Weight(*parts[0])
    if units == ["pound", "ounce"]:
        return Weight(parts[0][0] * OUNCES_PER_POUND + parts[1][0], "ounce")
    if units == ["kilogram", "gram"]:
        return Weight(parts[0][0] * 1000 + parts[1][0], "gram")
    return _unreadable("weight", text)


def _side(number: str, word: str, bare: LengthUnit, text: str) -> Side:
    unit, times = _SIDE_WORDS.get(word, (None, None)) if word else (bare, Decimal(1))
    if unit is None or times is None:
        _unreadable("side", text)
    value = _number(number, "side", text) * times
    rounded = value.quantize(_MILLIONTH, ROUND_HALF_UP)
    return Side(value if value == rounded else rounded, unit)


_UNREADABLE = marked(
    {
        "weight": "{text} is not a weight. Type it like 2 lb 3 oz, 35 oz, 900 g, or 2.5 for pounds.",
        "side": "{text} is not a side. Type it like 10, 10.5 in, or 25 cm.",
    }
)


def _unreadable(what: str, text: str) -> NoReturn:
    raise InputError(phrase(_UNREADABLE[what], text=quoted(text)), field=what)


def _plain(value: Decimal) -> str:
    """Return the number without needless zeros and never with an exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
