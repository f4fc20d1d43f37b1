"""^C, ^D and SIGKILL at every step: resume goes on at exactly that step with exactly the same answers."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from shiplabel.workflow.steps import ANSWER_STEPS
from tests.terminal.driver import END, ENTER, LEAVE
from tests.terminal.script import STEPS_ASKED, answer_step, answer_until, kept_before, wait_step

if TYPE_CHECKING:
    from tests.terminal.conftest import Desk, Service
    from tests.terminal.driver import Terminal


def kept(desk: Desk) -> dict[str, str | None]:
    answers = desk.session().answers
    return {name: answers[name] for name in ANSWER_STEPS if name in answers}


def leave_everywhere(desk: Desk, leave: object) -> None:
    """Walk the whole wizard, leaving at each step and resuming there."""
    terminal = desk.open("new")
    for step in STEPS_ASKED:
        wait_step(terminal, step)
        terminal.send("half an answer" if step in ANSWER_STEPS else "")
        leave(terminal)  # type: ignore[operator]  # one of the two below
        assert desk.session().step == step
        assert kept(desk) == kept_before(step)
        terminal = desk.open("resume")
        wait_step(terminal, step)
        assert "half an answer" not in terminal.screen
        answer_step(terminal, step)
    assert terminal.end() == 0


def test_ctrl_c_at_every_step_resumes_at_that_step_with_the_same_answers(
    desk: Desk, service: Service
) -> None:
    def leave(terminal: Terminal) -> None:
        terminal.send(LEAVE)
        assert terminal.end() == 130
        assert f"shiplabel resume {desk.ids()[0]}" in terminal.pages.replace("\n", "")

    leave_everywhere(desk, leave)
    assert len(service.charges()) == 1


def test_kill_at_every_step_resumes_at_that_step_with_the_same_answers(desk: Desk, service: Service) -> None:
    def leave(terminal: Terminal) -> None:
        terminal.kill()

    leave_everywhere(desk, leave)
    assert len(service.charges()) == 1


@pytest.mark.parametrize("step", ["from_name", "to_zip", "confirm", "rate", "purchase"])
def test_ctrl_d_saves_and_quits(desk: Desk, step: str) -> None:
    terminal = desk.open("new")
    answer_until(terminal, step)
    terminal.send(END)
    assert terminal.end() == 130
    assert desk.session().step == step


def test_ctrl_c_while_rates_are_fetched_saves_and_quits(desk: Desk, service: Service) -> None:
    service.fault("slow@rates:seconds=20")
    terminal = desk.at("confirm")
    terminal.send(ENTER)
    terminal.wait_for("Still asking")
    terminal.send(LEAVE)
    assert terminal.end() == 130
    assert desk.session().step == "confirm"
    assert desk.session().answers.items() >= kept_before("confirm").items()
    service.mend()
    wait_step(desk.open("resume"), "confirm")


def test_hang_up_of_the_terminal_loses_no_answer(desk: Desk) -> None:
    terminal = desk.at("from_state")
    terminal.child.kill(signal.SIGHUP)
    terminal.end()
    assert kept(desk) == kept_before("from_state")
