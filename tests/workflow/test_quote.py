from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from shiplabel.domain.label import Label
from shiplabel.domain.rate import Carrier, Quote
from shiplabel.errors import ApiError, NoAnswer, Refused, Unauthorized
from shiplabel.workflow.quote import Board, carriers_for, is_stale, quote
from shiplabel.workflow.session import Session  # noqa: TC001  # fixture type
from shiplabel.workflow.trouble import RolledBack
from tests.workflow.model import NOON, RATE, World, ready

USPS = Carrier(carrier_id="se-100", carrier_code="usps", name="USPS", services=("usps_ground",))
UPS = Carrier(carrier_id="se-200", carrier_code="ups", name="UPS", services=("ups_ground",))


class Asked(World):
    """A world whose carriers answer each in its own way."""

    def __init__(self, answers: dict[str, Any]) -> None:
        super().__init__()
        self.answers = answers
        self.updated: list[str] = []

    def carriers(self) -> list[Carrier]:
        return [USPS, UPS]

    def quote(self, carrier_ids: Any, *, shipment_id: str | None = None, shipment: Any = None) -> Quote:
        answer = self.answers[carrier_ids[0]]
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, Quote)
        return answer

    def update_shipment(self, shipment_id: str, shipment: Any) -> None:
        self.updated.append(shipment_id)


def asking(world: World) -> Session:
    return world.save(replace(ready(world), step="confirm", shipment_id=None, quotes=(), rate=None))


def test_quote_with_one_failing_carrier_keeps_the_others_and_names_it() -> None:
    world = Asked({"se-100": Quote(rates=(RATE,)), "se-200": NoAnswer("UPS is slow", code="timeout")})
    boards: list[Board] = []
    session = quote(world.parts, asking(world), boards.append)
    assert session.quotes == (RATE,)
    assert session.step == "rate"
    assert [(f.carrier_code, f.message) for f in boards[-1].failures] == [("ups", "UPS is slow")]
    assert [len(board.waiting) for board in boards] == [2, 1, 0]


@pytest.mark.parametrize(
    ("error", "step", "code"),
    [
        (NoAnswer("down"), "confirm", "no_rates"),
        (
            Refused("bad", code="invalid_address", field_name="ship_to.city_locality"),
            "to_city",
            "invalid_address",
        ),
        (Unauthorized("no key"), "confirm", "unauthorized"),
    ],
)
def test_quote_without_any_rate_rolls_back_to_the_step_that_mends(
    error: Exception, step: str, code: str
) -> None:
    world = Asked({"se-100": error, "se-200": error})
    with pytest.raises(RolledBack) as raised:
        quote(world.parts, asking(world), lambda _board: None)
    assert raised.value.session.step == step
    assert raised.value.code == code
    assert world.disk[raised.value.session.session_id].error is not None
    assert raised.value.hint == f"shiplabel resume {raised.value.session.session_id}"


def test_quote_that_fails_alike_everywhere_says_it_once() -> None:
    world = Asked({"se-100": NoAnswer("The line is down."), "se-200": NoAnswer("The line is down.")})
    with pytest.raises(RolledBack) as raised:
        quote(world.parts, asking(world), lambda _board: None)
    assert raised.value.message.count("The line is down.") == 1


def test_quote_of_a_key_met_before_updates_that_shipment_and_remembers() -> None:
    class Taken(Asked):
        def create_shipment(self, shipment: Any) -> str:
            raise Refused("taken", code="identifier_conflict")

        def find_shipment(self, shipment_key: str) -> str | None:
            return "se-old"

    world = Taken({"se-100": Quote(rates=(RATE,)), "se-200": Quote(rates=())})
    session = quote(world.parts, asking(world), lambda _board: None)
    assert (session.shipment_id, session.met_before, world.updated) == ("se-old", True, ["se-old"])


def test_quote_of_a_key_whose_shipment_has_a_label_leaves_that_shipment_as_it_is() -> None:
    class Labelled(Asked):
        def create_shipment(self, shipment: Any) -> str:
            raise Refused("taken", code="identifier_conflict")

        def find_shipment(self, shipment_key: str) -> str | None:
            return "se-old"

    world = Labelled({"se-100": Quote(rates=(RATE,)), "se-200": Quote(rates=())})
    world.charged = [Label(label_id="se-9", status="completed", shipment_id="se-old")]
    session = quote(world.parts, asking(world), lambda _board: None)
    assert (session.shipment_id, world.updated) == ("se-old", [])


@pytest.mark.parametrize(
    ("error", "step"),
    [
        (Refused("taken", code="identifier_conflict"), "confirm"),
        (Refused("bad", code="bad_city", field_name="ship_to.city_locality"), "to_city"),
        (NoAnswer("down", code="timeout"), "confirm"),
    ],
)
def test_quote_whose_shipment_cannot_be_made_rolls_back_and_asks_no_carrier(
    error: ApiError, step: str
) -> None:
    class Unmade(Asked):
        def create_shipment(self, shipment: Any) -> str:
            raise error

    world = Unmade({})
    with pytest.raises(RolledBack) as raised:
        quote(world.parts, asking(world), lambda _board: None)
    kept = world.disk[raised.value.session.session_id]
    assert kept.error is not None
    assert (kept.step, kept.error.code, kept.shipment_id) == (step, error.code, None)


def test_quote_without_a_usable_carrier_rolls_back_to_confirm() -> None:
    world = Asked({})
    with pytest.raises(RolledBack, match="service:nobody") as raised:
        quote(world.parts, asking(world), lambda _board: None, rule="service:nobody")
    assert world.disk[raised.value.session.session_id].step == "confirm"


def test_quote_goes_on_without_a_carrier_that_is_not_waited_for() -> None:
    released = threading.Event()

    class Slow(Asked):
        def quote(self, carrier_ids: Any, **about: Any) -> Quote:
            if carrier_ids == ["se-200"]:
                released.wait()
            return super().quote(carrier_ids, **about)

    world = Slow({"se-100": Quote(rates=(RATE,)), "se-200": Quote(rates=())})
    session = quote(world.parts, asking(world), lambda _board: None, is_enough=lambda: True)
    released.set()
    assert (session.quotes, session.step) == ((RATE,), "rate")
    assert [(one.carrier_code, one.code) for one in session.failures] == [("ups", "not_waited_for")]


def test_quote_again_without_a_change_tells_the_service_nothing_new() -> None:
    world = Asked({"se-100": Quote(rates=(RATE,)), "se-200": Quote(rates=())})
    session = quote(world.parts, asking(world), lambda _board: None)
    quote(world.parts, session, lambda _board: None)
    assert world.updated == []


def test_rate_above_a_prepaid_balance_carries_a_warning() -> None:
    carrier = replace(USPS, prepaid=True, balance=Decimal(5))
    board = Board(waiting=(carrier,)).take(carrier, Quote(rates=(RATE,)))
    assert "balance" in board.rates[0].warnings[0]


def test_carriers_for_a_rule_leaves_those_that_can_fulfil_it() -> None:
    assert carriers_for([USPS, UPS], "carrier:ups:cheapest") == [UPS]
    assert carriers_for([USPS, UPS], "service:usps_ground") == [USPS]
    assert carriers_for([replace(USPS, disabled=True), UPS], "") == [UPS]
    with pytest.raises(Exception, match="service:nobody"):
        carriers_for([USPS, UPS], "service:nobody")


def test_rates_are_stale_after_half_an_hour_and_when_the_clock_was_set_back() -> None:
    session = replace(ready(World()), quoted_at=NOON)
    assert not is_stale(session, NOON + timedelta(minutes=30))
    assert is_stale(session, NOON + timedelta(minutes=31))
    assert is_stale(session, NOON - timedelta(minutes=1))
