"""How long the program takes to say its version, beside a bare Typer program of two commands."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from subprocess import DEVNULL
from subprocess import run as run_program

RUNS = 9
BARE = """
import typer
app = typer.Typer()
@app.command()
def one() -> None: ...
@app.command()
def two() -> None: ...
app()
"""


def run() -> list[tuple[str, str]]:
    """Return the rows of the table."""
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE)
        commands = {
            "bare": [sys.executable, str(bare), "--help"],
            "version": [sys.executable, "-m", "shiplabel", "--version"],
            "help": [sys.executable, "-m", "shiplabel", "--help"],
            "questionary": [sys.executable, "-c", "import questionary"],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(RUNS):
            for name, command in commands.items():
                times[name].append(_seconds(command))
    took = {name: median(found) for name, found in times.items()}
    ratio = took["version"] / took["bare"]
    return [
        ("--version over a bare Typer program's --help (at most 1.25)", f"{ratio:.2f}"),
        ("--version, --help", f"{took['version']:.2f} s, {took['help']:.2f} s"),
        ("import questionary (half of what the first question may take)", f"{took['questionary']:.2f} s"),
    ]


def _seconds(command: list[str]) -> float:
    begun = time.perf_counter()
    run_program(command, stdout=DEVNULL, stderr=DEVNULL, check=True)
    return time.perf_counter() - begun
