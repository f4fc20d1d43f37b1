from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shiplabel.domain import parcel
from shiplabel.domain.parcel import Side, parse_side, parse_size, parse_weight
from shiplabel.domain.shipment import Dimensions, LengthUnit, Weight, WeightUnit
from shiplabel.errors import InputError

D = Decimal
NUMBERS = st.decimals(min_value="0.000001", max_value="100", places=6)


@pytest.mark.parametrize(
    ("text", "value", "unit", "stored", "shown"),
    [
        ("2 lb 3 oz", "35", "ounce", "35 oz", "2 lb 3 oz"),
        ("2lb3oz", "35", "ounce", "35 oz", "2 lb 3 oz"),
        ("2 lbs, 3.5 oz", "35.5", "ounce", "35.5 oz", "2 lb 3.5 oz"),
        ("16oz", "16", "ounce", "16 oz", "1 lb"),
        ("8 ounces", "8", "ounce", "8 oz", "8 oz"),
        ("0,9 kg", "0.9", "kilogram", "0.9 kg", "0.9 kg"),
        ("1 kg 250 g", "1250", "gram", "1250 g", "1250 g"),
        ("900 G", "900", "gram", "900 g", "900 g"),
        ("2.5", "2.5", "pound", "2.5 lb", "2.5 lb"),
        ("2,5", "2.5", "pound", "2.5 lb", "2.5 lb"),
        ("2.", "2", "pound", "2 lb", "2 lb"),
        (".5", "0.5", "pound", "0.5 lb", "0.5 lb"),
        ("1/2 lb", "0.5", "pound", "0.5 lb", "0.5 lb"),
        ("1 1/4 lb", "1.25", "pound", "1.25 lb", "1.25 lb"),
        ("150 lb", "150", "pound", "150 lb", "150 lb"),
        ("2400 oz", "2400", "ounce", "2400 oz", "150 lb"),
    ],
)
def test_parse_weight_as_people_write_it(
    text: str, value: str, unit: WeightUnit, stored: str, shown: str
) -> None:
    weight = parse_weight(text)
    assert weight == Weight(D(value), unit)
    assert parcel.weight_text(weight) == stored
    assert parcel.show_weight(weight) == shown
    assert parse_weight(stored) == weight


def test_parse_weight_bare_number_is_in_the_unit_asked_for() -> None:
    assert parse_weight("900", "gram") == Weight(D(900), "gram")


@pytest.mark.parametrize(
    "text",
    ["", "nan", "inf", "1e9", "-1", "- 1", "1.2.3", "2 lb 3", "3 oz 2 lb", "2 stone", "0", "0 lb",
     "150.01 lb", "69 kg", "1,500 g", "1,000,000 g", "lb", "٣", "1/0 lb", "1/3 lb", "\x1b[0m", "x" * 10_000,
     "1" * 10_000, "0.0000001"],
)  # fmt: skip
def test_parse_weight_what_is_none_is_refused_with_what_was_typed(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_weight(text)
    assert len(caught.value.message) < 200
    assert text[:5] in caught.value.message or "\x1b" in text


def test_parse_weight_comma_before_three_digits_asks_which_is_meant() -> None:
    with pytest.raises(InputError, match=r"may mean 1500 or 1\.500"):
        parse_weight("1,500 g")


@given(NUMBERS, st.sampled_from(["pound", "ounce", "gram", "kilogram"]))
def test_weight_text_is_read_back_exactly(value: Decimal, unit: WeightUnit) -> None:
    weight = Weight(value, unit)
    if parcel.pounds(weight) <= 150:
        assert parse_weight(parcel.weight_text(weight)) == weight
        assert abs(parcel.pounds(parse_weight(parcel.show_weight(weight))) - parcel.pounds(weight)) < D(
            "1e-20"
        )


def test_pounds_of_each_unit() -> None:
    assert parcel.pounds(Weight(D(2), "pound")) == 2
    assert parcel.pounds(Weight(D(35), "ounce")) == D("2.1875")
    assert parcel.pounds(Weight(D("0.45359237"), "kilogram")) == 1
    assert parcel.pounds(Weight(D("453.59237"), "gram")) == 1


@pytest.mark.parametrize(
    ("text", "value", "unit", "stored"),
    [
        ("10", "10", "inch", "10 in"),
        ("10.50 in", "10.5", "inch", "10.5 in"),
        ("2,5", "2.5", "inch", "2.5 in"),
        ('10"', "10", "inch", "10 in"),
        ("10 1/2 inches", "10.5", "inch", "10.5 in"),
        ("10-1/2", "10.5", "inch", "10.5 in"),
        ("1 ft 2 in", "14", "inch", "14 in"),
        ("5'10\"", "70", "inch", "70 in"),
        ("25cm", "25", "centimeter", "25 cm"),
        ("250 mm", "25", "centimeter", "25 cm"),
        ("1.000001 mm", "0.1", "centimeter", "0.1 cm"),
        ("1 m", "100", "centimeter", "100 cm"),
        ("108", "108", "inch", "108 in"),
        ("274.32 cm", "274.32", "centimeter", "274.32 cm"),
    ],
)
def test_parse_side_as_people_write_it(text: str, value: str, unit: LengthUnit, stored: str) -> None:
    side = parse_side(text)
    assert side == Side(D(value), unit)
    assert parcel.side_text(side.value, side.unit) == stored
    assert parse_side(stored) == side


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nan",
        "1e9",
        "-1",
        "0",
        "0.0000001",
        "108.01",
        "274.33 cm",
        "10 furlongs",
        "1 in 2 cm",
        "1,000",
        "in",
    ],
)
def test_parse_side_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_side(text)


@given(NUMBERS, st.sampled_from(["inch", "centimeter"]))
def test_side_text_is_read_back_exactly(value: Decimal, unit: LengthUnit) -> None:
    side = Side(value, unit)
    assert parse_side(parcel.side_text(side.value, side.unit)) == side


@pytest.mark.parametrize(
    ("text", "sides", "unit"),
    [
        ("10x8x4in", "10 8 4", "inch"),
        ("10 x 8 x 4", "10 8 4", "inch"),
        ("10X8*4", "10 8 4", "inch"),
        ("25×20×10cm", "25 20 10", "centimeter"),  # noqa: RUF001 - as typed
        ("10 by 8 by 4", "10 8 4", "inch"),
        ('10"x8"x4"', "10 8 4", "inch"),
        ("10in x 20cm x 4in", "10 7.87 4", "inch"),
        ("1x1x0.01cm", "1 1 0.01", "centimeter"),
        ("45 x 30 x 30", "45 30 30", "inch"),
    ],
)
def test_parse_size_three_sides_at_once(text: str, sides: str, unit: LengthUnit) -> None:
    assert parcel.is_size(text)
    length, width, height = map(D, sides.split())
    assert parse_size(text) == Dimensions(length, width, height, unit)


@pytest.mark.parametrize("text", ["10x8", "10x8x4x2", "axbxc", "10x8x0", "100x40x40", "110x1x1", ""])
def test_parse_size_what_is_none_or_too_large_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_size(text)


def test_check_size_at_the_limit_passes_and_beyond_tells_the_sum() -> None:
    parcel.check_size(Dimensions(D(105), D(15), D(15)))
    with pytest.raises(InputError, match=r"make 165\.02 in, at most 165 in"):
        parcel.check_size(Dimensions(D(15), D(105), D("15.01")))
    with pytest.raises(InputError, match="a side is at most 108 in"):
        parcel.check_size(Dimensions(D(1), D(109), D(1)))


def test_dimensions_of_one_unit_is_kept_and_mixed_ones_become_inches() -> None:
    assert parcel.dimensions_of("25 cm", "20 cm", "10 cm") == Dimensions(D(25), D(20), D(10), "centimeter")
    assert parcel.dimensions_of("10 in", "25.4 cm", "0.001 cm") == Dimensions(D(10), D(10), D("0.01"))


def test_show_size_and_side_texts_name_the_unit() -> None:
    dimensions = Dimensions(D("10.50"), D(8), D(4))
    assert parcel.show_size(dimensions) == "10.5 × 8 × 4 in"  # noqa: RUF001 - as shown
    assert parcel.side_texts(dimensions) == ("10.5 in", "8 in", "4 in")
