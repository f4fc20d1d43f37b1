"""The README's tables are drawn from the code's own."""

from __future__ import annotations

from pathlib import Path

from shiplabel.workflow.states import PURCHASE, ROLL_BACK, PurchaseState, Trouble

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
