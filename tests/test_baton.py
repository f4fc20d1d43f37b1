"""The baton: one at a time, whose time is over first, handed on by who waits, and never waited for long."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import httpcore
import httpx
import pytest
from httpcore._backends.sync import SyncStream

from shiplabel import baton as baton_module
from shiplabel.baton import Baton, hearing, turn_to, waiting
from shiplabel.cli.clock import SystemClock
from shiplabel.errors import HeldError
from shiplabel.lock_file import LockFile
from shiplabel.shipstation.exchange import Call, Line
from shiplabel.shipstation.outcome import Answer
from shiplabel.storage.atomic import write_durably
from shiplabel.storage.locks import Locks
from tests.shipstation.test_deadline import dripping

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody go without the baton in a test that is about who has it."""
    monkeypatch.setattr(baton_module, "PATIENCE_S", 30.0)


def started(act: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    return thread


def stands_in_line(baton: Baton, count: int) -> None:
    """Wait until so many threads wait for the baton."""
    end = time.monotonic() + 30
    while len(baton._waiters) < count:  # nothing else tells
        assert time.monotonic() < end
        time.sleep(0.001)


def in_line(
    baton: Baton, seconds: list[float], order: list[str], behind: int = 0
) -> Iterator[threading.Thread]:
    """Start a thread for each time to bear, behind so many others; each notes its own at its turn."""
    for at, bears_s in enumerate(seconds):

        def sit(name: str = f"{bears_s}{'abc'[at]}", bears_s: float = bears_s) -> None:
            with baton.held(bears_s):
                order.append(name)

        thread = started(sit)
        stands_in_line(baton, behind + at + 1)
        yield thread


@pytest.mark.usefixtures("patient")
def test_baton_is_had_by_one_thread_at_a_time() -> None:
    baton, working, most = Baton(), list[int](), list[int]()

    def work() -> None:
        for _ in range(50):
            with baton.held(0):
                working.append(1)
                most.append(len(working))
                time.sleep(0)
                working.pop()

    for thread in [started(work) for _ in range(6)]:
        thread.join(30)
    assert len(most) == 300
    assert set(most) == {1}


@pytest.mark.usefixtures("patient")
def test_baton_goes_to_who_can_wait_least_and_among_equals_to_the_first() -> None:
    baton, order = Baton(), list[str]()
    with baton.held(0):
        threads = list(in_line(baton, [2, 1, 1], order))
    for thread in threads:
        thread.join(30)
    assert order == ["1b", "1c", "2a"]


@pytest.mark.usefixtures("patient")
def test_waiting_hands_the_baton_on_and_takes_it_again() -> None:
    baton, order = Baton(), list[str]()
    with baton.held(0):
        (thread,) = in_line(baton, [3], order)
        with waiting():
            thread.join(30)
        order.append("back")
        (last,) = in_line(baton, [0], order)
        order.append("still here")
    last.join(30)
    assert order == ["3a", "back", "still here", "0a"]


@pytest.mark.usefixtures("patient")
def test_work_that_becomes_less_urgent_lets_others_go_first_and_more_urgent_work_goes_on() -> None:
    baton, order = Baton(), list[str]()
    with baton.held(1):
        threads = list(in_line(baton, [1, 3], order))
        turn_to(0)
        order.append("more urgent")
        turn_to(2)
        order.append("less urgent")
    for thread in threads:
        thread.join(30)
    assert order == ["more urgent", "1a", "less urgent", "3b"]


@pytest.mark.usefixtures("patient")
def test_work_that_has_waited_long_enough_goes_before_more_urgent_work_that_comes_later() -> None:
    baton, order = Baton(), list[str]()
    with baton.held(0):
        first = list(in_line(baton, [0.05], order))
        time.sleep(0.06)
        (later,) = in_line(baton, [0], order, behind=1)
    for thread in (*first, later):
        thread.join(30)
    assert order == ["0.05a", "0a"]


@pytest.mark.usefixtures("patient")
def test_work_without_the_baton_turns_to_other_work_without_it() -> None:
    baton, order = Baton(), list[str]()
    has, turned = threading.Event(), threading.Event()

    def sit() -> None:
        with baton.held(0):
            has.set()
            order.append("in time" if turned.wait(5) else "too late")

    with baton.held(0), waiting():
        other = started(sit)
        assert has.wait(30)
        (next_one,) = in_line(baton, [0], order)
        turn_to(3)
        turned.set()
        other.join(30)
        next_one.join(30)
    assert order == ["in time", "0a"]


def test_baton_that_is_not_handed_on_is_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baton_module, "PATIENCE_S", 0.01)
    baton, order = Baton(), list[str]()
    with baton.held(0):
        started(lambda: next(in_line(baton, [0], order)).join(30)).join(30)
        order.append("worked all the while")
    assert order == ["0a", "worked all the while"]
    with baton.held(0):
        assert not baton._is_free  # who went without neither keeps nor frees it
    assert baton._is_free


def test_baton_is_free_again_however_many_lost_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baton_module, "PATIENCE_S", 0.0002)
    baton, done = Baton(), list[int]()

    def work() -> None:
        for _ in range(100):
            with baton.held(0), waiting():
                pass
            done.append(1)

    for thread in [started(work) for _ in range(8)]:
        thread.join(60)
    assert len(done) == 800
    assert baton._is_free  # a baton that nobody has and that is not free would slow all


@pytest.mark.usefixtures("patient")
def test_baton_is_free_again_after_one_who_waited_was_interrupted() -> None:
    baton, over = Baton(), threading.Event()

    def work() -> None:
        with baton.held(0):
            over.wait(30)

    def interrupt() -> None:
        stands_in_line(baton, 1)
        os.kill(os.getpid(), signal.SIGINT)

    worker = started(work)
    while baton._is_free:
        time.sleep(0.001)
    started(interrupt)
    with pytest.raises(KeyboardInterrupt), baton.held(0):
        pass
    over.set()
    worker.join(30)
    assert baton._is_free


def test_thread_of_no_baton_waits_and_turns_as_if_there_were_none() -> None:
    with waiting():
        turn_to(3)
    turn_to(0)


def test_waiting_within_waiting_is_one_wait() -> None:
    baton = Baton()
    with baton.held(0):
        with waiting():
            with waiting():
                pass
            assert baton._is_free
        assert not baton._is_free
    assert baton._is_free


@pytest.fixture
def free_while(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[object, str], list[bool]]]:
    """Work with a baton; return a way to watch a call of the world: is the baton free meanwhile?"""
    baton = Baton()

    def watch(place: object, name: str) -> list[bool]:
        seen: list[bool] = []
        plain = getattr(place, name)

        def watched(*given: object, **named: object) -> object:
            seen.append(baton._is_free)
            return plain(*given, **named)

        monkeypatch.setattr(place, name, watched)
        return seen

    with baton.held(0):
        yield watch
    assert baton._is_free


Watch = Callable[[object, str], "list[bool]"]


def test_disk_is_awaited_without_the_baton(free_while: Watch, tmp_path: Path) -> None:
    seen = free_while(os, "fsync")
    write_durably(tmp_path / "a", b"content")
    assert seen == [True, True]


def test_pause_is_waited_out_without_the_baton(free_while: Watch) -> None:
    seen = free_while(time, "sleep")
    SystemClock().pause(0.001)
    assert seen == [True]


def test_lock_that_another_has_is_awaited_without_the_baton(free_while: Watch, tmp_path: Path) -> None:
    seen = free_while(LockFile, "acquire")
    other = LockFile(f"{tmp_path}/key-sl-1.lock")
    assert other.acquire(0)
    with pytest.raises(HeldError), Locks(tmp_path).key("sl-1", 0.01):
        pass
    assert seen == [False, False, True]


def test_answer_is_awaited_without_the_baton(free_while: Watch) -> None:
    connected, read = free_while(httpcore.SyncBackend, "connect_tcp"), free_while(SyncStream, "read")
    with dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}") as url:
        line = Line(url, "key", None, SystemClock())
        answer = line.ask(Call("GET", "/v2/carriers"), 10.0)
        line.close()
    assert isinstance(answer, Answer)
    assert connected == [False]  # within the machine there is nothing to wait for
    assert set(read) == {True}


def test_connection_to_another_machine_is_awaited_without_the_baton(free_while: Watch) -> None:
    connected = free_while(httpcore.SyncBackend, "connect_tcp")
    line = Line("https://api.invalid", "key", None, SystemClock())
    assert isinstance(line.ask(Call("GET", "/v2/carriers"), 10.0), httpx.ConnectError)
    line.close()
    assert connected == [True]


def test_answer_from_inside_is_awaited_without_the_baton(free_while: Watch) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=b"{}"))
    seen = free_while(transport, "handle_request")
    answer = Line("https://api.test", "key", transport, SystemClock()).ask(Call("GET", "/v2/carriers"), 5.0)
    assert isinstance(answer, Answer)
    assert seen == [True]


def test_answer_is_heard_before_the_baton_is_had_to_read_it(free_while: Watch) -> None:
    heard = free_while(Ear, "heard")
    with dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}") as url:
        line = Line(url, "key", None, SystemClock())
        with hearing(Ear.heard):
            line.ask(Call("GET", "/v2/carriers"), 10.0)
        count = len(heard)
        line.ask(Call("GET", "/v2/carriers"), 0.1)  # nobody listens any more
        line.close()
    assert heard[0]
    assert len(heard) == count


class Ear:
    """Hears that an answer begins to come."""

    @staticmethod
    def heard() -> None:
        """Say nothing."""
