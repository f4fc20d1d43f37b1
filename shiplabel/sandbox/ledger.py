"""What the stand-in remembers: shipments, quotes, labels, and above all every charge.

A purchase is one transaction: label, charge and balance change together or not at all.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from shiplabel.sandbox.answers import Document, dumps, loads
from shiplabel.sandbox.carriers import CARRIERS
from shiplabel.sandbox.store import Store

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

_FIRST = {"shipment": 1000001, "quote": 2000001, "rate": 3000001, "label": 4000001, "package": 5000001}


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """Money taken for one label, insurance included, in US dollars."""

    label_id: str
    shipment_id: str
    external_shipment_id: str
    amount: Decimal
    carrier_id: str
    at: datetime
    voided: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRow:
    """A label as kept; ``ends`` is the status it shows from ``ready_at`` on, before that it is processing."""

    label_id: str
    number: int
    token: str
    shipment_id: str
    external_shipment_id: str
    rate_id: str | None
    carrier_id: str
    service_code: str
    tracking_number: str
    warehouse_id: str | None
    created_at: str
    modified_at: str
    voided_at: str | None
    ready_at: str
    ends: str
    body: Document
    paper: Document

    def status(self, now: datetime) -> str:
        """Return the label's status at a moment."""
        if self.voided_at:
            return "voided"
        return self.ends if self.ready_at <= stamp(now) else "processing"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteRow:
    """The rates once told for a shipment, complete from ``ready_at`` on."""

    quote_id: str
    shipment_id: str
    created_at: str
    ready_at: str
    body: Document


def stamp(moment: datetime) -> str:
    """Write a moment so that texts sort as moments do: UTC, microseconds, Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Ledger(Store):
    """The stand-in's memory in one SQLite file."""

    def charges(self) -> list[Charge]:
        """Return every charge, the oldest first; those of voided labels are marked."""
        return [
            Charge(
                label_id=row["label_id"],
                shipment_id=row["shipment_id"],
                external_shipment_id=row["external_shipment_id"],
                amount=Decimal(row["amount"]),
                carrier_id=row["carrier_id"],
                at=datetime.fromisoformat(row["at"]),
                voided=bool(row["voided"]),
            )
            for row in self.rows("SELECT * FROM charges ORDER BY number")
        ]

    def reset(self) -> None:
        """Forget everything: charges, labels, balances, armed faults."""
        self.empty()

    def number(self, kind: str) -> int:
        """Return the next number of a kind of thing; call it in a transaction."""
        return self.next_number(kind, _FIRST[kind])

    def log_request(self, at: datetime, method: str, path: str, query: str) -> None:
        """Note a request, so that a test can count calls."""
        self.do(
            "INSERT INTO requests (at, method, path, query) VALUES (?, ?, ?, ?)",
            stamp(at),
            method,
            path,
            query,
        )

    def requests(self) -> list[dict[str, str]]:
        """Return the noted requests, the oldest first."""
        found = self.rows("SELECT at, method, path, query FROM requests ORDER BY number")
        return [dict(row) for row in found]

    def balance(self, carrier_id: str) -> Decimal:
        """Return a carrier's balance; post-paid ones stay at zero."""
        row = self.row("SELECT amount FROM balances WHERE carrier_id = ?", carrier_id)
        return Decimal(row["amount"]) if row else CARRIERS[carrier_id].opening

    def set_balance(self, carrier_id: str, amount: Decimal) -> None:
        """Write a carrier's balance."""
        self.do("INSERT OR REPLACE INTO balances VALUES (?, ?)", carrier_id, str(amount))

    def add_shipment(self, number: int, body: Document) -> None:
        """Keep a new shipment."""
        self.do(
            "INSERT INTO shipments VALUES (?, ?, ?, ?, ?)",
            body["shipment_id"],
            number,
            body["external_shipment_id"],
            body["created_at"],
            dumps(body),
        )

    def save_shipment(self, body: Document) -> None:
        """Write a shipment anew."""
        self.do("UPDATE shipments SET body = ? WHERE shipment_id = ?", dumps(body), body["shipment_id"])

    def shipment(self, shipment_id: str) -> Document | None:
        """Return a shipment, or None."""
        row = self.row("SELECT body FROM shipments WHERE shipment_id = ?", shipment_id)
        return _body(row)

    def shipment_by_external(self, external_shipment_id: str) -> Document | None:
        """Return the earliest shipment that carries an external id, or None."""
        row = self.row(
            "SELECT body FROM shipments WHERE external_shipment_id = ? ORDER BY number LIMIT 1",
            external_shipment_id,
        )
        return _body(row)

    def add_quote(self, quote: QuoteRow, rates: Sequence[Document]) -> None:
        """Keep a quote and each of its rates."""
        number = int(quote.quote_id.removeprefix("se-"))
        self.do(
            "INSERT INTO quotes VALUES (?, ?, ?, ?, ?, ?)",
            quote.quote_id,
            quote.shipment_id,
            number,
            quote.created_at,
            quote.ready_at,
            dumps(quote.body),
        )
        for rate in rates:
            self.do("INSERT INTO rates VALUES (?, ?, ?)", rate["rate_id"], quote.shipment_id, dumps(rate))

    def last_quote(self, shipment_id: str, since: str = "") -> QuoteRow | None:
        """Return a shipment's newest quote made at or after a stamp, or None."""
        row = self.row(
            "SELECT * FROM quotes WHERE shipment_id = ? AND created_at >= ? ORDER BY number DESC LIMIT 1",
            shipment_id,
            since,
        )
        if row is None:
            return None
        kept = {name: row[name] for name in ("quote_id", "shipment_id", "created_at", "ready_at")}
        return QuoteRow(**kept, body=loads(row["body"]))

    def rate(self, rate_id: str) -> tuple[str, Document] | None:
        """Return the shipment's id and the rate, or None."""
        row = self.row("SELECT shipment_id, body FROM rates WHERE rate_id = ?", rate_id)
        return (row["shipment_id"], loads(row["body"])) if row else None

    def add_label(self, label: LabelRow, amount: Decimal) -> None:
        """Keep a bought label, charge for it, and take the money from a prepaid carrier's balance."""
        values = asdict(label) | {"body": dumps(label.body), "paper": dumps(label.paper)}
        with self.transaction():
            places = ", ".join("?" * len(values))
            self.do(f"INSERT INTO labels VALUES ({places})", *values.values())  # noqa: S608 - marks only
            self.do(
                "INSERT INTO charges (label_id, shipment_id, external_shipment_id, carrier_id, amount, at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                label.label_id,
                label.shipment_id,
                label.external_shipment_id,
                label.carrier_id,
                str(amount),
                label.created_at,
            )
            if CARRIERS[label.carrier_id].prepaid:
                self.set_balance(label.carrier_id, self.balance(label.carrier_id) - amount)

    def void_label(self, label: LabelRow, at: datetime) -> None:
        """Mark a label and its charge voided and give the money back."""
        with self.transaction():
            self.do(
                "UPDATE labels SET voided_at = ?, modified_at = ? WHERE label_id = ?",
                stamp(at),
                stamp(at),
                label.label_id,
            )
            for row in self.rows("SELECT amount FROM charges WHERE label_id = ?", label.label_id):
                if CARRIERS[label.carrier_id].prepaid:
                    back = self.balance(label.carrier_id) + Decimal(row["amount"])
                    self.set_balance(label.carrier_id, back)
            self.do("UPDATE charges SET voided = 1 WHERE label_id = ?", label.label_id)

    def label(self, label_id: str) -> LabelRow | None:
        """Return a label, or None."""
        return self._one_label("label_id = ?", label_id)

    def label_by_number(self, number: int) -> LabelRow | None:
        """Return the label whose papers carry a number, or None."""
        return self._one_label("number = ?", number)

    def label_by_external(self, external_shipment_id: str, until: str) -> LabelRow | None:
        """Return the earliest label of an external id made until a stamp, or None."""
        return self._one_label("external_shipment_id = ? AND created_at <= ?", external_shipment_id, until)

    def labels(self, where: str, values: Sequence[Any], order: str) -> list[LabelRow]:
        """Return labels; ``where`` and ``order`` are SQL of this package's own making."""
        found = self.rows(f"SELECT * FROM labels WHERE {where} ORDER BY {order}", *values)  # noqa: S608 - see above
        return [_label(row) for row in found]

    def count_labels(self, where: str, values: Sequence[Any]) -> int:
        """Return how many labels fit; ``where`` is SQL of this package's own making."""
        found = self.rows(f"SELECT count(*) AS n FROM labels WHERE {where}", *values)  # noqa: S608 - see above
        return int(found[0]["n"])

    def _one_label(self, where: str, *values: Any) -> LabelRow | None:
        found = self.labels(where, values, "number LIMIT 1")
        return found[0] if found else None


def _body(row: sqlite3.Row | None) -> Document | None:
    return loads(row["body"]) if row else None


def _label(row: sqlite3.Row) -> LabelRow:
    return LabelRow(**{**dict(row), "body": loads(row["body"]), "paper": loads(row["paper"])})
