from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from shiplabel.domain.rate import Carrier
from shiplabel.storage.carriers import CarrierCache

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
CARRIERS = (
    Carrier(carrier_id="se-1", carrier_code="ups", name="UPS", services=("ups_ground",)),
    Carrier(
        carrier_id="se-2", carrier_code="stamps_com", name="USPS", prepaid=True, balance=Decimal("12.3400")
    ),
)


@dataclass
class Watch:
    """A clock that stands where it is put."""

    time: datetime = NOW

    def now(self) -> datetime:
        return self.time


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def cache(tmp_path: Path, watch: Watch) -> CarrierCache:
    return CarrierCache(tmp_path / "carriers", watch)


def test_carriers_kept_come_back_equal_for_an_hour(cache: CarrierCache, watch: Watch) -> None:
    cache.put("ours", CARRIERS)
    watch.time = NOW + timedelta(hours=1)
    assert cache.get("ours") == CARRIERS


@pytest.mark.parametrize("passed", [timedelta(hours=1, seconds=1), timedelta(seconds=-1)])
def test_carriers_old_or_of_a_clock_set_back_count_as_none(
    cache: CarrierCache, watch: Watch, passed: timedelta
) -> None:
    cache.put("ours", CARRIERS)
    watch.time = NOW + passed
    assert cache.get("ours") is None


def test_carriers_forgotten_count_as_none_and_others_stay(cache: CarrierCache) -> None:
    cache.put("ours", CARRIERS)
    cache.put("theirs", CARRIERS)
    cache.forget("ours")
    cache.forget("ours")
    assert (cache.get("ours"), cache.get("theirs")) == (None, CARRIERS)


def test_carriers_of_another_account_are_not_ours(cache: CarrierCache) -> None:
    cache.put("theirs", CARRIERS)
    assert cache.get("ours") is None


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\x00", b"[]", b'{"at": "2026-11-01T09:30:00", "carriers": []}', b'{"at": 1, "carriers": 2}'],
)
def test_damaged_carriers_count_as_none_and_are_replaced(
    cache: CarrierCache, tmp_path: Path, content: bytes
) -> None:
    cache.put("ours", CARRIERS)
    (tmp_path / "carriers" / "ours.json").write_bytes(content)
    assert cache.get("ours") is None
    cache.put("ours", CARRIERS)
    assert cache.get("ours") == CARRIERS


def test_carriers_that_the_disk_refuses_are_not_kept_and_hinder_nobody(tmp_path: Path, watch: Watch) -> None:
    (tmp_path / "file").write_text("")
    cache = CarrierCache(tmp_path / "file", watch)
    cache.put("ours", CARRIERS)
    assert cache.get("ours") is None
