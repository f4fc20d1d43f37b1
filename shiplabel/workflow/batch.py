"""A batch as values: what it remembers, what became of each row, and what its end means.

Nothing here reads a sheet, a disk or a clock. The records and sessions of the rows are the
truth; a batch only keeps what can be told again from them by each row's shipment key.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from shiplabel.domain.money import Money
from shiplabel.errors import Exit
from shiplabel.workflow.session import Session, Wishes
from shiplabel.workflow.states import BOUGHT, UNSETTLED, PurchaseState

SCHEMA = 1
WAITING, BOUGHT_ROW, FAILED, UNKNOWN, SKIPPED = "waiting", "bought", "failed", "unknown", "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a batch was told: the rule and limits for its rows, what columns lack, where files go.

    ``answers`` and ``wishes`` are for every row; ``columns`` says by hand which column is what; ``typed`` are
    the words that said so, for the command that runs the mended rows.
    ``printer`` is where labels are printed (empty: where the settings say), None prints nothing.
    """

    answers: dict[str, str | None] = field(default_factory=dict)
    wishes: Wishes = field(default_factory=Wishes)
    columns: dict[str, str] = field(default_factory=dict)
    typed: tuple[str, ...] = ()
    max_total: Money | None = None
    workers: int = 0
    results: str = ""
    merge: str = ""
    printer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many rows came to what; a row is a label to be."""

    rows: int = 0
    bought: int = 0
    failed: int = 0
    unknown: int = 0
    skipped: int = 0

    @property
    def waiting(self) -> int:
        """The rows that nothing was done about yet."""
        return self.rows - self.bought - self.failed - self.unknown - self.skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What is kept of a batch; ``file`` is its source as it was named, ``digest`` of its content."""

    batch_id: str
    file: str
    digest: str
    created_at: datetime
    updated_at: datetime
    schema: int = SCHEMA
    runs: int = 0
    status: str = "open"
    options: Options = field(default_factory=Options)
    counts: Counts = field(default_factory=Counts)
    total_cost: Money | None = None
    merged: tuple[str, ...] = ()

    @property
    def is_finished(self) -> bool:
        """Whether all its rows have their labels."""
        return self.status not in {"open", UNKNOWN, FAILED}


@dataclass(frozen=True, slots=True, kw_only=True)
class RowOutcome:
    """What became of a row; ``rows`` are its lines in the sheet, the one that counts first.

    ``cost`` is what was paid, ``price`` what a purchase without a certain answer may have cost.
    """

    rows: tuple[int, ...]
    status: str
    shipment_key: str = ""
    session_id: str = ""
    step: str = ""
    code: str = ""
    error: str = ""
    label_id: str = ""
    tracking_number: str = ""
    carrier_code: str = ""
    service_code: str = ""
    cost: Money | None = None
    price: Money | None = None
    file: str = ""


def outcome_of(rows: tuple[int, ...], session: Session, status: str) -> RowOutcome:
    """Return what a session tells of its row."""
    label, intent, error = session.purchase.label, session.purchase.intent, session.error
    rate = session.rate
    files = session.documents.files
    return RowOutcome(
        rows=rows,
        status=status,
        shipment_key=session.shipment_key,
        session_id=session.session_id,
        step=session.step,
        code=error.code if error else "",
        error=error.message if error else "",
        label_id=session.purchase.label_id or "",
        tracking_number=label.tracking_number if label else "",
        carrier_code=label.carrier_code if label else (rate.carrier_code if rate else ""),
        service_code=label.service_code if label else (rate.service_code if rate else ""),
        cost=label.cost if label else None,
        price=(intent.quoted if intent else None) or (rate.total if rate else None),
        file=files[-1].path if files else "",
    )


def is_bought(session: Session) -> bool:
    """Tell whether a session has a label, voided or not."""
    return session.purchase.state in BOUGHT


def was_found(session: Session) -> bool:
    """Tell whether a session's label was there already: nothing was bought for it."""
    intent = session.purchase.intent
    return is_bought(session) and intent is not None and intent.by == "found"


def is_in_doubt(session: Session) -> bool:
    """Tell whether nobody knows yet whether a session bought a label."""
    return session.purchase.state in UNSETTLED


def was_voided(session: Session) -> bool:
    """Tell whether a session's label is voided."""
    return session.purchase.state is PurchaseState.VOIDED


class Sum:
    """Money added up; amounts of several currencies are kept apart."""

    def __init__(self) -> None:
        self._by_currency: dict[str, Decimal] = {}

    def add(self, money: Money | None) -> None:
        """Add an amount, where there is one."""
        if money:
            before = self._by_currency.get(money.currency, Decimal(0))
            self._by_currency[money.currency] = before + money.amount

    def of(self, currency: str) -> Money:
        """Return the sum in one currency."""
        return Money(self._by_currency.get(currency, Decimal(0)), currency)

    @property
    def money(self) -> Money:
        """The sum; of several currencies the one that comes first, dollars where there is nothing."""
        return next((self.of(currency) for currency in self._by_currency), Money(Decimal("0.00")))

    def __str__(self) -> str:
        """Return all of it in words."""
        return " + ".join(str(self.of(currency)) for currency in self._by_currency) or "$0.00"


@dataclass(slots=True)
class Tally:
    """The counts of one run as they grow: each row once, its last word counts."""

    rows: int = 0
    paid: Sum = field(default_factory=Sum)
    codes: Counter[str] = field(default_factory=Counter)
    services: dict[tuple[str, str], tuple[int, Sum]] = field(default_factory=dict)
    _words: Counter[str] = field(default_factory=Counter)

    def count(self, word: str, outcome: RowOutcome, *, again: str = "") -> None:
        """Count a row under a word; ``again`` is the word it was counted under before."""
        if again:
            self._words[again] -= 1
            self.codes[outcome.code] -= again == FAILED
        self._words[word] += 1
        if word == FAILED:
            self.codes[outcome.code] += 1
        if word == BOUGHT_ROW:
            self.paid.add(outcome.cost)
            key = (outcome.carrier_code, outcome.service_code)
            labels, paid = self.services.get(key, (0, Sum()))
            paid.add(outcome.cost)
            self.services[key] = (labels + 1, paid)

    @property
    def counts(self) -> Counts:
        """The counts so far."""
        words = self._words
        return Counts(
            rows=self.rows,
            bought=words[BOUGHT_ROW],
            failed=words[FAILED],
            unknown=words[UNKNOWN],
            skipped=words[SKIPPED],
        )


class Purse:
    """What is left of ``--max-total``: held before an intent, given back after a certain no.

    What is held for a purchase without a certain answer stays held. Without a limit all fits.
    """

    def __init__(self, limit: Money | None) -> None:
        self._limit = limit
        self._spent = Decimal(0)
        self._held: dict[int, Decimal] = {}
        self._doubts: set[int] = set()

    def doubt(self, row: int) -> None:
        """Note that what is held for a row will stay held: nobody knows what it cost."""
        if row in self._held:
            self._doubts.add(row)

    def spend(self, cost: Money | None) -> None:
        """Count money that an earlier run paid, or may have paid."""
        if self._limit and cost and cost.currency == self._limit.currency:
            self._spent += cost.amount

    def hold(self, row: int, price: Money | None) -> bool:
        """Hold a row's price; return whether it fits what is left."""
        if self._limit is None:
            return True
        if price is None or price.currency != self._limit.currency:
            return False
        others = sum((held for other, held in self._held.items() if other != row), self._spent)
        if others + price.amount > self._limit.amount:
            return False
        self._held[row] = price.amount
        return True

    def hold_anyway(self, row: int, price: Money | None) -> None:
        """Hold the price of a row that may have been bought by an earlier run."""
        if self._limit and price and price.currency == self._limit.currency:
            self._held[row] = price.amount
            self._doubts.add(row)

    def may_fit_later(self, price: Money | None) -> bool:
        """Tell whether a price would fit if all that is held now were given back."""
        if self._limit is None or price is None or price.currency != self._limit.currency:
            return False
        certain = sum((self._held[row] for row in self._doubts if row in self._held), self._spent)
        return len(self._held) > len(self._doubts) and certain + price.amount <= self._limit.amount

    def give_back(self, row: int) -> None:
        """Let go what was held for a row that was certainly not bought."""
        self._held.pop(row, None)
        self._doubts.discard(row)

    def keep(self, row: int, cost: Money | None) -> None:
        """Count what a row cost in place of what was held; without a cost what was held is spent."""
        held = self._held.pop(row, Decimal(0))
        self._doubts.discard(row)
        if self._limit and cost and cost.currency == self._limit.currency:
            self._spent += cost.amount
        else:
            self._spent += held

    @property
    def left(self) -> Money | None:
        """What is left, None without a limit."""
        if self._limit is None:
            return None
        return replace(self._limit, amount=self._limit.amount - self._spent - sum(self._held.values()))


LIMITS = frozenset({"max_cost", "max_total"})
INPUT = "input"


def exit_code(counts: Counts, codes: Counter[str], *, dry_run: bool = False) -> Exit:
    """Return what a run's end means to a script; ``codes`` counts the errors of the failed rows."""
    if counts.unknown:
        return Exit.UNKNOWN
    if not counts.failed:
        return Exit.DONE
    only_input = codes[INPUT] == counts.failed
    if dry_run:
        return Exit.FAILED if counts.failed == counts.rows and not only_input else Exit.INPUT
    if counts.bought or counts.skipped:
        return Exit.PARTLY
    return Exit.INPUT if only_input else Exit.FAILED


def status_of_batch(counts: Counts, voided: int = 0) -> str:
    """Return a batch's one word: what is worst or left to do comes first."""
    if counts.unknown:
        return "unknown"
    if counts.waiting > 0:
        return "open"
    if counts.failed:
        return FAILED
    if voided and voided == counts.bought:
        return "voided"
    return BOUGHT_ROW if counts.bought or not counts.skipped else SKIPPED
