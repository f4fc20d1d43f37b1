"""``shiplabel rates``: quote only; nothing is bought."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import typer

from shiplabel.cli import console
from shiplabel.cli.context import Context
from shiplabel.cli.new import begun
from shiplabel.cli.options import missing, skipping_rest, takes_answers, understand
from shiplabel.cli.start import start
from shiplabel.cli.views import rate_object
from shiplabel.domain.keys import random_key
from shiplabel.domain.rules import sort_rates
from shiplabel.errors import InputError
from shiplabel.language import phrase
from shiplabel.workflow.quote import quote

app = typer.Typer()
EXAMPLE = "Example: shiplabel rates --like K7M2P --json"


@app.command(epilog=EXAMPLE)
@takes_answers
def rates(asked: Any) -> int:
    """Quote only: what each carrier asks for this parcel."""
    with Context.open() as context:
        return run(context, asked)


def run(context: Context, asked: Any) -> int:
    """Ask the carriers and print what came."""
    known, wishes, _template = start(context, asked)
    understood = understand(asked, context.settings, known, wishes)
    absent = missing(understood.answers, asked, understood.wishes, to_buy=False)
    if absent:
        raise InputError(
            phrase("These options are missing: {absent}.", absent=", ".join(absent)), field=absent[0]
        )
    understood = skipping_rest(understood)
    for doubt in understood.doubts:
        console.tell(doubt)
    session = begun(
        context, replace(understood, wishes=replace(understood.wishes, rule=asked.rate)), random_key()
    )
    quoted = quote(replace(context.parts, store=_Unkept()), session, lambda _board: None)
    found = sort_rates(quoted.quotes, "total")
    if asked.json:
        console.print_json([rate_object(rate) for rate in found])
    else:
        from shiplabel.cli.tables import print_rates  # noqa: PLC0415  # rich is not for scripts

        print_rates(found, plain=context.settings.plain)
    console.tell_failures(quoted.failures)
    return 0


class _Unkept:
    """A store for a quote that is nobody's session: it keeps nothing."""

    def __getattr__(self, name: str) -> Any:
        """Return any save as: give the session back."""
        return lambda session: session
