"""What the index keeps of a label record, and how a question becomes SQL. Pure: no file is touched."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from shiplabel.domain.money import Money
from shiplabel.workflow.session import status_of

if TYPE_CHECKING:
    from shiplabel.workflow.session import Session

_SEARCHED = ("to_name", "to_company", "to_address1", "to_address2", "to_city", "to_state", "to_zip")
COLUMNS = (
    "path, session_id, label_id, bought_at, status, order_id, recipient, carrier_code, service_code, "
    "tracking_number, tracking_status, amount, currency, batch, printed_at"
)


class IndexedLabel(NamedTuple):
    """A label record's head; ``path`` is its record below the records' folder, ``bought_at`` in UTC."""

    path: str
    session_id: str
    label_id: str
    bought_at: str
    status: str
    order_id: str
    recipient: str
    carrier_code: str
    service_code: str
    tracking_number: str
    tracking_status: str
    amount: str | None
    currency: str
    batch: str
    printed_at: str

    @property
    def bought(self) -> datetime:
        """When it was bought, aware."""
        return datetime.fromisoformat(self.bought_at)

    @property
    def cost(self) -> Money | None:
        """What was paid, insurance included."""
        return None if self.amount is None else Money(Decimal(self.amount), self.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelQuery:
    """What to list; empty parts match everything. ``since`` is in, ``until`` is not.

    ``search`` looks in order id, name, address, tracking number and label_id; ``recipient`` in
    name and company.
    """

    since: datetime | None = None
    until: datetime | None = None
    order_id: str = ""
    recipient: str = ""
    carrier: str = ""
    status: str = ""
    batch: str = ""
    search: str = ""
    label_id: str = ""
    session_id: str = ""
    limit: int = -1


def row_of(session: Session) -> tuple[str, list[Any]]:
    """Return when a label was bought and its row without the path; raise ValueError without a label."""
    label, intent = session.purchase.label, session.purchase.intent
    if label is None:
        raise ValueError("there is no label in it")
    at = intent.at if intent else label.created_at or session.created_at
    cost, answers = label.cost, session.answers
    searched = [session.wishes.order_id, label.tracking_number, label.label_id]
    searched += [answers.get(step) or "" for step in _SEARCHED]
    ship_to = {step: value or "" for step, value in sorted(answers.items()) if step.startswith("to_")}
    bought_at = _instant(at)
    return bought_at, [
        session.session_id,
        label.label_id,
        bought_at,
        status_of(session),
        session.wishes.order_id,
        ", ".join(filter(None, (answers.get("to_name"), answers.get("to_company")))),
        label.carrier_code,
        label.service_code,
        label.tracking_number,
        label.tracking_status,
        str(cost.amount) if cost else None,
        cost.currency if cost else "",
        session.batch or "",
        session.documents.printed_at.isoformat() if session.documents.printed_at else "",
        json.dumps(ship_to),
        "\n".join(searched).casefold(),
    ]


def conditions(query: LabelQuery) -> tuple[str, list[Any]]:
    """Return the SQL after ``from`` and its values; texts only ever travel as values."""
    wanted: list[tuple[str, Any]] = [
        ("bought_at >= ?", _instant(query.since)),
        ("bought_at < ?", _instant(query.until)),
        ("order_id = ?", query.order_id),
        ("instr(casefold(recipient), ?)", query.recipient.casefold()),
        ("carrier_code = ?", query.carrier),
        ("status = ?", query.status),
        ("batch = ?", query.batch),
        ("instr(searched, ?)", query.search.casefold()),
        ("label_id = ?", query.label_id),
        ("session_id = ?", query.session_id.upper()),
    ]
    asked = [(condition, value) for condition, value in wanted if value]
    where = "where " + " and ".join(condition for condition, _ in asked) if asked else ""
    return f"{where} order by bought_at desc, path desc limit ?", [*(v for _, v in asked), query.limit]


def _instant(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at else ""
