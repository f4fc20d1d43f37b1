"""Print the report: ``python -m tests.crash``, or ``--quick`` for a part of it."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from tests.crash.desk import opened
from tests.crash.proof import Told, count_touches, faults, kills


def report(told: Told, seconds: float) -> str:
    """Return one line of the report."""
    return (
        f"{told.name:<8} cases {len(told.results):>4}  charges {told.charges:>4}  "
        f"duplicates {told.duplicates}  lost {told.lost}  {seconds:.0f} s"
    )


def main() -> int:
    """Run all cases and print what came of them."""
    quick = "--quick" in sys.argv
    told: list[Told] = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, opened(Path(folder)) as desk:
        touches = count_touches(desk)
        print(f"touches of the outside in one purchase: {touches}")
        for name in ("kills", "faults"):
            start = time.monotonic()
            points = range(1, touches + 1, 6 if quick else 1)
            told.append(kills(desk, points) if name == "kills" else faults(desk, quick=quick))
            print(report(told[-1], time.monotonic() - start), flush=True)
            for result in told[-1].results:
                if result.duplicates or result.lost:
                    print(f"  {result}")
    duplicates, lost = sum(one.duplicates for one in told), sum(one.lost for one in told)
    print(f"duplicates {duplicates}, lost {lost}")
    return int(bool(duplicates or lost))


if __name__ == "__main__":
    sys.exit(main())
