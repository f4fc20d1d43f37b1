"""What was spent: labels by day, carrier, service or batch, with a small chart at a terminal."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from shiplabel.cli import console
from shiplabel.cli.listing import is_plain, print_table
from shiplabel.cli.views import money
from shiplabel.domain.money import CENT, Money
from shiplabel.language import marked, phrase, worded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from shiplabel.storage.label_rows import IndexedLabel

CHART_WIDTH = 20
NO_BATCH = marked("(no batch)")
GROUPED = marked({"day": "Day", "carrier": "Carrier", "service": "Service", "batch": "Batch"})
NUMBERS = marked(("Labels", "Voided", "Spent", "Average"))
GROUPS: dict[str, Callable[[IndexedLabel], str]] = {
    "day": lambda label: label.bought.astimezone().date().isoformat(),
    "carrier": lambda label: label.carrier_code,
    "service": lambda label: label.service_code,
    "batch": lambda label: label.batch or NO_BATCH,
}


@dataclass(slots=True)
class Tally:
    """Labels counted together; ``spent`` by currency leaves voided labels out."""

    labels: int = 0
    voided: int = 0
    spent: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def add(self, label: IndexedLabel) -> None:
        """Count a label."""
        self.labels += 1
        if label.status == "voided":
            self.voided += 1
        elif label.amount is not None:
            self.spent[label.currency] += Decimal(label.amount)

    def total(self, currency: str) -> Money:
        """Return what was spent in a currency."""
        return Money(self.spent.get(currency, Decimal(0)), currency)

    def average(self, currency: str) -> Money | None:
        """Return what a label that was not voided cost on average, to a cent."""
        paid = self.labels - self.voided
        spent = self.spent.get(currency, Decimal(0))
        return Money((spent / paid).quantize(CENT, ROUND_HALF_UP), currency) if paid else None


@dataclass(frozen=True, slots=True)
class Report:
    """A report in one currency, the one that most labels were paid in; others are told apart."""

    by: str
    currency: str
    total: Tally
    groups: dict[str, Tally]


def report_of(labels: Iterable[IndexedLabel], by: str) -> Report:
    """Count labels into groups; days in their order, all else by what was spent most."""
    total = Tally()
    groups: defaultdict[str, Tally] = defaultdict(Tally)
    currencies: Counter[str] = Counter()
    key = GROUPS[by]
    for label in labels:
        total.add(label)
        groups[key(label)].add(label)
        currencies[label.currency] += bool(label.currency)
    currency = next((word for word, _ in currencies.most_common(1)), "") or "usd"
    names = sorted(groups)
    if by != "day":
        names.sort(key=lambda name: -groups[name].spent.get(currency, Decimal(0)))
    return Report(by, currency, total, {name: groups[name] for name in names})


def report_object(report: Report) -> dict[str, Any]:
    """Return the report as scripts read it."""
    return {
        "by": report.by,
        "total": _tally_object(report.total, report.currency),
        "groups": [
            {"group": name, **_tally_object(tally, report.currency)} for name, tally in report.groups.items()
        ],
    }


def _tally_object(tally: Tally, currency: str) -> dict[str, Any]:
    others = [money(tally.total(word)) for word in sorted(tally.spent) if word != currency]
    return {
        "labels": tally.labels,
        "spent": money(tally.total(currency)),
        "voided": tally.voided,
        "average": money(tally.average(currency)),
        **({"spent_elsewise": others} if others else {}),
    }


def show_report(report: Report) -> None:
    """Print the report as a table with a bar for what each group spent."""
    highest = max(
        (tally.spent.get(report.currency, Decimal(0)) for tally in report.groups.values()), default=0
    )
    rows = [
        [
            _named(name),
            *_cells(tally, report.currency),
            _bar(tally.spent.get(report.currency, Decimal(0)), highest),
        ]
        for name, tally in report.groups.items()
    ]
    rows.append([phrase("All"), *_cells(report.total, report.currency), ""])
    columns = (GROUPED[report.by], *NUMBERS, "")
    print_table(columns, rows, right=frozenset(NUMBERS))
    for word in sorted(report.total.spent):
        if word != report.currency:
            console.tell(
                phrase("And {total}, which is not in the sums above.", total=report.total.total(word))
            )


def _named(group: str) -> str:
    return worded(group) if group == NO_BATCH else group


def _cells(tally: Tally, currency: str) -> list[str]:
    average = tally.average(currency)
    return [str(tally.labels), str(tally.voided), str(tally.total(currency)), str(average) if average else ""]


def _bar(amount: Decimal, highest: Decimal | int) -> str:
    length = int(amount / highest * CHART_WIDTH + Decimal("0.5")) if highest else 0
    return ("#" if is_plain() else "█") * length
