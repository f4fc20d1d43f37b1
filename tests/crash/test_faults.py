from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shiplabel.sandbox.faults import _INSTEAD, FAULTS
from tests.crash.desk import Desk, opened
from tests.crash.expectations import EXPECTED, KIND_OF
from tests.crash.faulty_calls import CALLS, trials
from tests.crash.trial import Trial, run

if TYPE_CHECKING:
    from collections.abc import Iterator

SWITCHES = {"external-id", "rate-limit", "other-account"}
"""These are no faults of one call: they are how the service is, and have tests of their own."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with opened(tmp_path_factory.mktemp("crash")) as found:
        yield found


@pytest.mark.parametrize("trial", list(trials(quick=True)), ids=lambda trial: trial.name)
def test_fault_ends_as_the_table_says_and_is_finished_with_one_label(desk: Desk, trial: Trial) -> None:
    outcome = run(trial, desk).outcome
    assert outcome.is_well, "\n".join(outcome.wrong)


def test_every_fault_of_the_stand_in_has_its_place_in_the_table() -> None:
    tried = {trial.name.partition(" at ")[0] for trial in trials(quick=False)}
    voids = {fault for fault in _INSTEAD if fault.startswith("void-")}
    assert set(FAULTS) - SWITCHES - voids <= tried
    assert {"void-refused", "void-hang", "void-then-drop-before-head"} <= tried
    assert set(EXPECTED) == set(CALLS)
    assert all(kind in KIND_OF.values() for kinds in EXPECTED.values() for kind in kinds)
