"""Rows that end without a purchase by a decision of the batch itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shiplabel.language import phrase
from shiplabel.workflow.batch import FAILED, INPUT, RowOutcome
from shiplabel.workflow.batch_found import Done

if TYPE_CHECKING:
    from shiplabel.domain.money import Money
    from shiplabel.errors import ShiplabelError
    from shiplabel.workflow.rows import RowDraft


def bad(draft: RowDraft) -> Done:
    """Return a row that the checks refused, with all that is wrong and how to mend it."""
    errors = [problem for problem in draft.problems if problem.level == "error"]
    said = " ".join(f"{one.column}: {one.message} {one.mend}".strip() for one in errors)
    return _failed(draft, INPUT, said, step=errors[0].column)


def _failed(draft: RowDraft, code: str, said: str, *, step: str = "rate", session_id: str = "") -> Done:
    outcome = RowOutcome(
        rows=draft.rows,
        status=FAILED,
        shipment_key=draft.shipment_key,
        session_id=session_id,
        step=step,
        code=code,
        error=said,
    )
    return Done(outcome=outcome, word=FAILED)


def not_tried(draft: RowDraft, error: ShiplabelError) -> Done:
    """Return a row that was left untried because an error would meet it too."""
    return _failed(draft, error.code, phrase("Not tried: {why}", why=error.message))


def beyond(draft: RowDraft, price: Money | None, left: Money | None) -> Done:
    """Return a row whose price does not fit what is left of the batch's limit."""
    said = phrase("Not bought: {price} is more than the {left} left of --max-total.", price=price, left=left)
    return _failed(draft, "max_total", said)


def dearer(draft: RowDraft, done: Done, old: Money | None) -> Done:
    """Return a row whose price rose after a clerk had seen it."""
    new = done.outcome.price
    said = phrase("Not bought: the price rose from {old} to {new} since it was shown.", old=old, new=new)
    return _failed(draft, "price_rose", said, session_id=done.outcome.session_id)
