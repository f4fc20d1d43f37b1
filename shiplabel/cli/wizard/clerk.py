"""The clerk at a terminal, as the flow sees one: each method asks, saves, and returns the session.

Every answer is on disk before the next question is drawn. ^C and ^D anywhere end in
Interrupted, which says that all is saved and what to type next.
"""

from __future__ import annotations

from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any

from shiplabel.cli.wizard.questions import Questions
from shiplabel.cli.wizard.room import Room
from shiplabel.errors import Interrupted, Unauthorized
from shiplabel.language import phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shiplabel.cli.wizard.buying import Buying
    from shiplabel.cli.wizard.desk import Desk
    from shiplabel.cli.wizard.lists import Lists
    from shiplabel.cli.wizard.review import Review
    from shiplabel.workflow.ports import Parts
    from shiplabel.workflow.session import Session
    from shiplabel.workflow.trouble import RolledBack, SeveralLabels


def _may_leave(method: Callable[[Clerk, Session], Session]) -> Callable[[Clerk, Session], Session]:
    """Turn ^C and ^D inside a method into Interrupted; tell first what went wrong last time."""

    @wraps(method)
    def guarded(clerk: Clerk, session: Session) -> Session:
        clerk.room.abroad = session.abroad
        clerk.recall(session)
        try:
            return method(clerk, session)
        except (KeyboardInterrupt, EOFError):
            raise clerk.room.left(session) from None

    return guarded


class Clerk:
    """Implements Talk with questions in a terminal."""

    def __init__(self, parts: Parts, desk: Desk) -> None:
        self.room = Room(parts, desk)
        self._questions = Questions(self.room)
        self._told: Any = None

    @cached_property
    def _review(self) -> Review:
        from shiplabel.cli.wizard.review import Review  # noqa: PLC0415  # the first question comes sooner

        return Review(self.room)

    @cached_property
    def _buying(self) -> Buying:
        from shiplabel.cli.wizard.buying import Buying  # noqa: PLC0415  # the first question comes sooner

        return Buying(self.room)

    @cached_property
    def _lists(self) -> Lists:
        from shiplabel.cli.wizard.lists import Lists  # noqa: PLC0415  # most runs ask no list

        return Lists(self.room)

    @_may_leave
    def answer(self, session: Session) -> Session:
        """Ask the question of the session's step and save what was understood."""
        return self._questions.ask(session)

    @_may_leave
    def confirm(self, session: Session) -> Session:
        """Show all answers; fetch rates, edit, save and quit, or discard."""
        return self._review.ask(session, self._buying.fetch)

    @_may_leave
    def pick(self, session: Session) -> Session:
        """Show the rates and choose one of them."""
        return self._buying.pick(session)

    @_may_leave
    def approve(self, session: Session) -> Session:
        """Ask for the last yes before money is spent; without it go back to the rates."""
        session = self._buying.approve(session)
        if session.step == "purchase" and session.rate:
            from shiplabel.cli.tables import full_name  # noqa: PLC0415  # the first question needs none of it

            self.room.voice.say(phrase("Buying {service} …", service=full_name(session.rate)))
        return session

    def trouble(self, error: RolledBack) -> Session:
        """Tell what went wrong and return the session to go on with; raise where no question mends it."""
        if isinstance(error.cause, (Unauthorized, Interrupted)) or error.may_have_charged:
            raise error
        self.room.rule = ""
        self.recall(error.session, again=False)
        return error.session

    def spare(self, error: SeveralLabels) -> None:
        """Show the labels found and void the extra ones after a yes each; raise the error after a no."""
        from shiplabel.cli.spare import offer  # noqa: PLC0415  # hardly ever needed

        try:
            offer(self.room.parts, error, self.room.prompt.yes)
        except (KeyboardInterrupt, EOFError):
            raise error from None

    def beside_open(self, heads: Sequence[Any]) -> str:
        """Ask what to do beside open sessions; return the one to resume, or nothing to start another."""
        return self._lists.beside_open(heads) if heads else ""

    def pick_session(self, heads: Sequence[Any]) -> str:
        """Ask which open session to resume and return its id."""
        return self._lists.pick_session(heads)

    def recall(self, session: Session, *, again: bool = True) -> None:
        """Say the session's last error, once."""
        wrong = session.error
        if wrong is None or self._told == (wrong.at, wrong.message):
            return
        self._told = (wrong.at, wrong.message)
        self.room.voice.trouble(wrong, again=again)
