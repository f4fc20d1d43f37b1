"""A label from the first question to its file, as a clerk sees it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from shiplabel.workflow.steps import ANSWER_STEPS, STEPS, title
from tests.terminal.script import KEPT, STEPS_ASKED, TYPED, answer_step, wait_step

if TYPE_CHECKING:
    from tests.terminal.conftest import Desk, Service


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (120, 40), (60, 24)])
def test_order_from_start_to_end(desk: Desk, service: Service, columns: int, lines: int) -> None:
    terminal = desk.open("new", columns=columns, lines=lines)
    for step in STEPS_ASKED:
        wait_step(terminal, step)
        assert "PRODUCTION" in terminal.screen
        if step == "purchase":
            assert "(y/n)" in terminal.screen
        answer_step(terminal, step)
    assert terminal.end() == 0
    record = desk.record()
    assert {name: record.answers[name] for name in ANSWER_STEPS} == KEPT
    assert record.purchase.label is not None
    assert record.purchase.label.tracking_number in terminal.pages
    (file,) = record.documents.files
    assert Path(file.path).read_bytes().startswith(b"%PDF")
    assert len(service.charges()) == 1
    assert desk.ids() == []


def test_each_of_the_address_steps_saved(desk: Desk) -> None:
    terminal = desk.open("new")
    for number, step in enumerate(ANSWER_STEPS):
        wait_step(terminal, step)
        session = desk.session()
        assert session.step == step
        kept = {name: session.answers[name] for name in ANSWER_STEPS if name in session.answers}
        assert kept == {name: KEPT[name] for name in ANSWER_STEPS[:number]}
        terminal.answer(TYPED[step])
    wait_step(terminal, "confirm")
    assert desk.session().answers.items() >= KEPT.items()


def test_answer_as_understood_is_shown_beneath_the_next_question(desk: Desk) -> None:
    terminal = desk.at("from_state")
    terminal.answer("texas")
    terminal.wait_for("ZIP code")
    assert "Texas (TX)" in terminal.screen


def test_header_tells_step_and_toolbar_tells_keys(desk: Desk) -> None:
    terminal = desk.open("new")
    for step in ANSWER_STEPS[:15]:
        wait_step(terminal, step)
        assert f"{title(step)} · PRODUCTION: real money" in terminal.screen
        terminal.wait_for("^C save")
        bottom = terminal.screen.splitlines()[-1]
        assert "^B back" in bottom
        assert ("empty skips" in bottom) == STEPS[step].optional
        terminal.answer(TYPED[step])


def test_yes_option_buys_without_the_last_question(desk: Desk, service: Service) -> None:
    terminal = desk.at("rate", "--yes")
    terminal.send("\r")
    assert terminal.end() == 0
    assert len(service.charges()) == 1


def test_no_to_the_last_question_goes_back_to_the_rates(desk: Desk, service: Service) -> None:
    terminal = desk.at("purchase")
    terminal.send("n")
    wait_step(terminal, "rate")
    assert desk.session().step == "rate"
    assert service.charges() == []


def test_plain_terminal_gets_no_colour_no_box_and_a_label(desk: Desk) -> None:
    terminal = desk.at("rate", "--plain")
    assert not re.search(rb"\x1b\[[0-9;]*3[0-7]m|\x1b\[[0-9;]*9[0-7]m", terminal.everything)
    assert "─" not in terminal.pages
    terminal.send("\r")
    terminal.wait_for("(y/n)")
    terminal.send("y")
    assert terminal.end() == 0
