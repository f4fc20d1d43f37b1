from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.crash.__main__ import verdict
from tests.crash.clerk import outcome_of
from tests.crash.desk import KILLED, LAID, OPTIONS, Desk, opened
from tests.crash.proof import trials
from tests.crash.trial import Outcome, Told, Trial, run_all
from tests.crash.ways import bought

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def told() -> list[Told]:
    return list(run_all(trials(quick=True)))


def test_run_killed_along_its_way_and_resumed_is_one_charge_and_one_whole_label(told: list[Told]) -> None:
    assert told
    assert [one for one in told if not one.outcome.is_well] == []


def fine(desk: Desk) -> Outcome:
    return Outcome(charges=1)


def broken(desk: Desk) -> Outcome:
    raise ValueError("the trial itself fell over")


@pytest.mark.parametrize(
    ("outcomes", "code", "last"),
    [
        ([Outcome(charges=1)], 0, "duplicates 0, lost 0"),
        ([Outcome(charges=2, duplicates=1)], 1, "duplicates 1, lost 0"),
        ([Outcome(charges=1, lost=1)], 1, "duplicates 0, lost 1"),
        ([Outcome(wrong=("x",)), Outcome(charges=1)], 1, "duplicates 0, lost 0, otherwise wrong 1"),
        ([], 1, "nothing was tried"),
    ],
)
def test_last_line_and_exit_code_tell_whether_all_is_as_promised(
    capsys: pytest.CaptureFixture[str], outcomes: list[Outcome], code: int, last: str
) -> None:
    trial = Trial(row="x", name="x", run=fine)
    assert verdict([Told(trial=trial, outcome=one) for one in outcomes]) == code
    assert capsys.readouterr().out.splitlines()[-1] == last


def test_trial_that_falls_over_is_told_as_wrong_and_the_next_one_is_run() -> None:
    trials = [Trial(row="x", name=run.__name__, run=run) for run in (broken, fine)]
    first, second = run_all(trials, workers=1)
    assert "fell over" in first.outcome.wrong[0]
    assert second.outcome.is_well


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with opened(tmp_path_factory.mktemp("crash")) as found:
        yield found


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("buy-then-drop-before-head@purchase", 0),
        ("buy-then-502@purchase", 0),
        ("buy-then-truncated@purchase", 0),
        ("server-500@purchase", 5),
        ("status-409@purchase", 5),
        ("insufficient-funds@purchase", 1),
        ("status-401@purchase", 4),
        ("download-404@download", 0),
    ],
)
def test_purchase_under_fault_ends_with_its_code_and_charges_at_most_once(
    desk: Desk, fault: str, code: int
) -> None:
    desk.start_over()
    desk.fault(f"{fault}:times=1")
    assert desk.run("new", "--order-id", "1042", *OPTIONS).code == code
    desk.mend()
    bought(desk)
    outcome = outcome_of(desk)
    assert (outcome.charges, outcome.duplicates, outcome.lost) == (1, 0, 0)


def without_an_intent(desk: Desk) -> None:
    """Have a purchase sent without an intent on disk, in a process that is killed after its answer."""
    desk.start_over()
    broken = (*LAID, "tests.crash.broken:forget_intents")
    at = "after answer to POST /v2/labels/rates/*#1"
    assert desk.run("new", *OPTIONS, before=broken, **desk.crash(at)).code == KILLED


def test_purchase_without_any_trace_on_disk_shows_as_a_duplicate(desk: Desk) -> None:
    without_an_intent(desk)
    for trace in desk.records.glob("locks/key-*"):
        trace.unlink()
    bought(desk)
    outcome = outcome_of(desk)
    assert (outcome.charges, outcome.duplicates, outcome.lost) == (2, 1, 1)


def test_purchase_without_an_intent_on_disk_is_found_by_the_trace_of_its_key(desk: Desk) -> None:
    without_an_intent(desk)
    bought(desk)
    outcome = outcome_of(desk)
    assert (outcome.charges, outcome.duplicates, outcome.lost) == (1, 0, 0)
