"""The checks of the parcel's steps: its weight, its sides, and the size that they make together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shiplabel.domain import parcel
from shiplabel.domain.typed import require, whole
from shiplabel.domain.understood import Understood
from shiplabel.errors import InputError
from shiplabel.language import phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shiplabel.domain.shipment import Dimensions, LengthUnit, WeightUnit

    Answers = Mapping[str, str | None]

_SIDES = ("parcel_length", "parcel_width", "parcel_height")


def weight(text: str, answers: Answers) -> Understood:
    """Check a weight: above zero, at most 150 lb; a bare number is in ``parcel_weight_unit`` (pounds)."""
    typed = whole(text, "parcel_weight")
    require(typed, "parcel_weight")
    try:
        understood = parcel.parse_weight(typed, _weight_unit(answers))
    except InputError as error:
        raise _at("parcel_weight", error) from error
    return Understood(parcel.weight_text(understood), parcel.show_weight(understood))


def length(text: str, answers: Answers) -> Understood:
    """Check a length; ``10x8x4`` answers all three sides."""
    return _side(text, answers, "parcel_length")


def width(text: str, answers: Answers) -> Understood:
    """Check a width; ``10x8x4`` answers all three sides."""
    return _side(text, answers, "parcel_width")


def height(text: str, answers: Answers) -> Understood:
    """Check a height, and with it the size of the whole parcel."""
    return _side(text, answers, "parcel_height")


def _weight_unit(answers: Answers) -> WeightUnit:
    unit = answers.get("parcel_weight_unit")
    return unit if unit in {"ounce", "gram", "kilogram"} else "pound"  # type: ignore[return-value] # one of the four


def _length_unit(answers: Answers) -> LengthUnit:
    return "centimeter" if answers.get("parcel_side_unit") == "centimeter" else "inch"


def _side(text: str, answers: Answers, step: str) -> Understood:
    typed = whole(text, step)
    require(typed, step)
    try:
        if parcel.is_size(typed):
            return _all_sides(parcel.parse_size(typed, _length_unit(answers)), step)
        one = parcel.parse_side(typed, _length_unit(answers))
    except InputError as error:
        raise _at(step, error) from error
    value = parcel.side_text(one.value, one.unit)
    return Understood(value, value, _size_doubt({**answers, step: value}, step))


def _all_sides(dimensions: Dimensions, step: str) -> Understood:
    texts = dict(zip(_SIDES, parcel.side_texts(dimensions), strict=True))
    value = texts.pop(step)
    return Understood(value, parcel.show_size(dimensions), also={**texts})


def _size_doubt(answers: Answers, step: str) -> str:
    """Refuse too large a parcel at its last side; doubt it where later sides may still change."""
    sides = [answers.get(side) or "" for side in _SIDES]
    if not all(sides):
        return ""
    try:
        parcel.check_size(parcel.dimensions_of(*sides))
    except InputError as error:
        if step == _SIDES[-1]:
            raise _at(step, error) from error
        return phrase("{why} Keep it, and change the other sides?", why=error.message)
    return ""


def _at(step: str, error: InputError) -> InputError:
    return InputError(error.message, field=step)
