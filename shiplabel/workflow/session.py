"""A session: everything known of one label to be, and the pure moves from step to step.

A session is a value. Every move returns a new one; who moves it saves it before anything
else happens. ``step`` is always the question on screen. Nothing here reads a clock or a disk.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from shiplabel.domain.foreign import HOME
from shiplabel.domain.label import Label, LabelFile, LabelFormat, LabelLayout
from shiplabel.domain.money import Money
from shiplabel.domain.rate import CarrierFailure, Rate
from shiplabel.workflow.states import (
    BOUGHT,
    UNSETTLED,
    PurchaseEvent,
    PurchaseState,
    Trouble,
    advance,
    drops_quotes,
    return_step,
)
from shiplabel.workflow.steps import FIRST, STEPS, asked_steps, step_after, step_before

SCHEMA = 1
NOT_BOUGHT = "not_bought"
_PLACES = {step: place for place, step in enumerate(STEPS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the clerk or the script asked for beside the answers; empty where nothing was said.

    ``carrier_id`` and ``service_code`` name a service that is to be bought without a quote,
    ``abroad`` says that the countries are asked too.
    """

    order_id: str = ""
    package_code: str = "package"
    confirmation: str = "none"
    insured_value: Money | None = None
    reference: str = ""
    rule: str = ""
    max_cost: Money | None = None
    format: LabelFormat = "pdf"
    layout: LabelLayout = "4x6"
    out: str = ""
    again: bool = False
    carrier_id: str = ""
    service_code: str = ""
    abroad: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A purchase about to be sent, written down first.

    ``by`` says which of the three purchase calls: on a rate, on a shipment, or with the shipment in it;
    ``found`` where none was sent, because the label was there already.
    """

    by: str
    at: datetime
    shipment_key: str
    shipment_id: str | None = None
    rate_id: str | None = None
    carrier_id: str = ""
    carrier_code: str = ""
    service_code: str = ""
    quoted: Money | None = None
    format: LabelFormat = "pdf"
    layout: LabelLayout = "4x6"


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """The money part: where it stands, what was sent, what came of it.

    ``ruled_out`` are labels that could not be made and that a person said were not bought.
    """

    state: PurchaseState = PurchaseState.PLANNED
    intent: Intent | None = None
    label: Label | None = None
    label_id: str | None = None
    ruled_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """The label's paper: ``none``, ``pending`` (bought, not fetched) or ``saved``.

    ``printer`` and ``print_job`` tell of the last print: where it went, and the print service's own id.
    """

    state: str = "none"
    files: tuple[LabelFile, ...] = ()
    printed_at: datetime | None = None
    printer: str = ""
    print_job: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepError:
    """What went wrong last; kept until the next success."""

    step: str
    code: str
    message: str
    request_id: str | None
    at: datetime
    reverted_from: str | None = None
    reverted_to: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the session's history."""

    at: datetime
    event: str
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One label to be.

    ``answers`` holds each step's answer as understood, None where a step was skipped;
    ``edit_until`` names the last step of a part being edited from ``confirm``, ``furthest`` the last
    question that was ever on screen: answers beyond it came with options and are not asked again.
    ``shipment_digest`` tells which wish the service was last told, ``met_before`` whether
    anything may already hang on our key there, ``failures`` the carriers that gave no rate with
    these quotes.
    """

    session_id: str
    step: str
    updated_at: datetime
    expires_at: datetime
    shipment_key: str
    environment: str
    created_at: datetime
    revision: int = 0
    schema: int = SCHEMA
    batch: str | None = None
    row: int | None = None
    edit_until: str | None = None
    furthest: str = ""
    shipment_id: str | None = None
    shipment_digest: str = ""
    met_before: bool = False
    quoted_at: datetime | None = None
    answers: dict[str, str | None] = field(default_factory=dict)
    wishes: Wishes = field(default_factory=Wishes)
    quotes: tuple[Rate, ...] = ()
    failures: tuple[CarrierFailure, ...] = ()
    rate: Rate | None = None
    purchase: Purchase = field(default_factory=Purchase)
    documents: Documents = field(default_factory=Documents)
    error: StepError | None = None
    history: tuple[Event, ...] = ()

    @property
    def abroad(self) -> bool:
        """Whether the countries are asked: they were wished for, or one of them is another than home."""
        countries = {self.answers.get(step) for step in ("from_country", "to_country")}
        return self.wishes.abroad or not countries <= {None, "", HOME}


def begin(
    *,
    now: datetime,
    life: timedelta,
    environment: str,
    shipment_key: str,
    answers: dict[str, str | None] | None = None,
    wishes: Wishes | None = None,
    step: str = FIRST,
) -> Session:
    """Return a session that is not on disk yet: its id is empty until the store gives one."""
    return Session(
        session_id="",
        step=step,
        created_at=now,
        updated_at=now,
        expires_at=now + life,
        shipment_key=shipment_key,
        environment=environment,
        answers=answers or {},
        wishes=wishes or Wishes(),
        history=(Event(now, "created"),),
    )


def status_of(session: Session) -> str:
    """Return the one word for scripts: open, unknown, bought, voiding or voided."""
    state = session.purchase.state
    if state in UNSETTLED:
        return "unknown"
    if state is PurchaseState.PURCHASED:
        return "bought"
    return str(state) if state in BOUGHT else "open"


def can_expire(session: Session) -> bool:
    """Tell whether time may end this session: never while money is in doubt or spent."""
    state = session.purchase.state
    return state not in UNSETTLED and state not in BOUGHT


def was_doubted(session: Session) -> bool:
    """Tell whether a person said of a purchase of this session in doubt that it was not bought."""
    return any(event.event == NOT_BOUGHT for event in session.history)


def note(session: Session, event: str, now: datetime, by: str = "") -> Session:
    """Add a line to the history."""
    return replace(session, history=(*session.history, Event(now, event, by)))


def touch(session: Session, now: datetime, life: timedelta) -> Session:
    """Return the session as it is to be saved now: its expiry slides."""
    return replace(session, updated_at=now, expires_at=now + life)


def answer(session: Session, given: dict[str, str | None]) -> Session:
    """Take one or several steps' answers and move to the next question.

    Rates belong to the answers they were asked for: an answer that changes drops them.
    """
    answers = {**session.answers, **given}
    changed = any(session.answers.get(step, "") != value for step, value in given.items())
    session = drop_quotes(session) if changed and session.quotes else session
    step, edit_until = _next(session, given)
    furthest = _further(session)
    return replace(session, answers=answers, step=step, edit_until=edit_until, furthest=furthest)


def _next(session: Session, given: dict[str, str | None]) -> tuple[str, str | None]:
    """Return the next step and the edit's end: on to the next question, or back to confirm."""
    step, until = session.step, session.edit_until
    while True:
        if step == until:
            return "confirm", None
        step = step_after(step, abroad=session.abroad)
        if step not in given and not (until is None and _is_given(session, step)):
            return step, until


def _is_given(session: Session, step: str) -> bool:
    """Tell whether a step was answered before its question ever came."""
    return step in session.answers and _PLACES[step] > _PLACES[_further(session)]


def _further(session: Session) -> str:
    """Return the later of the question on screen and the furthest one before."""
    return max(session.step, session.furthest or session.step, key=_PLACES.__getitem__)


def back(session: Session) -> Session:
    """Move to the question before; the first has none and stays."""
    before = step_before(session.step, abroad=session.abroad)
    return replace(session, step=before or session.step, edit_until=None, furthest=_further(session))


def edit(session: Session, first: str, last: str) -> Session:
    """Go from confirm to the questions ``first`` to ``last``, then back to confirm."""
    return replace(session, step=first, edit_until=last, furthest=_further(session))


def reach(session: Session, step: str) -> Session:
    """Move to a step that the workflow has reached by itself."""
    return replace(session, step=step, edit_until=None)


def first_missing(session: Session) -> str:
    """Return the first step without an answer, or ``confirm`` when all are there."""
    asked = asked_steps(abroad=session.abroad)
    return next((name for name in asked if name not in session.answers), "confirm")


def drop_quotes(session: Session) -> Session:
    """Forget the rates and the choice among them."""
    if not (session.quotes or session.failures or session.quoted_at or session.rate):
        return session
    return replace(session, quotes=(), failures=(), quoted_at=None, rate=None)


def take_quotes(
    session: Session, rates: tuple[Rate, ...], now: datetime, failures: tuple[CarrierFailure, ...] = ()
) -> Session:
    """Keep rates and who gave none; a success, so the last error is cleared."""
    fresh = replace(session, quotes=rates, failures=failures, quoted_at=now, rate=None)
    return replace(fresh, step="rate", error=None)


def choose(session: Session, rate: Rate) -> Session:
    """Keep the chosen rate and move on to the purchase."""
    return replace(session, rate=rate, step="purchase", error=None)


def move(session: Session, event: PurchaseEvent, now: datetime, **changes: object) -> Session:
    """Move the purchase along its table; raise IllegalTransition where there is no such edge."""
    state = advance(session.purchase.state, event)
    purchase = replace(session.purchase, state=state, **changes)  # type: ignore[arg-type]  # checked by the callers
    return replace(session, purchase=purchase, history=(*session.history, Event(now, str(event))))


def roll_back(  # what went wrong has this many sides
    session: Session, trouble: Trouble, error: StepError, refused_step: str | None = None
) -> Session:
    """Go to the step that can mend the trouble and keep what was wrong for the clerk to see."""
    to = return_step(trouble, at=session.step, refused_step=refused_step)
    kept = replace(error, step=to, reverted_from=session.step, reverted_to=to)
    session = drop_quotes(session) if drops_quotes(trouble) else session
    furthest = _further(session)
    return replace(session, step=to, error=kept, edit_until=None, furthest=furthest)
