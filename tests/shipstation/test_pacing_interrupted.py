"""The budget's book under ^C and before a terminal that blocks: no other thread or process waits for it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from shiplabel.errors import RateLimited
from shiplabel.lock_file import LockFile
from shiplabel.shipstation.pacing import Pacing
from shiplabel.shipstation.patience import Patience
from tests.shipstation.parts import Steady
from tests.shipstation.test_pacing import WHOLE_S, WINDOW_S, pacing

if TYPE_CHECKING:
    from pathlib import Path


class _LeftOnce:
    """A thread's lock that somebody stops waiting for once, by ^C."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left = False

    def __enter__(self) -> None:
        if not self._left:
            self._left = True
            raise KeyboardInterrupt
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def test_pacing_of_who_leaves_the_line_leaves_the_book_to_other_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Steady()
    budget = pacing(tmp_path, clock)
    monkeypatch.setattr(budget, "_queue", line := [None])  # somebody stands in line: the book is kept open
    for _ in range(3):
        budget.wait()
    assert not LockFile(str(budget.path.with_suffix(".lock"))).acquire(0)
    line.pop()
    monkeypatch.setattr(budget, "_thread_lock", _LeftOnce())
    with pytest.raises(KeyboardInterrupt):
        budget.wait()
    pacing(tmp_path, clock).wait()
    assert sum(clock.pauses) == pytest.approx(WHOLE_S)


class _Line(list[object]):
    """A line that ^C meets once in the moment in which somebody steps out of it with the book in hand."""

    met = False

    def _meet(self) -> None:
        if not self.met:
            self.met = True
            raise KeyboardInterrupt

    def pop(self, *at: Any) -> object:
        self._meet()
        return super().pop(*at)

    def remove(self, one: object) -> None:
        self._meet()
        super().remove(one)


def test_pacing_interrupted_while_it_takes_the_book_gives_it_to_other_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    budget = pacing(tmp_path, Steady())
    monkeypatch.setattr(budget, "_queue", line := _Line())
    with pytest.raises(KeyboardInterrupt):
        budget.wait()
    other = threading.Thread(target=budget.wait, daemon=True)
    other.start()
    other.join(10)
    assert (other.is_alive(), list(line)) == (False, [])
    assert LockFile(str(budget.path.with_suffix(".lock"))).acquire(0)


def test_pacing_interrupted_with_the_file_just_locked_gives_it_to_other_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    budget = pacing(tmp_path, Steady())
    taken_up = budget._taken_up

    def meet() -> None:
        taken_up()
        raise KeyboardInterrupt

    monkeypatch.setattr(budget, "_taken_up", meet)
    with pytest.raises(KeyboardInterrupt):
        budget.wait()
    assert LockFile(str(budget.path.with_suffix(".lock"))).acquire(0)


def test_pause_is_told_when_other_processes_have_the_book_again(tmp_path: Path) -> None:
    clock, free = Steady(), list[bool]()

    def say(_text: str) -> None:
        lock = LockFile(str(budget.path.with_suffix(".lock")))
        free.append(lock.acquire(0))
        lock.release()

    budget = Pacing(tmp_path / "pacing", 3, WINDOW_S, "account", clock, say)
    budget.pause_all(30)
    pacing(tmp_path, clock).pause_all(90)
    with pytest.raises(RateLimited):
        budget.wait(Patience(clock, 20))
    assert free == [True, True]
