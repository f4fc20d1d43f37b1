"""Lists of labels: tables, JSON objects and exports, out of the index."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from shiplabel.cli import console
from shiplabel.cli.label_records import index_of
from shiplabel.cli.listing import is_plain, print_table, write_out
from shiplabel.cli.views import money
from shiplabel.domain.void_window import days_to_void, is_unused
from shiplabel.language import marked, phrase, phrase_n
from shiplabel.storage.label_rows import LabelQuery

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from shiplabel.cli.context import Context
    from shiplabel.domain.label import Label
    from shiplabel.storage.label_rows import IndexedLabel

ON_SCREEN = 50
COLUMNS = marked(("Bought", "Label", "Order", "To", "Service", "Tracking", "Status", "Cost"))
DAYS = marked("Days to void")
WHOLE = frozenset({"Bought", "Label", "Tracking", "Status", "Cost", DAYS})
SPARE = ("Service", "Bought", "Order", "Cost", "Status")
EXPORTED = (
    "bought_at", "status", "order_id", "recipient", "carrier_code", "service_code", "tracking_number",
    "tracking_status", "label_id", "session_id", "amount", "currency", "batch", "printed_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list shows; ``limit`` below zero leaves it to where the list goes, 0 is all."""

    query: LabelQuery
    unused: bool
    limit: int

    def found(self, context: Context, most: int) -> list[IndexedLabel]:
        """Return the labels, at most ``most`` of them; below zero is all."""
        index = index_of(context)
        if not self.unused:
            return index.find(replace(self.query, limit=most))
        unused = [label for label in index.find(self.query) if _is_unused(label)]
        return unused if most < 0 else unused[:most]


def print_objects(context: Context, wanted: Wanted) -> None:
    """Print the label objects as one JSON list."""
    most = wanted.limit or -1
    if not wanted.unused:
        texts = index_of(context).documents(replace(wanted.query, limit=most))
    else:
        now = context.clock.now()
        unused = [one for one in index_of(context).described(wanted.query) if _is_unused(one[0])]
        texts = [_with_days(text, one, now) for one, text in (unused if most < 0 else unused[:most])]
    write_out(console.unobeyed("[" + ",\n".join(texts) + "]\n"))


def _with_days(text: str, label: IndexedLabel, now: datetime) -> str:
    left = days_to_void(label.carrier_code, label.bought, now)
    more = {"days_to_void": left, "days_to_void_by": None if left is None else "carrier_published"}
    return f"{text[:-1]},{json.dumps(more)[1:]}"  # the object goes on where it ended


def _is_unused(label: IndexedLabel) -> bool:
    return is_unused(label.status, label.tracking_status)


def print_labels(context: Context, wanted: Wanted) -> None:
    """Print the labels as a table; what a terminal does not show is counted."""
    most = wanted.limit or -1
    if wanted.limit < 0 and not is_plain():
        most = ON_SCREEN
    found = wanted.found(context, most + 1 if most > 0 else -1)
    shown = found[:most] if most > 0 else found
    if not shown:
        console.tell(phrase("No label matches. Next: shiplabel labels list, or shiplabel new"))
        return
    now = context.clock.now()
    rows = [_row(label, now, unused=wanted.unused) for label in shown]
    columns = (*COLUMNS, DAYS) if wanted.unused else COLUMNS
    print_table(columns, rows, right=frozenset({"Cost", DAYS}), whole=WHOLE, spare=SPARE)
    if len(found) > len(shown):
        console.tell(phrase("These are the newest {count}; --limit 0 shows all.", count=len(shown)))
    if wanted.unused:
        console.tell(phrase("~ days are the carriers' published ones; the service decides."))


def _row(label: IndexedLabel, now: datetime, *, unused: bool) -> list[str]:
    cost = label.cost
    row = [
        label.bought.astimezone().isoformat(" ", "minutes")[:16],
        label.label_id,
        label.order_id,
        label.recipient,
        label.service_code,
        label.tracking_number,
        label.status,
        str(cost) if cost else "",
    ]
    if not unused:
        return row
    left = days_to_void(label.carrier_code, label.bought, now)
    return [*row, phrase("not known") if left is None else f"~{max(left, 0)}"]


def bare_object(context: Context, label: Label) -> dict[str, Any]:
    """Return the object of a label that has no record here and was voided just now."""
    return {
        "environment": context.settings.environment,
        "session_id": None,
        "status": "voided",
        "step": None,
        "shipment_key": label.external_shipment_id,
        "shipment_id": label.shipment_id,
        "label_id": label.label_id,
        "tracking_number": label.tracking_number,
        "carrier_code": label.carrier_code,
        "service_code": label.service_code,
        "cost": money(label.cost),
        "quoted": None,
        "files": [],
        "printed_at": None,
        "error": None,
    }


def export(context: Context, query: LabelQuery, file: Path | None, form: str) -> None:
    """Write the labels to a file, or to stdout without one."""
    index = index_of(context)
    if form == "json":
        texts = index.documents(query)
        text, count = "[" + ",\n".join(texts) + "]\n", len(texts)
    else:
        found = index.find(query)
        text, count = _csv(found), len(found)
    if file is None:
        write_out(text)
        return
    from shiplabel.storage.address_sheets import write_text  # noqa: PLC0415  # only a file needs it
    from shiplabel.storage.atomic import write_durably  # noqa: PLC0415  # the same

    if form == "csv":
        write_text(file, text)
    else:
        write_durably(file, text.encode())
    console.tell(phrase_n("{count} label is in {file}.", "{count} labels are in {file}.", count, file=file))


def _csv(labels: list[IndexedLabel]) -> str:
    from shiplabel.storage.address_sheets import still  # noqa: PLC0415  # an export alone needs it

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(EXPORTED)
    for label in labels:
        cells = label._asdict() | {"amount": label.cost.text if label.cost else ""}
        writer.writerow([still(str(cells[column] or "")) for column in EXPORTED])
    return text.getvalue()
