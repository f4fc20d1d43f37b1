"""How soon the program says its version and asks its first question, beside what its libraries cost alone."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.bench.pairs import in_turn, seconds
from tests.bench.screen import Screen

RUNS = 11
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
        took = in_turn(
            {
                "bare": lambda: seconds([sys.executable, str(bare), "--help"]),
                "version": lambda: seconds([sys.executable, "-m", "shiplabel", "--version"]),
                "help": lambda: seconds([sys.executable, "-m", "shiplabel", "--help"]),
                "questionary": lambda: seconds([sys.executable, "-c", "import questionary"]),
                "question": lambda: _first_question(folder),
            },
            RUNS,
        )
    asked, version = took["question"] / took["questionary"], took["version"] / took["bare"]
    return [
        (
            "--version over a bare Typer program's --help (at most 1.25)",
            f"{version:.2f}",
        ),
        ("--version, --help", f"{took['version'] * 1e3:.0f} ms, {took['help'] * 1e3:.0f} ms"),
        ("first question of new over import questionary (at most 2)", f"{asked:.2f}"),
        (
            "first question, import questionary",
            f"{took['question'] * 1e3:.0f} ms, {took['questionary'] * 1e3:.0f} ms",
        ),
    ]


def _first_question(folder: str) -> float:
    """Return the time from the start of ``new`` on a fresh data folder to its question on screen."""
    with tempfile.TemporaryDirectory(dir=folder) as home:
        command = [sys.executable, "-m", "shiplabel", "--sandbox", "--data-dir", home, "new"]
        screen = Screen(command, {"HOME": home})
        try:
            return screen.until(b"Name:") - screen.began
        finally:
            screen.close()
