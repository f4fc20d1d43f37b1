"""Run benchmarks and print a table: all that need this machine alone, or those that are named.

    python -m tests.bench               every bench_*.py beside this file
    python -m tests.bench start save    these only
    python -m tests.bench peers         beside other libraries, which are installed when they are missing

Most rows are ratios of two things done in turn: times alone tell more of the machine than of the program.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

PLACE = Path(__file__).parent


def main(names: list[str]) -> None:
    alone = sorted(path.stem.removeprefix("bench_") for path in PLACE.glob("bench_*.py"))
    known = {**{name: f"tests.bench.bench_{name}" for name in alone}, "peers": "tests.bench.peers.compare"}
    unknown = set(names) - set(known)
    if unknown:
        sys.exit(f"There is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(known)}.")
    for name in names or alone:
        rows = import_module(known[name]).run()
        width = max(len(row) for row, _ in rows)
        print(f"\n{name}")
        for row, value in rows:
            print(f"  {row:<{width}}  {value}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
