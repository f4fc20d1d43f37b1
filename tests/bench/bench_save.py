"""What a save costs beside a bare write-fsync-rename-fsync, and how it and lists bear 10,000 sessions."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from shiplabel.storage.sessions import SessionFiles
from shiplabel.workflow.session import Session, begin
from tests.bench.pairs import in_turn, seconds

SAVES = 300
MANY = 10_000


def run() -> list[tuple[str, str]]:
    """Return the rows of the table."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "sandbox"
        files = SessionFiles(root)
        session, *_ = [_made(files, number) for number in range(10)]
        rows = [("a save over a bare write, 10 sessions (at most 1.5)", _ratio(files, session))]
        _copies(files, session)
        session = files.load(session.session_id)
        rows.append(("a save over a bare write, 10,000 sessions (at most 1.5)", _ratio(files, session)))
        rows.append(("sessions list, 10,000 sessions (under 1 s)", _timed(folder, "sessions", "list")))
        rows.append(("resume, 10,000 sessions (under 1 s)", _timed(folder, "resume", session.session_id)))
    return rows


def _made(files: SessionFiles, number: int) -> Session:
    answers: dict[str, str | None] = {
        f"from_{part}": f"{part} of some length" for part in ("name", "city", "zip")
    }
    return files.create(
        begin(
            now=datetime.now(UTC),
            life=timedelta(hours=24),
            environment="sandbox",
            shipment_key=f"sl-{number}",
            answers=answers,
        )
    )


def _copies(files: SessionFiles, session: Session) -> None:
    """Fill the folder with sessions made from one, in no time."""
    text = Path(files._place(session)).read_text()
    letters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
    for number in range(MANY):
        digits = [letters[number // 30**place % 30] for place in range(4)]
        name, key = f"Z{''.join(digits)}", f"sl-copy-{number}"
        copy = re.sub(r'"session_id":"\w+"', f'"session_id":"{name}"', text)
        copy = re.sub(r'"shipment_key":"[^"]+"', f'"shipment_key":"{key}"', copy)
        place = Path(files._place(replace(session, session_id=name, shipment_key=key)))
        place.parent.mkdir(exist_ok=True)
        place.write_text(copy)


def _ratio(files: SessionFiles, session: Session) -> str:
    """Save and write barely in turn; return the ratio of the medians and both in microseconds."""
    place = Path(files._place(session))
    content = place.read_bytes()
    saves: list[float] = []
    bares: list[float] = []
    for _ in range(SAVES):
        begun = time.perf_counter()
        session = files.save(replace(session, updated_at=datetime.now(UTC)))
        saved = time.perf_counter()
        _bare(place.parent, content)
        saves.append(saved - begun)
        bares.append(time.perf_counter() - saved)
    save, bare = median(saves), median(bares)
    return f"{save / bare:.2f} ({save * 1e6:.0f} µs over {bare * 1e6:.0f} µs)"


def _bare(folder: Path, content: bytes) -> None:
    aside = folder / ".bare.tmp"
    file = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.write(file, content)
    os.fsync(file)
    os.close(file)
    aside.rename(folder / "bare")
    place = os.open(folder, os.O_RDONLY)
    os.fsync(place)
    os.close(place)


def _timed(folder: str, *command: str) -> str:
    """Return the median time of a command, in seconds."""
    arguments = [sys.executable, "-m", "shiplabel", "--sandbox", "--data-dir", folder, *command]
    took = in_turn({"": lambda: seconds(arguments)}, 5)
    return f"{took['']:.2f} s"
