"""Back through all steps and on again, edit of every field: nothing is lost on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shiplabel.workflow.steps import ANSWER_STEPS, STEPS
from tests.terminal.driver import BACK, CLEAR, ENTER, ESCAPE
from tests.terminal.script import KEPT, STEPS_ASKED, wait_step

if TYPE_CHECKING:
    from decimal import Decimal

    from shiplabel.domain.rate import Rate
    from tests.terminal.conftest import Desk


def typed_there(screen: str, step: str) -> str:
    """Return what stands in the open question."""
    begin = f" {STEPS[step].question}{' (optional)' if STEPS[step].optional else ''}:"
    lines = [line for line in screen.splitlines() if line.startswith(begin)]
    return lines[-1].removeprefix(begin).strip()


def dearest(quotes: tuple[Rate, ...]) -> Decimal:
    return max(rate.total.amount for rate in quotes)


def test_back_through_all_steps_after_rates_and_on_again_keeps_every_answer(desk: Desk) -> None:
    terminal = desk.at("rate", lines=40)
    for step in reversed(STEPS_ASKED[: STEPS_ASKED.index("rate")]):
        terminal.send(BACK)
        wait_step(terminal, step)
        assert desk.session().step == step
        if step in ANSWER_STEPS:
            assert typed_there(terminal.screen, step) == (KEPT[step] or "")
    terminal.send(BACK)
    terminal.wait_for("first question")
    for step in STEPS_ASKED[: STEPS_ASKED.index("rate")]:
        wait_step(terminal, step)
        terminal.send(ENTER)
    wait_step(terminal, "rate")
    assert desk.session().answers.items() >= KEPT.items()


def test_edit_of_each_field_returns_to_the_review(desk: Desk) -> None:
    terminal = desk.at("confirm", lines=40)
    for number, step in enumerate(ANSWER_STEPS, 1):
        terminal.send("e")
        terminal.wait_for("Edit which")
        terminal.send(f"{number}{ENTER}")
        wait_step(terminal, step)
        assert typed_there(terminal.screen, step) == (KEPT[step] or "")
        terminal.send(ENTER)
        wait_step(terminal, "confirm")
    assert desk.session().answers.items() >= KEPT.items()


def test_edit_after_rates_drops_them_and_fetches_anew(desk: Desk) -> None:
    terminal = desk.at("rate")
    before = desk.session().quotes
    terminal.send("b")
    wait_step(terminal, "confirm")
    terminal.send("e")
    terminal.wait_for("Edit which")
    terminal.send(f"weight{ENTER}")
    wait_step(terminal, "parcel_weight")
    terminal.answer("20 lb")
    wait_step(terminal, "confirm")
    assert desk.session().quotes == ()
    terminal.send(ENTER)
    wait_step(terminal, "rate")
    assert dearest(desk.session().quotes) > dearest(before)


@pytest.mark.parametrize(
    ("word", "first", "last"), [("f", "from_name", "from_phone"), ("p", "parcel_weight", "parcel_height")]
)
def test_edit_of_a_part_asks_its_questions_and_returns(desk: Desk, word: str, first: str, last: str) -> None:
    terminal = desk.at("confirm")
    terminal.send("e")
    terminal.wait_for("Edit which")
    terminal.send(f"{word}{ENTER}")
    for step in ANSWER_STEPS[ANSWER_STEPS.index(first) : ANSWER_STEPS.index(last) + 1]:
        wait_step(terminal, step)
        terminal.send(ENTER)
    wait_step(terminal, "confirm")
    assert desk.session().answers.items() >= KEPT.items()


def test_escape_goes_back_and_arrows_still_move(desk: Desk) -> None:
    terminal = desk.at("from_city")
    terminal.send("Austn\x1b[D")
    terminal.send("i")
    terminal.wait_for("Austin")
    terminal.send(ESCAPE)
    wait_step(terminal, "from_address2")


def test_cleared_optional_answer_is_skipped(desk: Desk) -> None:
    terminal = desk.at("from_city")
    terminal.send(BACK)
    wait_step(terminal, "from_address2")
    terminal.send(f"{CLEAR}{ENTER}")
    wait_step(terminal, "from_city")
    assert desk.session().answers["from_address2"] is None
