"""Buy the same labels with shiplabel and with the libraries of other shippers' services, on one server.

Each library lives in an environment of its own in the cache folder, installed by its name when it is
missing. Every program is a process of its own; the server counts what came in and when.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from statistics import median

from platformdirs import user_cache_path

from tests.bench.batches import NO_LIMIT, Run, ended, forget, run_batch, served
from tests.bench.pairs import CACHES

PEERS = ("easypost", "shipengine", "shippo", "asyncshipstation")
WAYS = ("plain", "threads")
ROWS = 100
WORKERS = 20
LATENCY_S = 0.1
LIMIT, WINDOW_S = 20, 6
LOOPS = Path(__file__).with_name("loops.py")


def run() -> list[tuple[str, str]]:
    """Return the rows of the table: without a limit, then at a limit."""
    pythons = {peer: environment_of(peer) for peer in PEERS}
    rows = _unlimited(pythons)
    return [*rows, *_limited(pythons)]


def environment_of(peer: str) -> Path:
    """Return the Python that has a peer's library, made and filled where it is missing."""
    place = user_cache_path("shiplabel-bench") / f"{peer}-{sys.version_info[0]}.{sys.version_info[1]}"
    python = place / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not (place / "whole").exists():
        venv.create(place, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "-q", peer], check=True, stderr=subprocess.DEVNULL)
        (place / "whole").touch()
    return python


def _unlimited(pythons: dict[str, Path], turns: int = 3) -> list[tuple[str, str]]:
    """Compare without a limit, all in turn so often; the median of each."""
    runs: dict[str, list[Run]] = {}
    with tempfile.TemporaryDirectory() as folder, served(LATENCY_S) as url:
        for turn in range(turns):
            own = bought_by_shiplabel(Path(folder) / str(turn), url)
            runs.setdefault(f"shiplabel batch run, {WORKERS} workers", []).append(own)
            for peer, python in pythons.items():
                for way in WAYS[turn > 0 :]:  # a plain loop takes ten seconds and is timed once
                    runs.setdefault(_named(peer, way), []).append(bought_by_peer(peer, python, url, way))
    ideal_s = ROWS * LATENCY_S / WORKERS
    said = f"{ROWS} purchases, {LATENCY_S * 1000:.0f} ms each, {WORKERS} at once: {ideal_s:.2f} s is ideal"
    own_s = median(one.span_s for one in runs[f"shiplabel batch run, {WORKERS} workers"])
    return [(said, ""), *((f"  {name}", _told(found, own_s)) for name, found in runs.items())]


def _told(found: list[Run], own_s: float) -> str:
    span_s, whole_s = median(one.span_s for one in found), median(one.program.whole_s for one in found)
    return (
        f"{span_s:6.2f} s ({span_s / own_s:5.2f} x ours)   whole program {whole_s:6.2f} s   "
        f"{found[0].bought} bought, {found[0].told['connections']} connections"
    )


def _limited(pythons: dict[str, Path]) -> list[tuple[str, str]]:
    """Compare at a limit, once each: how long, how many refused, how many lost."""
    said = (
        f"{ROWS} purchases at {LIMIT} requests in {WINDOW_S} s, over what the limit allows so many requests"
    )
    rows = [(said, "")]
    with tempfile.TemporaryDirectory() as folder:
        with served(LATENCY_S, f"{LIMIT}/{WINDOW_S}") as url:
            own = bought_by_shiplabel(Path(folder) / "limited", url, f"{LIMIT}/{WINDOW_S}")
        rows.append(("  shiplabel batch run", _limited_words(own)))
        for peer, python in pythons.items():
            with served(LATENCY_S, f"{LIMIT}/{WINDOW_S}") as url:
                found = bought_by_peer(peer, python, url, "threads")
            rows.append((f"  {_named(peer, 'threads')}", _limited_words(found)))
    return rows


def _limited_words(found: Run) -> str:
    lost = ROWS - found.bought
    sent = found.told["requests"] - found.told["papers"]
    allowed_s = (sent - 1) // LIMIT * WINDOW_S + LATENCY_S
    return (
        f"{found.told['asked_s']:6.2f} s ({found.told['asked_s'] / allowed_s:4.2f} x, {sent} requests)   "
        f"{found.told['refused']:3} times 429   {lost:3} labels not bought"
    )


def _named(peer: str, way: str) -> str:
    if way == "plain":
        return f"{peer}, a plain loop"
    return f"{peer}, {WORKERS} {'tasks' if peer == 'asyncshipstation' else 'threads'}"


def bought_by_peer(peer: str, python: Path, url: str, way: str) -> Run:
    """Buy with a peer's library; its own count of bought labels is what it could tell its user."""
    forget(url)
    program = ended([str(python), str(LOOPS), peer, url, str(ROWS), way], CACHES)
    return Run(program, json.loads(program.said)["bought"], forget(url))


def bought_by_shiplabel(folder: Path, url: str, limit: str = NO_LIMIT) -> Run:
    """Buy with ``shiplabel batch run``, a fixed service."""
    return run_batch(folder, url, ROWS, rule="service:ups_ground", workers=WORKERS, limit=limit)
