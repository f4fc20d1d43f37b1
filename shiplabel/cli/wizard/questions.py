"""The questions in words: one step at a time, each answer understood, shown and saved.

What could not be understood stands in the question again, so that nothing typed is lost.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shiplabel.cli.wizard.desk import no_book
from shiplabel.cli.wizard.elsewhere import BookCompleter, checked, first_of_book, of_side, pasted, side_of
from shiplabel.cli.wizard.prompt import Key
from shiplabel.domain.text import printable
from shiplabel.errors import InputError
from shiplabel.language import marked, phrase, worded
from shiplabel.workflow.session import answer
from shiplabel.workflow.steps import STEPS, asked_steps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from prompt_toolkit.completion import Completer

    from shiplabel.cli.wizard.prompt import Reply
    from shiplabel.cli.wizard.room import Room
    from shiplabel.domain.checks import Understood
    from shiplabel.workflow.session import Session

KEYS = marked(("Enter next", "^B back", "? help", "^C save+quit", "^U clear"))
SKIP = marked("empty skips")
PARCEL = "parcel_weight"
SIDES = ("length", "width", "height")


class Questions:
    """Asks the answer steps; ``_drafts`` holds what was typed and not taken yet, by step.

    ``_as_typed`` is a text that looked like an address and is none, as the clerk said.
    """

    def __init__(self, room: Room) -> None:
        self._room = room
        self._drafts: dict[str, str] = {}
        self._as_typed = ""

    def ask(self, session: Session) -> Session:
        """Ask one step's question once; return the session as saved, at the same step or another."""
        reply = self._prompted(session)
        if reply.key == Key.BACK:
            return self._room.back(session)
        if reply.key == Key.HELP or reply.text.strip() == "?":
            return self._help(session, reply)
        taken = self._from_elsewhere(session, reply.text)
        return taken or self._take(session, reply.text)

    def _prompted(self, session: Session) -> Reply:
        step = session.step
        optional = STEPS[step].optional
        completer = self._completer(step)
        keys = (KEYS[0], *([SKIP] if optional else []), *KEYS[1:])
        if offer := self._offer(session):
            self._room.voice.say(offer)
        return self._room.prompt.ask(
            self._room.header(step),
            phrase(
                "{question} (optional):" if optional else "{question}:", question=worded(STEPS[step].question)
            ),
            keys=keys,
            default=self._default(session),
            completer=completer,
            hint=self._hint(session) if completer else None,
        )

    def _default(self, session: Session) -> str:
        known = session.answers.get(session.step) or ""
        if not known and self._room.desk.parcel_preset and session.step != PARCEL:
            known = self._room.desk.parcel_preset.answers.get(session.step) or ""
        return self._drafts.pop(session.step, known)

    def _help(self, session: Session, reply: Reply) -> Session:
        self._room.voice.say(worded(STEPS[session.step].help))
        self._room.voice.say(phrase("Enter goes on; ^B or Esc goes back; ^U clears; ^C saves and quits."))
        if reply.text.strip() != "?":
            self._drafts[session.step] = reply.text
        return session

    def _take(self, session: Session, text: str) -> Session:
        step = session.step
        try:
            understood = STEPS[step].check(text, self._known(session))  # type: ignore[misc]  # the step asks
        except InputError as error:
            self._room.voice.refuse(error)
            self._drafts[step] = text
            return session
        if self._is_doubted(session, understood) and not self._room.prompt.yes(
            understood.doubt, header=self._room.header(step)
        ):
            self._drafts[step] = understood.suggestion or text
            return session
        self._room.voice.understood(step, understood.shown or phrase("left out"))
        return self._room.save(answer(session, {step: understood.value, **understood.also}))

    def _known(self, session: Session) -> dict[str, str | None]:
        """Return the answers with the units that bare numbers are in."""
        desk = self._room.desk
        units = {"parcel_weight_unit": desk.weight_unit, "parcel_side_unit": desk.length_unit}
        return {**units, **session.answers}

    def _is_doubted(self, session: Session, understood: Understood) -> bool:
        """Tell whether to ask: not again for an answer that was kept before and depends on no other."""
        kept = session.answers.get(session.step) == understood.value and not session.step.endswith("_zip")
        return bool(understood.doubt) and not kept

    def _completer(self, step: str) -> Completer | None:
        book = self._room.desk.completions
        return BookCompleter(book) if step.endswith("_name") and book is not no_book else None

    def _hint(self, session: Session) -> Callable[[str], str]:
        """Return what the bottom line says of the address that Enter would take."""

        def hint(text: str) -> str:
            one = first_of_book(text, session.answers.get(session.step) or "", self._room.desk.completions)
            if one is None:
                return ""
            return phrase(
                "Enter takes {name} · a space at the end keeps it as typed", name=printable(one.title)
            )

        return hint

    def _offer(self, session: Session) -> str:
        preset = self._room.desk.parcel_preset
        if session.step != PARCEL or preset is None or session.answers.get(PARCEL):
            return ""
        sides = " x ".join(preset.answers.get(f"parcel_{side}") or "?" for side in SIDES)
        return phrase(
            "Last parcel: {name}, {weight}, {sides}. Enter takes it.",
            name=preset.title,
            weight=preset.answers.get(PARCEL),
            sides=sides,
        )

    def _from_elsewhere(self, session: Session, text: str) -> Session | None:
        """Fill several steps from the book, a pasted address or the last parcel, or return None."""
        desk, step = self._room.desk, session.step
        if step == PARCEL and not text.strip() and self._offer(session) and desk.parcel_preset:
            return self._fill(session, desk.parcel_preset.answers)
        if step.endswith("_name"):
            book = first_of_book(text, session.answers.get(step) or "", desk.completions)
            if book:
                return self._fill(session, of_side(side_of(step), book.fields))
        address = pasted(step, text) if text != self._as_typed else None
        if not address:
            return None
        if self._is_meant(session, address):
            return self._fill(session, address)
        self._as_typed = self._drafts[step] = text
        return session

    def _is_meant(self, session: Session, address: Mapping[str, str | None]) -> bool:
        self._room.voice.say(phrase("That looks like a whole address:"))
        for step, part in address.items():
            if part and self._is_asked(step):
                self._room.voice.say(f"  {worded(STEPS[step].question):<18}{part}")
        return self._room.prompt.yes(phrase("Fill it in like that?"), header=self._room.header(session.step))

    def _is_asked(self, step: str) -> bool:
        return step in asked_steps(abroad=self._room.abroad)

    def _fill(self, session: Session, parts: Mapping[str, str | None]) -> Session:
        found = checked(parts, self._known(session))
        for step, shown in found.shown.items():
            if step in found.given and self._is_asked(step):
                self._room.voice.understood(step, shown or phrase("left out"))
        self._drafts.update(found.drafts)
        if session.step in found.given:
            return self._room.save(answer(session, found.given))
        return self._room.save(replace(session, answers={**session.answers, **found.given}))
