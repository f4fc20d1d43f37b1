from __future__ import annotations

from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shiplabel.domain.money import Money
from shiplabel.domain.rate import Rate
from shiplabel.domain.rules import (
    Rule,
    cheapest,
    choose,
    fastest,
    filter_rates,
    fitting,
    parse_rule,
    sort_rates,
)
from shiplabel.errors import Exit, InputError, ShiplabelError


def rate(
    name: str,
    total: str,
    days: int | None = None,
    *,
    carrier: str = "usps",
    package: str | None = "package",
    currency: str = "usd",
) -> Rate:
    return Rate(
        rate_id=f"se-{name}",
        carrier_id="se-c",
        carrier_code=carrier,
        carrier_name=carrier.upper() + " Inc",
        service_code=name,
        total=Money(Decimal(total), currency),
        parts={},
        delivery_days=days,
        package_type=package,
    )


GROUND = rate("ground", "7.58", 5)
PRIORITY = rate("priority", "9.10", 2)
EXPRESS = rate("express", "30", 1)
SLOW = rate("slow", "5", None, carrier="ups")
LETTER = rate("letter", "1", 1, package="letter")
ANY_BOX = rate("any", "8", 3, carrier="ups", package=None)
RATES = (GROUND, PRIORITY, EXPRESS, SLOW, LETTER, ANY_BOX)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("cheapest", Rule("cheapest")),
        ("fastest", Rule("fastest", pick="fastest")),
        ("service:usps_priority", Rule("service:usps_priority", service_code="usps_priority")),
        ("carrier:ups:cheapest", Rule("carrier:ups:cheapest", carrier_code="ups")),
        ("carrier:ups:fastest", Rule("carrier:ups:fastest", pick="fastest", carrier_code="ups")),
        ("cheapest:3d", Rule("cheapest:3d", max_days=3)),
        (" se-28529731 ", Rule("se-28529731", rate_id="se-28529731")),
    ],
)
def test_parse_rule_each_form_is_understood(text: str, rule: Rule) -> None:
    assert parse_rule(text) == rule


@pytest.mark.parametrize(
    "text",
    ["", "cheap", "service:", "carrier:ups", "cheapest:0d", "cheapest:d", "se-", "cheapest:3", "a\x1b[0m"],
)
def test_parse_rule_anything_else_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(InputError, match="carrier:CODE:cheapest") as caught:
        parse_rule(text)
    assert "\x1b" not in caught.value.message


@pytest.mark.parametrize(
    ("text", "package", "chosen"),
    [
        ("cheapest", "package", SLOW),
        ("cheapest", "letter", LETTER),
        ("fastest", "package", EXPRESS),
        ("service:ground", "package", GROUND),
        ("service:any", "flat_rate", ANY_BOX),
        ("carrier:usps:cheapest", "package", GROUND),
        ("carrier:ups:fastest", "package", ANY_BOX),
        ("cheapest:3d", "package", ANY_BOX),
        ("cheapest:2d", "package", PRIORITY),
        ("se-letter", "package", LETTER),
    ],
)
def test_choose_the_rate_that_the_rule_means(text: str, package: str, chosen: Rate) -> None:
    assert choose(RATES, parse_rule(text), package) == chosen


@pytest.mark.parametrize("text", ["service:letter", "service:nope", "carrier:dhl:cheapest", "se-gone"])
def test_choose_without_such_a_rate_says_what_there_is(text: str) -> None:
    with pytest.raises(
        ShiplabelError,
        match=r"letter \(\$1\.00, 1d, letter\), slow \(\$5\.00, package\), .*any \(\$8\.00, 3d\)",
    ) as caught:
        choose(RATES, parse_rule(text))
    assert caught.value.code == "no_rate"
    assert caught.value.exit_code is Exit.FAILED
    assert not caught.value.may_have_charged
    assert text in caught.value.message


def test_choose_fastest_where_no_rate_tells_its_days_is_no_rate() -> None:
    with pytest.raises(ShiplabelError) as caught:
        choose([SLOW], parse_rule("fastest"))
    assert caught.value.code == "no_rate"


def test_choose_among_none_or_many_keeps_the_message_short() -> None:
    with pytest.raises(ShiplabelError, match="no rates at all"):
        choose([], parse_rule("cheapest"))
    many = [rate(f"s{place}", "1") for place in range(20)]
    with pytest.raises(ShiplabelError, match="and 12 more"):
        choose(many, parse_rule("service:nope"))


def test_fitting_other_package_types_are_left_out() -> None:
    assert LETTER not in fitting(RATES)
    assert ANY_BOX in fitting(RATES)


def test_cheapest_and_fastest_of_none_are_none() -> None:
    assert cheapest([]) is None
    assert fastest([]) is None
    assert fastest([SLOW]) is None


def test_fastest_tie_goes_to_the_cheaper_and_cheapest_tie_to_the_sooner() -> None:
    dear, cheap, late = rate("a", "9", 1), rate("b", "8", 1), rate("c", "8", 4)
    assert fastest([dear, cheap, late]) == cheap
    assert cheapest([late, cheap, dear]) == cheap


def test_sort_rates_each_order_is_the_same_however_they_arrive() -> None:
    same = [
        rate("x", "5", 2),
        rate("y", "5", 2),
        rate("y", "5", 2, package=None),
        rate("z", "5", None, currency="cad"),
    ]
    for by in ("total", "days", "carrier"):
        assert (
            len({tuple(each.rate_id for each in sort_rates(order, by)) for order in permutations(same)}) == 1
        )


def test_sort_rates_by_days_puts_unknown_days_last() -> None:
    assert sort_rates(RATES, "days")[-1] == SLOW
    assert sort_rates(RATES)[0] == LETTER
    assert [each.carrier_code for each in sort_rates(RATES, "carrier")] == ["ups"] * 2 + ["usps"] * 4


def test_cheapest_two_currencies_do_not_crash_and_dollars_come_first() -> None:
    cad = rate("cad", "1", 1, currency="cad")
    assert cheapest([cad, GROUND]) == GROUND
    assert cheapest([cad]) == cad


@pytest.mark.parametrize(
    ("wish", "left"),
    [
        ({}, RATES),
        ({"carrier": "UPS"}, (SLOW, ANY_BOX)),
        ({"carrier": "usps inc"}, (GROUND, PRIORITY, EXPRESS, LETTER)),
        ({"max_days": 2}, (PRIORITY, EXPRESS, LETTER)),
        ({"max_total": Money(Decimal("7.58"))}, (GROUND, SLOW, LETTER)),
        ({"max_total": Money(Decimal(9), "cad")}, ()),
        ({"carrier": "ups", "max_days": 3, "max_total": Money(Decimal(8))}, (ANY_BOX,)),
    ],
)
def test_filter_rates_by_carrier_days_and_total(wish: dict[str, object], left: tuple[Rate, ...]) -> None:
    assert filter_rates(RATES, **wish) == list(left)  # type: ignore[arg-type] # one wish of each kind


@given(st.lists(st.tuples(st.integers(0, 5), st.none() | st.integers(0, 4)), min_size=1))
def test_choose_cheapest_is_never_dearer_and_fastest_never_later(
    wishes: list[tuple[int, int | None]],
) -> None:
    rates = [rate(f"s{place}", str(total), days) for place, (total, days) in enumerate(wishes)]
    best = choose(rates, parse_rule("cheapest"))
    assert all(best.total <= other.total for other in rates)
    soonest = fastest(rates)
    assert (soonest is None) == all(days is None for _, days in wishes)
    if soonest and soonest.delivery_days is not None:
        assert soonest.delivery_days == min(days for _, days in wishes if days is not None)
