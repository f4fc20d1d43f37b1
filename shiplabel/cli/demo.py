"""``shiplabel demo``: the main job in the sandbox, start to end, without a question."""

from __future__ import annotations

from typing import Annotated

import typer

from shiplabel.cli import console
from shiplabel.cli.context import Context
from shiplabel.cli.flags import remember, said
from shiplabel.cli.flow import drive
from shiplabel.cli.new import created
from shiplabel.cli.script import Script
from shiplabel.cli.views import label_lines, label_object, line_of
from shiplabel.domain.keys import random_key
from shiplabel.domain.rules import sort_rates
from shiplabel.language import phrase
from shiplabel.workflow.quote import quote
from shiplabel.workflow.session import Wishes, begin

app = typer.Typer()

ANSWERS: dict[str, str | None] = {
    "from_name": "Harbor Goods", "from_company": None, "from_address1": "4009 Marathon Blvd",
    "from_address2": None, "from_city": "Austin", "from_state": "TX", "from_zip": "78756", "from_phone": None,
    "to_name": "Ada Lovelace", "to_company": None, "to_address1": "525 S Winchester Blvd",
    "to_address2": None, "to_city": "San Jose", "to_state": "CA", "to_zip": "95128", "to_phone": None,
    "parcel_weight": "35 oz", "parcel_length": "10 in", "parcel_width": "8 in", "parcel_height": "4 in",
}  # fmt: skip


@app.command(epilog="Example: shiplabel demo")
def demo(*, as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False) -> int:
    """Quote, choose, buy and save a sample label in the sandbox."""
    flags = {name: getattr(said(), name) for name in said().__slots__}
    remember(**(flags | {"sandbox": True}))
    with Context.open() as context:
        return run(context, as_json=as_json)


def run(context: Context, *, as_json: bool) -> int:
    """Walk one made-up label from its answers to its file."""
    session = begin(
        now=context.clock.now(),
        life=context.settings.session_ttl,
        environment=context.settings.environment,
        shipment_key=random_key(),
        answers=ANSWERS,
        wishes=Wishes(rule="cheapest"),
        step="confirm",
    )
    session = created(context, session)
    with context.sessions.hold(session.session_id):
        console.tell(phrase("A parcel of 2 lb 3 oz, 10x8x4 in, from Austin TX to San Jose CA."))
        session = quote(context.parts, session, lambda _board: None)
        if not as_json:
            from shiplabel.cli.tables import print_rates  # noqa: PLC0415  # rich is not for scripts

            print_rates(sort_rates(session.quotes, "total"), plain=context.settings.plain)
        record = drive(context.parts, session, Script(context.parts, yes=True))
    if as_json:
        console.print_json(label_object(record))
        return 0
    for line in label_lines(record):
        console.result(line)
    console.result(line_of(phrase("Next"), "shiplabel new"))
    return 0
