from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.crash.desk import Desk, opened
from tests.crash.faulty_days import days

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with opened(tmp_path_factory.mktemp("crash")) as found:
        yield found


@pytest.mark.parametrize("number", [2, 4, 7])
def test_days_of_a_fixed_seed_charge_no_key_twice_and_lose_no_charge(desk: Desk, number: int) -> None:
    outcome = days(number, desk)
    assert outcome.is_well, outcome
    assert outcome.charges
