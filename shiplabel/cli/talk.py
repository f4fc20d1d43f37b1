"""Who answers a session's questions: a clerk at a terminal, or the options of a script.

``flow.drive`` walks a session along its steps and turns to a Talk wherever a person could
decide. Each method returns the session as it was saved: its ``step`` is the next question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from shiplabel.workflow.session import Session
    from shiplabel.workflow.trouble import RolledBack, SeveralLabels


class Talk(Protocol):
    """The other side of the conversation."""

    def answer(self, session: Session) -> Session:
        """Ask the question of an answer step and save what was understood."""

    def confirm(self, session: Session) -> Session:
        """Show all answers; fetch rates, edit, save and quit, or discard."""

    def pick(self, session: Session) -> Session:
        """Show the rates (fetched again when stale) and choose one of them."""

    def approve(self, session: Session) -> Session:
        """Ask for the last yes before money is spent; without it go back to the rates."""

    def trouble(self, error: RolledBack) -> Session:
        """Tell what went wrong and return the session to go on with, or raise to end."""

    def spare(self, error: SeveralLabels) -> None:
        """Show the labels found and have the extra ones voided; raise the error where they are not."""
