"""Where parcels are: one label's or all that are under way, asked at the account's pace."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from shiplabel.cli import console
from shiplabel.cli.label_records import Filters, index_of, query_of
from shiplabel.cli.listing import print_table
from shiplabel.domain.void_window import is_trackable_status
from shiplabel.errors import HeldError, ShiplabelError, Unauthorized
from shiplabel.language import marked, phrase
from shiplabel.storage.label_index import read_record
from shiplabel.storage.label_rows import LabelQuery

if TYPE_CHECKING:
    from shiplabel.cli.context import Context
    from shiplabel.domain.label import Tracking
    from shiplabel.workflow.session import Session

DAYS_BACK = 60
COLUMNS = marked(("Label", "To", "Tracking", "Where"))


def track_one(context: Context, record: Session, *, as_json: bool) -> int:
    """Ask for one parcel, keep the answer and print it."""
    answer = context.api.track(record.purchase.label_id)
    _keep(context, record, answer)
    if as_json:
        console.print_json(_object(record, answer))
    else:
        console.result(f"{answer.tracking_number}: {_words(answer)}")
    return 0


def track_all(context: Context, since: str, *, as_json: bool) -> int:
    """Ask for every parcel that is not delivered; one that cannot be asked never hides the others."""
    said: list[dict[str, Any]] = []
    rows: list[list[str]] = []
    failed = 0
    for record in _under_way(context, since):
        try:
            answer = context.api.track(record.purchase.label_id)
        except Unauthorized:
            raise
        except ShiplabelError as error:
            failed += 1
            console.tell(f"{record.purchase.label_id}: {error.message}")
            continue
        _keep(context, record, answer)
        said.append(_object(record, answer))
        to = record.answers.get("to_name") or ""
        rows.append([record.purchase.label_id or "", to, answer.tracking_number, _words(answer)])
    if as_json:
        console.print_json(said)
    elif rows:
        print_table(COLUMNS, rows, right=frozenset(), whole=frozenset(COLUMNS[:1] + COLUMNS[2:3]))
    elif not failed:
        console.tell(phrase("No parcel is under way."))
    return 1 if failed else 0


def _under_way(context: Context, since: str) -> list[Session]:
    if since:
        query = query_of(context, Filters(since=since, status="bought"))
    else:
        first = context.clock.now() - timedelta(days=DAYS_BACK)
        query = LabelQuery(since=first, status="bought")
    found = [one for one in index_of(context).find(query) if is_trackable_status(one.tracking_status)]
    records = (read_record(context.settings.records_dir / "records" / one.path) for one in found)
    return [record for record in records if record.purchase.label and record.purchase.label.trackable]


def _keep(context: Context, record: Session, answer: Tracking) -> None:
    """Write a new status into the record, so that a delivered parcel is not asked for again."""
    label = record.purchase.label
    code = answer.status_code
    if label is None or not code or label.tracking_status == code:
        return
    try:
        with context.sessions.hold(record.session_id):
            fresh = context.sessions.with_key(record.shipment_key)
            current = next((one for one in fresh if one.session_id == record.session_id), record)
            kept = replace(current.purchase, label=replace(label, tracking_status=code))
            context.sessions.save_record(replace(current, purchase=kept))
    except HeldError:
        return


def _object(record: Session, answer: Tracking) -> dict[str, Any]:
    expected, arrived = answer.estimated_delivery_date, answer.actual_delivery_date
    return {
        "label_id": record.purchase.label_id,
        "tracking_number": answer.tracking_number,
        "status_code": answer.status_code,
        "status_description": answer.status_description,
        "estimated_delivery_date": expected.isoformat() if expected else None,
        "actual_delivery_date": arrived.isoformat() if arrived else None,
    }


def _words(answer: Tracking) -> str:
    words = answer.status_description or answer.status_code
    if answer.actual_delivery_date:
        return f"{words}, {answer.actual_delivery_date.astimezone():%Y-%m-%d %H:%M}"
    if answer.estimated_delivery_date:
        return phrase(
            "{words}, expected {day:%Y-%m-%d}", words=words, day=answer.estimated_delivery_date.astimezone()
        )
    return words
