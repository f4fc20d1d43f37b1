from __future__ import annotations

import shutil
import subprocess
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.crash import clerk
from tests.crash.desk import OPTIONS, Desk, opened
from tests.crash.faulty_disk import at_intent, cases
from tests.crash.trial import run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with opened(tmp_path_factory.mktemp("crash")) as found:
        yield found


def test_disk_that_refuses_leaves_the_old_state_or_the_new_and_one_charge(desk: Desk) -> None:
    found = list(cases(desk, 8))
    assert len(found) >= 24
    told = [run(one, desk) for one in found]
    assert [one for one in told if not one.outcome.is_well] == []


def test_disk_that_does_not_take_the_intent_lets_no_purchase_be_sent(desk: Desk) -> None:
    found = list(at_intent(desk))
    assert {"write", "fsync", "replace"} <= {one.name.split()[1] for one in found}
    told = [run(one, desk) for one in found]
    assert [one for one in told if not one.outcome.is_well] == []


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "tiny"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("left", [0, 4, 8, 12, 16, 24, 32, 48])
def test_real_disk_that_fills_up_ends_in_an_error_or_a_label_and_is_finished_later(
    desk: Desk, tiny: Path, left: int
) -> None:
    desk.start_over()
    desk.more["SHIPLABEL_DATA_DIR"] = str(tiny / "data")
    desk.run("sessions", "list", "--json")
    filler = tiny / "filler"
    _fill(filler, tiny, left * 1024)
    done = desk.run("new", "--order-id", "1042", *OPTIONS)
    charges = len(desk.charges())
    assert done.code in ({0, 5} if charges else {1, 4}), (done, charges)
    assert "Traceback" not in done.err
    filler.unlink()
    clerk.bought_by(desk, partial(clerk.buy_by_options, desk))
    (label,) = clerk.asked(desk, "labels", "list")
    assert [label["label_id"]] == [charge.label_id for charge in desk.charges()]
    assert clerk.asked(desk, "sessions", "list") == []


def _fill(filler: Path, disk: Path, left: int) -> None:
    """Fill a disk but for some bytes."""

    free = shutil.disk_usage(disk).free
    with filler.open("wb") as file:
        file.write(bytes(max(0, free - left)))
