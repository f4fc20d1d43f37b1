"""Buy the same labels with shiplabel and with the libraries of other shippers' services, on one server.

Each library lives in an environment of its own in the cache folder, installed by its name when it is
missing. Every program is a process of its own; the server counts what came in and when.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from platformdirs import user_cache_path

from tests.bench.pairs import CACHES

if TYPE_CHECKING:
    from collections.abc import Iterator

PEERS = ("easypost", "shipengine", "shippo", "asyncshipstation")
WAYS = ("plain", "threads")
ROWS = 100
WORKERS = 20
LATENCY_S = 0.1
LIMIT, WINDOW_S = 20, 6
LOOPS = Path(__file__).with_name("loops.py")


class Run(NamedTuple):
    """One program's run: whole process, first purchase to last answer, and what the server saw."""

    whole_s: float
    span_s: float
    bought: int
    refused: int
    connections: int


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
        subprocess.run([python, "-m", "pip", "install", "-q", peer], check=True)
        (place / "whole").touch()
    return python


def _unlimited(pythons: dict[str, Path], turns: int = 3) -> list[tuple[str, str]]:
    """Compare without a limit, all in turn so often; the median of each."""
    runs: dict[str, list[Run]] = {}
    with tempfile.TemporaryDirectory() as folder, served("0/1") as url:
        for turn in range(turns):
            own = bought_by_shiplabel(Path(folder) / str(turn), url, "100000/1")
            runs.setdefault(f"shiplabel batch run, {WORKERS} workers", []).append(own)
            for peer, python in pythons.items():
                for way in WAYS[turn > 0 :]:  # a plain loop takes ten seconds and is timed once
                    runs.setdefault(_named(peer, way), []).append(bought_by_peer(peer, python, url, way))
    ideal_s = ROWS * LATENCY_S / WORKERS
    said = f"{ROWS} purchases, {LATENCY_S * 1000:.0f} ms each, {WORKERS} at once: {ideal_s:.2f} s is ideal"
    own_s = median(one.span_s for one in runs[f"shiplabel batch run, {WORKERS} workers"])
    return [(said, ""), *((f"  {name}", _told(found, own_s)) for name, found in runs.items())]


def _told(found: list[Run], own_s: float) -> str:
    span_s, whole_s = median(one.span_s for one in found), median(one.whole_s for one in found)
    return (
        f"{span_s:6.2f} s ({span_s / own_s:5.2f} x ours)   whole program {whole_s:6.2f} s   "
        f"{found[0].bought} bought, {found[0].connections} connections"
    )


def _limited(pythons: dict[str, Path]) -> list[tuple[str, str]]:
    """Compare at a limit, once each: how long, how many refused, how many lost."""
    allowed_s = (ROWS - 1) // LIMIT * WINDOW_S + LATENCY_S
    said = f"{ROWS} purchases at {LIMIT} requests in {WINDOW_S} s: the limit allows {allowed_s:.1f} s"
    rows = [(said, "")]
    with tempfile.TemporaryDirectory() as folder:
        with served(f"{LIMIT}/{WINDOW_S}") as url:
            own = bought_by_shiplabel(Path(folder) / "limited", url, f"{LIMIT}/{WINDOW_S}")
        rows.append(("  shiplabel batch run", _limited_words(own, allowed_s)))
        for peer, python in pythons.items():
            with served(f"{LIMIT}/{WINDOW_S}") as url:
                found = bought_by_peer(peer, python, url, "threads")
            rows.append((f"  {_named(peer, 'threads')}", _limited_words(found, allowed_s)))
    return rows


def _limited_words(found: Run, allowed_s: float) -> str:
    lost = ROWS - found.bought
    return (
        f"{found.span_s:6.2f} s ({found.span_s / allowed_s:4.2f} x the limit's)   "
        f"{found.refused:3} times 429   {lost:3} labels not bought"
    )


def _named(peer: str, way: str) -> str:
    if way == "plain":
        return f"{peer}, a plain loop"
    return f"{peer}, {WORKERS} {'tasks' if peer == 'asyncshipstation' else 'threads'}"


def bought_by_peer(peer: str, python: Path, url: str, way: str) -> Run:
    """Buy with a peer's library; its own count of bought labels is what it could tell its user."""
    forget(url)
    begun = time.perf_counter()
    command = [str(python), str(LOOPS), peer, url, str(ROWS), way]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=CACHES)
    whole_s = time.perf_counter() - begun
    return _run(url, whole_s, json.loads(done.stdout)["bought"])


def bought_by_shiplabel(folder: Path, url: str, limit: str) -> Run:
    """Buy with ``shiplabel batch run`` on a fresh data folder."""
    folder.mkdir()
    write_sheet(folder / "orders.csv", ROWS)
    forget(url)
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "shiplabel", "--data-dir", str(folder / "data"), "batch", "run",
         str(folder / "orders.csv"), "--rate", "service:ups_ground", "--yes", "--json",
         "--workers", str(WORKERS), *SENDER, "--size", "10x8x4in"],
        capture_output=True, text=True, check=True, env=surroundings(folder, url, limit),
    )  # fmt: skip
    whole_s = time.perf_counter() - begun
    return _run(url, whole_s, json.loads(done.stdout)["bought"])


SENDER = ("--from-name", "Us", "--from-address1", "500 Market St", "--from-city", "San Francisco",
          "--from-state", "CA", "--from-zip", "94105", "--from-phone", "415-555-2671")  # fmt: skip


def surroundings(folder: Path, url: str, limit: str) -> dict[str, str]:
    """Return the environment of a run against the compared server."""
    return {
        **CACHES,
        "SHIPSTATION_API_KEY": "bench",
        "SHIPSTATION_BASE_URL": url,
        "SHIPLABEL_RATE_LIMIT": limit,
        "HOME": str(folder),
    }


def write_sheet(path: Path, rows: int) -> None:
    """Write orders to as many people."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("order_id", "to_name", "to_address1", "to_city", "to_state", "to_zip", "weight"))
        for at in range(rows):
            writer.writerow(
                (1000 + at, f"Ann Lee {at}", f"{at + 1} Main St", "Austin", "TX", "78756", "2 lb")
            )


def forget(url: str) -> dict[str, Any]:
    """Return what the server saw so far and let it forget that."""
    with urllib.request.urlopen(f"{url}/bench/told") as answer:  # noqa: S310 - this machine's own server
        told: dict[str, Any] = json.load(answer)
    return told


def _run(url: str, whole_s: float, bought: int) -> Run:
    told = forget(url)
    return Run(whole_s, told["span_s"], bought, told["refused"], told["connections"])


@contextmanager
def served(limit: str, latency_s: float = LATENCY_S) -> Iterator[str]:
    """Run the compared server; yield its address."""
    command = [sys.executable, "-m", "tests.bench.loopback", str(latency_s), limit]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=CACHES)
    try:
        assert server.stdout
        yield server.stdout.readline().strip()
    finally:
        server.kill()
        server.wait()
