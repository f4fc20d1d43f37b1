"""The review of all answers: get rates, edit, save and quit, discard."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from shiplabel.cli.wizard.desk import Discarded
from shiplabel.cli.wizard.keeping import Keeping
from shiplabel.cli.wizard.prompt import Key
from shiplabel.domain.text import printable
from shiplabel.errors import InputError
from shiplabel.workflow.session import edit
from shiplabel.workflow.steps import ANSWER_STEPS, STEPS, asked_steps

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import RenderableType

    from shiplabel.cli.wizard.room import Room
    from shiplabel.workflow.session import Session

PARTS = {"f": "from", "t": "to", "p": "parcel"}
KEYS = ("Enter rates", "a address book", "p parcel preset", "^B back", "? help", "^C save+quit")
EDIT_KEYS = ("f, t, p or a number, Enter", "^B back", "^C save+quit")
HELP = (
    "Enter asks every carrier for its rates. e edits: then f (ship from), t (ship to), p (parcel), "
    "or a field's number. t keeps all answers as a template, p the parcel as a preset, a an address in "
    "the book. s saves and quits, x discards. ^B or Esc goes back one question."
)


class Review:
    """Asks at ``confirm``."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._keeping = Keeping(room)

    def ask(self, session: Session, fetch: Callable[[Session], Session]) -> Session:
        """Show all answers and do what the clerk chooses, once."""
        room = self._room
        room.voice.show(*self._summary(session))
        enter = "Enter tries again" if session.error else "Enter gets rates"
        reply = room.prompt.choose(
            room.header("confirm"),
            f"{enter} · e edit · t template · s save and quit · x discard:",
            keys=KEYS,
            letters="etpasx?",
        )
        room.voice.wipe()
        if reply.key == Key.ENTER:
            return fetch(session)
        if reply.key == Key.BACK:
            return room.back(session)
        return self._chosen(session, reply.key)

    def _chosen(self, session: Session, letter: str) -> Session:
        if letter == "e":
            return self._edit(session)
        if letter == "s":
            raise self._room.left(session)
        if letter == "x":
            return self._discard(session)
        if letter in "tpa":
            return self._kept(session, letter)
        self._room.voice.say(HELP)
        return session

    def _kept(self, session: Session, letter: str) -> Session:
        """Save a template, a parcel preset or an address; the review comes again."""
        if letter == "a":
            self._keeping.address(session)
        else:
            self._keeping.template(session, frozenset({"parcel"} if letter == "p" else ()))
        return session

    def _discard(self, session: Session) -> Session:
        if not self._room.prompt.yes(
            "Discard this label and all its answers?", header=self._room.header("confirm")
        ):
            return session
        self._room.desk.discard(session)
        raise Discarded(f"Discarded {session.session_id}. Nothing was bought.")

    def _edit(self, session: Session) -> Session:
        room, typed = self._room, ""
        while True:
            room.voice.show(*self._summary(session))
            reply = room.prompt.ask(
                room.header("confirm"),
                "Edit which: f from, t to, p parcel, or a field's number?",
                keys=EDIT_KEYS,
                default=typed,
            )
            room.voice.wipe()
            if reply.key == Key.BACK or not reply.text.strip():
                return session
            try:
                first, last = span(reply.text, asked_steps(abroad=session.abroad))
            except InputError as error:
                room.voice.refuse(error)
                typed = reply.text
                continue
            return room.save(edit(session, first, last))

    def _summary(self, session: Session) -> list[RenderableType]:
        if self._room.desk.plain:
            return [Text(line) for line in summary_lines(session)]
        return [summary_grid(session)]


def span(text: str, asked: Sequence[str] = ANSWER_STEPS) -> tuple[str, str]:
    """Return the first and the last step that ``f``, ``7``, ``to_zip`` or ``ship to zip code`` means.

    Another country asks the rest of its address too: state and postal code are its own.
    """
    wanted = " ".join(re.sub(r"[^0-9a-z]+", " ", text.casefold()).split())
    if part := PARTS.get(wanted, wanted if wanted in PARTS.values() else ""):
        steps = [step for step in asked if step.startswith(f"{part}_")]
        return steps[0], steps[-1]
    if wanted.isascii() and wanted.isdecimal() and 1 <= int(wanted[:4]) <= len(asked):
        return _with_its_rest(asked[int(wanted) - 1])
    fitting = [step for step in asked if wanted and wanted in _names(step)]
    if len(fitting) == 1:
        return _with_its_rest(fitting[0])
    if fitting:
        said = " or ".join(f"{asked.index(step) + 1} ({STEPS[step].part})" for step in fitting)
        raise InputError(f"{text.strip()} stands there twice: {said}.")
    raise InputError(
        f"{printable(text.strip())} is no field. Type f, t, p or a number from 1 to {len(asked)}."
    )


def _with_its_rest(step: str) -> tuple[str, str]:
    return step, f"{step.partition('_')[0]}_phone" if STEPS[step].abroad else step


def _names(step: str) -> set[str]:
    part, question = STEPS[step].part.casefold(), STEPS[step].question.casefold().replace(",", "")
    word = step.partition("_")[2]
    return {step.replace("_", " "), word, question, f"{part} {question}", f"{part} {word}"}


def summary_lines(session: Session) -> list[str]:
    """Return every answer as a line of its own."""
    return [
        f"{number:>2}  {STEPS[step].part:<10}{STEPS[step].question:<18}{_answer(session, step)}".rstrip()
        for number, step in enumerate(asked_steps(abroad=session.abroad), 1)
    ]


def summary_grid(session: Session) -> Table:
    """Return every answer in two columns, the parcel beneath them."""
    grid = Table.grid(padding=(0, 2, 0, 0), expand=True)
    for _ in range(2):
        grid.add_column(justify="right", style="dim", width=2)
        grid.add_column(overflow="fold", ratio=1)
    asked = asked_steps(abroad=session.abroad)
    half = [step for step in asked if step.startswith("from_")]
    other = [step for step in asked if step.startswith("to_")]
    parcel = [step for step in asked if step.startswith("parcel_")]
    grid.add_row("", Text("Ship from", "bold"), "", Text("Ship to", "bold"))
    for left, right in zip(half, other, strict=True):
        grid.add_row(*_cell(session, left), *_cell(session, right))
    grid.add_row("", Text("Parcel", "bold"), "", "")
    for left, right in zip(parcel[::2], parcel[1::2], strict=True):
        grid.add_row(*_cell(session, left), *_cell(session, right))
    return grid


def _cell(session: Session, step: str) -> tuple[str, Text]:
    number = asked_steps(abroad=session.abroad).index(step) + 1
    label = STEPS[step].question.partition(",")[0]
    return str(number), Text(f"{label:<10}", "dim").append(_answer(session, step), "not dim")


def _answer(session: Session, step: str) -> str:
    return printable(session.answers.get(step) or "–")  # noqa: RUF001  # the sign of what was left out
