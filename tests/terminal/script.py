"""The label that tests make: what is typed at each step, and what is kept of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shiplabel.language import worded
from shiplabel.workflow.steps import ANSWER_STEPS, STEPS, title

if TYPE_CHECKING:
    from tests.terminal.driver import Terminal

TYPED = {
    "from_name": "Harbor Goods",
    "from_company": "",
    "from_address1": "4009 Marathon Blvd",
    "from_address2": "Suite 200",
    "from_city": "Austin",
    "from_state": "texas",
    "from_zip": "78756",
    "from_phone": "512-555-0100",
    "to_name": "José O'Brien & Sons",
    "to_company": "",
    "to_address1": "525 S Winchester Blvd",
    "to_address2": "",
    "to_city": "San Jose",
    "to_state": "ca",
    "to_zip": "95128",
    "to_phone": "",
    "parcel_weight": "2 lb 3 oz",
    "parcel_length": "10",
    "parcel_width": "8",
    "parcel_height": "4",
}
KEPT = TYPED | {
    "from_company": None,
    "from_state": "TX",
    "from_phone": "+1 512-555-0100",
    "to_company": None,
    "to_address2": None,
    "to_state": "CA",
    "to_phone": None,
    "parcel_weight": "35 oz",
    "parcel_length": "10 in",
    "parcel_width": "8 in",
    "parcel_height": "4 in",
}
STEPS_ASKED = (*ANSWER_STEPS, "confirm", "rate", "purchase")


def kept_before(step: str) -> dict[str, str | None]:
    """Return the answers that are on disk while ``step`` is asked for the first time."""
    before = STEPS_ASKED.index(step)
    return {name: KEPT[name] for name in ANSWER_STEPS[:before]}


def wait_step(terminal: Terminal, step: str, *, abroad: bool = False) -> None:
    """Wait until the question of a step is open, in the language that the test speaks."""
    terminal.wait_asked(title(step, abroad=abroad))
    if STEPS[step].asks:
        begin = f" {worded(STEPS[step].question)}"
        terminal.wait_until(
            lambda: any(line.startswith(begin) for line in terminal.screen.splitlines()), f"{begin!r}"
        )


def answer_step(terminal: Terminal, step: str) -> None:
    """Answer the question of a step and wait for the next one."""
    wait_step(terminal, step)
    if step in TYPED:
        terminal.answer(TYPED[step])
    elif step == "purchase":
        terminal.send("y")
        return
    else:
        terminal.send("\r")
    wait_step(terminal, STEPS_ASKED[STEPS_ASKED.index(step) + 1])


def answer_until(terminal: Terminal, step: str, *, start: str = "from_name") -> None:
    """Answer every question from ``start`` on until ``step`` is asked."""
    wait_step(terminal, start)
    for name in STEPS_ASKED[STEPS_ASKED.index(start) : STEPS_ASKED.index(step)]:
        answer_step(terminal, name)
