"""What the benchmarks of batches share: sheets of orders, the compared server, and a run that is counted."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.bench.pairs import CACHES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

NO_LIMIT = "100000/1"
SENDER = ("--from-name", "Us", "--from-address1", "500 Market St", "--from-city", "San Francisco",
          "--from-state", "CA", "--from-zip", "94105", "--from-phone", "415-555-2671")  # fmt: skip
PLACES = (("Austin", "TX", "78756"), ("Boston", "MA", "2134"), ("New York", "NY", "10001"),
          ("Miami", "FL", "33101"), ("Portland", "OR", "97201"), ("Denver", "CO", "80202"))  # fmt: skip
COLUMNS = ("order_id", "to_name", "to_address1", "to_city", "to_state", "to_zip", "to_phone", "weight")


class Program(NamedTuple):
    """A program that has ended: seconds by the clock, of processor time, its peak in MB, and its stdout."""

    whole_s: float
    cpu_s: float
    peak_mb: float
    said: str


class Run(NamedTuple):
    """A run against the compared server: the program, and what the server saw of it."""

    program: Program
    bought: int
    told: dict[str, Any]

    @property
    def span_s(self) -> float:
        """From the first purchase's coming to the last one's answer."""
        return float(self.told["span_s"])


def write_sheet(path: Path, rows: int) -> None:
    """Write orders to as many people; each row's person, street and phone differ."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for at in range(rows):
            place, phone = PLACES[at % len(PLACES)], f"512555{at % 10_000:04d}"
            writer.writerow(
                [1000 + at, f"Ann Lee {at}", f"{at + 1} Main St", *place, phone, f"{at % 40 + 1} oz"]
            )


def ended(command: Sequence[str], environment: Mapping[str, str]) -> Program:
    """Run a program to its end; raise CalledProcessError where it failed."""
    begun = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment) as one:
        said = one.stdout.read().decode() if one.stdout else ""
        _, status, used = os.wait4(one.pid, 0)
        one.returncode = os.waitstatus_to_exitcode(status)
    if one.returncode:
        raise subprocess.CalledProcessError(one.returncode, command, said)
    cpu_s = used.ru_utime + used.ru_stime
    return Program(time.perf_counter() - begun, cpu_s, used.ru_maxrss / 1024, said)


def surroundings(folder: Path, url: str, limit: str) -> dict[str, str]:
    """Return the environment of a run against the compared server."""
    return {
        **CACHES,
        "SHIPSTATION_API_KEY": "bench",
        "SHIPSTATION_BASE_URL": url,
        "SHIPLABEL_RATE_LIMIT": limit,
        "HOME": str(folder),
    }


def run_batch(folder: Path, url: str, rows: int, *, rule: str, workers: int, limit: str = NO_LIMIT) -> Run:
    """Buy a sheet's labels with ``shiplabel batch run`` on a fresh data folder."""
    folder.mkdir()
    write_sheet(folder / "orders.csv", rows)
    forget(url)
    program = ended(
        [sys.executable, "-m", "shiplabel", "--data-dir", str(folder / "data"), "batch", "run",
         str(folder / "orders.csv"), "--rate", rule, "--yes", "--json", "--workers", str(workers), *SENDER,
         "--size", "10x8x4in"],
        surroundings(folder, url, limit),
    )  # fmt: skip
    return Run(program, json.loads(program.said)["bought"], forget(url))


def forget(url: str) -> dict[str, Any]:
    """Return what the server saw so far and let it forget that."""
    with urllib.request.urlopen(f"{url}/bench/told") as answer:  # noqa: S310 - this machine's own server
        told: dict[str, Any] = json.load(answer)
    return told


@contextmanager
def served(latency_s: float, limit: str = "0/1") -> Iterator[str]:
    """Run the compared server; yield its address."""
    command = [sys.executable, "-m", "tests.bench.loopback", str(latency_s), limit]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=CACHES)
    try:
        assert server.stdout
        yield server.stdout.readline().strip()
    finally:
        server.kill()
        server.wait()
