"""The places in flight of a batch: none is lost, whatever ends a purchase before it is sent."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from shiplabel import baton
from shiplabel.baton import tell_heard
from shiplabel.cli.batch.gate import Gate
from shiplabel.errors import RateLimited, ShiplabelError, StorageError
from shiplabel.workflow.purchase import buy_only
from tests.test_baton import stands_in_line
from tests.workflow.model import World, ready

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from shiplabel.workflow.session import Session


@dataclass
class FullDisk(World):
    """A world whose disk takes nothing once it is full."""

    full: bool = False

    def save(self, session: Session) -> Session:
        if self.full:
            raise StorageError("the disk is full")
        return super().save(session)


def test_intent_that_the_disk_refuses_gives_its_place_to_the_next_purchase() -> None:
    world = FullDisk()
    session = ready(world)
    world.full = True
    parts = replace(world.parts, api=Gate(world, 1))
    refused: list[StorageError] = []

    def buy() -> None:
        try:
            buy_only(parts, session)
        except StorageError as error:
            refused.append(error)

    for _ in range(3):
        worker = threading.Thread(target=buy, daemon=True)
        worker.start()
        worker.join(10)
    assert len(refused) == 3
    assert world.charged == []


class NoTurn(World):
    """A world whose budget of requests cannot be had."""

    def await_turn(self, most_pause_s: float = 0.0, pause: Any = None) -> None:
        raise OSError("no budget")


def test_turn_that_cannot_be_had_gives_its_place_to_the_next_call() -> None:
    gate = Gate(NoTurn(), 1)
    refused: list[OSError] = []

    def ask(call: Callable[[], object]) -> None:
        try:
            call()
        except OSError as error:
            refused.append(error)

    for call in (gate.await_turn, lambda: gate.quote([]), gate.await_turn):
        worker = threading.Thread(target=ask, args=(call,), daemon=True)
        worker.start()
        worker.join(10)
    assert len(refused) == 3


def test_what_was_answered_is_written_down_after_rows_and_before_papers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(baton, "PATIENCE_S", 30.0)
    gate, order = Gate(World(), 2), list[str]()

    def work(kind: str, made: Callable[[], AbstractContextManager[None]]) -> threading.Thread:
        def sit() -> None:
            with made():
                order.append(kind)

        worker = threading.Thread(target=sit, daemon=True)
        worker.start()
        return worker

    with gate.row():
        gate.await_turn()
        workers = [work("paper", gate.paper), work("row", gate.row)]
        stands_in_line(gate._baton, 2)  # nothing else tells
        order.append("sent")
        gate.leave_turn()
        order.append("noted")
    for worker in workers:
        worker.join(30)
    assert order == ["sent", "row", "noted", "paper"]


def test_row_waits_for_a_place_in_flight_without_the_baton(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baton, "PATIENCE_S", 30.0)
    gate, order = Gate(World(), 1), list[str]()

    def second() -> None:
        with gate.row():
            gate.await_turn()
            order.append("second")

    gate.await_turn()
    worker = threading.Thread(target=second, daemon=True)
    worker.start()
    with gate.row():
        order.append("made ready")
    gate.leave_turn()
    worker.join(30)
    assert order == ["made ready", "second"]


class Speaking(World):
    """A world whose answers begin to come, and whose ``meanwhile`` is done before they are there."""

    meanwhile: Callable[[], None]

    def quote(self, *given: Any, **named: Any) -> Any:
        tell_heard()
        self.meanwhile()

    def buy(self, *given: Any, **named: Any) -> Any:
        tell_heard()
        self.meanwhile()


@pytest.mark.parametrize(("call", "is_free"), [("buy", True), ("quote", False)])
def test_place_of_a_purchase_is_free_once_its_answer_begins_to_come_and_that_of_a_quote_at_its_end(
    call: str, is_free: bool
) -> None:
    world = Speaking()
    gate, sent = Gate(world, 1), list[bool]()
    over = threading.Event()

    def second() -> None:
        world.meanwhile = over.set
        getattr(gate, call)()

    def first() -> None:
        worker = threading.Thread(target=second, daemon=True)
        worker.start()
        sent.append(over.wait(30 if is_free else 0.2))

    world.meanwhile = first
    getattr(gate, call)()
    assert sent == [is_free]
    assert over.wait(30)


def test_a_tenth_more_pass_the_gate_than_are_in_flight_at_a_time() -> None:
    world, passed, flying, over = Speaking(), list[int](), list[int](), threading.Event()
    gate = Gate(world, 10)

    def fly() -> None:
        flying.append(1)
        over.wait(30)

    def work() -> None:
        gate.await_turn()
        passed.append(1)
        gate.quote()

    world.meanwhile = fly
    workers = [threading.Thread(target=work, daemon=True) for _ in range(13)]
    for worker in workers:
        worker.start()
    until(lambda: len(passed) == 11 and len(flying) == 10)
    time.sleep(0.2)
    assert (len(passed), len(flying)) == (11, 10)
    over.set()
    for worker in workers:
        worker.join(30)
    assert (len(passed), len(flying)) == (13, 13)


class Paused(Speaking):
    """A world that notes the turns, and whose service may have asked for a pause."""

    def __init__(self) -> None:
        super().__init__()
        self.turns: list[str] = []
        self.pause_s = 0.0

    def await_turn(self, most_pause_s: float = 0.0, pause: Any = None) -> None:
        if self.pause_s:
            raise RateLimited("a pause", retry_after_s=self.pause_s)
        self.turns.append("taken")

    def leave_turn(self) -> None:
        self.turns.append("left")


def waiting_for_a_place(world: Paused, gate: Gate, call: str) -> tuple[Future[Any], threading.Event]:
    """Fill all ten places, send one call more; return it with what lets the others end."""
    over, flying = threading.Event(), list[int]()

    def fly() -> None:
        flying.append(1)
        over.wait(30)

    world.meanwhile = fly
    one_more: Future[Any] = Future()

    def send() -> None:
        try:
            one_more.set_result(getattr(gate, call)())
        except ShiplabelError as error:
            one_more.set_exception(error)

    for _ in range(10):
        threading.Thread(target=gate.quote, daemon=True).start()
    until(lambda: len(flying) == 10)
    threading.Thread(target=send, daemon=True).start()
    until(lambda: len(world.turns) == 11)
    return one_more, over


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_purchase_that_waited_for_its_place_takes_its_turn_anew() -> None:
    world = Paused()
    one_more, over = waiting_for_a_place(world, Gate(world, 10), "buy")
    over.set()
    one_more.result(30)
    assert world.turns[11:] == ["left", "taken"]


def test_purchase_that_met_a_pause_while_it_waited_is_not_sent_and_leaves_no_place_taken() -> None:
    world = Paused()
    gate = Gate(world, 10)
    one_more, over = waiting_for_a_place(world, gate, "buy")
    world.pause_s = 3.0
    world.meanwhile = lambda: world.turns.append("sent")
    over.set()
    with pytest.raises(RateLimited):
        one_more.result(30)
    assert world.turns[11:] == ["left"]
    world.pause_s, world.turns = 0.0, []
    after, over = waiting_for_a_place(world, gate, "buy")  # eleven have their places again
    over.set()
    after.result(30)


def test_quote_that_met_a_pause_while_it_waited_sits_it_out() -> None:
    world, pauses = Paused(), list[float]()

    def sit_out(seconds: float) -> bool:
        pauses.append(seconds)
        world.pause_s = 0.0
        return True

    one_more, over = waiting_for_a_place(world, Gate(world, 10, sit_out), "quote")
    world.pause_s = 3.0
    over.set()
    one_more.result(30)
    assert pauses == [3.0]
    assert world.turns[11:] == ["left", "taken"]


def test_one_place_lets_no_second_purchase_through_the_gate() -> None:
    gate, passed = Gate(World(), 1), list[str]()

    def second() -> None:
        gate.await_turn()
        passed.append("second")

    gate.await_turn()
    worker = threading.Thread(target=second, daemon=True)
    worker.start()
    worker.join(0.2)
    passed.append("first")
    gate.leave_turn()
    worker.join(30)
    assert passed == ["first", "second"]
