"""The places in flight of a batch: none is lost, whatever ends a purchase before it is sent."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shiplabel.cli.batch.gate import Gate
from shiplabel.errors import StorageError
from shiplabel.workflow.purchase import buy_only
from tests.workflow.model import World, ready

if TYPE_CHECKING:
    from collections.abc import Callable

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

    def await_turn(self, most_pause_s: float = 0.0) -> None:
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
