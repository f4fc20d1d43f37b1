"""How long ``labels list`` takes with a year's 100,000 records, the index made and kept."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

from shiplabel.storage.codec import to_document
from shiplabel.storage.sessions import SessionFiles
from tests.bench.pairs import seconds
from tests.storage.records import bought, save

RECORDS = 100_000
COMMANDS = (
    ("labels list, a screenful", ("labels", "list", "--limit", "50")),
    ("labels list, all", ("labels", "list")),
    ("labels list --search", ("labels", "list", "--search", "se-99999")),
    ("labels list --json, all", ("labels", "list", "--json")),
    ("labels list --unused --json", ("labels", "list", "--unused", "--json")),
    ("labels report --by day", ("labels", "report")),
    ("labels export", ("labels", "export")),
)


def run() -> list[tuple[str, str]]:
    """Return the rows of the table."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "sandbox"
        _fill(root)
        first = f"{_seconds(folder, ('labels', 'list')):.1f} s"
        rows = [(f"index of {RECORDS:,} records, made once", first)]
        _seconds(folder, ("labels", "list"))
        rows += [
            (f"{name}, {RECORDS:,} records (at most 1 s)", f"{_seconds(folder, command):.2f} s")
            for name, command in COMMANDS
        ]
        SessionFiles(root).save_record(bought(RECORDS + 1))
        rows.append(("the same after one more label", f"{_seconds(folder, COMMANDS[0][1]):.2f} s"))
        return rows


def _fill(root: Path) -> None:
    """Save one record as the program does, and the others as copies beside it, aged."""
    files = SessionFiles(root)
    save(files, bought(0))
    for number in range(1, RECORDS):
        session = bought(number)
        path = Path(files._record_place(session))
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"session": {"1": to_document(session)}}, separators=(",", ":")))
    for path in [*root.joinpath("records").rglob("*"), root / "records"]:
        os.utime(path, (time.time() - 60, time.time() - 60))


def _seconds(folder: str, command: tuple[str, ...]) -> float:
    return seconds([sys.executable, "-m", "shiplabel", "--data-dir", folder, "--sandbox", *command])
