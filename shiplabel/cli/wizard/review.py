"""The review of all answers: get rates, edit, save and quit, discard."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from shiplabel.cli.wizard.desk import Discarded
from shiplabel.cli.wizard.keeping import Keeping
from shiplabel.cli.wizard.prompt import Key
from shiplabel.domain.parcel import parse_weight, show_weight
from shiplabel.domain.text import printable
from shiplabel.errors import InputError
from shiplabel.language import marked, phrase, worded
from shiplabel.workflow.session import edit
from shiplabel.workflow.steps import ANSWER_STEPS, STEPS, asked_steps

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import RenderableType

    from shiplabel.cli.wizard.room import Room
    from shiplabel.workflow.session import Session

PART_WIDTH, QUESTION_WIDTH = 10, 18
PARTS = {"f": "from", "t": "to", "p": "parcel"}
KEYS = marked(("Enter rates", "a address book", "p parcel preset", "^B back", "? help", "^C save+quit"))
EDIT_KEYS = marked(("f, t, p or a number, Enter", "^B back", "^C save+quit"))
HELP = marked(
    "Enter asks every carrier for its rates. e edits: then f (ship from), t (ship "
    "to), p (parcel), or a field's number. t keeps all answers as a template, p the "
    "parcel as a preset, a an address in the book. s saves and quits, x discards. ^B "
    "or Esc goes back one question."
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
        reply = room.prompt.choose(
            room.header("confirm"),
            phrase(
                "Enter tries again · e edit · t template · s save and quit · x discard:"
                if session.error
                else "Enter gets rates · e edit · t template · s save and quit · x discard:"
            ),
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
        self._room.voice.say(worded(HELP))
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
            phrase("Discard this label and all its answers?"), header=self._room.header("confirm")
        ):
            return session
        self._room.desk.discard(session)
        raise Discarded(phrase("Discarded {session_id}. Nothing was bought.", session_id=session.session_id))

    def _edit(self, session: Session) -> Session:
        room, typed = self._room, ""
        while True:
            room.voice.show(*self._summary(session))
            reply = room.prompt.ask(
                room.header("confirm"),
                phrase("Edit which: f from, t to, p parcel, or a field's number?"),
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
    wanted = " ".join(re.sub(r"[\W_]+", " ", text.casefold()).split())
    if part := PARTS.get(wanted, wanted if wanted in PARTS.values() else ""):
        steps = [step for step in asked if step.startswith(f"{part}_")]
        return steps[0], steps[-1]
    if wanted.isascii() and wanted.isdecimal() and 1 <= int(wanted[:4]) <= len(asked):
        return _with_its_rest(asked[int(wanted) - 1])
    fitting = [step for step in asked if wanted and wanted in _names(step)]
    if len(fitting) == 1:
        return _with_its_rest(fitting[0])
    if fitting:
        places = [f"{asked.index(step) + 1} ({worded(STEPS[step].part)})" for step in fitting]
        raise InputError(
            phrase(
                "{text} stands there twice: {places}.", text=text.strip(), places=phrase(" or ").join(places)
            )
        )
    raise InputError(
        phrase(
            "{text} is no field. Type f, t, p or a number from 1 to {count}.",
            text=printable(text.strip()),
            count=len(asked),
        )
    )


def _with_its_rest(step: str) -> tuple[str, str]:
    return step, f"{step.partition('_')[0]}_phone" if STEPS[step].abroad else step


def _names(step: str) -> set[str]:
    """Return what a step may be called, in English and in the clerk's language."""
    word = step.partition("_")[2]
    names = {step.replace("_", " "), word}
    for say in (str, worded):
        part, question = say(STEPS[step].part).casefold(), say(STEPS[step].question).casefold()
        question = question.replace(",", "")
        names |= {question, f"{part} {question}", f"{part} {word}"}
    return names


def summary_lines(session: Session) -> list[str]:
    """Return every answer as a line of its own."""
    asked = asked_steps(abroad=session.abroad)
    parts = [worded(STEPS[step].part) for step in asked]
    width = max(PART_WIDTH, *(len(part) + 1 for part in parts))
    return [
        f"{number:>2}  {part:<{width}}{question:<{QUESTION_WIDTH}}{_answer(session, step)}".rstrip()
        for number, (step, part) in enumerate(zip(asked, parts, strict=True), 1)
        for question in [worded(STEPS[step].question)]
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
    grid.add_row("", Text(phrase("Ship from"), "bold"), "", Text(phrase("Ship to"), "bold"))
    for left, right in zip(half, other, strict=True):
        grid.add_row(*_cell(session, left), *_cell(session, right))
    grid.add_row("", Text(phrase("Parcel"), "bold"), "", "")
    for left, right in zip(parcel[::2], parcel[1::2], strict=True):
        grid.add_row(*_cell(session, left), *_cell(session, right))
    return grid


def _cell(session: Session, step: str) -> tuple[str, Text]:
    number = asked_steps(abroad=session.abroad).index(step) + 1
    label = worded(STEPS[step].question).partition(",")[0]
    return str(number), Text(f"{label:<10}", "dim").append(_answer(session, step), "not dim")


def _answer(session: Session, step: str) -> str:
    """Return an answer as a person reads it: a weight of 35 oz is 2 lb 3 oz."""
    kept = session.answers.get(step) or "–"  # noqa: RUF001  # the sign of what was left out
    if step == "parcel_weight" and session.answers.get(step):
        kept = show_weight(parse_weight(kept))
    return printable(kept)
