"""Options in place of a person: every question has its answer before the session is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from shiplabel.cli import console
from shiplabel.domain.rules import choose as choose_rate
from shiplabel.domain.rules import parse_rule
from shiplabel.errors import InputError, ShiplabelError
from shiplabel.language import phrase
from shiplabel.workflow.ports import Parts
from shiplabel.workflow.purchase import guard_price
from shiplabel.workflow.quote import is_stale, quote
from shiplabel.workflow.session import choose
from shiplabel.workflow.states import Trouble
from shiplabel.workflow.trouble import RolledBack, rolled_back

if TYPE_CHECKING:
    from shiplabel.workflow.session import Session
    from shiplabel.workflow.trouble import SeveralLabels


@dataclass(frozen=True, slots=True)
class Script:
    """A conversation without a person; ``yes`` is the leave to spend money."""

    parts: Parts
    yes: bool

    def answer(self, session: Session) -> Session:
        """Refuse: an answer is missing and nobody can be asked."""
        raise InputError(
            phrase("An answer is missing: --{option}.", option=session.step.replace("_", "-")),
            field=session.step,
            hint=f"shiplabel resume {session.session_id} --{session.step.replace('_', '-')} …",
        )

    def confirm(self, session: Session) -> Session:
        """Fetch the rates and name the carriers that gave none."""
        session = quote(self.parts, session, lambda _board: None)
        console.tell_failures(session.failures)
        return session

    def pick(self, session: Session) -> Session:
        """Choose by the rule; fetch rates first when they are too old."""
        if not session.wishes.rule:
            raise InputError(phrase("A rate is not chosen: --rate is missing."), field="rate")
        if is_stale(session, self.parts.clock.now()) or not session.quotes:
            session = self.confirm(session)
        try:
            rate = choose_rate(session.quotes, parse_rule(session.wishes.rule), session.wishes.package_code)
            guard_price(rate.total, session.wishes.max_cost)
        except ShiplabelError as error:
            raise rolled_back(self.parts, session, Trouble.PURCHASE_REFUSED, error) from error
        for warning in rate.warnings:
            console.tell(f"{rate.service_code}: {warning}")
        return self.parts.save(choose(session, rate))

    def approve(self, session: Session) -> Session:
        """Go on only with leave to spend money; a choice that grew old is made again."""
        if not self.yes:
            raise InputError(phrase("Buying needs a yes: --yes is missing."), field="purchase")
        if session.rate is None or is_stale(session, self.parts.clock.now()):
            return self.pick(session)
        return session

    def trouble(self, error: RolledBack) -> NoReturn:
        """End: a script decides what comes next by the exit code."""
        raise error

    def spare(self, error: SeveralLabels) -> NoReturn:
        """End: the error names the labels and what voids the extra one."""
        raise error
