"""A batch whose own files cannot be written while it buys: it ends in order and is finished later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.crash import batch
from tests.crash.bad_disk import fails_with
from tests.crash.desk import LAID, Desk, Done, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

BAD = ("tests.crash.bad_disk:lay",)
JOURNAL = "before write data/production/batches/*/*.journal"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with opened(tmp_path_factory.mktemp("crash")) as found:
        yield found


def fails(desk: Desk, reason: str, nth: int, faults: str = "", *, stays: bool) -> Done:
    """Buy three rows, one beside the other, on a disk that refuses the journal's nth line."""
    desk.start_over()
    batch.write_sheet(desk)
    desk.fault(f"slow@purchase:seconds=0.3{faults}")
    done = desk.run(
        *batch.arguments(desk),
        before=BAD,
        FAIL_WITH=reason,
        FAIL_ON="1" if stays else "",
        **desk.crash(f"{JOURNAL}#{nth}"),
    )
    desk.mend()
    return done


def finished(desk: Desk) -> None:
    """Go on with the batch on a good disk; every row then has its one label, and every charge its row."""
    done = desk.run("batch", "resume", "--yes", "--json")
    assert done.code == 0, done.err
    (status,) = desk.run("batch", "list", "--json").document
    assert (status["status"], status["bought"]) == ("bought", 3)
    charges = desk.charges()
    assert len({charge.external_shipment_id for charge in charges}) == len(charges) == 3
    assert desk.run("sessions", "list", "--json").document == []


@pytest.mark.parametrize("stays", [False, True])
@pytest.mark.parametrize("reason", ["ENOSPC", "EIO"])
@pytest.mark.parametrize("nth", [1, 2, 4])
def test_journal_that_cannot_be_written_ends_the_batch_in_order(
    desk: Desk, reason: str, nth: int, *, stays: bool
) -> None:
    done = fails(desk, reason, nth, stays=stays)
    found = done.document
    assert done.code in {3, 5}, done.err
    assert "Traceback" not in done.err
    assert found["bought"] + found["failed"] + found["unknown"] + found["skipped"] == found["rows"] == 3
    assert len(desk.charges()) == found["bought"] + found["unknown"]
    assert (done.code == 5) == bool(found["unknown"])
    assert f"shiplabel batch resume {found['batch_id']}" in done.err
    assert "Mend the disk" in done.err
    assert found["error"]["code"] == "storage"
    finished(desk)


def test_journal_that_cannot_be_written_beside_a_purchase_in_doubt_is_5(desk: Desk) -> None:
    faults = ",buy-then-drop-before-head@purchase:times=1,list-lag@labels:seconds=600"
    done = fails(desk, "ENOSPC", 1, faults, stays=False)
    assert (done.code, done.document["unknown"]) == (5, 1), done.err
    finished(desk)


def test_status_and_list_leave_the_journal_of_a_batch_alone(desk: Desk) -> None:
    desk.start_over()
    batch.write_sheet(desk)
    assert desk.run(*batch.arguments(desk)).code == 0
    (journal,) = desk.records.glob("batches/*/rows.journal")
    with journal.open("ab") as file:
        file.write(b'{"rows":[2],"sta')
    before = journal.read_bytes()
    for command in ("status", "list"):
        done = desk.run("batch", command, "--json", before=LAID, **desk.crash(""))
        assert done.code == 0, done.err
        assert not [touch for touch in desk.touches() if "journal" in touch]
    assert journal.read_bytes() == before
    assert desk.run("batch", "status", "--json").document["bought"] == 3


def making(desk: Desk) -> list[str]:
    """Return the touches by which a batch's folder is made."""
    desk.start_over()
    batch.write_sheet(desk)
    assert desk.run(*batch.arguments(desk), before=LAID, **desk.crash("")).code == 0
    found = desk.touches()
    sent = next(place for place, touch in enumerate(found) if touch.startswith("before send"))
    return [
        touch for touch in found[:sent] if "data/production/batches" in touch and fails_with(touch, "ENOSPC")
    ]


def test_batch_that_the_disk_does_not_let_be_made_is_told_and_buys_nothing(desk: Desk) -> None:
    found = making(desk)
    assert any("mkdir" in touch for touch in found)
    assert any("fsync" in touch for touch in found)
    for touch in found:
        desk.start_over()
        batch.write_sheet(desk)
        done = desk.run(
            *batch.arguments(desk), before=BAD, FAIL_WITH="ENOSPC", FAIL_ON="1", **desk.crash(touch)
        )
        assert done.code in {1, 4}, (touch, done.err)
        assert "fault of shiplabel" not in done.err, touch
        assert "written" in done.err, touch
        assert desk.charges() == [], touch
    assert desk.run(*batch.arguments(desk)).code == 0
    assert len(desk.charges()) == 3
