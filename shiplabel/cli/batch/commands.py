"""``shiplabel batch``: check, run, resume, list, status, template, void."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shiplabel.cli import ask, console
from shiplabel.cli.batch.asked import (
    MOST_WORKERS,
    Wanted,
    check_rule,
    rules_of_rows,
    takes_rows,
    takes_run,
    wanted_of,
)
from shiplabel.cli.batch.objects import batch_object
from shiplabel.cli.context import Context
from shiplabel.cli.listing import print_table, write_out
from shiplabel.cli.views import line_of
from shiplabel.domain.rules import FORMS
from shiplabel.errors import InputError
from shiplabel.language import marked, phrase, worded

if TYPE_CHECKING:
    from shiplabel.storage.batches import BatchFiles
    from shiplabel.workflow.batch import Batch, Options

app = typer.Typer(
    no_args_is_help=True,
    help="A day's labels from a sheet.",
    epilog="Example: shiplabel batch run orders.csv --rate cheapest --yes",
)

COLUMNS = marked(("Batch", "Made", "File", "Status", "Rows", "Bought", "Failed", "Cost"))
COUNTED = ("rows", "bought", "failed", "unknown", "skipped", "waiting")

File = Annotated[Path, typer.Argument(help="CSV or XLSX; shiplabel batch template shows one.")]
Id = Annotated[str, typer.Argument(help="The batch's five characters; the newest without.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@app.command(epilog="Example: shiplabel batch run orders.csv --rate cheapest --yes")
@takes_run
def run(asked: Any, file: File) -> int:
    """Buy the labels of a sheet, each order once; the same file again buys nothing twice."""
    from shiplabel.cli.batch.conducting import conduct  # noqa: PLC0415  # a listing needs none of it
    from shiplabel.cli.batch.opening import open_orders, refuse_empty  # noqa: PLC0415  # the same
    from shiplabel.storage.batches import digest_of_file  # noqa: PLC0415  # the same

    with Context.open() as context:
        wanted = wanted_of(context, file, asked)
        may_ask = context.can_ask and not asked.json
        wanted = wanted if wanted.options.wishes.rule else _with_rule(wanted)
        digest = digest_of_file(file)
        orders = open_orders(context, file, wanted.options, may_ask=may_ask)
        refuse_empty(orders, file)
        files = _files(context)
        with files.making():
            batch = _batch_of(context, files, file, digest, wanted.options)
            orders.go_on_from(files.keep_source(batch, file))
        return conduct(context, files, batch, orders, wanted)


def _with_rule(wanted: Wanted) -> Wanted:
    """Ask a clerk for the rule that every row is bought by."""
    while True:
        typed = ask.text(phrase("Which rate for every row: cheapest, fastest, cheapest:3d, service:CODE?"))
        try:
            check_rule(typed)
            if typed:
                wishes = replace(wanted.options.wishes, rule=typed)
                return replace(wanted, options=replace(wanted.options, wishes=wishes))
        except InputError as error:
            console.tell(error.message)
        console.tell(phrase("Rules are {forms}.", forms=worded(FORMS)))


def _batch_of(context: Context, files: BatchFiles, file: Path, digest: str, options: Options) -> Batch:
    """Return the batch of this content, a new one for one not seen before or to be shipped again."""
    from shiplabel.workflow.batch import Batch  # noqa: PLC0415  # a listing needs none of it

    known = files.of_content(digest)
    if known and options.wishes.again and (not known.options.wishes.again or known.is_finished):
        known = None
    if known:
        same = Path(known.file) == file.absolute()
        console.tell(
            phrase(
                "This file: batch {batch_id} of {at:%Y-%m-%d %H:%M} UTC goes on."
                if same
                else "The same content as {file}: batch {batch_id} of {at:%Y-%m-%d %H:%M} UTC goes on.",
                file=known.file,
                batch_id=known.batch_id,
                at=known.created_at,
            )
        )
        return replace(known, file=str(file.absolute()))
    now = context.clock.now()
    new = Batch(
        batch_id="", file=str(file.absolute()), digest=digest, created_at=now, updated_at=now, options=options
    )
    return files.create(new, file)


@app.command(epilog="Example: shiplabel batch check orders.csv")
@takes_rows
def check(asked: Any, file: File) -> int:
    """Check all rows of a sheet, offline: every problem of every row. Nothing is sent."""
    from shiplabel.cli.batch.checking import check_file  # noqa: PLC0415  # a listing needs none of it

    with Context.open() as context:
        return check_file(context, file, rules_of_rows(context, asked), as_json=asked.json)


@app.command(epilog="Example: shiplabel batch resume --yes")
def resume(
    batch_id: Id = "",
    *,
    workers: Annotated[int, typer.Option(help="Rows side by side.", max=MOST_WORKERS)] = 0,
    not_bought: Annotated[
        str, typer.Option("--not-bought", help="Shipment key of a purchase that you know was not bought.")
    ] = "",
    yes: Yes = False,
    as_json: Json = False,
) -> int:
    """Go on with a batch: what is left is bought, what is in doubt is looked up."""
    from shiplabel.cli.batch.conducting import conduct  # noqa: PLC0415  # a listing needs none of it
    from shiplabel.cli.batch.opening import open_orders  # noqa: PLC0415  # the same
    from shiplabel.cli.reconcile import take_word  # noqa: PLC0415  # the same

    with Context.open() as context:
        files = _files(context)
        batch = files.find(batch_id)
        if not_bought:
            take_word(context, not_bought, yes=yes, alone=as_json)
        options = replace(batch.options, workers=workers or batch.options.workers)
        orders = open_orders(context, files.source_of(batch), options, may_ask=False)
        wanted = Wanted(options, yes=yes, as_json=as_json)
        return conduct(context, files, batch, orders, wanted, keeps_answers=True)


@app.command("list", epilog="Example: shiplabel batch list --json")
def list_(*, as_json: Json = False) -> None:
    """List the batches, the newest first."""
    with Context.open() as context:
        files = _files(context)
        batches = [_as_it_is(files, batch) for batch in files.all()]
    if as_json:
        console.print_json([_object(batch) for batch in batches])
        return
    if not batches:
        console.tell(phrase("There is no batch yet. Next: shiplabel batch run FILE"))
        return
    print_table(COLUMNS, [_row(batch) for batch in batches], right=frozenset(COLUMNS[4:]))


@app.command(epilog="Example: shiplabel batch status --json")
def status(batch_id: Id = "", *, as_json: Json = False) -> None:
    """Show how far a batch is, over all its runs."""
    with Context.open() as context:
        files = _files(context)
        batch = _as_it_is(files, files.find(batch_id))
    if as_json:
        console.print_json(_object(batch))
        return
    counts = batch.counts
    rows = phrase(
        "{rows:,}: {bought:,} bought, {failed:,} failed, {unknown:,} unknown, {skipped:,} skipped, "
        "{waiting:,} waiting",
        **{name: getattr(counts, name) for name in COUNTED},
    )
    lines = (
        (phrase("Batch"), f"{batch.batch_id} ({batch.status})"),
        (phrase("File"), batch.file),
        (phrase("Made"), f"{batch.created_at:%Y-%m-%d %H:%M} UTC"),
        (phrase("Rows"), rows),
        (phrase("Paid"), str(batch.total_cost or "$0.00")),
        (phrase("Results"), str(_results(batch))),
        *((phrase("Merged"), path) for path in batch.merged),
    )
    for word, text in lines:
        console.result(line_of(word, text))
    if counts.waiting or counts.unknown:
        console.tell(phrase("Next: {hint}", hint=f"shiplabel batch resume {batch.batch_id}"))


@app.command(epilog="Example: shiplabel batch template")
def template() -> None:
    """Print an order sheet to fill: its header and an example row."""
    from shiplabel.storage.sheets.template import template_text  # noqa: PLC0415  # only here

    write_out(template_text())


@app.command(epilog="Example: shiplabel batch void --yes")
def void(batch_id: Id = "", *, yes: Yes = False, as_json: Json = False) -> int:
    """Void all unused labels of a batch; the service decides on each."""
    from shiplabel.cli.batch.voiding import void_batch  # noqa: PLC0415  # only here

    with Context.open() as context:
        files = _files(context)
        return void_batch(context, files, files.find(batch_id), yes=yes, as_json=as_json)


def _files(context: Context) -> BatchFiles:
    from shiplabel.storage.batches import BatchFiles  # noqa: PLC0415  # the template needs none

    return BatchFiles(context.settings.records_dir)


def _as_it_is(files: BatchFiles, batch: Batch) -> Batch:
    """Return a batch as its journal tells it now, whatever its last run could write."""
    from shiplabel.cli.batch.summary import settled  # noqa: PLC0415  # the template needs none

    with files.journal(batch, writes=False) as journal:
        return settled(batch, journal)


def _object(batch: Batch) -> dict[str, Any]:
    return batch_object(batch, _results(batch))


def _results(batch: Batch) -> Path:
    from shiplabel.cli.batch.ending import results_of  # noqa: PLC0415  # the template needs none

    return results_of(batch)


def _row(batch: Batch) -> list[str]:
    counts = batch.counts
    return [
        batch.batch_id,
        f"{batch.created_at.astimezone():%Y-%m-%d %H:%M}",
        Path(batch.file).name,
        batch.status,
        f"{counts.rows:,}",
        f"{counts.bought:,}",
        f"{counts.failed:,}",
        str(batch.total_cost or ""),
    ]
