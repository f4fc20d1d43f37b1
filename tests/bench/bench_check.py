"""How fast a sheet is checked, and how much memory it takes, from 1,000 to 100,000 rows.

Each size runs in a process of its own: reading, both looks at all rows, every check, problems grouped.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
from pathlib import Path

SIZES = (1_000, 10_000, 100_000)
_HEADER = ("order_id", "to_name", "to_address1", "to_city", "to_state", "to_zip", "to_phone", "weight",
           "length")  # fmt: skip
_PLACES = (("Austin", "TX", "78756"), ("Boston", "MA", "2134"), ("New York", "NY", "10001"),
           ("Miami", "FL", "33101"), ("Portland", "OR", "97201"), ("Denver", "CO", "80202"))  # fmt: skip
_CHECK = """
import resource, sys, time
from pathlib import Path
from shiplabel.storage.sheets.reading import open_sheet
from shiplabel.workflow.columns import map_columns
from shiplabel.workflow.rows import Defaults, drafts, grouped, survey

sender = {"from_name": "Us", "from_address1": "1 Elm", "from_city": "Austin", "from_state": "TX",
          "from_zip": "78756"}
defaults = Defaults.of(sender)
start = time.perf_counter()
sheet = open_sheet(Path(sys.argv[1]))
columns = map_columns(sheet.header)
orders = survey(sheet.rows(), columns)
good = 0

def problems():
    global good
    for draft in drafts(sheet.rows(), columns, defaults, orders):
        good += draft.is_good
        yield from draft.problems

groups = grouped(problems())
took = time.perf_counter() - start
print(took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, good, len(groups))
"""


def run() -> list[tuple[str, str]]:
    """Return what was measured, line by line: rows a second and peak memory of each size."""
    lines = []
    peaks = []
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            took, peak, good = _measure(Path(folder) / f"{size}.csv", size)
            peaks.append(peak)
            lines.append(
                (f"batch check, {size:,} rows", f"{size / took:,.0f} rows/s, {peak:.0f} MB, {good:,} good")
            )
    lines.append(("batch check, peak memory 100,000 to 1,000 rows", f"{peaks[-1] / peaks[0]:.2f} x"))
    return lines


def _measure(path: Path, size: int) -> tuple[float, float, int]:
    """Return seconds, peak MB and good rows of one check; each row's person, street and phone differ."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADER)
        for at in range(size):
            place = _PLACES[at % len(_PLACES)]
            phone = f"512555{at % 10_000:04d}"
            weight = f"{at % 40 + 1} oz"
            writer.writerow([1000 + at, f"Ann Lee {at}", f"{at} Main St", *place, phone, weight, "10x8x4"])
    done = subprocess.run([sys.executable, "-c", _CHECK, path], capture_output=True, text=True, check=True)
    took, peak, good, _ = done.stdout.split()
    return float(took), float(peak), int(good)


if __name__ == "__main__":
    for name, value in run():
        print(f"{name:50} {value}")
