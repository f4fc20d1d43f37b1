"""Print the report: ``python -m tests.crash``, ``--quick`` for a part of it, ``--only ROW`` for some rows.

``--long HOURS`` lives through a clerk's days at random, with ever new seeds.
"""

from __future__ import annotations

import sys
import tempfile
from argparse import ArgumentParser
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from tests.crash.faulty_days import long
from tests.crash.trial import all_trials, run_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.crash.trial import Told

HEAD = (
    "| trials | number | killed | charges | duplicates | lost | wrong | time |\n"
    "|---|---|---|---|---|---|---|---|"
)


def line(row: str, told: Sequence[Told]) -> str:
    """Return one line of the report; the time runs from the first trial's start to the last one's end."""
    outcomes = [one.outcome for one in told]
    counts = (
        len(told),
        sum(one.killed for one in outcomes),
        sum(one.charges for one in outcomes),
        sum(one.duplicates for one in outcomes),
        sum(one.lost for one in outcomes),
        sum(bool(one.wrong) for one in outcomes),
    )
    seconds = max(one.ended_s for one in told) - min(one.began_s for one in told)
    return f"| {row} | {' | '.join(map(str, counts))} | {seconds:.0f} s |"


def shown(one: Told, number: int) -> None:
    """Tell of a trial that is not as promised; show a person how far it is."""
    if not one.outcome.is_well:
        print(f"{one.trial.row}, {one.trial.name}: {one.outcome}", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print(f"\r{one.trial.row}: {number} ", end="", file=sys.stderr, flush=True)


def main() -> int:
    """Run all trials and print what came of them."""
    asked = ArgumentParser(prog="python -m tests.crash", description="Kills and faults, counted.")
    asked.add_argument("--quick", action="store_true", help="a part of it, within three minutes")
    asked.add_argument("--only", default="", help="rows that begin so")
    asked.add_argument("--long", type=float, default=0.0, metavar="HOURS", help="days at random for so long")
    given = asked.parse_args()
    if given.long:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            return long(given.long, Path(folder))
    trials = (one for one in all_trials(quick=given.quick) if one.row.startswith(given.only))
    told: list[Told] = []
    print(HEAD, flush=True)
    for row, group in groupby(run_all(trials), lambda one: one.trial.row):
        done: list[Told] = []
        for one in group:
            done.append(one)
            shown(one, len(done))
        told += done
        print(line(row, done), flush=True)
    if told:
        print(line("all", told))
    return verdict(told)


def verdict(told: Sequence[Told]) -> int:
    """Print the last line and return the exit code: 0 when all is as promised."""
    if not told:
        print("nothing was tried")
        return 1
    duplicates = sum(one.outcome.duplicates for one in told)
    lost = sum(one.outcome.lost for one in told)
    wrong = sum(bool(one.outcome.wrong) for one in told)
    print(f"duplicates {duplicates}, lost {lost}" + (f", otherwise wrong {wrong}" if wrong else ""))
    return int(any(not one.outcome.is_well for one in told))


if __name__ == "__main__":
    sys.exit(main())
