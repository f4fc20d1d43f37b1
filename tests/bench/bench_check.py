"""How fast ``batch check`` looks a sheet over, and how much memory it takes, from 1,000 to 100,000 rows."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.bench.batches import SENDER, ended, write_sheet
from tests.bench.pairs import CACHES

SIZES = (1_000, 10_000, 100_000)


def run() -> list[tuple[str, str]]:
    """Return the rows of the table: rows a second, the start left out, and peak memory of each size."""
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        found = {size: _check(Path(folder), size) for size in SIZES}
        start_s = found[SIZES[0]][0]
        for size, (took_s, peak_mb) in found.items():
            lines.append((f"batch check, {size:,} rows", f"{took_s:.2f} s, {peak_mb:.0f} MB"))
    most, least = SIZES[-1], SIZES[0]
    rate = (most - least) / (found[most][0] - start_s)
    lines.append(("rows a second (at least 5,000)", f"{rate:,.0f}"))
    grown = found[most][1] / found[least][1]
    lines.append((f"peak memory, {most:,} over {least:,} rows (at most 1.3)", f"{grown:.2f}"))
    return lines


def _check(folder: Path, size: int) -> tuple[float, float]:
    """Return the seconds and the peak in MB of checking so many rows."""
    path = folder / f"{size}.csv"
    write_sheet(path, size)
    command = [sys.executable, "-m", "shiplabel", "--sandbox", "--data-dir", str(folder / "data"), "batch",
               "check", str(path), *SENDER, "--size", "10x8x4in"]  # fmt: skip
    program = ended(command, {**CACHES, "HOME": str(folder)})
    return program.whole_s, program.peak_mb
