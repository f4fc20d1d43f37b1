"""What every part of the wizard shares: the workflow's parts, the desk, the voice and the prompt."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from shiplabel.cli.wizard.prompt import Prompt
from shiplabel.cli.wizard.voice import Voice
from shiplabel.errors import Interrupted
from shiplabel.language import phrase, phrase_n
from shiplabel.workflow.session import back
from shiplabel.workflow.steps import asked_steps, step_before, title

if TYPE_CHECKING:
    from shiplabel.cli.wizard.desk import Desk
    from shiplabel.cli.wizard.plain_prompt import PlainPrompt
    from shiplabel.workflow.ports import Parts
    from shiplabel.workflow.session import Session


class Room:
    """One run's terminal; ``rule`` is the option's, emptied once the clerk has taken over.

    ``abroad`` tells whether the session at hand asks the countries: headers count them.
    """

    def __init__(self, parts: Parts, desk: Desk) -> None:
        self.parts, self.desk, self.rule = parts, desk, desk.rule
        self.abroad = False
        self.voice = Voice(desk.console, plain=desk.plain)
        self.prompt = _prompt(desk)

    def header(self, step: str) -> str:
        """Return the line above a question: where the clerk is, and whose money it is."""
        return f"{title(step, abroad=self.abroad)} · {self.desk.environment_words()}"

    def save(self, session: Session) -> Session:
        """Write the session down."""
        return self.parts.save(session)

    def back(self, session: Session) -> Session:
        """Go to the question before and save that, or say that there is none."""
        if step_before(session.step) is None:
            self.voice.say(phrase("This is the first question; ^C saves and quits."))
            return session
        return self.save(back(session))

    def left(self, session: Session) -> Interrupted:
        """Return what to raise when the clerk leaves."""
        kept = len(session.answers.keys() & set(asked_steps(abroad=self.abroad)))
        what = phrase_n("{count} answer", "{count} answers", kept) if kept else phrase("the label")
        where = title(session.step, abroad=self.abroad)
        return Interrupted(
            phrase("Saved: {what}, at {where}.", what=what, where=where), hint=self.resume(session)
        )

    def resume(self, session: Session) -> str:
        """Return the command that goes on with the session."""
        return f"{self.desk.resume_command} {session.session_id}"


def _prompt(desk: Desk) -> Prompt | PlainPrompt:
    """Return what asks: a prompt that is drawn, or one that only writes where plain words are wanted."""
    if desk.plain and sys.platform != "win32":
        from shiplabel.cli.wizard.plain_prompt import PlainPrompt  # noqa: PLC0415  # most terminals draw

        return PlainPrompt()
    return Prompt(plain=desk.plain, environment=desk.environment)
