"""What a clerk reads before the yes: rows as understood, all problems, labels that exist, the price."""

from __future__ import annotations

import shutil
import sys
import textwrap
from typing import TYPE_CHECKING

from shiplabel.cli import console
from shiplabel.cli.batch.progress import duration_words
from shiplabel.cli.listing import plain_lines
from shiplabel.workflow.problems import rows_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shiplabel.cli.batch.opening import OrderFile
    from shiplabel.domain.label import Label
    from shiplabel.workflow.batch_prices import Prices
    from shiplabel.workflow.problems import ProblemGroup
    from shiplabel.workflow.rows import RowDraft

NARROW = 60
WIDEST = 100
SHOWN = 3
LISTED = 8


def _width() -> int:
    """Return how wide text is set; without a terminal lines are left whole."""
    if not sys.stderr.isatty():
        return 10_000
    return max(NARROW, min(shutil.get_terminal_size().columns - 1, WIDEST))


def _tell(text: str, indent: str = "", hanging: str | None = None) -> None:
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
    _tell(f"{sheet.path.name}: {labels:,} label{'s' if labels != 1 else ''} ({sheet.kind}).")
    for note in sheet.notes:
        _tell(note)
    ignored = orders.columns.ignored
    if ignored:
        shown = ", ".join(ignored[:8])
        more = f" and {len(ignored) - 8} more" if len(ignored) > 8 else ""  # noqa: PLR2004  # as many as fit a line
        _tell(f"Columns not used: {shown}{more}.")
    if samples:
        _tell(f"As understood, the first {len(samples)}:" if len(samples) > 1 else "As understood:")
    for draft in samples:
        for line in sample_lines(draft):
            console.tell(line)


def sample_lines(draft: RowDraft) -> list[str]:
    """Return a row as understood, in the lines of an address."""
    answers = draft.answers
    order = f"  order {draft.order_id}" if draft.order_id else ""
    to = ", ".join(filter(None, (answers.get("to_name"), answers.get("to_company"))))
    street = ", ".join(filter(None, (answers.get("to_address1"), answers.get("to_address2"))))
    place = f"{answers.get('to_city')} {answers.get('to_state')} {answers.get('to_zip')}"
    sides = " x ".join((answers.get(f"parcel_{side}") or "?") for side in ("length", "width", "height"))
    return [
        f"  row {draft.row}{order}: {to}",
        f"    {street}, {place}; {answers.get('parcel_weight')}, {sides}",
    ]


def show_problems(groups: Sequence[ProblemGroup], bad_rows: int) -> None:
    """Show all problems, kind by kind: where, what is wrong, how to mend it."""
    errors = [group for group in groups if group.level == "error"]
    warnings = [group for group in groups if group.level == "warning"]
    if errors:
        console.tell("")
        _tell(f"{bad_rows:,} row{'s' if bad_rows != 1 else ''} cannot be bought as they stand:")
        _show_groups(errors)
    if warnings:
        console.tell("")
        _tell("Worth a look (these are bought as they stand):")
        _show_groups(warnings)


def _show_groups(groups: Sequence[ProblemGroup]) -> None:
    for group in groups:
        where = f"row{'s' if len(group.rows) > 1 else ''} {rows_text(group.rows)}"
        _tell(f"{group.column}, {where}", "  ", "      ")
        _tell(group.what, "    ")
        if group.mend:
            _tell(f"→ {group.mend}", "    ", "      ")


def show_labelled(rows: Sequence[int], where: str) -> None:
    """Say which rows have a label already."""
    if rows:
        many = len(rows) > 1
        _tell(
            f"{len(rows):,} row{'s have' if many else ' has'} a label already ({where}) and "
            f"{'are' if many else 'is'} skipped: row{'s' if many else ''} {rows_text(rows)}. "
            "--again ships such orders once more."
        )


def show_elsewhere(labels: Sequence[Label]) -> None:
    """Say which orders were labelled from another computer or data folder."""
    if not labels:
        return
    _tell(
        f"{len(labels):,} were labelled elsewhere in this account and are skipped; "
        "--again ships such orders once more:"
    )
    for label in labels[:LISTED]:
        when = f" on {label.created_at:%Y-%m-%d}" if label.created_at else ""
        _tell(f"{label.external_shipment_id}: {label.label_id}{when}, to {label.ship_to_name or '?'}", "  ")
    if len(labels) > LISTED:
        _tell(f"and {len(labels) - LISTED:,} more; the results name each.", "  ")


def show_prices(prices: Prices, *, requests: int, limit: tuple[int, float]) -> None:
    """Show what all rows would cost by service, what the rule saves, and how long it takes."""
    console.tell("")
    rows = [[one.carrier_code, one.name, f"{one.labels:,}", str(one.total)] for one in prices.by_service()]
    rows.append(["", "all", f"{prices.labels:,}", str(prices.total)])
    for line in plain_lines(("Carrier", "Service", "Labels", "Total"), rows):
        console.tell(line)
    currency = prices.total.money.currency
    saved = prices.dearest.of(currency) - prices.total.of(currency)
    second = prices.second.of(currency) - prices.total.of(currency)
    if saved.amount > 0:
        _tell(f"The rule saves {saved} against each row's dearest rate, {second} against its second choice.")
    for said, times in prices.silent.most_common(6):
        _tell(f"{said} ({times:,} row{'s' if times != 1 else ''})")
    for said, times in prices.warned.most_common(6):
        _tell(f"! {said} ({times:,} row{'s' if times != 1 else ''})")
    took = duration_words(expected_s(requests, limit))
    _tell(f"Buying takes {took} at {limit[0]} requests per {limit[1]:g} s.")


def expected_s(requests: int, limit: tuple[int, float]) -> float:
    """Return how long the account's limit makes so many requests take."""
    calls, window_s = limit
    return max(0, requests - calls) * window_s / calls
