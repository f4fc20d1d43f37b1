"""``shiplabel sessions``: what is open, where it stopped, when it expires."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated

import typer

from shiplabel.cli import console
from shiplabel.cli.context import Context
from shiplabel.errors import Interrupted, OutcomeUnknown
from shiplabel.language import phrase, phrase_n
from shiplabel.workflow.steps import title

if TYPE_CHECKING:
    from shiplabel.storage.heads import Head

app = typer.Typer(
    no_args_is_help=True, help="Labels that are not finished.", epilog="Example: shiplabel sessions list"
)

Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Id = Annotated[str, typer.Argument(help="The session's five characters.")]


@app.command("list", epilog="Example: shiplabel sessions list --json")
def list_(*, as_json: Json = False) -> None:
    """List open sessions and purchases in doubt, the newest first."""
    with Context.open() as context:
        heads = [head for head in context.sessions.heads() if _is_listed(head)]
    if as_json:
        console.print_json([head.document for head in heads])
        return
    if not heads:
        console.tell(phrase("No session is open. Next: shiplabel new"))
    titled = cache(title)
    console.results(_line(head, titled(head.document["step"])) for head in heads)


def _is_listed(head: Head) -> bool:
    """Tell whether a clerk has something to do; rows that only wait for their batch are its own matter."""
    return head.status in {"open", "unknown"} and not head.waits


def _line(head: Head, where: str) -> str:
    doc = head.document
    expires = _minute(doc["expires_at"]) if head.status == "open" else phrase("never, while in doubt")
    order = phrase("order {order_id}", order_id=doc["order_id"]) if doc.get("order_id") else ""
    whom = ", ".join(filter(None, (doc.get("to_name"), order)))
    columns = (
        f"{head.session_id}  {head.status:<7}  {where:<40}",
        f"{whom:<30}",
        phrase("saved {at}", at=_minute(doc["updated_at"])),
        phrase("expires {when}", when=expires),
    )
    return "  ".join(columns)


def _minute(moment: str) -> str:
    return f"{moment[:16].replace('T', ' ')} UTC"


@app.command(epilog="Example: shiplabel sessions show K7M2P --json")
def show(session_id: Id, *, as_json: Json = False) -> None:
    """Show all that is kept of a session."""
    with Context.open() as context:
        if as_json:
            console.print_json(context.sessions.document(session_id))
            return
        from shiplabel.cli.views import session_lines  # noqa: PLC0415  # scripts read the document

        status, session = context.sessions.shown(session_id)
        console.results(session_lines(session, status))


@app.command(epilog="Example: shiplabel sessions discard K7M2P --yes")
def discard(session_id: Id, *, yes: Yes = False) -> None:
    """Give up a session; one whose purchase is in doubt is kept."""
    with Context.open() as context, context.sessions.hold(session_id):
        session = context.sessions.load(session_id)
        if session.purchase.state in {"purchasing", "unknown"}:
            raise OutcomeUnknown(
                phrase(
                    "Session {session_id} may have bought a label; it is kept.", session_id=session.session_id
                ),
                hint="shiplabel reconcile",
            )
        _agree(context, phrase("Discard session {session_id}?", session_id=session.session_id), yes=yes)
        context.sessions.discard(session)
        console.tell(phrase("Session {session_id} is discarded.", session_id=session.session_id))


@app.command(epilog="Example: shiplabel sessions purge --yes")
def purge(*, yes: Yes = False) -> None:
    """Delete expired and discarded sessions."""
    with Context.open() as context:
        _agree(context, phrase("Delete all expired and discarded sessions?"), yes=yes)
        console.tell(
            phrase_n("{count} session deleted.", "{count} sessions deleted.", context.sessions.purge())
        )


def _agree(context: Context, question: str, *, yes: bool) -> None:
    """Ask at a terminal; elsewhere the command itself is the yes."""
    if yes or not context.can_ask:
        return
    from shiplabel.cli import ask  # noqa: PLC0415  # only a terminal asks

    if not ask.yes(question):
        raise Interrupted(phrase("Nothing was changed."))
