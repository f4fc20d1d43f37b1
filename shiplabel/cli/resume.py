"""``shiplabel resume``: go on with a session where it stopped, or settle its purchase."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shiplabel.cli import console
from shiplabel.cli.book import laid_over, used
from shiplabel.cli.context import Context
from shiplabel.cli.conversation import clerk_of, talk_of
from shiplabel.cli.flow import finish, show_label
from shiplabel.cli.options import asked_printer, missing, skipping_rest, takes_answers, understand
from shiplabel.cli.reconcile import take_word
from shiplabel.cli.start import copied
from shiplabel.cli.views import label_object
from shiplabel.domain.text import quoted
from shiplabel.errors import HeldError, InputError, OutcomeUnknown, StorageError
from shiplabel.language import phrase
from shiplabel.workflow.lookup import wake
from shiplabel.workflow.session import drop_quotes, first_missing, reach
from shiplabel.workflow.states import UNSETTLED, PurchaseState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shiplabel.cli.options import Understood
    from shiplabel.workflow.session import Session, Wishes

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
    with _as_money_stands(context, session_id), context.sessions.hold(session_id):
        session = context.sessions.load(session_id)
        return _go_on(context, asked, session)


@contextmanager
def _as_money_stands(context: Context, session_id: str) -> Iterator[None]:
    """Let a disk that refuses end in OutcomeUnknown where the session's purchase is in doubt on disk."""
    try:
        yield
    except HeldError:
        raise
    except StorageError as error:
        if context.sessions.find(session_id).purchase.state not in UNSETTLED:
            raise
        raise OutcomeUnknown(
            phrase("{error} It is still not known whether its label was bought.", error=error.message),
            hint=phrase("mend the disk, then: shiplabel resume {session_id}", session_id=session_id),
        ) from error


def _go_on(context: Context, asked: Any, session: Session) -> int:
    session = wake(context.parts, session)
    in_doubt = session.purchase.state in UNSETTLED or session.purchase.state is PurchaseState.PURCHASED
    if not in_doubt:  # a row may have been labelled from another computer since
        session = replace(session, met_before=session.met_before or session.batch is not None)
        session = _changed(context, asked, session)
    return finish(context, session, talk_of(context, asked), as_json=asked.json, printer=asked_printer(asked))


def _changed(context: Context, asked: Any, session: Session) -> Session:
    """Return the session with what the options changed; where nobody can be asked, with no gap left."""
    alone = asked.json or not context.can_ask
    understood = _understood(context, asked, session)
    for doubt in understood.doubts:
        console.tell(doubt)
    if alone:
        absent = missing(understood.answers, asked, understood.wishes, to_buy=True)
        if absent:
            raise InputError(
                phrase("Without a terminal these options are missing: {absent}.", absent=", ".join(absent)),
                field=absent[0],
            )
        understood = skipping_rest(understood)
    if understood.answers != session.answers or understood.wishes != session.wishes:
        session = context.parts.save(_taken(session, understood))
    if alone and session.step not in {"rate", "purchase"}:
        session = context.parts.save(reach(session, "confirm"))
    return reach(session, "rate") if session.step == "purchase" and alone else session


def _understood(context: Context, asked: Any, session: Session) -> Understood:
    """Return the session's answers and wishes with those of template, book and options laid over them."""
    if asked.order_id and asked.order_id.strip() != session.wishes.order_id:
        raise InputError(
            phrase("The order of a label is fixed when it begins."),
            field="order_id",
            hint=f"shiplabel new --like {session.session_id} --order-id {quoted(asked.order_id)}",
        )
    known = session.answers | copied(context, asked.like)
    laid = laid_over(context, asked, known, session.wishes)
    used(context, laid.template)
    return understand(asked, context.settings, laid.answers, laid.wishes)


def _taken(session: Session, understood: Understood) -> Session:
    """Return the session with new answers and wishes, at the question that is open then."""
    answered = understood.answers != session.answers
    step = session.step
    kept = replace(session, answers=understood.answers, wishes=understood.wishes)
    if answered or not _same_rates(session, understood.wishes):
        kept = drop_quotes(kept)
        step = "confirm" if step in {"rate", "purchase"} else step
    if understood.answers.get(step) != session.answers.get(step):
        return reach(kept, first_missing(kept))
    return reach(kept, step) if step != session.step else kept


def _same_rates(session: Session, wishes: Wishes) -> bool:
    """Tell whether changed wishes leave the rates as they are.

    A rule that named a carrier or a service had only those asked; another rule may want the others.
    """
    parts = ("package_code", "confirmation", "insured_value")
    if any(getattr(session.wishes, part) != getattr(wishes, part) for part in parts):
        return False
    before, after = session.wishes.rule, wishes.rule
    narrow = before.startswith(("carrier:", "service:"))
    return not narrow or before == after or after in {rate.rate_id for rate in session.quotes}


def _only_open(context: Context, asked: Any) -> str:
    """Return the only open session that is no batch's row; let the clerk pick among several."""
    all_heads = context.sessions.heads()
    heads = [head for head in all_heads if not head.waits]
    heads = [head for head in heads if head.batch is None] or heads
    if len(heads) == 1:
        return heads[0].session_id
    if heads and context.can_ask and not asked.json:
        picked: str = clerk_of(context, asked).pick_session(heads)
        return picked
    ids = ", ".join(head.session_id for head in heads)
    said = phrase("Several sessions are open: {ids}.", ids=ids) if heads else phrase("No session is open.")
    elsewhere = "shiplabel batch resume" if all_heads else "shiplabel new"
    raise InputError(said, field="session", hint="shiplabel resume ID" if heads else elsewhere)
