from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shiplabel.domain import keys
from shiplabel.errors import InputError

ORDER_IDS = st.one_of(
    st.from_regex(r"[a-cA-C0-9._#-]{1,8}", fullmatch=True),
    st.from_regex(r"[0-9]{1,4}(-[0-9]{1,4}){0,2}", fullmatch=True),
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=300),
)
NTHS = st.integers(min_value=1, max_value=999)


@pytest.mark.parametrize("order", ["1042", "112-1234567-1234567", "etsy.77-b", "1042-1000", "a" * 43])
def test_shipment_key_of_order_plain_id_stands_as_it_is(order: str) -> None:
    assert keys.shipment_key_of_order(order) == f"sl-{order}"
    assert keys.shipment_key_of_order(order, 2) == f"sl-{order}-2"


@pytest.mark.parametrize(
    "order", ["1042-2", "A-1042", "#1042", "a_b", "a.", "..", "é", "x" * 44, "x" * 300, "a/../b"]
)
def test_shipment_key_of_order_odd_or_long_id_is_hashed(order: str) -> None:
    assert re.fullmatch(r"sl-[A-Za-z0-9.-]*_[a-z2-7]{16}", keys.shipment_key_of_order(order))


@given(ORDER_IDS, NTHS, ORDER_IDS, NTHS)
@example("1042", 2, "1042-2", 1)
@example("abc", 1, "ABC", 1)
@example("1042", 1, "1042.", 1)
@example("a_b", 1, "a-b", 1)
@example("1-2", 2, "1", 2)
def test_shipment_key_of_order_two_orders_never_share_one(one: str, nth: int, other: str, mth: int) -> None:
    if (keys.check_order_id(one), nth) != (keys.check_order_id(other), mth):
        first, second = keys.shipment_key_of_order(one, nth), keys.shipment_key_of_order(other, mth)
        assert first.casefold().rstrip(".") != second.casefold().rstrip(".")


@given(ORDER_IDS, NTHS)
def test_shipment_key_of_order_is_short_and_a_safe_file_name(order: str, nth: int) -> None:
    assert re.fullmatch(r"sl-[A-Za-z0-9._-]{1,47}", keys.shipment_key_of_order(order, nth))


def test_shipment_key_of_order_white_space_around_does_not_matter() -> None:
    assert keys.shipment_key_of_order(" 1042 ") == keys.shipment_key_of_order("1042")


@pytest.mark.parametrize("order", ["", "  ", "a\x1bb", "x" * 301])
def test_check_order_id_what_is_none_is_refused(order: str) -> None:
    with pytest.raises(InputError) as caught:
        keys.check_order_id(order)
    assert caught.value.field == "order_id"


@pytest.mark.parametrize("nth", [0, -1, 1000])
def test_next_key_number_out_of_reach_is_refused(nth: int) -> None:
    with pytest.raises(InputError):
        keys.next_key("sr-abc", nth)


def test_next_key_first_is_the_key_itself() -> None:
    assert keys.next_key("sr-abc", 1) == "sr-abc"
    assert keys.next_key("sr-abc", 3) == "sr-abc-3"


def test_shipment_key_of_row_depends_on_content_and_occurrence_alone() -> None:
    row = {"to_name": "Ann", "to_city": "Austin", "to_company": None}
    key = keys.shipment_key_of_row(row, 1)
    assert key == keys.shipment_key_of_row({"to_company": " ", "to_city": "Austin ", "to_name": "Ann"}, 1)
    assert re.fullmatch(r"sr-[a-z2-7]{26}", key)
    assert (
        len({key, keys.shipment_key_of_row(row, 2), keys.shipment_key_of_row({**row, "to_name": "Bob"})}) == 3
    )
    assert keys.shipment_key_of_row({"a": "b"}) != keys.shipment_key_of_row({"b": "a"})


def test_random_key_is_never_the_same() -> None:
    made = {keys.random_key() for _ in range(100)}
    assert len(made) == 100
    assert all(re.fullmatch(r"sw-[a-z2-7]{26}", key) for key in made)
