from __future__ import annotations

import json
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from shiplabel.shipstation.pacing import LONGEST_PAUSE_S, Pacing
from tests.shipstation.parts import Steady

if TYPE_CHECKING:
    from pathlib import Path


def pacing(folder: Path, clock: Steady, limit: int = 3, account: str = "account") -> Pacing:
    return Pacing(folder / "pacing", limit, 6.0, account, clock)


def test_pacing_below_the_limit_never_waits(tmp_path: Path) -> None:
    clock = Steady()
    for _ in range(3):
        pacing(tmp_path, clock).wait()
    assert clock.pauses == []


def test_pacing_at_the_limit_waits_until_the_first_has_left_the_window(tmp_path: Path) -> None:
    clock = Steady()
    one, two = pacing(tmp_path, clock), pacing(tmp_path, clock)
    for each in (one, two, one):
        each.wait()
        clock.seconds += 1
    two.wait()
    assert sum(clock.pauses) == pytest.approx(3.25)


def test_pacing_in_any_window_lets_no_more_than_the_limit_go(tmp_path: Path) -> None:
    clock, sent = Steady(), []
    budget = pacing(tmp_path, clock)
    for step in range(40):
        budget.wait()
        sent.append(clock.seconds)
        clock.seconds += 0.3 * (step % 5)
    assert all(later - first > 6.0 for first, later in zip(sent, sent[3:], strict=False))


def test_pacing_of_another_account_is_apart(tmp_path: Path) -> None:
    clock = Steady()
    for _ in range(3):
        pacing(tmp_path, clock).wait()
    pacing(tmp_path, clock, account="other").wait()
    assert clock.pauses == []


def test_pacing_after_pause_all_holds_every_process(tmp_path: Path) -> None:
    clock = Steady()
    pacing(tmp_path, clock).pause_all(4)
    pacing(tmp_path, clock).pause_all(1)
    pacing(tmp_path, clock).wait()
    assert sum(clock.pauses) == pytest.approx(4)


def test_pacing_after_an_absurd_pause_waits_ten_minutes_at_most(tmp_path: Path) -> None:
    clock = Steady()
    pacing(tmp_path, clock).pause_all(1e9)
    pacing(tmp_path, clock).wait()
    assert sum(clock.pauses) == pytest.approx(LONGEST_PAUSE_S)


@pytest.mark.parametrize(
    "state",
    ["", '{"sent": [1', "[]", "null", '{"sent": 3, "pause_until": 0}', '{"sent": [], "pause_until": "x"}'],
)
def test_pacing_with_a_torn_state_starts_empty(tmp_path: Path, state: str) -> None:
    clock = Steady()
    budget = pacing(tmp_path, clock)
    (tmp_path / "pacing" / "account.json").write_text(state)
    budget.wait()
    assert clock.pauses == []


def test_pacing_after_a_restart_of_the_machine_forgets_the_future(tmp_path: Path) -> None:
    clock = Steady()
    budget = pacing(tmp_path, clock)
    state = {"sent": [5000.0, 5001.0, 5002.0], "pause_until": 9e9}
    (tmp_path / "pacing" / "account.json").write_text(json.dumps(state))
    budget.wait()
    assert clock.pauses == []


def test_pacing_of_many_threads_counts_each_request(tmp_path: Path) -> None:
    budget = pacing(tmp_path, Steady(), limit=100)

    def send_five() -> None:
        for _ in range(5):
            budget.wait()

    threads = [threading.Thread(target=send_five) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(json.loads((tmp_path / "pacing" / "account.json").read_text())["sent"]) == 40


def test_pacing_of_many_processes_counts_each_request(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from shiplabel.cli.clock import SystemClock;"
        "from shiplabel.shipstation.pacing import Pacing;"
        "b = Pacing(pathlib.Path(sys.argv[1]), 100, 600.0, 'account', SystemClock());"
        "[b.wait() for _ in range(10)]"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(3)]
    assert [one.wait(timeout=60) for one in running] == [0, 0, 0]
    assert len(json.loads((tmp_path / "account.json").read_text())["sent"]) == 30
