"""The README's tables and its picture are drawn from the code's own."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from rich.console import Console

from shiplabel.cli import tables
from shiplabel.cli.demo import ANSWERS
from shiplabel.domain.rules import fitting, sort_rates
from shiplabel.sandbox.server import create_app
from shiplabel.shipstation.client import Client
from shiplabel.workflow.layouts import FIELDS
from shiplabel.workflow.session import begin
from shiplabel.workflow.shipment import shipment_of
from shiplabel.workflow.states import PURCHASE, ROLL_BACK, PurchaseState, Trouble
from tests.shipstation.parts import KEY, Steady

README = Path(__file__).parent.parent / "README.md"


def purchase_table() -> str:
    rows = ["| state | event → next |", "|---|---|"]
    for state in PurchaseState:
        edges = [f"{event} → {to}" for (at, event), to in PURCHASE.items() if at is state]
        rows.append(f"| {state} | {' · '.join(edges) or 'the end'} |")
    return "\n".join(rows)


def roll_back_table() -> str:
    rows = ["| trouble | money moved? | goes to | offered |", "|---|---|---|---|"]
    for trouble in Trouble:
        row = ROLL_BACK[trouble]
        to = row.step or "the refused answer"
        rows.append(f"| {trouble} | {row.money} | {to} | {row.offers} |")
    return "\n".join(rows)


def test_readme_draws_the_purchase_table_of_the_code() -> None:
    assert purchase_table() in README.read_text(encoding="utf-8")


def test_readme_draws_the_roll_back_table_of_the_code() -> None:
    assert roll_back_table() in README.read_text(encoding="utf-8")


def rates_picture(folder: Path) -> str:
    """Return the rates of the demo's parcel as the wizard shows them in 80 columns, on a day in November."""
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    app = create_app(folder / "ledger.sqlite", now=lambda: noon)
    session = begin(
        now=noon, life=timedelta(1), environment="sandbox", shipment_key="sw-demo", answers=ANSWERS
    )
    client = Client("http://127.0.0.1", KEY, transport=httpx.WSGITransport(app=app), clock=Steady())
    carriers = [carrier.carrier_id for carrier in client.carriers()]
    rates = sort_rates(client.quote(carriers, shipment=shipment_of(session)).rates, "total")
    own = fitting(rates)
    rows = [*own, *(rate for rate in rates if rate not in own)]
    out = io.StringIO()
    console = Console(file=out, width=80, highlight=False, markup=False, emoji=False)
    console.print(tables.rates_table(rows, tables.marks_of(rows), width=80, count=9))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def test_picture_of_the_rates_is_what_the_wizard_shows(tmp_path: Path) -> None:
    assert f"```\n{rates_picture(tmp_path)}\n```" in README.read_text(encoding="utf-8")


def test_readme_explains_every_column_of_the_template_in_its_order() -> None:
    text = README.read_text(encoding="utf-8")
    table = text.split("| column | holds |", 1)[1].split("\n\n", 1)[0]
    named = re.findall(r"^\| `(\w+)` \| \S", table, re.MULTILINE)
    assert tuple(named) == FIELDS
