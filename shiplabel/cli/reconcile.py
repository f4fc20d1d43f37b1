"""``shiplabel reconcile``: look up every purchase whose outcome is unknown, and labels nobody noted."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from shiplabel.cli import ask, console
from shiplabel.cli.context import Context
from shiplabel.cli.views import label_object
from shiplabel.errors import ApiError, Exit, InputError, Interrupted, ShiplabelError, Unauthorized
from shiplabel.language import phrase
from shiplabel.workflow.lookup import not_bought as noted_not_bought
from shiplabel.workflow.lookup import wake
from shiplabel.workflow.purchase import recover
from shiplabel.workflow.session import Session  # a dataclass's field
from shiplabel.workflow.trouble import SeveralLabels, told_of

if TYPE_CHECKING:
    from shiplabel.domain.label import Label
    from shiplabel.storage.heads import Head

SHOWN_KEYS = 10

app = typer.Typer()


@app.command(epilog="Example: shiplabel reconcile --json")
def reconcile(
    *,
    not_bought: Annotated[
        str, typer.Option(help="Shipment key of a purchase that you know was not bought.")
    ] = "",
    days: Annotated[
        int, typer.Option(min=0, help="Look for labels without a record so many days back; 0 does not.")
    ] = 1,
    yes: Annotated[bool, typer.Option("--yes", help="Say so without being asked.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> int:
    """Look up every purchase in doubt; nothing is bought here."""
    with Context.open() as context:
        if not_bought:
            record = take_word(context, not_bought, yes=yes, alone=as_json)
            if as_json:
                console.print_json([label_object(record)])
            return Exit.DONE
        return run(context, days=days, as_json=as_json)


@dataclass(frozen=True, slots=True)
class Look:
    """What came of one purchase: its session as it stands, and the error where it is not settled."""

    session: Session
    error: ShiplabelError | None = None

    @property
    def word(self) -> str:
        """What came of it, in a word for the clerk."""
        if self.error is None:
            return phrase("bought as {label_id}", label_id=self.session.purchase.label_id)
        return phrase("still unknown")


def run(context: Context, *, days: int, as_json: bool) -> int:
    """Look each one up and tell what came of it; then look for labels that nobody noted."""
    ids = [head.session_id for head in context.sessions.heads() if head.status == "unknown"]
    seen = [_look(context, session_id, ask_too=context.can_ask and not as_json) for session_id in ids]
    if as_json:
        console.print_json([label_object(look.session, look.error) for look in seen])
    for look in seen:
        console.tell(f"{look.session.session_id} {look.session.shipment_key}: {look.word}")
    if not seen:
        console.tell(phrase("No purchase is in doubt."))
    if days:
        _tell_unrecorded(context, days, ask_too=context.can_ask and not as_json)
    return _code([look.error for look in seen if look.error])


def _code(errors: list[ShiplabelError]) -> int:
    """Return the exit code: a key of another account before all, then what is still unknown."""
    if any(isinstance(error, Unauthorized) for error in errors):
        return Exit.SETTINGS
    return Exit.UNKNOWN if errors else Exit.DONE


def _look(context: Context, session_id: str, *, ask_too: bool) -> Look:
    """Settle one purchase, offering to void an extra label; an error is told and does not end the others."""
    try:
        with context.sessions.hold(session_id):
            return Look(_recovered(context, session_id, ask_too=ask_too))
    except Interrupted:
        raise
    except ShiplabelError as error:
        console.tell_error(error)
        return Look(context.sessions.find(session_id), error)


def _recovered(context: Context, session_id: str, *, ask_too: bool) -> Session:
    session = context.sessions.load(session_id)
    try:
        return recover(context.parts, session)
    except SeveralLabels as several:
        if not ask_too:
            raise
        from shiplabel.cli.spare import offer  # noqa: PLC0415  # hardly ever needed

        offer(context.parts, several)
        return recover(context.parts, several.session)


def _tell_unrecorded(context: Context, days: int, *, ask_too: bool) -> None:
    """Tell of labels on our keys that have no record here; none of this makes a purchase uncertain."""
    from shiplabel.cli.spare import void_after_yes  # noqa: PLC0415  # hardly ever needed
    from shiplabel.workflow.unrecorded import unrecorded  # noqa: PLC0415  # the same

    since = context.clock.now() - timedelta(days=days)
    try:
        with context.parts.api.once():
            found = list(unrecorded(context.parts, since))
    except ApiError as error:
        console.tell(phrase("The account's labels could not be looked at: {why}", why=error.message))
        return
    for label, session in found:
        console.tell(_beside(label, session))
        if not (ask_too and void_after_yes(context.parts, label)):
            console.tell(
                phrase(
                    "Next: shiplabel labels void {label_id}, where it is one too many",
                    label_id=label.label_id,
                )
            )


def _beside(label: Label, session: Session | None) -> str:
    """Return for the clerk what a label without a record stands beside."""
    key, told = label.external_shipment_id, told_of(label)
    if session is None:
        return phrase("{key} has a label that no session tells of: {label}.", key=key, label=told)
    kept = session.purchase.label_id or phrase("session {session_id}", session_id=session.session_id)
    return phrase(
        "{shipment_key} has a label beside {kept}: {label}.", shipment_key=key, kept=kept, label=told
    )


def take_word(context: Context, named: str, *, yes: bool, alone: bool = False) -> Session:
    """Write down that a person says a purchase was not bought; asked for in words or by --yes."""
    head = _in_doubt(context, named)
    shipment_key = head.shipment_key
    if not yes and (alone or not context.can_ask):
        raise InputError(
            phrase("Saying that it was not bought needs --yes here. Nothing was done."), field="yes"
        )
    if not yes and not ask.yes(phrase("Was {shipment_key} surely not bought?", shipment_key=shipment_key)):
        raise Interrupted(phrase("Nothing was changed."))
    by = _who()
    with context.sessions.hold(head.session_id):
        session = wake(context.parts, context.sessions.load(head.session_id))
        session = noted_not_bought(context.parts, session, by)
    console.tell(phrase("Noted: {shipment_key} was not bought, says {by}.", shipment_key=shipment_key, by=by))
    console.tell(
        phrase(
            "Next: shiplabel resume {session_id} looks once more, then buys.", session_id=session.session_id
        )
    )
    return session


def _in_doubt(context: Context, named: str) -> Head:
    """Return the purchase in doubt of this key, or the only one of this order; raise InputError."""
    doubts = [head for head in context.sessions.heads() if head.status == "unknown"]
    for head in doubts:
        if head.shipment_key == named:
            return head
    load = context.sessions.load
    of_order = [head for head in doubts if load(head.session_id).wishes.order_id == named]
    if len(of_order) == 1:
        return of_order[0]
    keys = [head.shipment_key for head in doubts]
    told = ", ".join(keys[:SHOWN_KEYS] + ["…"] * (len(keys) > SHOWN_KEYS))
    raise InputError(
        phrase(
            "No purchase in doubt has the key {shipment_key}. In doubt: {keys}."
            if keys
            else "No purchase in doubt has the key {shipment_key}: none is in doubt.",
            shipment_key=named,
            keys=told,
        ),
        hint="shiplabel sessions list",
    )


def _who() -> str:
    """Return who is at this machine, as the system knows them."""
    try:
        return getpass.getuser()
    except (KeyError, ImportError, OSError):  # a user without a name
        return phrase("somebody")
