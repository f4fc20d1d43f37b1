"""A batch as scripts read it, and as a line of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shiplabel.cli.views import money

if TYPE_CHECKING:
    from pathlib import Path

    from shiplabel.domain.money import Money
    from shiplabel.workflow.batch import Batch, Counts


def run_object(
    batch_id: str | None,
    counts: Counts,
    total: Money | None,
    results: Path | None,
    merged: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Return what a run of a batch came to."""
    return {
        "batch_id": batch_id,
        "rows": counts.rows,
        "bought": counts.bought,
        "failed": counts.failed,
        "unknown": counts.unknown,
        "skipped": counts.skipped,
        "total_cost": money(total),
        "results_file": str(results) if results else None,
        "merged_file": merged[0] if merged else None,
    }


def batch_object(batch: Batch, results: Path) -> dict[str, Any]:
    """Return a batch over all its runs."""
    run = run_object(batch.batch_id, batch.counts, batch.total_cost, results, batch.merged)
    created_at = batch.created_at.isoformat()
    return {
        "batch_id": run.pop("batch_id"),
        "file": batch.file,
        "created_at": created_at,
        "status": batch.status,
        **run,
        "waiting": batch.counts.waiting,
    }
