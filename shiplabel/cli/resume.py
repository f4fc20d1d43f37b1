"""``shiplabel resume``: go on with a session where it stopped, or settle its purchase."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shiplabel.cli import console
from shiplabel.cli.context import Context
from shiplabel.cli.conversation import clerk_of, talk_of
from shiplabel.cli.flow import finish, show_label
from shiplabel.cli.options import asked_printer, missing, skipping_rest, takes_answers, understand
from shiplabel.cli.reconcile import take_word
from shiplabel.cli.views import label_object
from shiplabel.errors import InputError
from shiplabel.workflow.lookup import wake
from shiplabel.workflow.session import drop_quotes, reach
from shiplabel.workflow.states import UNSETTLED, PurchaseState

if TYPE_CHECKING:
    from shiplabel.workflow.session import Session

app = typer.Typer()
EXAMPLE = "Example: shiplabel resume K7M2P --to-zip 95128 --rate cheapest --yes"


@app.command(epilog=EXAMPLE)
@takes_answers
def resume(
    asked: Any,
    *,
    session: Annotated[str, typer.Argument(help="The session's five characters.")] = "",
    not_bought: Annotated[
        str, typer.Option("--not-bought", help="Say that this purchase in doubt was not bought.")
    ] = "",
) -> int:
    """Go on where a label stopped: at the same question, with the same answers."""
    with Context.open() as context:
        return run(context, asked, session, not_bought)


def run(context: Context, asked: Any, session_id: str, not_bought: str) -> int:
    """Find the session, hold it, take the options' answers and walk it to its end."""
    if not_bought:
        planned = take_word(context, not_bought, yes=asked.yes, alone=asked.json)
        if not session_id:
            if asked.json:
                console.print_json(label_object(planned))
            return 0
    session_id = session_id or _only_open(context, asked)
    record = context.sessions.finished(session_id)
    if record is not None:
        show_label(context.with_paper(record), as_json=asked.json)
        return 0
    with context.sessions.hold(session_id):
        session = context.sessions.load(session_id)
        return _go_on(context, asked, session)


def _go_on(context: Context, asked: Any, session: Session) -> int:
    session = wake(context.parts, session)
    in_doubt = session.purchase.state in UNSETTLED or session.purchase.state is PurchaseState.PURCHASED
    if not in_doubt:
        session = _changed(context, asked, session)
    return finish(context, session, talk_of(context, asked), as_json=asked.json, printer=asked_printer(asked))


def _changed(context: Context, asked: Any, session: Session) -> Session:
    """Return the session with what the options changed; where nobody can be asked, with no gap left."""
    understood = understand(asked, context.settings, session.answers, session.wishes)
    for doubt in understood.doubts:
        console.tell(doubt)
    if asked.json or not context.can_ask:
        absent = missing(understood.answers, asked, understood.wishes, to_buy=True)
        if absent:
            raise InputError(f"Without a terminal these options are missing: {', '.join(absent)}.")
        understood = skipping_rest(understood)
    if understood.answers != session.answers or understood.wishes != session.wishes:
        fresh = understood.answers == session.answers and _same_parcel(session, understood.wishes)
        kept = session if fresh else drop_quotes(session)
        session = replace(kept, answers=understood.answers, wishes=understood.wishes)
        session = session if fresh else reach(session, _earliest(session))
        session = context.parts.save(session)
    alone = asked.json or not context.can_ask
    if alone and session.step not in {"rate", "purchase"}:
        session = context.parts.save(reach(session, "confirm"))
    if session.step == "purchase" and alone:
        session = reach(session, "rate")
    return session


def _same_parcel(session: Session, wishes: Any) -> bool:
    """Tell whether changed wishes leave the rates as they are."""
    parts = ("package_code", "confirmation", "insured_value")
    return all(getattr(session.wishes, part) == getattr(wishes, part) for part in parts)


def _earliest(session: Session) -> str:
    """Return the step to go on with when answers were changed by options."""
    return "confirm" if session.step in {"rate", "purchase"} else session.step


def _only_open(context: Context, asked: Any) -> str:
    """Return the only open session; let the clerk pick among several."""
    heads = context.sessions.heads()
    if len(heads) == 1:
        return heads[0].session_id
    if heads and context.can_ask and not asked.json:
        picked: str = clerk_of(context, asked).pick_session(heads)
        return picked
    ids = ", ".join(head.session_id for head in heads)
    said = f"Several sessions are open: {ids}." if heads else "No session is open."
    raise InputError(said, field="session", hint="shiplabel resume ID" if heads else "shiplabel new")
