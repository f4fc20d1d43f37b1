"""``shiplabel labels``: what was bought. Nothing here buys; ``void`` alone moves money, back."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shiplabel.cli import ask, console, label_lists
from shiplabel.cli.context import Context
from shiplabel.cli.label_records import FILTERS, Filters, find_record, index_of, query_of, record_of
from shiplabel.cli.together import handing
from shiplabel.cli.views import label_lines, label_object
from shiplabel.errors import InputError, ShiplabelError
from shiplabel.language import phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shiplabel.workflow.session import Session

app = typer.Typer(
    no_args_is_help=True,
    help="Bought labels: list, print, void, track, report.",
    epilog="Example: shiplabel labels list",
)

Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
LabelId = Annotated[str, typer.Argument(help="The label's id: se-123456.")]
takes_filters = handing(Filters, FILTERS, "filters")


@app.command("list", epilog="Example: shiplabel labels list --day today --carrier ups")
@takes_filters
def list_(
    filters: Filters,
    *,
    unused: Annotated[bool, typer.Option("--unused", help="Never scanned, with days left to void.")] = False,
    limit: Annotated[int | None, typer.Option(min=0, help="At most so many; 0 is all.")] = None,
    as_json: Json = False,
) -> None:
    """List labels, newest first; a terminal shows 50 unless --limit says otherwise."""
    with Context.open() as context:
        query = query_of(context, replace(filters, status="bought") if unused else filters)
        wanted = label_lists.Wanted(query, unused=unused, limit=-1 if limit is None else limit)
        if as_json:
            label_lists.print_objects(context, wanted)
        else:
            label_lists.print_labels(context, wanted)


@app.command(epilog="Example: shiplabel labels show se-4000001 --json")
def show(label_id: LabelId, *, as_json: Json = False) -> None:
    """Show one label."""
    with Context.open() as context:
        _print(record_of(context, label_id), as_json=as_json)


@app.command("print", epilog="Example: shiplabel labels print se-4000001 --printer Zebra")
def print_(
    label_id: LabelId,
    *,
    printer: Annotated[str, typer.Option(help="CUPS queue, or host:port for ZPL.")] = "",
    as_json: Json = False,
) -> None:
    """Print a label (again); a missing file is fetched first. Never buys."""
    from shiplabel.cli.printing_command import print_record, target_of, told  # noqa: PLC0415  # only here

    with Context.open() as context:
        target_of(context, printer)
        record = record_of(context, label_id)
        held = context.sessions.hold(record.session_id)
        with held, _told_to_scripts(context, record, as_json=as_json):
            record, job = print_record(context, record_of(context, label_id), printer)
        console.tell(told(job))
        _print(record, as_json=as_json)


@app.command("open", epilog="Example: shiplabel labels open se-4000001")
def open_(label_id: LabelId) -> None:
    """Show a label's file in the system's viewer; a missing file is fetched first."""
    from shiplabel.cli.printing_command import with_paper  # noqa: PLC0415  # only here
    from shiplabel.printing.viewer import show as show_file  # noqa: PLC0415  # the same

    with Context.open() as context:
        record = record_of(context, label_id)
        with context.sessions.hold(record.session_id):
            _, file = with_paper(context, record)
        console.result(file.path)
        show_file(Path(file.path))


@app.command(epilog="Example: shiplabel labels void se-4000001 --yes")
def void(
    label_id: LabelId,
    *,
    agreed: Annotated[bool, typer.Option("--yes", help="Void without asking.")] = False,
    as_json: Json = False,
) -> None:
    """Void a label that will not be used; the service decides, and the money may come back later."""
    with Context.open() as context:
        record = find_record(context, label_id)
        if record is None:
            _void_unrecorded(context, label_id, agreed=agreed, as_json=as_json)
            return
        kept = record.purchase.label_id or label_id
        if label_object(record)["status"] != "voided":
            ask.leave_to(
                _question(record), given=agreed, what=phrase("Voiding label {label_id}", label_id=kept)
            )
        held = context.sessions.hold(record.session_id)
        with held, _told_to_scripts(context, record, as_json=as_json):
            from shiplabel.workflow.void import void as void_label  # noqa: PLC0415  # only here

            record = void_label(context.parts, record_of(context, kept))
            console.money_moved()
        if as_json:
            _print(record, as_json=True)
        else:
            console.result(
                phrase(
                    "Label {label_id} is voided. A refund, where one is due, comes from the carrier.",
                    label_id=kept,
                )
            )


def _question(record: Session) -> str:
    label = record.purchase.label
    cost = label.cost if label else None
    return phrase(
        "Void label {label_id} to {to}, paid {cost}? It cannot be undone."
        if cost
        else "Void label {label_id} to {to}? It cannot be undone.",
        label_id=record.purchase.label_id,
        to=record.answers.get("to_name") or phrase("nobody"),
        cost=cost,
    )


def _void_unrecorded(context: Context, label_id: str, *, agreed: bool, as_json: bool) -> None:
    """Void a label of the account that has no record here: one too many, or made elsewhere."""
    from shiplabel.workflow.void import void_unrecorded  # noqa: PLC0415  # only here

    question = phrase("Label {label_id} has no record here. Void it at the service?", label_id=label_id)
    ask.leave_to(question, given=agreed, what=phrase("Voiding label {label_id}", label_id=label_id))
    label = context.api.label(label_id)
    if label is None:
        raise InputError(
            phrase("Neither this machine nor the account has a label {label_id}.", label_id=label_id),
            field="label_id",
            code="unknown_label",
            hint="shiplabel labels list",
        )
    void_unrecorded(context.parts, label_id)
    console.money_moved()
    if as_json:
        console.print_json(label_lists.bare_object(context, label))
    else:
        console.result(phrase("Label {label_id} is voided. It had no record here.", label_id=label_id))


@contextmanager
def _told_to_scripts(context: Context, record: Session, *, as_json: bool) -> Iterator[None]:
    """Print the label object as it stands when an error passes; with ``--json`` stdout always parses."""
    try:
        yield
    except ShiplabelError as error:
        if as_json:
            current = find_record(context, record.purchase.label_id or "") or record
            console.print_json(label_object(replace(current, error=None), error))
        raise


@app.command(epilog="Example: shiplabel labels track se-4000001")
def track(
    label_id: Annotated[str, typer.Argument(help="A label's id; without it all that are under way.")] = "",
    *,
    since: Annotated[str, typer.Option(help="First day; 60 days back by default.")] = "",
    as_json: Json = False,
) -> int:
    """Ask where a label's parcel is, or all parcels that are not delivered."""
    from shiplabel.cli import label_tracking  # noqa: PLC0415  # only here

    with Context.open() as context:
        if label_id:
            return label_tracking.track_one(context, record_of(context, label_id), as_json=as_json)
        return label_tracking.track_all(context, since, as_json=as_json)


@app.command(epilog="Example: shiplabel labels export november.csv --since 2026-11-01")
@takes_filters
def export(
    filters: Filters,
    *,
    file: Annotated[Path | None, typer.Argument(help="Where to; stdout without it.")] = None,
    form: Annotated[str, typer.Option("--format", help="csv or json.")] = "",
) -> None:
    """Write labels as CSV for a spreadsheet or as JSON."""
    form = form or ("json" if file and file.suffix.lower() == ".json" else "csv")
    if form not in {"csv", "json"}:
        raise InputError(phrase("--format takes csv or json, not {format}.", format=form), field="format")
    with Context.open() as context:
        label_lists.export(context, query_of(context, filters), file, form)


@app.command(epilog="Example: shiplabel labels report --by carrier --since 2026-11-01")
@takes_filters
def report(
    filters: Filters,
    *,
    by: Annotated[str, typer.Option(help="day, carrier, service or batch.")] = "day",
    as_json: Json = False,
) -> None:
    """Report what was spent by day, carrier, service or batch."""
    from shiplabel.cli.label_report import GROUPS, report_object, report_of, show_report  # noqa: PLC0415

    if by not in GROUPS:
        raise InputError(
            phrase("--by takes {groups}; not {by}.", groups=", ".join(GROUPS), by=by), field="by"
        )
    with Context.open() as context:
        made = report_of(index_of(context).find(query_of(context, filters)), by)
    if as_json:
        console.print_json(report_object(made))
    else:
        show_report(made)


def _print(record: Session, *, as_json: bool) -> None:
    if as_json:
        console.print_json(label_object(record))
        return
    for line in label_lines(record):
        console.result(line)
