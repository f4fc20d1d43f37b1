"""What there is of a batch's row already: its key, its session here, its label in the account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from shiplabel.domain.keys import next_key
from shiplabel.domain.label import Label
from shiplabel.domain.rate import Carrier, CarrierFailure
from shiplabel.domain.rules import Rule
from shiplabel.errors import ShiplabelError
from shiplabel.language import phrase
from shiplabel.workflow.batch import FAILED, SKIPPED, RowOutcome, is_bought, is_in_doubt, outcome_of
from shiplabel.workflow.session import Session, status_of, was_doubted
from shiplabel.workflow.trouble import AlreadyLabelled

if TYPE_CHECKING:
    from shiplabel.workflow.ports import SessionStore
    from shiplabel.workflow.rows import RowDraft


def _any(_key: str) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How the rows of a run are bought.

    ``service`` is the carrier of a fixed service that is bought without a quote. ``elsewhere`` holds
    labels of the account by our keys, ``knows`` tells whether this machine may have met a key.
    ``keeps_answers``: a row's session that a clerk mended by hand is left as it is.
    """

    batch_id: str
    environment: str
    rule: Rule
    carriers: tuple[Carrier, ...] = ()
    service: Carrier | None = None
    again: bool = False
    keeps_answers: bool = False
    elsewhere: Mapping[str, Label] = field(default_factory=dict)
    knows: Callable[[str], bool] = _any


@dataclass(frozen=True, slots=True)
class Found:
    """What there is of a row already."""

    key: str
    session: Session | None = None
    label: Label | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A step of a row taken: what it came to, the word it counts under, session and error behind it.

    ``word`` is empty while the row goes on: quoted and not bought yet.
    """

    outcome: RowOutcome
    word: str
    session: Session | None = None
    error: ShiplabelError | None = None
    failures: tuple[CarrierFailure, ...] = ()


def find(store: SessionStore, plan: Plan, draft: RowDraft) -> Found:
    """Return a row's key and what hangs on it; with ``again`` the first key that nobody else used.

    Without it the row's own key, unless this batch shipped the order again in an earlier run: what it
    bought, or may have bought, stays its own.
    """
    first, nth = None, 1
    while True:
        found, used = _at_key(store, plan, next_key(draft.shipment_key, nth))
        first, session = first or found, found.session
        ours = session is not None and session.batch == plan.batch_id
        if session and ours and (plan.again or used or is_in_doubt(session)):
            return found
        if not used:
            return found if plan.again else first
        nth += 1


def _at_key(store: SessionStore, plan: Plan, key: str) -> tuple[Found, bool]:
    """Return what hangs on a key, and whether a label does."""
    session = weightiest(store.with_key(key)) if plan.knows(key) else None
    label = plan.elsewhere.get(key)
    used = is_bought(session) if session is not None else label is not None
    return Found(key, session, label), used


def weightiest(sessions: list[Session]) -> Session | None:
    """Return the session that counts for a key: with a label, else in doubt, else a row's newest one."""
    for counts in (is_bought, is_in_doubt):
        for session in sessions:
            if counts(session):
                return session
    return next((session for session in reversed(sessions) if session.batch), None)


def under_its_key(store: SessionStore, draft: RowDraft, before: RowOutcome | None) -> RowDraft:
    """Return a draft under the key that an earlier run of its batch took, where that run left something.

    A row that is understood otherwise by now, by another mapping or other units, has another key of its
    own; it is the same row of the same sheet all the same.
    """
    former = before.shipment_key if before else ""
    if before is None or draft.shipment_key in {former, former.rpartition("-")[0]} or not former:
        return draft
    session = weightiest(store.with_key(former))
    leaves = session is not None and (is_bought(session) or is_in_doubt(session))
    return replace(draft, shipment_key=former) if leaves or before.status == SKIPPED else draft


def goes_on(plan: Plan, draft: RowDraft, session: Session | None) -> bool:
    """Tell whether a row can be taken: it is good, or this batch has bought or tried it already.

    Options that leave a row incomplete now do not undo what was done for it before.
    """
    ours = session is not None and session.batch == plan.batch_id
    return draft.is_good or bool(session and ours and (is_bought(session) or is_in_doubt(session)))


def settled_before(plan: Plan, draft: RowDraft, found: Found, *, failed_before: bool) -> Done | None:
    """Return a row's outcome when it has a label already, here or elsewhere; None when it goes on.

    A label that this batch bought in an earlier run is the batch's own, unless the row had failed
    and was mended by hand.
    """
    session, label = found.session, found.label
    if session is not None and is_bought(session):
        ours = session.batch == plan.batch_id
        outcome = outcome_of(
            draft.rows, session, status_of(session) if ours and not failed_before else SKIPPED
        )
        said = "" if ours else AlreadyLabelled(session).message
        outcome = replace(outcome, code="", error=said, cost=outcome.cost if ours else None)
        return Done(outcome=outcome, word=SKIPPED, session=session)
    if label is not None and (session is None or not (is_in_doubt(session) or was_doubted(session))):
        outcome = _elsewhere(draft, found.key, label)
        return Done(outcome=outcome, word=outcome.status)
    return None


def _elsewhere(draft: RowDraft, key: str, label: Label) -> RowOutcome:
    bare = RowOutcome(rows=draft.rows, status=FAILED, shipment_key=key, label_id=label.label_id)
    named = draft.order_id or key
    if label.status == "error":
        said = phrase(
            "{order} has label {label_id}, bought elsewhere, which the service could not make. It may have "
            "been charged: see to it there, then ship with --again.",
            order=named,
            label_id=label.label_id,
        )
        return replace(bare, code="label_error", error=said)
    when = f"{label.created_at:%Y-%m-%d}" if label.created_at else phrase("an earlier day")
    return replace(
        bare,
        status=SKIPPED,
        tracking_number=label.tracking_number,
        carrier_code=label.carrier_code,
        service_code=label.service_code,
        error=phrase(
            "{order} was labelled on {when} from another computer or data folder: {label_id}.",
            order=named,
            when=when,
            label_id=label.label_id,
        ),
    )
