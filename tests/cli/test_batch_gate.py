"""The places in flight of a batch: none is lost, whatever ends a purchase before it is sent."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from shiplabel.cli.batch import gate as gate_module
from shiplabel.cli.batch.gate import Gate
from shiplabel.errors import StorageError
from shiplabel.workflow.purchase import buy_only
from tests.workflow.model import World, ready

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

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


def test_what_is_not_about_to_be_sent_waits_until_the_purchase_is_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gate_module, "GIVEN_WAY_S", 30)
    gate, order = Gate(World(), 2), list[str]()

    def other() -> None:
        gate.give_way()
        order.append("other")

    gate.await_turn()
    worker = threading.Thread(target=other, daemon=True)
    worker.start()
    order.append("sent")
    gate.leave_turn()
    worker.join(10)
    assert order == ["sent", "other"]


def test_rows_are_made_ready_few_at_a_time_until_they_turn_to_the_service(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gate_module, "GIVEN_WAY_S", 30)
    gate, order = Gate(World(), 9), list[str]()

    def row() -> None:
        with gate.start():
            order.append("begun")
            order.append("turning")
            gate.await_turn()
            gate.leave_turn()

    workers = [threading.Thread(target=row, daemon=True) for _ in range(9)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    ready = [order[:at].count("begun") - order[:at].count("turning") for at in range(len(order) + 1)]
    assert order.count("turning") == 9
    assert max(ready) <= gate_module.MADE_READY


def test_row_that_is_long_in_the_making_holds_no_other_up_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_module, "GIVEN_WAY_S", 0.001)
    gate = Gate(World(), 9)
    with ExitStack() as stack:
        for _ in range(gate_module.MADE_READY):
            stack.enter_context(Gate.start(gate))
        begun = threading.Event()

        def row() -> None:
            with gate.start():
                begun.set()

        threading.Thread(target=row, daemon=True).start()
        assert begun.wait(30)
