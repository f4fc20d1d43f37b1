"""``shiplabel addresses``: the address book."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  # Typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shiplabel.cli import ask, console
from shiplabel.cli.book import book_of
from shiplabel.cli.context import Context
from shiplabel.cli.listing import print_table, write_out
from shiplabel.cli.together import Choice, handing
from shiplabel.errors import InputError
from shiplabel.language import marked, phrase, phrase_n, worded
from shiplabel.storage.addresses import FIELDS, Entry, search
from shiplabel.workflow.steps import STEPS

if TYPE_CHECKING:
    from collections.abc import Mapping

app = typer.Typer(
    no_args_is_help=True,
    help="The address book: who you send from and to.",
    epilog="Example: shiplabel addresses list",
)

EXAMPLE_SAVE = (
    "Example: shiplabel addresses save Grace --address1 '1 Main St' --city Austin --state TX --zip 78756"
)
COLUMNS = marked(("Name", "Sender", "Address"))
NEEDED = ("address1", "city", "state", "zip")
NONE_SAVED = marked("The address book is empty. Next: shiplabel addresses save NAME --address1 …")

Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
Name = Annotated[str, typer.Argument(help="Name in the address book.")]
EntryName = Annotated[str, typer.Argument(metavar="NAME", help="Name in the address book.")]
takes_parts = handing(
    dict,
    (
        Choice("name", str | None, None, "Name on the label, where it is another."),
        Choice("company", str | None, None, "Company."),
        Choice("address1", str | None, None, "House number and street."),
        Choice("address2", str | None, None, "Apartment, suite, floor."),
        Choice("city", str | None, None, "City."),
        Choice("state", str | None, None, "State: TX or Texas."),
        Choice("zip", str | None, None, "ZIP code."),
        Choice("country", str | None, None, "Country: US, CA, …"),
        Choice("phone", str | None, None, "Phone number."),
    ),
    "parts",
)


def entry_object(entry: Entry) -> dict[str, Any]:
    """Return an address as scripts read it."""
    return {"entry": entry.name, "default": entry.default, **{field: entry.fields[field] for field in FIELDS}}


def _show(entry: Entry, *, as_json: bool) -> None:
    for doubt in entry.doubts:
        console.tell(doubt)
    if as_json:
        console.print_json(entry_object(entry))
        return
    console.result(
        phrase(
            "{name} (default sender): {address}" if entry.default else "{name}: {address}",
            name=entry.name,
            address=entry.line(),
        )
    )


@app.command("list", epilog="Example: shiplabel addresses list --search austin")
def list_(
    find: Annotated[str, typer.Option("--search", help="Part of name, company, street or city.")] = "",
    as_json: Json = False,
) -> None:
    """List the addresses, or those with a text in name, company, street or city."""
    with Context.open() as context:
        entries = book_of(context).entries()
    if find:
        entries = search(entries, find, limit=len(entries))
    if as_json:
        console.print_json([entry_object(entry) for entry in entries])
        return
    if not entries:
        console.tell(phrase("No address has {find!r} in it.", find=find) if find else worded(NONE_SAVED))
        return
    rows = [[entry.name, phrase("default") if entry.default else "", entry.line()] for entry in entries]
    print_table(COLUMNS, rows, right=frozenset())


@app.command(epilog="Example: shiplabel addresses show Ada")
def show(name: Name, as_json: Json = False) -> None:
    """Show one address."""
    with Context.open() as context:
        entry = book_of(context).get(name)
    if as_json:
        console.print_json(entry_object(entry))
        return
    sender = phrase(" (default sender)") if entry.default else ""
    console.result(f"{'entry':10}{entry.name}{sender}")
    for field in FIELDS:
        if entry.fields[field]:
            console.result(f"{field:10}{entry.fields[field]}")


@app.command(epilog=EXAMPLE_SAVE)
@takes_parts
def save(
    parts: dict[str, str | None],
    *,
    entry_name: EntryName,
    default: Annotated[bool, typer.Option("--default", help="Make it the default sender.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Replace the address of this name.")] = False,
    as_json: Json = False,
) -> None:
    """Save an address under a name; what is odd about it is warned of."""
    fields = _filled(_given(parts))
    with Context.open() as context:
        book = book_of(context)
        entry = ask.under_a_name(
            entry_name,
            lambda free, again: book.save(
                free, {"name": entry_name, **fields}, replace=replace or again, default=default
            ),
        )
    _show(entry, as_json=as_json)


@app.command(epilog="Example: shiplabel addresses edit Ada --phone '512 555 0100' --default")
@takes_parts
def edit(
    parts: dict[str, str | None],
    *,
    entry_name: EntryName,
    default: Annotated[
        bool | None, typer.Option("--default/--no-default", help="Make it the default sender, or not.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Change parts of an address; an empty text clears a part. Without options a terminal asks each part."""
    fields = _given(parts)
    with Context.open() as context:
        book = book_of(context)
        if not fields and default is None:
            fields = _edited(book.get(entry_name))
        entry = book.edit(entry_name, fields, default=default)
    _show(entry, as_json=as_json)


@app.command(epilog="Example: shiplabel addresses rename Ada 'Ada, London'")
def rename(old: Name, new: Annotated[str, typer.Argument(help="The new name.")]) -> None:
    """Give an address another name in the book; the name on its labels stays."""
    with Context.open() as context:
        console.result(phrase("Renamed to {name}.", name=book_of(context).rename(old, new)))


@app.command(epilog="Example: shiplabel addresses remove Ada --yes")
def remove(name: Name, agreed: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Take an address out of the book."""
    with Context.open() as context:
        book = book_of(context)
        kept = book.get(name).name
        ask.leave_to(phrase("Remove {name}?", name=kept), given=agreed, what=phrase("Removing"))
        console.result(phrase("Removed {name}.", name=book.remove(kept)))


@app.command("import", epilog="Example: shiplabel addresses import customers.csv")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX: our own export, or any order file.")],
    replace: Annotated[bool, typer.Option("--replace", help="Replace addresses of the same name.")] = False,
    as_json: Json = False,
) -> int:
    """Save the addresses of a CSV or XLSX file; rows that cannot be used are named."""
    from shiplabel.storage.address_sheets import read_addresses  # noqa: PLC0415  # loads a sheet reader

    rows, numbers = read_addresses(file)
    with Context.open() as context:
        done = book_of(context).save_all(rows, replace=replace)
    problems = [(numbers[place - 1], message) for place, message in done.problems]
    for number, message in problems:
        console.tell(phrase("Row {number}: {message}", number=number, message=message))
    if as_json:
        told = [{"row": number, "message": message} for number, message in problems]
        console.print_json({"saved": list(done.saved), "problems": told})
    else:
        console.result(phrase("{saved} saved, {left} not.", saved=len(done.saved), left=len(problems)))
    return 2 if problems else 0


@app.command(epilog="Example: shiplabel addresses export addresses.csv")
def export(file: Annotated[Path | None, typer.Argument(help="Where to; stdout without it.")] = None) -> None:
    """Write the address book as CSV; ``import`` reads it back."""
    from shiplabel.storage.address_sheets import addresses_csv, write_text  # noqa: PLC0415  # only here

    with Context.open() as context:
        entries = book_of(context).entries()
    text = addresses_csv(entries)
    if file is None:
        write_out(text)
        return
    write_text(file, text)
    console.tell(
        phrase_n("{count} address is in {file}.", "{count} addresses are in {file}.", len(entries), file=file)
    )


def _given(parts: Mapping[str, str | None]) -> dict[str, str]:
    """Return the options that were given, an empty text too."""
    return {field: value for field, value in parts.items() if value is not None}


def _filled(fields: Mapping[str, str]) -> dict[str, str]:
    """Return the parts with the needed ones asked for, or refuse naming every missing option."""
    absent = [field for field in NEEDED if not fields.get(field)]
    if absent and not console.has_terminal():
        options = ", ".join(f"--{field}" for field in absent)
        raise InputError(
            phrase("Without a terminal these options are missing: {options}.", options=options),
            field=absent[0],
        )
    for field in absent:
        fields = {**fields, field: _asked(field, "", fields)}
    return dict(fields)


def _asked(field: str, shown: str, fields: Mapping[str, str]) -> str:
    """Ask one part, as the wizard words it, until it is one; ``shown`` is what an empty line keeps."""
    step = STEPS[f"to_{field}"]
    known = {f"to_{name}": text for name, text in fields.items()}
    while True:
        typed = ask.text(f"{worded(step.question)}{shown}:")
        if (shown and typed in {"", "-"}) or step.check is None:
            return typed
        try:
            step.check(typed, known)
        except InputError as error:
            console.tell(error.message)
        else:
            return typed


def _edited(entry: Entry) -> dict[str, str]:
    """Ask each part at a terminal: Enter keeps it, a dash clears it."""
    if not console.has_terminal():
        raise InputError(phrase("There is nothing to change: give an option, like --phone."), field="name")
    console.tell(phrase("Enter keeps what is there, - clears it."))
    changes: dict[str, str] = {}
    for field in FIELDS:
        typed = _asked(field, f" [{entry.fields[field]}]", {**entry.fields, **changes})
        if typed:
            changes[field] = "" if typed == "-" else typed
    return changes
