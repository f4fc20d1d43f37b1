"""When rates are on screen: three carriers that answer after 0.3, 1 and 3 s, asked in a terminal."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING

from tests.bench.pairs import CACHES
from tests.bench.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Iterator

RUNS = 3
DELAYS = {"stamps_com": 0.3, "ups": 1.0, "fedex": 3.0}
ANSWERS = {
    "from-name": "Us", "from-company": "Shop", "from-address1": "500 Market St", "from-address2": "Floor 2",
    "from-city": "San Francisco", "from-state": "CA", "from-zip": "94105", "from-phone": "415-555-2671",
    "to-name": "Ada", "to-company": "Engines", "to-address1": "1 Congress Ave", "to-address2": "Room 3",
    "to-city": "Austin", "to-state": "TX", "to-zip": "78701", "to-phone": "512-472-1234",
    "weight": "2 lb", "size": "10x8x4in",
}  # fmt: skip


def run() -> list[tuple[str, str]]:
    """Return the rows of the table."""
    with tempfile.TemporaryDirectory() as folder, served(folder, slow_carriers()) as url:
        moments = [_moments(f"{folder}/{turn}", url) for turn in range(RUNS)]
    first, last = (median(found) for found in zip(*moments, strict=True))
    told = ", ".join(f"{seconds:g}" for seconds in DELAYS.values())
    return [
        (f"first rate on screen, carriers answer after {told} s (before 0.6 s)", f"{first:.2f} s"),
        ("all rates on screen (before 3.5 s)", f"{last:.2f} s"),
    ]


def slow_carriers() -> str:
    """Return the faults that make each carrier answer as late as it should."""
    return ",".join(f"carrier-delay:carrier={code}:seconds={late}" for code, late in DELAYS.items())


@contextmanager
def served(folder: str, faults: str) -> Iterator[str]:
    """Serve the stand-in in a process of its own; yield its address."""
    command = [sys.executable, "-m", "shiplabel", "--data-dir", folder, "sandbox", "serve", "--port", "0"]
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**CACHES, "SHIPLABEL_SANDBOX_FAULTS": faults}
    )
    try:
        assert server.stdout
        yield server.stdout.readline().strip()
    finally:
        server.terminate()
        server.wait()


def _moments(folder: str, url: str) -> tuple[float, float]:
    """Return the seconds from asking until the first rate and until all rates stand there."""
    options = [f"--{name}={value}" for name, value in ANSWERS.items()]
    command = [sys.executable, "-m", "shiplabel", "--data-dir", folder, "new", *options]
    screen = Screen(command, {"SHIPSTATION_API_KEY": "bench", "SHIPSTATION_BASE_URL": url, "HOME": folder})
    try:
        screen.until(b"Enter gets rates")
        asked = screen.send(b"\r")
        first = screen.until(b"$")
        last = screen.until(b"Enter takes")
    finally:
        screen.close()
    return first - asked, last - asked
