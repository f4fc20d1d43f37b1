from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from shiplabel.cli.clock import SystemClock
from shiplabel.errors import RateLimited
from shiplabel.lock_file import LockFile
from shiplabel.shipstation import pacing as pacing_module
from shiplabel.shipstation.pacing import LEAST_MARGIN_S, LONGEST_PAUSE_S, Pacing
from shiplabel.shipstation.patience import Patience
from tests.shipstation.parts import Script, Steady, scripted

if TYPE_CHECKING:
    from pathlib import Path

WINDOW_S = 6.0
WHOLE_S = WINDOW_S + 0.09


@pytest.fixture(autouse=True)
def named_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' clocks jump: let the machine's start have a name on every system."""
    (tmp_path / "start").write_text("this start")
    monkeypatch.setattr(pacing_module, "_BOOT", tmp_path / "start")


def pacing(folder: Path, clock: Any, limit: int = 3, account: str = "account") -> Pacing:
    return Pacing(folder / "pacing", limit, WINDOW_S, account, clock)


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
    assert sum(clock.pauses) == pytest.approx(WHOLE_S - 3)


def test_pacing_in_any_window_lets_no_more_than_the_limit_go(tmp_path: Path) -> None:
    clock, sent = Steady(), []
    budget = pacing(tmp_path, clock)
    for step in range(40):
        budget.wait()
        sent.append(clock.seconds)
        clock.seconds += 0.3 * (step % 5)
    assert all(later - first > WINDOW_S for first, later in zip(sent, sent[3:], strict=False))


def test_pacing_of_a_hundred_requests_keeps_within_3_percent_of_the_ideal(tmp_path: Path) -> None:
    clock = Steady()
    budget = pacing(tmp_path, clock, limit=20)
    for _ in range(100):
        budget.wait()
    assert 24 < sum(clock.pauses) < 24 * 1.03


def test_pacing_of_another_account_is_apart(tmp_path: Path) -> None:
    clock = Steady()
    for _ in range(3):
        pacing(tmp_path, clock).wait()
    pacing(tmp_path, clock, account="../other").wait()
    assert clock.pauses == []
    assert {path.suffix for path in (tmp_path / "pacing").iterdir()} == {".pace", ".lock"}


def test_pacing_after_pause_all_holds_every_process(tmp_path: Path) -> None:
    clock = Steady()
    pacing(tmp_path, clock).pause_all(4)
    pacing(tmp_path, clock).pause_all(1)
    pacing(tmp_path, clock).wait()
    assert sum(clock.pauses) == pytest.approx(4)


class Interrupted(Steady):
    """A clock during whose first pause something happens."""

    def __init__(self, happens: Any) -> None:
        super().__init__()
        self.happens = happens

    def pause(self, seconds: float) -> None:
        super().pause(seconds)
        happens, self.happens = self.happens, None
        if happens:
            happens()


def test_pacing_of_who_waits_already_obeys_a_pause(tmp_path: Path) -> None:
    clock: Interrupted = Interrupted(lambda: pacing(tmp_path, clock).pause_all(10))
    for _ in range(4):
        pacing(tmp_path, clock).wait()
    assert sum(clock.pauses) == pytest.approx(WHOLE_S + 10)


def test_pacing_left_while_waiting_gives_its_turn_back(tmp_path: Path) -> None:
    def leave() -> None:
        raise KeyboardInterrupt

    clock = Interrupted(leave)
    budget = pacing(tmp_path, clock, limit=1)
    budget.wait()
    with pytest.raises(KeyboardInterrupt):
        budget.wait()
    budget.wait()
    assert clock.seconds == pytest.approx(1000 + WHOLE_S)


def test_pacing_of_a_request_that_left_late_counts_from_then(tmp_path: Path) -> None:
    clock = Steady()
    budget = pacing(tmp_path, clock, limit=1)
    turn = budget.wait()
    clock.seconds += 2
    budget.left_at(turn, 1001.5)
    budget.wait()
    assert clock.seconds == pytest.approx(1001.5 + WHOLE_S)


@pytest.mark.parametrize("moment", [None, 1000.0, 1000.02, 990.0, 9e9])
def test_pacing_of_a_request_that_left_in_time_counts_from_its_turn(
    tmp_path: Path, moment: float | None
) -> None:
    clock = Steady()
    budget = pacing(tmp_path, clock, limit=1)
    budget.left_at(budget.wait(), moment)
    budget.wait()
    assert clock.seconds == pytest.approx(1000 + WHOLE_S)


def test_pacing_after_an_absurd_pause_waits_ten_minutes_at_most(tmp_path: Path) -> None:
    clock = Steady()
    pacing(tmp_path, clock).pause_all(1e9)
    pacing(tmp_path, clock).wait()
    assert sum(clock.pauses) == pytest.approx(LONGEST_PAUSE_S)


@pytest.mark.parametrize("part", [slice(0, 3), slice(0, 20), slice(0, -1), slice(1, None)])
def test_pacing_with_a_torn_state_counts_the_budget_as_spent(tmp_path: Path, part: slice) -> None:
    clock = Steady()
    budget = pacing(tmp_path, clock)
    budget.wait()
    budget.path.write_bytes(budget.path.read_bytes()[part])
    budget.wait()
    assert sum(clock.pauses) == pytest.approx(WHOLE_S)


def test_pacing_with_an_empty_state_starts_anew(tmp_path: Path) -> None:
    clock = Steady()
    budget = pacing(tmp_path, clock)
    budget.path.write_bytes(b"")
    budget.wait()
    assert clock.pauses == []


def test_pacing_after_a_restart_of_the_machine_starts_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Steady()
    for _ in range(3):
        pacing(tmp_path, clock).wait()
    (tmp_path / "boot").write_text("another start")
    monkeypatch.setattr(pacing_module, "_BOOT", tmp_path / "boot")
    pacing(tmp_path, clock).wait()
    assert clock.pauses == []


def test_pacing_where_the_system_names_no_start_forgets_the_far_future(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing_module, "_BOOT", tmp_path / "missing")
    before = Steady(seconds=50_000.0)
    for _ in range(3):
        pacing(tmp_path, before).wait()
    after = Steady()
    pacing(tmp_path, after).wait()
    assert after.pauses == []


def test_pacing_where_the_system_names_no_start_forgets_the_time_before_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing_module, "_BOOT", tmp_path / "missing")
    before = Steady(seconds=3000.0)
    for _ in range(3):
        pacing(tmp_path, before).wait()
    after = Steady()
    pacing(tmp_path, after).wait()
    assert after.pauses == []


def test_pacing_where_the_system_names_no_start_counts_every_process_since(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing_module, "_BOOT", tmp_path / "missing")
    clock = Steady()
    for correction_s in (0, 50, 0, -50):
        monkeypatch.setattr(time, "time", lambda s=correction_s: 1_000_000.0 + s)
        pacing(tmp_path, clock).wait()
    assert sum(clock.pauses) == pytest.approx(WHOLE_S)


def test_pacing_where_the_disk_refuses_keeps_to_the_budget_alone(tmp_path: Path) -> None:
    (tmp_path / "pacing").write_text("a file in the folder's place")
    clock = Steady()
    budget = pacing(tmp_path, clock)
    for _ in range(4):
        budget.wait()
    assert sum(clock.pauses) == pytest.approx(WHOLE_S)


def test_pacing_where_the_file_is_no_file_keeps_to_the_budget_alone(tmp_path: Path) -> None:
    clock = Steady()
    budget = pacing(tmp_path, clock)
    budget.path.mkdir()
    for _ in range(4):
        budget.wait()
    assert sum(clock.pauses) == pytest.approx(WHOLE_S)


def test_pacing_whose_files_were_removed_shares_the_new_ones_within_a_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, now_s = Steady(), 100.0
    monkeypatch.setattr("shiplabel.kept_file.time.monotonic", lambda: now_s)
    one, two = pacing(tmp_path, clock), pacing(tmp_path, clock)
    for each in (one, two):
        each.wait()
    for path in (tmp_path / "pacing").iterdir():
        path.unlink()
    now_s = 101.0
    for each in (one, two, one):
        each.wait()
    assert clock.pauses == []
    two.wait()
    assert sum(clock.pauses) == pytest.approx(WHOLE_S)


def test_pacing_that_another_process_wrote_meanwhile_counts_its_requests(tmp_path: Path) -> None:
    clock = Steady()
    one, two = pacing(tmp_path, clock), pacing(tmp_path, clock)
    for each in (one, one, two):
        each.wait()
    assert clock.pauses == []
    one.wait()
    assert sum(clock.pauses) == pytest.approx(WHOLE_S)


def test_pacing_files_are_the_owners_alone(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        pacing(tmp_path, Steady()).wait()
    finally:
        os.umask(old)
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "pacing").iterdir()}
    assert (modes, (tmp_path / "pacing").stat().st_mode & 0o777) == ({0o600}, 0o700)


def test_pacing_of_many_threads_counts_each_request(tmp_path: Path) -> None:
    budget, clock = pacing(tmp_path, Steady(), limit=40), Steady()
    threads = [threading.Thread(target=lambda: [budget.wait() for _ in range(5)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pacing(tmp_path, clock, limit=40).wait()
    assert sum(clock.pauses) == pytest.approx(WHOLE_S)


def test_pacing_of_many_processes_counts_each_request(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from shiplabel.cli.clock import SystemClock;"
        "from shiplabel.shipstation.pacing import Pacing;"
        "b = Pacing(pathlib.Path(sys.argv[1]), 30, 0.5, 'account', SystemClock());"
        "[print(b.wait()) for _ in range(30)]"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    turns = sorted(float(line) for one in running for line in one.communicate(timeout=60)[0].split())
    gaps = [later - first for first, later in zip(turns, turns[30:], strict=False)]
    assert len(turns) == 90
    assert min(gaps) >= 0.5 + LEAST_MARGIN_S - 1e-6


def test_pacing_of_who_is_killed_with_the_lock_holds_nobody(tmp_path: Path) -> None:
    code = (
        "import sys, time; from filelock import FileLock;"
        "FileLock(sys.argv[1]).acquire(); print('held', flush=True); time.sleep(60)"
    )
    clock = SystemClock()
    budget = pacing(tmp_path, clock)
    lock = str(budget.path.with_suffix(".lock"))
    with subprocess.Popen([sys.executable, "-c", code, lock], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        holder.kill()
    began = time.monotonic()
    budget.wait()
    assert time.monotonic() - began < 1


def test_turn_of_a_purchase_that_is_not_sent_is_given_back(tmp_path: Path) -> None:
    clock = Steady()
    client = scripted(
        Script([httpx.Response(200, json={"carriers": []})]), clock, pacing(tmp_path, clock, limit=1)
    )
    client.await_turn()
    client.leave_turn()
    client.carriers()
    assert clock.pauses == []
    clock.seconds += WHOLE_S / 2
    client.leave_turn()
    client.carriers()
    assert sum(clock.pauses) == pytest.approx(WHOLE_S / 2)


def test_pause_of_another_process_is_told_once_and_waited_for_as_long_as_a_call_may(tmp_path: Path) -> None:
    clock, told = Steady(), list[str]()
    pacing(tmp_path, clock).pause_all(300)
    budget = Pacing(tmp_path / "pacing", 3, WINDOW_S, "account", clock, told.append)
    for _ in range(2):
        with pytest.raises(RateLimited) as caught:
            budget.wait(Patience(clock, 20))
    assert caught.value.retry_after_s == pytest.approx(300)
    clock.seconds += 250
    assert budget.wait(Patience(clock, 20)) == pytest.approx(1300)
    assert told == ["Too many requests: the service asks for a pause of 300 s."]


def test_pacing_with_a_long_line_lets_other_processes_have_the_book_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Steady()
    budget, other = pacing(tmp_path, clock, limit=100), pacing(tmp_path, clock, limit=100)
    monkeypatch.setattr(budget, "_queue", [None])
    lock = LockFile(str(budget.path.with_suffix(".lock")))
    free = []
    for _ in range(100):
        budget.wait()
        free.append(lock.acquire(0))
        if free[-1]:
            lock.release()
    assert free.count(True) == 3
    assert clock.pauses == []
    monkeypatch.setattr(budget, "_queue", [])
    budget.give_back(0.0)
    other.wait()
    assert sum(clock.pauses) == pytest.approx(WHOLE_S)
