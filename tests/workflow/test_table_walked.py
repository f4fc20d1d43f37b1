"""The purchase table walked: every edge, every pair of answers, a crash at any moment, look-ups that lag.

The clerk is hasty: before anything else each session is bought again, which the table must refuse where
a purchase is in doubt. Then it is resumed, and what the service truly did not charge is said not bought.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from shiplabel.domain.label import VoidAnswer
from shiplabel.errors import NoAnswer, NotSent, OutcomeUnknown, RateLimited, Refused, ShiplabelError
from shiplabel.workflow import session as sessions
from shiplabel.workflow.lookup import not_bought
from shiplabel.workflow.purchase import purchase, recover
from shiplabel.workflow.session import choose, status_of
from shiplabel.workflow.states import PURCHASE, IllegalTransition, PurchaseEvent, PurchaseState, advance
from shiplabel.workflow.void import void
from tests.workflow.model import RATE, Crash, World, bought, bought_in_silence, ready, silence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shiplabel.domain.label import Label
    from shiplabel.workflow.session import Session

Answer = Callable[[World, "Label"], "Label"]
Edge = tuple[PurchaseState, PurchaseEvent]
TRIES = 8
LONGEST = 400


def refused(_world: World, _label: Label) -> Label:
    raise Refused("no", code="insufficient_funds", status=400)


def not_sent(_world: World, _label: Label) -> Label:
    raise NotSent("no connection")


def busy(_world: World, _label: Label) -> Label:
    raise RateLimited("later", status=429)


ANSWERS: tuple[Answer, ...] = (bought, bought_in_silence, silence, refused, not_sent, busy)


def approved(world: Walk, label_id: str) -> VoidAnswer:
    return World.void(world, label_id)


def void_refused(_world: Walk, _label_id: str) -> VoidAnswer:
    return VoidAnswer(approved=False, reason_code="contact_carrier")


def void_lost(world: Walk, label_id: str) -> VoidAnswer:
    World.void(world, label_id)
    raise NoAnswer("lost")


def void_silence(_world: Walk, _label_id: str) -> VoidAnswer:
    raise NoAnswer("lost")


VOIDS = (approved, void_refused, void_lost, void_silence)


@dataclass
class Walk(World):
    """A world whose purchases and voids are answered in turn, then well; ``later`` is the look-ups' lag."""

    answers: list[Answer] = field(default_factory=list)
    voids: list[Callable[[Walk, str], VoidAnswer]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.answer = self._in_turn

    def _in_turn(self, world: World, label: Label) -> Label:
        return (self.answers.pop(0) if self.answers else bought)(world, label)

    def void(self, label_id: str) -> VoidAnswer:
        self.touch()
        answer = self.voids.pop(0) if self.voids else approved
        told = answer(self, label_id)
        self.touch()
        return told

    @property
    def valid(self) -> list[str]:
        return [label.label_id for label in self.charged if not label.voided]


def buy(world: Walk) -> None:
    """Do what a hasty clerk does until a label is there."""
    for _ in range(TRIES):
        for session in list(world.disk.values()):
            with suppress(IllegalTransition, ShiplabelError):
                purchase(world.parts, _chosen(session))
            if session.session_id in world.disk:
                _go_on(world, world.disk[session.session_id])


def _chosen(session: Session) -> Session:
    """Return the session with its rate, as a clerk picks it anew after a roll-back."""
    return session if session.rate else choose(replace(session, quotes=(RATE,)), RATE)


def _go_on(world: Walk, session: Session) -> None:
    try:
        settled = recover(world.parts, session)
        if settled.session_id in world.disk and status_of(settled) == "open":
            purchase(world.parts, replace(_chosen(settled), step="purchase"))
    except ShiplabelError:
        kept = world.disk.get(session.session_id)
        if kept and kept.purchase.state is PurchaseState.UNKNOWN and not world.charged:
            not_bought(world.parts, kept, by="ada")


def end(world: Walk) -> None:
    """Void what was bought, asking again while it is in doubt or refused."""
    for _ in range(TRIES):
        for record in list(world.records.values()):
            with suppress(OutcomeUnknown, ShiplabelError):
                void(world.parts, record)


@pytest.fixture
def walked(monkeypatch: pytest.MonkeyPatch) -> set[Edge]:
    """Return the edges of the table that were taken since."""
    taken: set[Edge] = set()

    def noted(state: PurchaseState, event: PurchaseEvent) -> PurchaseState:
        following = advance(state, event)
        taken.add((state, event))
        return following

    monkeypatch.setattr(sessions, "advance", noted)
    return taken


def ends_of(made: Callable[[], Walk]) -> Iterator[Walk]:
    """Yield a world after its clerk has bought all there is to buy, for each moment that it crashed at."""
    for crash_at in range(3, LONGEST):
        world = made()
        ready(world)
        world.crash_at = crash_at
        with suppress(Crash):
            buy(world)
            end(world)
        over = world.touches < crash_at
        world.crash_at = 0
        buy(world)
        yield world
        if over:
            return
    raise AssertionError("the walk never ended")


def walk(made: Callable[[], Walk]) -> int:
    """Walk a world to its ends, see that each charge is accounted for; return the most charges."""
    most = 0
    for world in ends_of(made):
        most = max(most, len(world.charged))
        recorded = {record.purchase.label_id for record in world.records.values()}
        doubts = [one for one in world.disk.values() if status_of(one) == "unknown"]
        assert doubts or {label.label_id for label in world.charged} <= recorded
        end(world)
        assert doubts or not world.valid
    return most


@pytest.mark.parametrize("lag_looks", [0, 4, 1000])
@pytest.mark.parametrize("first", ANSWERS, ids=lambda answer: answer.__name__)
def test_any_two_answers_with_a_crash_at_any_moment_charge_once(first: Answer, lag_looks: int) -> None:
    for second in ANSWERS:
        assert walk(lambda: Walk(answers=[first, second], lag_looks=lag_looks)) <= 1  # noqa: B023  # called now


@pytest.mark.parametrize(
    "answers", list(product(VOIDS, repeat=2)), ids=lambda pair: "-".join(a.__name__ for a in pair)
)
def test_any_two_answers_to_a_void_with_a_crash_at_any_moment_void_once(answers: Any) -> None:
    assert walk(lambda: Walk(voids=list(answers))) == 1


def test_walks_take_every_edge_of_the_table(walked: set[Edge]) -> None:
    for first in ANSWERS:
        walk(lambda: Walk(answers=[first]))  # noqa: B023  # called now
    for first_void in VOIDS:
        walk(lambda: Walk(voids=[first_void]))  # noqa: B023  # the same
    assert walked == set(PURCHASE)


def test_walk_with_an_edge_from_unknown_to_purchasing_charges_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PURCHASE, (PurchaseState.UNKNOWN, PurchaseEvent.INTEND), PurchaseState.PURCHASING)
    worlds = ends_of(lambda: Walk(answers=[bought_in_silence], lag_looks=1000))
    assert max(len(world.charged) for world in worlds) > 1
