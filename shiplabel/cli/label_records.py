"""Finding label records: by id through the index, by filters, and the days that filters name."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from shiplabel import __version__
from shiplabel.cli import console
from shiplabel.cli.together import Choice
from shiplabel.cli.views import label_object
from shiplabel.domain.text import quoted
from shiplabel.errors import InputError
from shiplabel.language import phrase
from shiplabel.storage.label_index import LabelIndex, read_record
from shiplabel.storage.label_rows import LabelQuery

if TYPE_CHECKING:
    from shiplabel.cli.context import Context
    from shiplabel.workflow.session import Session

FIRST_YEAR, LAST_YEAR = 1970, 9998
STATUSES = ("bought", "voiding", "voided")


FILTERS = (
    Choice("day", str, "", "One day: 2026-11-24, today, yesterday."),
    Choice("since", str, "", "First day."),
    Choice("until", str, "", "Last day."),
    Choice("order_id", str, "", "Your order number."),
    Choice("to", str, "", "Part of the recipient's name or company."),
    Choice("carrier", str, "", "Carrier code: ups, stamps_com, …"),
    Choice("status", str, "", "bought, voiding or voided."),
    Choice("batch", str, "", "A batch's id."),
    Choice("search", str, "", "Text in order, name, address, tracking or label id."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the filter options said; empty where nothing was said."""

    day: str = ""
    since: str = ""
    until: str = ""
    order_id: str = ""
    to: str = ""
    carrier: str = ""
    status: str = ""
    batch: str = ""
    search: str = ""


def index_of(context: Context) -> LabelIndex:
    """Return the index of this environment's label records."""
    root = context.settings.records_dir
    return LabelIndex(
        root / "labels.index",
        root / "records",
        describe=_described,
        form=__version__,
        say=console.tell,
    )


def _described(session: Session) -> str:
    return json.dumps(label_object(session), ensure_ascii=False, separators=(",", ":"), default=str)


def find_record(context: Context, label_id: str) -> Session | None:
    """Return the record of a label (or of a session's id) as it is on disk, or None."""
    index = index_of(context)
    for query in (LabelQuery(label_id=label_id), LabelQuery(session_id=label_id)):
        for found in index.find(query):
            return read_record(context.settings.records_dir / "records" / found.path)
    return None


def record_of(context: Context, label_id: str) -> Session:
    """Return the record of a label; raise InputError when this environment has none."""
    record = find_record(context, label_id)
    if record is None:
        raise InputError(
            phrase(
                "There is no label {label_id} here ({environment}).",
                label_id=quoted(label_id),
                environment=context.settings.environment,
            ),
            field="label_id",
            code="unknown_label",
            hint="shiplabel labels list --search TEXT",
        )
    return record


def query_of(context: Context, filters: Filters) -> LabelQuery:
    """Return what the filter options ask for; raise InputError for a day or status that is none."""
    if filters.status and filters.status not in STATUSES:
        raise InputError(
            phrase(
                "--status takes {statuses}; not {status}.",
                statuses=", ".join(STATUSES),
                status=quoted(filters.status),
            ),
            field="status",
        )
    if filters.day and (filters.since or filters.until):
        raise InputError(phrase("--day goes without --since and --until."), field="day")
    today = context.clock.now().astimezone()
    first = _midnight(filters.day or filters.since, today)
    last = _midnight(filters.day or filters.until, today)
    return LabelQuery(
        since=first,
        until=last + timedelta(days=1) if last else None,
        order_id=filters.order_id,
        recipient=filters.to,
        carrier=filters.carrier,
        status=filters.status,
        batch=filters.batch,
        search=filters.search,
    )


def _midnight(text: str, now: datetime) -> datetime | None:
    """Return the beginning of a day in this machine's time zone, None where none is named."""
    if not text:
        return None
    words = {"today": 0, "yesterday": 1}
    if text.lower() in words:
        day = (now - timedelta(days=words[text.lower()])).date()
    else:
        try:
            day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  # a day; its zone follows
            if not FIRST_YEAR <= day.year <= LAST_YEAR:
                raise ValueError(text)  # noqa: TRY301  # no system reckons its own time there
        except ValueError:
            raise InputError(
                phrase(
                    "{text} is not a day. Type it like 2026-11-24, today or yesterday.", text=quoted(text)
                ),
                field="day",
            ) from None
    return datetime(day.year, day.month, day.day).astimezone()  # the machine's own midnight
