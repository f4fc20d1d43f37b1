from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.crash.desk import Desk, opened
from tests.crash.proof import count_touches, fault, kills

if TYPE_CHECKING:
    from collections.abc import Iterator

STRIDE = 12


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with opened(tmp_path_factory.mktemp("crash")) as found:
        yield found


def test_purchase_killed_along_its_way_and_resumed_is_one_charge_and_one_whole_label(desk: Desk) -> None:
    told = kills(desk, range(1, count_touches(desk) + 1, STRIDE))
    assert (told.duplicates, told.lost) == (0, 0)
    assert [result for result in told.results if not result.whole] == []


@pytest.mark.parametrize(
    ("name", "code", "charges"),
    [
        ("buy-then-drop-before-head", 0, 1),
        ("buy-then-502", 0, 1),
        ("buy-then-truncated", 0, 1),
        ("server-500", 5, 1),
        ("status-409", 5, 1),
        ("insufficient-funds", 1, 1),
        ("status-401", 4, 1),
        ("download-404", 0, 1),
    ],
)
def test_purchase_under_fault_ends_with_its_code_and_charges_at_most_once(
    desk: Desk, name: str, code: int, charges: int
) -> None:
    result = fault(desk, name)
    assert (result.codes[0], len(result.charges), result.lost) == (code, charges, 0)
