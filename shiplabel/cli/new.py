"""``shiplabel new``: a label from the first question to the file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import typer

from shiplabel.cli import console
from shiplabel.cli.book import used
from shiplabel.cli.context import Context
from shiplabel.cli.conversation import clerk_of, talk_of
from shiplabel.cli.flow import finish, show_label
from shiplabel.cli.options import Asked, asked_printer, missing, skipping_rest, takes_answers, understand
from shiplabel.cli.start import start
from shiplabel.domain.keys import random_key, shipment_key_of_order
from shiplabel.errors import InputError, OutcomeUnknown, SettingsError, StorageError
from shiplabel.language import phrase
from shiplabel.workflow.session import begin, first_missing, reach
from shiplabel.workflow.states import BOUGHT, UNSETTLED

if TYPE_CHECKING:
    from shiplabel.cli.options import Understood
    from shiplabel.storage.heads import Head
    from shiplabel.workflow.session import Session, Wishes

app = typer.Typer()
EXAMPLE = "Example: shiplabel new --to Ada --weight '2 lb 3 oz' --size 10x8x4in --rate cheapest --yes"


@app.command(epilog=EXAMPLE)
@takes_answers
def new(asked: Any) -> int:
    """Make a label: answer, compare rates, buy, have the file. Every answer is saved at once."""
    with Context.open() as context:
        return run(context, asked)


def run(context: Context, asked: Any) -> int:
    """Check the options, meet what exists already, make the session and walk it to its end."""
    known, wishes, template = start(context, asked)
    understood = understand(asked, context.settings, known, wishes)
    alone = not context.can_ask or asked.json
    if alone:
        _refuse_gaps(missing(understood.answers, asked, understood.wishes, to_buy=True))
        understood = skipping_rest(understood)
    for doubt in understood.doubts:
        console.tell(doubt)
    if not alone and (other := clerk_of(context, asked).beside_open(_of_no_batch(context))):
        from shiplabel.cli.resume import run as resume  # noqa: PLC0415  # one of two is needed

        return resume(context, _without_answers(asked), other, "")
    key, record = claim(context, understood.wishes)
    if record is not None:
        label = record.purchase.label_id or record.session_id
        console.tell(
            phrase(
                "Order {order_id} has label {label} already; --again ships it once more.",
                order_id=understood.wishes.order_id,
                label=label,
            )
        )
        show_label(record, as_json=asked.json)
        return 0
    session = created(context, begun(context, understood, key))
    used(context, template)
    with context.sessions.hold(session.session_id):
        return finish(
            context, session, talk_of(context, asked), as_json=asked.json, printer=asked_printer(asked)
        )


def created(context: Context, session: Session) -> Session:
    """Write a new session down; raise SettingsError where the data folder takes none."""
    try:
        return context.sessions.create(session)
    except StorageError as error:
        hint = phrase("choose another folder with --data-dir; shiplabel doctor looks at this one")
        raise SettingsError(error.message, code=error.code, hint=hint) from error


def _of_no_batch(context: Context) -> list[Head]:
    """Return the open sessions that are no rows of a batch: these go on by batch resume."""
    return [head for head in context.sessions.heads() if head.batch is None]


def begun(context: Context, understood: Understood, key: str) -> Session:
    """Return the session that the options describe; a key made of an order may be known elsewhere."""
    session = begin(
        now=context.clock.now(),
        life=context.settings.session_ttl,
        environment=context.settings.environment,
        shipment_key=key,
        answers=understood.answers,
        wishes=understood.wishes,
    )
    return replace(reach(session, first_missing(session)), met_before=bool(understood.wishes.order_id))


def _without_answers(asked: Any) -> Any:
    """Return what was asked without the answers: they were meant for another label."""
    return Asked(yes=asked.yes, print=asked.print, printer=asked.printer)


def _refuse_gaps(absent: list[str]) -> None:
    if absent:
        raise InputError(
            phrase("Without a terminal these options are missing: {absent}.", absent=", ".join(absent)),
            field=absent[0],
        )


def claim(context: Context, wishes: Wishes) -> tuple[str, Session | None]:
    """Return the shipment key of an order, and the record of its label where it has one."""
    if not wishes.order_id:
        return random_key(), None
    nth = 1
    while True:
        key = shipment_key_of_order(wishes.order_id, nth)
        met = context.sessions.with_key(key)
        doubt = next((s for s in met if s.purchase.state in UNSETTLED), None)
        if doubt:
            raise OutcomeUnknown(
                phrase(
                    "Order {order_id} has a purchase without a certain answer; nothing was sent.",
                    order_id=wishes.order_id,
                ),
                hint=f"shiplabel resume {doubt.session_id}",
            )
        record = next((s for s in met if s.purchase.state in BOUGHT), None)
        if record is None or not wishes.again:
            return key, record
        nth += 1
