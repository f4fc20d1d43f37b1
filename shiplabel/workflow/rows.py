"""From a sheet's rows to drafts of labels: each row through the very checks of the wizard.

A draft holds the answers of all steps or what is wrong with them; nothing is bought here and
nothing is read. Odd answers, which the wizard asks about, are warnings. The rows are gone
through twice (``survey``, then ``drafts``) so that no row has to be kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from shiplabel.domain.keys import check_order_id, shipment_key_of_order, shipment_key_of_row
from shiplabel.domain.text import clean, quoted
from shiplabel.errors import InputError
from shiplabel.language import marked, phrase
from shiplabel.workflow.orders import order_number, order_text, survey
from shiplabel.workflow.problems import Problem, ProblemGroup, grouped, problem, rows_text
from shiplabel.workflow.row_answers import SIDES, Answers, Defaults, Finding, answers_of_row
from shiplabel.workflow.session import Wishes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from shiplabel.workflow.columns import Mapping as Columns
    from shiplabel.workflow.orders import OrderLines, Orders

__all__ = ["Defaults", "Problem", "ProblemGroup", "RowDraft", "drafts", "grouped", "rows_text", "survey"]

_ROUNDED = re.compile(r"[+-]?\d+(?:[.,]\d+)?E\+\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowDraft:
    """A label to be: the rows it comes from, the main one first counted, and all that is known of it.

    ``answers`` has every answer step when there is no error; ``shipment_key`` is empty when the
    order id itself is bad.
    """

    row: int
    rows: tuple[int, ...]
    order_id: str
    answers: Answers
    wishes: Wishes
    shipment_key: str
    problems: tuple[Problem, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether nothing keeps this label from being quoted and bought."""
        return not any(one.level == "error" for one in self.problems)


def drafts(
    rows: Iterable[tuple[int, list[str]]], columns: Columns, defaults: Defaults, orders: Orders
) -> Iterator[RowDraft]:
    """Yield a draft for each label, in file order; ``orders`` is what ``survey`` of the same rows told."""
    seen = _Seen()
    for number, cells in rows:
        order_id = order_text(cells, columns)
        lines = orders.get(order_number(order_id)) if order_id else None
        if lines is None:
            yield _draft(number, cells, columns, defaults, seen)
        elif lines.two_addresses or number == lines.main:
            draft = _draft(number, cells, columns, defaults, seen)
            yield _of_several(draft, lines, columns)


@dataclass(slots=True)
class _Seen:
    """Contents met before: the first row of each and, where there were more, how many."""

    first: dict[int, int] = field(default_factory=dict)
    times: dict[int, int] = field(default_factory=dict)

    def meet(self, content: dict[str, str], number: int) -> tuple[int, int]:
        """Return which occurrence this is, from 1, and the row of the first."""
        mark = hash(tuple(content.items()))
        first = self.first.setdefault(mark, number)
        if first == number:
            return 1, first
        self.times[mark] = self.times.get(mark, 1) + 1
        return self.times[mark], first


def _draft(number: int, cells: Sequence[str], columns: Columns, defaults: Defaults, seen: _Seen) -> RowDraft:
    texts = {name: source.text(cells) for name, source in columns.sources.items()}
    answers, findings = answers_of_row(texts, defaults)
    order_id = _order_id(texts.get("order_id", ""), findings)
    if order_id:
        key = shipment_key_of_order(order_id)
    else:
        key = "" if texts.get("order_id") else _key_of_content(number, texts, answers, seen, findings)
    reference = _reference(texts.get("reference", ""), findings) or defaults.wishes.reference
    if any(cells[len(columns.header) :]):
        findings.append(_too_many(cells, columns))
    return RowDraft(
        row=number,
        rows=(number,),
        order_id=order_id,
        answers=answers,
        wishes=replace(defaults.wishes, order_id=order_id, reference=reference),
        shipment_key=key,
        problems=tuple(_problem(number, one, columns) for one in findings),
    )


def _problem(number: int, found: Finding, columns: Columns) -> Problem:
    return problem(number, columns.column_of(found.field), found.said, found.mend, found.level)


def _order_id(typed: str, findings: list[Finding]) -> str:
    """Return the order id, empty where there is none or it cannot be one."""
    if not typed:
        return ""
    if _ROUNDED.fullmatch(typed):
        findings.append(
            Finding(
                "order_id",
                phrase(
                    "{typed} is no order number: the spreadsheet rounded it and its digits are gone.",
                    typed=quoted(typed),
                ),
                phrase(
                    "Take the file as the shop exported it, or make the column text and paste the "
                    "numbers anew."
                ),
            )
        )
        return ""
    try:
        return check_order_id(typed)
    except InputError as error:
        findings.append(Finding("order_id", error.message, error.hint))
        return ""


def _key_of_content(
    number: int, texts: Mapping[str, str], answers: Answers, seen: _Seen, findings: list[Finding]
) -> str:
    content = _content(texts, answers)
    occurrence, first = seen.meet(content, number)
    if occurrence > 1:
        findings.append(
            Finding(
                "to_name",
                phrase("This row says the same as row {first} and gets a label of its own.", first=first),
                phrase("Take it out if it is one parcel; give each row an order id if not."),
                "warning",
            )
        )
    return shipment_key_of_row(content, occurrence)


def _content(texts: Mapping[str, str], answers: Answers) -> dict[str, str]:
    """Return what a row says, as understood where it was: the same row saved anew says the same."""
    content = {}
    for name, text in texts.items():
        if text:
            step = f"parcel_{name}" if name in {"weight", *SIDES} else name
            content[name] = answers.get(step) or " ".join(text.split())
    return content


def _of_several(draft: RowDraft, lines: OrderLines, columns: Columns) -> RowDraft:
    """Return the draft of an order of several rows, with what is wrong with them together."""
    if not draft.order_id:
        return draft
    where, order = rows_text(lines.rows), quoted(draft.order_id)
    if lines.two_addresses:
        found = Finding(
            "order_id",
            phrase("Order {order} goes to two addresses, in rows {where}.", order=order, where=where),
            phrase("Make the addresses the same, or give the second parcel an order id of its own."),
        )
        return replace(draft, problems=(*draft.problems, _problem(draft.row, found, columns)))
    draft = replace(draft, rows=tuple(lines.rows))
    if not lines.two_parcels:
        return draft
    found = Finding(
        "weight",
        phrase(
            "Rows {where} of order {order} differ in weight or size; row {main} counts.",
            where=where,
            order=order,
            main=lines.main,
        ),
        phrase(
            "Put the whole parcel's weight and size into row {main} and empty the others.", main=lines.main
        ),
        "warning",
    )
    return replace(draft, problems=(*draft.problems, _problem(draft.row, found, columns)))


def _too_many(cells: Sequence[str], columns: Columns) -> Finding:
    filled = max(at for at, cell in enumerate(cells) if cell) + 1
    return Finding(
        "row",
        phrase(
            "The row has {filled} cells, the header {count}: its columns may be shifted.",
            filled=filled,
            count=len(columns.header),
        ),
        phrase("Put quotation marks around the cell that holds a separator."),
    )


def _reference(text: str, findings: list[Finding]) -> str:
    try:
        return clean(text, label=marked("The reference"))
    except InputError as error:
        findings.append(Finding("reference", error.message, error.hint))
        return ""
