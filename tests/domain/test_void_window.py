from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shiplabel.domain.void_window import days_to_void, is_trackable_status, is_unused

BOUGHT_AT = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("carrier_code", "days", "left"),
    [
        ("stamps_com", 0, 28), ("usps", 27, 1), ("usps", 28, 0), ("usps", 29, -1), ("ups_walleted", 0, 90),
        ("fedex", 89, 1), ("endicia", 1, 27), ("dhl_express", 1, None),
    ],
)  # fmt: skip
def test_days_left_to_void_are_the_carriers_published_ones(
    carrier_code: str, days: int, left: int | None
) -> None:
    assert days_to_void(carrier_code, BOUGHT_AT, BOUGHT_AT + timedelta(days=days, hours=1)) == left


@pytest.mark.parametrize(
    ("status", "tracking", "unused"),
    [
        ("bought", "in_transit", True), ("bought", "", True), ("bought", "NY", True),
        ("bought", "IT", False), ("bought", "DE", False), ("bought", "delivered", False),
        ("voided", "", False), ("voiding", "", False), ("unknown", "", False),
    ],
)  # fmt: skip
def test_label_is_unused_when_it_is_paid_and_nobody_scanned_it(
    status: str, tracking: str, *, unused: bool
) -> None:
    assert is_unused(status, tracking) is unused


@pytest.mark.parametrize(
    ("tracking", "may_move"), [("IT", True), ("", True), ("DE", False), ("SP", False), ("delivered", False)]
)
def test_parcel_may_move_until_it_is_delivered(tracking: str, *, may_move: bool) -> None:
    assert is_trackable_status(tracking) is may_move
