"""``shiplabel reconcile``: look up every purchase whose outcome is unknown."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from shiplabel.cli import console
from shiplabel.cli.context import Context
from shiplabel.cli.views import label_object
from shiplabel.errors import Exit, HeldError, InputError, OutcomeUnknown
from shiplabel.workflow.lookup import not_bought as noted_not_bought
from shiplabel.workflow.lookup import wake
from shiplabel.workflow.purchase import recover

if TYPE_CHECKING:
    from shiplabel.workflow.session import Session

app = typer.Typer()


@app.command(epilog="Example: shiplabel reconcile --json")
def reconcile(
    *,
    not_bought: Annotated[
        str, typer.Option(help="Shipment key of a purchase that you know was not bought.")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Say so without being asked.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> int:
    """Look up every purchase in doubt; nothing is bought here."""
    with Context.open() as context:
        if not_bought:
            record = take_word(context, not_bought, yes=yes, by=getpass.getuser())
            if as_json:
                console.print_json([label_object(record)])
            return Exit.DONE
        return run(context, as_json=as_json)


def run(context: Context, *, as_json: bool) -> int:
    """Look each one up and tell what came of it."""
    seen = [_look(context, head.session_id) for head in context.sessions.heads() if head.status == "unknown"]
    if as_json:
        console.print_json([label_object(session) for session, _ in seen])
    for session, settled in seen:
        word = f"bought as {session.purchase.label_id}" if settled else "still unknown"
        console.tell(f"{session.session_id} {session.shipment_key}: {word}")
    if not seen:
        console.tell("No purchase is in doubt.")
    return Exit.DONE if all(settled for _, settled in seen) else Exit.UNKNOWN


def _look(context: Context, session_id: str) -> tuple[Session, bool]:
    """Settle one purchase; return its session and whether it is certain now."""
    try:
        with context.sessions.hold(session_id):
            return recover(context.parts, context.sessions.load(session_id)), True
    except (OutcomeUnknown, HeldError) as error:
        console.tell_error(error)
        return context.sessions.find(session_id), False


def take_word(context: Context, shipment_key: str, *, yes: bool, by: str) -> Session:
    """Write down that a person says a purchase was not bought; asked for in words or by --yes."""
    heads = [head for head in context.sessions.heads() if head.shipment_key == shipment_key]
    head = next((head for head in heads if head.status == "unknown"), None)
    if head is None:
        raise InputError(f"No purchase in doubt has the key {shipment_key}.", hint="shiplabel sessions list")
    if not yes and not _agreed(context, shipment_key):
        raise InputError("Not said: --yes is missing.", field="not_bought")
    with context.sessions.hold(head.session_id):
        session = wake(context.parts, context.sessions.load(head.session_id))
        session = noted_not_bought(context.parts, session, by)
    console.tell(f"Noted: {shipment_key} was not bought, says {by}.")
    console.tell(f"Next: shiplabel resume {session.session_id} looks once more, then buys.")
    return session


def _agreed(context: Context, shipment_key: str) -> bool:
    return context.can_ask and typer.confirm(f"Was {shipment_key} surely not bought?", err=True)
