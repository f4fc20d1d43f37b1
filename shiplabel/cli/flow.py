"""Walking a session to its end: who is asked at each step, and what is printed then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shiplabel.cli import console
from shiplabel.errors import ShiplabelError
from shiplabel.language import phrase
from shiplabel.workflow.states import UNSETTLED, PurchaseState
from shiplabel.workflow.steps import STEPS
from shiplabel.workflow.trouble import AlreadyLabelled, RolledBack, SeveralLabels

if TYPE_CHECKING:
    from shiplabel.cli.context import Context
    from shiplabel.cli.talk import Talk
    from shiplabel.workflow.ports import Parts
    from shiplabel.workflow.session import Session


def drive(parts: Parts, session: Session, talk: Talk) -> Session:
    """Walk a session from its step to ``done`` and return the finished record.

    Where more than one label is found, the talk may have the extra ones voided; then it is looked up again.
    """
    try:
        return _driven(parts, session, talk)
    except SeveralLabels as several:
        talk.spare(several)
        return _driven(parts, several.session, talk)


def _driven(parts: Parts, session: Session, talk: Talk) -> Session:
    if session.purchase.state in UNSETTLED or session.purchase.state is PurchaseState.PURCHASED:
        from shiplabel.workflow.purchase import recover  # noqa: PLC0415  # the first question needs none of it

        session = recover(parts, session)
    while session.step != "done":
        try:
            session = advance(parts, session, talk)
        except RolledBack as error:
            session = talk.trouble(error)
    return session


def advance(parts: Parts, session: Session, talk: Talk) -> Session:
    """Take one step."""
    if STEPS[session.step].asks:
        return talk.answer(session)
    if session.step == "confirm":
        return talk.confirm(session)
    if session.step == "rate":
        return talk.pick(session)
    from shiplabel.workflow.purchase import purchase  # noqa: PLC0415  # the same

    session = talk.approve(session)
    return purchase(parts, session) if session.step == "purchase" else session


def finish(
    context: Context, session: Session, talk: Talk, *, as_json: bool, printer: str | None = None
) -> int:
    """Drive a session to its end and show its label; on an error show it as it stands and raise.

    ``printer`` is where the label is printed once it is bought; None prints nothing.
    """
    try:
        record = drive(context.parts, session, talk)
    except AlreadyLabelled as error:
        console.tell_error(error)
        context.sessions.drop(session.session_id)
        record = error.session
    except ShiplabelError as error:
        if as_json:
            from shiplabel.cli.views import label_object  # noqa: PLC0415  # the first question shows no label

            console.print_json(label_object(context.sessions.find(session.session_id), error))
        raise
    else:
        record = record if printer is None else _printed(context, record, printer)
    show_label(record, as_json=as_json)
    if printer is None and context.can_ask and not as_json:
        _tell_next(context, record)
    return 0


def _tell_next(context: Context, record: Session) -> None:
    """Tell a clerk how the paper gets out of the printer, where it has not been there yet."""
    if record.documents.printed_at or not record.documents.files:
        return
    label_id = record.purchase.label_id
    console.tell(
        phrase("Next: shiplabel labels print {label_id}", label_id=label_id)
        if context.settings.printer
        else phrase(
            "Next: shiplabel labels print {label_id} --printer QUEUE (lpstat -e lists them), "
            "or: shiplabel labels open {label_id}",
            label_id=label_id,
        )
    )


def _printed(context: Context, record: Session, printer: str) -> Session:
    from shiplabel.cli.printing_command import print_bought  # noqa: PLC0415  # most labels are not printed

    return print_bought(context, record, printer)


def show_label(record: Session, *, as_json: bool) -> None:
    """Print a label: the object for scripts, a few lines for people."""
    from shiplabel.cli.views import label_lines, label_object, price_lines  # noqa: PLC0415  # the same

    console.money_moved()
    if as_json:
        for line in price_lines(record):
            console.tell(line)
        console.print_json(label_object(record))
        return
    for line in label_lines(record):
        console.result(line)
