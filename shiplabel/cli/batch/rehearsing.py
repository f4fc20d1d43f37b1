"""What a clerk reads before the yes: rows as understood, all problems, labels that exist, the price.

All of it goes to stderr. At a terminal it is set to its width; elsewhere each line is left whole.
"""

from __future__ import annotations

import shutil
import sys
import textwrap
from typing import TYPE_CHECKING

from shiplabel.cli import console
from shiplabel.cli.batch.progress import duration_words
from shiplabel.cli.flags import said
from shiplabel.cli.listing import plain_lines
from shiplabel.domain.parcel import parse_weight, show_weight
from shiplabel.language import phrase, phrase_n
from shiplabel.workflow.problems import rows_text
from shiplabel.workflow.trouble import told_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shiplabel.cli.batch.opening import OrderFile
    from shiplabel.domain.label import Label
    from shiplabel.workflow.batch_prices import Prices
    from shiplabel.workflow.problems import ProblemGroup
    from shiplabel.workflow.rows import RowDraft

NARROW, WIDEST, WHOLE = 60, 100, 10_000
SHOWN = 3
LISTED = 8
SILENT = 6


def _width() -> int:
    if not sys.stderr.isatty() or said().plain:
        return WHOLE
    return max(NARROW, min(shutil.get_terminal_size().columns - 1, WIDEST))


def tell(text: str, indent: str = "", hanging: str | None = None) -> None:
    """Say a paragraph, set to the terminal's width."""
    lines = textwrap.wrap(
        text,
        _width(),
        initial_indent=indent,
        subsequent_indent=indent if hanging is None else hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
    console.tell("\n".join(lines))


def show_file(orders: OrderFile, samples: Sequence[RowDraft], labels: int) -> None:
    """Show what the file is and three of its rows as they are understood."""
    sheet = orders.sheet
    tell(
        phrase_n(
            "{name} ({kind}): {count} label.",
            "{name} ({kind}): {count} labels.",
            labels,
            name=sheet.path.name,
            kind=sheet.kind,
        )
    )
    for note in sheet.notes:
        tell(note)
    ignored = orders.columns.ignored
    if ignored:
        shown = ", ".join(ignored[:LISTED]) + (", …" if len(ignored) > LISTED else "")
        tell(phrase("Columns not used: {columns}", columns=shown))
    if samples:
        tell(phrase("As understood, for example:"))
    for draft in samples:
        for line in sample_lines(draft):
            tell(line, "  ", "      ")


def sample_lines(draft: RowDraft) -> list[str]:
    """Return a row as understood: who, where to, what."""
    answers = draft.answers
    order = phrase("order {order_id}", order_id=draft.order_id) if draft.order_id else ""
    parts = [order, *(answers.get(f"to_{word}") for word in ("name", "company", "address1", "address2"))]
    place = " ".join(filter(None, (answers.get(f"to_{word}") for word in ("city", "state", "zip"))))
    sides = _sides([answers.get(f"parcel_{side}") or "?" for side in ("length", "width", "height")])
    to = ", ".join(filter(None, (*parts, place)))
    weight = show_weight(parse_weight(answers.get("parcel_weight") or ""))
    return [f"{phrase('row {row}', row=draft.row)}: {to}; {weight}, {sides}"]


def _sides(sides: Sequence[str]) -> str:
    """Return the sides as one writes them: ``10 x 8 x 4 in``."""
    units = {side.rpartition(" ")[2] for side in sides}
    if len(units) > 1:
        return " x ".join(sides)
    return " x ".join([*(side.rpartition(" ")[0] for side in sides[:-1]), sides[-1]])


def show_problems(groups: Sequence[ProblemGroup], bad: int, rows: int) -> None:
    """Show all problems, kind by kind: where, what is wrong, how to mend it."""
    errors = [group for group in groups if group.level == "error"]
    warnings = [group for group in groups if group.level == "warning"]
    if warnings:
        console.tell("\n")
        odd = {row for group in warnings for row in group.rows}
        tell(
            phrase_n(
                "Worth a look; this row is bought as it stands:",
                "Worth a look; these rows are bought as they stand:",
                len(odd),
            )
        )
        _show_groups(warnings)
    if errors:
        console.tell("\n")
        tell(
            phrase("The only row cannot be bought as it stands:")
            if rows == 1
            else phrase_n(
                "{count} of {rows} rows cannot be bought as it stands:",
                "{count} of {rows} rows cannot be bought as they stand:",
                bad,
                rows=rows,
            )
        )
        _show_groups(errors)


def _show_groups(groups: Sequence[ProblemGroup]) -> None:
    for group in groups:
        tell(f"{group.column}, {group.where}: {group.what}", "  ", "    ")
        if group.how:
            tell(f"→ {group.how}", "      ", "        ")


def show_labelled(rows: Sequence[int]) -> None:
    """Say which rows have a label already."""
    if rows:
        console.tell("\n")
        tell(
            phrase_n(
                "{count} row has a label already and is skipped: row {listed}.",
                "{count} rows have a label already and are skipped: rows {listed}.",
                len(rows),
                listed=rows_text(rows),
            )
        )


def show_elsewhere(labels: Sequence[Label]) -> None:
    """Say which orders were labelled from another computer or data folder."""
    if not labels:
        return
    console.tell("\n")
    tell(
        phrase_n(
            "{count} order was labelled elsewhere in this account and is skipped:",
            "{count} orders were labelled elsewhere in this account and are skipped:",
            len(labels),
        )
    )
    for label in labels[:LISTED]:
        when = f"{label.created_at:%Y-%m-%d} " if label.created_at else ""
        tell(f"{label.external_shipment_id}: {when}{label.label_id}, {label.ship_to_name}", "  ")
    if len(labels) > LISTED:
        tell(phrase("… the results file names them all."), "  ")


def tell_twice(newer: Label, older: Label) -> None:
    """Say that an order has two labels of which one is too many."""
    tell(
        phrase(
            "{shipment_key} has two labels, and each may have been charged: {older}; {newer}. "
            "Next: shiplabel labels void {label_id}",
            shipment_key=older.external_shipment_id,
            older=told_of(older),
            newer=told_of(newer),
            label_id=newer.label_id,
        )
    )


def show_prices(prices: Prices, *, limit: tuple[int, float]) -> None:
    """Show what all rows would cost by service, what the rule saves, and how long it takes."""
    console.tell("\n")
    rows = [[one.carrier_code, one.name, f"{one.labels:,}", str(one.total)] for one in prices.by_service()]
    rows.append(["", phrase("all"), f"{prices.labels:,}", str(prices.total)])
    heads = (phrase("Carrier"), phrase("Service"), phrase("Labels"), phrase("Total"))
    for line in plain_lines(heads, rows):
        console.tell(line)
    _show_saving(prices)
    for text, times in prices.silent.most_common(SILENT):
        tell(phrase_n("{text} ({count} row)", "{text} ({count} rows)", times, text=text))
    for text, times in prices.warned.most_common(SILENT):
        tell(phrase_n("! {text} ({count} row)", "! {text} ({count} rows)", times, text=text))
    calls, window_s = limit
    took = duration_words(expected_s(prices.labels, limit))
    said_limit = phrase("{calls} requests in {window_s:g} s", calls=calls, window_s=window_s)
    tell(phrase("Buying takes {took} at the account's {limit}.", took=took, limit=said_limit))


def _show_saving(prices: Prices) -> None:
    currency = prices.total.money.currency
    saved = prices.dearest.of(currency) - prices.total.of(currency)
    second = prices.second.of(currency) - prices.total.of(currency)
    if saved.amount > 0:
        tell(
            phrase(
                "The rule saves {saved} against the dearest rates and {second} against the second choice."
                if second.amount > 0
                else "The rule saves {saved} against the dearest rates.",
                saved=saved,
                second=second,
            )
        )


def expected_s(requests: int, limit: tuple[int, float]) -> float:
    """Return how long the account's limit makes so many requests take."""
    calls, window_s = limit
    return max(0, requests - calls) * window_s / calls
