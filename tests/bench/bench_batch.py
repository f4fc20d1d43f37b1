"""How near ``batch run`` comes to what its waits and the limit allow, and how it bears more rows."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.bench.batches import Run, run_batch, served

QUOTED, QUOTED_S, QUOTED_WORKERS = 200, 0.3, 16
LIMITED, LIMIT, WINDOW_S = 100, 20, 6
FEW, MANY = 1_000, 10_000
FIXED = "service:ups_ground"


def run() -> list[tuple[str, str]]:
    """Return the rows of the table."""
    with tempfile.TemporaryDirectory() as folder:
        return [*_quoted(Path(folder)), *_limited(Path(folder)), *_grown(Path(folder))]


def _quoted(folder: Path) -> list[tuple[str, str]]:
    """Rate and label, nothing but waits: the ideal is two requests a row, the workers never idle."""
    ideal_s = QUOTED * 2 * QUOTED_S / QUOTED_WORKERS
    with served(QUOTED_S) as url:
        found = run_batch(folder / "quoted", url, QUOTED, rule="cheapest", workers=QUOTED_WORKERS)
    took_s = found.told["rated_and_bought_s"]
    said = f"{QUOTED} rows, rate and label, {QUOTED_S * 1000:.0f} ms, {QUOTED_WORKERS} workers"
    return [
        (
            f"{said}: of the ideal (at least 90 %)",
            f"{ideal_s / took_s:.0%} ({took_s:.2f} s, {ideal_s:.2f} s)",
        ),
        ("requests a label with a rule (2), papers apart", _requests(found, QUOTED)),
    ]


def _limited(folder: Path) -> list[tuple[str, str]]:
    limit = f"{LIMIT}/{WINDOW_S}"
    with served(0.1, limit) as url:
        found = run_batch(folder / "limited", url, LIMITED, rule=FIXED, workers=20, limit=limit)
    sent = found.told["requests"] - found.told["papers"]
    allowed_s = (sent - 1) // LIMIT * WINDOW_S + 0.1
    return [
        (
            f"{LIMITED} rows at {LIMIT} requests in {WINDOW_S} s over what the limit allows {sent} requests",
            f"{found.told['asked_s'] / allowed_s:.3f} ({found.told['asked_s']:.2f} s, {allowed_s:.1f} s)",
        ),
        ("answered with 429 (none)", str(found.told["refused"])),
        ("requests a label with a fixed service (1), papers apart", _requests(found, LIMITED)),
    ]


def _requests(found: Run, rows: int) -> str:
    told = found.told
    at_start = told["requests"] - told["papers"] - told["purchases"] - told["quotes"]
    return f"{(told['purchases'] + told['quotes']) / rows:.2f}, and {at_start} at the start"


def _grown(folder: Path) -> list[tuple[str, str]]:
    """Time and processor time a row of ten times as many rows, almost without waits."""
    runs = []
    for rows in (FEW, MANY):
        with served(0.001) as url:
            runs.append(run_batch(folder / str(rows), url, rows, rule=FIXED, workers=8).program)
    few, many = runs
    return [
        (
            f"time a row, {MANY:,} over {FEW:,} rows (at most 1.1)",
            f"{many.whole_s / MANY / (few.whole_s / FEW):.2f} ({many.whole_s / MANY * 1e3:.1f} ms a row)",
        ),
        (
            "processor time a row, the same (at most 1.1)",
            f"{many.cpu_s / MANY / (few.cpu_s / FEW):.2f} ({many.cpu_s / MANY * 1e3:.1f} ms a row)",
        ),
        ("peak memory, the same", f"{many.peak_mb / few.peak_mb:.2f} ({many.peak_mb:.0f} MB)"),
    ]
