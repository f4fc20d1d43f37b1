"""One row of a batch: the very steps of any label, taken without asking.

A row takes one request for rates (one for all carriers, the shipment in it) and one that buys, or
with a fixed service the latter alone. What existed before is looked at first; a key that the
service says is taken goes the slow way of quoting and buying. Nothing here sends a purchase:
``workflow.purchase`` does.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from shiplabel.domain.rules import choose as choose_rate
from shiplabel.errors import HeldError, Refused, ShiplabelError, StorageError
from shiplabel.workflow.batch import (
    BOUGHT_ROW,
    FAILED,
    SKIPPED,
    UNKNOWN,
    RowOutcome,
    is_bought,
    is_in_doubt,
    outcome_of,
    was_found,
)
from shiplabel.workflow.batch_ends import bad
from shiplabel.workflow.batch_found import Done, Found, find, goes_on, settled_before, weightiest
from shiplabel.workflow.lookup import settle, wake
from shiplabel.workflow.purchase import buy_only, complete, guard_price, take_what_is_there
from shiplabel.workflow.quote import board_of, is_stale, settle_shipment, why_no_rate
from shiplabel.workflow.session import (
    begin,
    choose,
    drop_quotes,
    first_missing,
    reach,
    take_quotes,
    was_doubted,
)
from shiplabel.workflow.shipment import digest_of, shipment_of
from shiplabel.workflow.states import Trouble
from shiplabel.workflow.trouble import AlreadyLabelled, RolledBack, quoting_trouble, rolled_back

if TYPE_CHECKING:
    from collections.abc import Callable

    from shiplabel.domain.money import Money
    from shiplabel.domain.rate import CarrierFailure, Quote
    from shiplabel.workflow.batch_found import Plan
    from shiplabel.workflow.ports import Parts
    from shiplabel.workflow.rows import RowDraft
    from shiplabel.workflow.session import Session


HELD_S = 200.0
"""How long a row waits for another batch that has it in hand: to be sent and to be answered, 90 s each."""

HELD_PAUSE_S = 0.2


def quote_row(parts: Parts, plan: Plan, draft: RowDraft) -> Done:
    """Fetch a row's rates and keep them in its session; return the row with the rule's choice."""
    walk = _Walk(parts, plan, draft)
    return _told(walk, walk.quote)


def buy_row(parts: Parts, plan: Plan, draft: RowDraft, agreed: Money | None = None) -> Done:
    """Buy a row's label, quoting it first where a price is needed; its paper is not fetched here.

    Above an ``agreed`` price the row is not bought: it comes back with its new one.
    """
    walk = _Walk(parts, plan, draft)
    return _told(walk, lambda: walk.purchase(agreed))


def look_up_row(parts: Parts, plan: Plan, draft: RowDraft) -> Done:
    """Look once for the label of a row in doubt; what was never sent is left as it is."""
    walk = _Walk(parts, plan, draft)
    return _told(walk, walk.look_up)


def fetch_row(parts: Parts, outcome: RowOutcome) -> RowOutcome:
    """Fetch the paper of a bought row and finish its session; return the row as it is then."""
    with parts.store.hold(outcome.session_id):
        sessions = parts.store.with_key(outcome.shipment_key)
        session = next((one for one in sessions if one.session_id == outcome.session_id), None)
        if session is None:
            return outcome
        session = session if session.step == "done" else complete(parts, session)
    return replace(outcome_of(outcome.rows, session, outcome.status), code="", error=outcome.error)


class _Walk:
    """The way of one row; ``session`` is the last that is known of it."""

    def __init__(self, parts: Parts, plan: Plan, draft: RowDraft) -> None:
        self.parts, self.plan, self.draft = parts, plan, draft
        self.key = draft.shipment_key
        self.session: Session | None = None
        self.failures: tuple[CarrierFailure, ...] = ()
        self._held = ExitStack()

    def within(self, act: Callable[[Session | None], Done]) -> Done:
        """Act on what is found of the row, its session held all the while."""
        with self._held:
            found = self._found()
            if not goes_on(self.plan, self.draft, found.session):
                return bad(self.draft)
            before = settled_before(self.plan, self.draft, found, failed_before=False)
            return before or act(found.session)

    def _found(self) -> Found:
        found = find(self.parts.store, self.plan, self.draft)
        self.key = found.key
        if found.session is None or is_bought(found.session):
            return found
        self._hold(found.session)
        sessions = self.parts.store.with_key(found.key)
        fresh = next((one for one in sessions if one.session_id == found.session.session_id), None)
        self.session = fresh
        return replace(found, session=fresh)

    def _hold(self, session: Session) -> None:
        """Hold a session, once another batch is done with it; raise HeldError."""
        clock = self.parts.clock
        end = clock.elapsed_s() + (HELD_S if session.batch not in {None, self.plan.batch_id} else 0.0)
        while True:
            try:
                self._held.enter_context(self.parts.store.hold(session.session_id))
            except HeldError:
                if clock.elapsed_s() >= end:
                    raise
                clock.pause(HELD_PAUSE_S)
            else:
                return

    def quote(self) -> Done:
        """Leave the row with fresh rates and a choice among them."""
        return self.within(self._quote)

    def purchase(self, agreed: Money | None) -> Done:
        """Leave the row bought."""
        return self.within(lambda found: self._buy(found, agreed))

    def look_up(self) -> Done:
        """Leave the row bought, in doubt, or as it was."""
        return self.within(self._look_up)

    def _quote(self, session: Session | None) -> Done:
        if session is not None and is_in_doubt(session):
            return self._look_up(session)
        session = self._chosen(self._ready(session))
        return self._priced(self._kept(reach(session, "rate")))

    def _look_up(self, session: Session | None) -> Done:
        if session is None or not is_in_doubt(session):
            return self._priced(session) if session else Done(outcome=self._bare("waiting"), word="")
        session = settle(self.parts, wake(self.parts, session), settle_s=0)
        return Done(
            outcome=outcome_of(self.draft.rows, session, BOUGHT_ROW), word=BOUGHT_ROW, session=session
        )

    def _buy(self, found: Session | None, agreed: Money | None) -> Done:
        if found is not None and is_in_doubt(found):
            return self._look_up(found)
        if found is not None and was_doubted(found):
            found = self._noted(take_what_is_there(self.parts, found))
            if is_bought(found):
                return self._bought(found)
        session = self._ready(found)
        if self._needs_price(session):
            session = self._chosen(session)
            price = session.rate.total if session.rate else None
            if agreed and price and (price.currency != agreed.currency or agreed < price):
                return self._priced(self._kept(reach(session, "rate")))
        else:
            session = self._unquoted(session)
        session = buy_only(self.parts, self._named(session))
        if was_found(session):
            outcome = outcome_of(self.draft.rows, session, SKIPPED)
            outcome = replace(outcome, cost=None, error=AlreadyLabelled(session).message)
            return Done(outcome=outcome, word=SKIPPED, session=session)
        return self._bought(session)

    def _bought(self, session: Session) -> Done:
        outcome = outcome_of(self.draft.rows, session, BOUGHT_ROW)
        return Done(outcome=outcome, word=BOUGHT_ROW, session=session, failures=self.failures)

    def _priced(self, session: Session) -> Done:
        outcome = outcome_of(self.draft.rows, session, "waiting")
        return Done(outcome=outcome, word="", session=session, failures=self.failures)

    def _bare(self, status: str) -> RowOutcome:
        return RowOutcome(rows=self.draft.rows, status=status, shipment_key=self.key)

    def _needs_price(self, session: Session) -> bool:
        return self.plan.service is None or self._has_rates(session)

    def _has_rates(self, session: Session) -> bool:
        return bool(session.quotes) and not is_stale(session, self.parts.clock.now())

    def _ready(self, session: Session | None) -> Session:
        """Return the row's session with the row's answers; a new one is not on disk yet."""
        draft, plan = self.draft, self.plan
        if session is None:
            session = begin(
                now=self.parts.clock.now(),
                life=self.parts.life,
                environment=plan.environment,
                shipment_key=self.key,
                answers=draft.answers,
                wishes=draft.wishes,
                step="confirm",
            )
            return replace(session, batch=plan.batch_id, row=draft.row)
        mended = plan.keeps_answers and session.batch == plan.batch_id and first_missing(session) == "confirm"
        session = replace(session, batch=plan.batch_id, row=draft.row)
        if mended:
            return session
        new = replace(session, answers=draft.answers, wishes=draft.wishes)
        same = session.answers == draft.answers and shipment_of(new) == shipment_of(session)
        return new if same else drop_quotes(new)

    def _chosen(self, session: Session) -> Session:
        """Return the session with the rule's rate, quoted now where its rates are missing or old."""
        if not self._has_rates(session):
            session = self._quoted(session)
        try:
            rate = choose_rate(session.quotes, self.plan.rule, session.wishes.package_code)
            guard_price(rate.total, session.wishes.max_cost)
        except ShiplabelError as error:
            session = self._named(reach(session, "rate"))
            raise rolled_back(self.parts, session, Trouble.PURCHASE_REFUSED, error) from error
        return self._noted(choose(session, rate))

    def _quoted(self, session: Session) -> Session:
        """Return the session with fresh rates, on disk."""
        session = self._noted(reach(drop_quotes(session), "confirm"))
        try:
            session, answer = self._asked(session)
        except ShiplabelError as error:
            session = self._named(self.session or session)
            raise rolled_back(self.parts, session, quoting_trouble(error), error) from error
        board = board_of(answer, self.plan.carriers)
        self.failures = board.failures
        if not board.rates:
            why = why_no_rate(board)
            session = self._named(session)
            raise rolled_back(self.parts, session, quoting_trouble(why), why)
        return self._noted(take_quotes(session, board.rates, self.parts.clock.now()))

    def _asked(self, session: Session) -> tuple[Session, Quote]:
        """Ask all carriers at once, for a shipment made by the same request where there is none yet."""
        carrier_ids = [carrier.carrier_id for carrier in self.plan.carriers]
        api, shipment = self.parts.api, shipment_of(session)
        if session.shipment_id is None:
            try:
                answer = api.quote(carrier_ids, shipment=shipment)
            except Refused as error:
                if not error.conflict:
                    raise
                session = self._named(replace(session, met_before=True))
            else:
                made = replace(session, shipment_id=answer.shipment_id, shipment_digest=digest_of(shipment))
                return _met(made, answer), answer
        session = self._noted(settle_shipment(self.parts, session))
        answer = api.quote(carrier_ids, shipment_id=session.shipment_id)
        return _met(session, answer), answer

    def _unquoted(self, session: Session) -> Session:
        """Return the session ready to be bought by its service alone."""
        service = self.plan.service
        wishes = replace(
            session.wishes,
            carrier_id=service.carrier_id if service else "",
            service_code=self.plan.rule.service_code,
        )
        session = replace(drop_quotes(session), wishes=wishes, error=None, step="purchase", edit_until=None)
        if session.shipment_id is None:
            return session
        try:
            return self._noted(settle_shipment(self.parts, session))
        except ShiplabelError as error:
            raise rolled_back(self.parts, session, quoting_trouble(error), error) from error

    def _named(self, session: Session) -> Session:
        """Return the session under an id, given to it and held now where it had none."""
        if not session.session_id:
            session = self.parts.store.name(session)
            self._held.enter_context(self.parts.store.hold(session.session_id))
        return self._noted(session)

    def _kept(self, session: Session) -> Session:
        """Return the session as it is on disk now."""
        return self._noted(self.parts.save(self._named(session)))

    def _noted(self, session: Session) -> Session:
        self.session = session
        return session

    def on_disk_now(self) -> Session | None:
        """Return the row's session as it is on disk, as last known where the disk does not tell."""
        may_be = self.session is not None or self.plan.knows(self.key)
        try:
            return weightiest(self.parts.store.with_key(self.key)) if may_be else None
        except StorageError:
            return self.session

    def drop(self) -> None:
        """Put the row's own session away: its label is another's."""
        if self.session is not None and self.session.session_id:
            self.parts.store.drop(self.session.session_id)


def _met(session: Session, answer: Quote) -> Session:
    """Return the session as one to look up first where its shipment has a label already."""
    return replace(session, met_before=session.met_before or answer.labelled)


def _told(walk: _Walk, run: Callable[[], Done]) -> Done:
    """Return what a row came to, whatever error it ended in: no row stops another."""
    rows = walk.draft.rows
    try:
        return run()
    except AlreadyLabelled as error:
        walk.drop()
        outcome = replace(outcome_of(rows, error.session, SKIPPED), code="", error=error.message)
        return Done(outcome=outcome, word=SKIPPED, session=error.session)
    except RolledBack as error:
        word = UNKNOWN if error.may_have_charged else FAILED
        session, cause = error.session, error.cause
        return Done(outcome=outcome_of(rows, session, word), word=word, session=session, error=cause)
    except ShiplabelError as error:
        return _ended(walk, error)


def _ended(walk: _Walk, error: ShiplabelError) -> Done:
    """Return a row that an error ended: in doubt where money may have moved, else failed."""
    session = walk.on_disk_now()
    in_doubt = error.may_have_charged or (session is not None and is_in_doubt(session))
    word = UNKNOWN if in_doubt else FAILED
    bare = RowOutcome(rows=walk.draft.rows, status=word, shipment_key=walk.key)
    outcome = outcome_of(walk.draft.rows, session, word) if session else bare
    outcome = replace(outcome, code=error.code, error=error.message)
    return Done(outcome=outcome, word=word, session=session, error=error)
