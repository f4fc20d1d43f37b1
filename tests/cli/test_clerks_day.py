"""The clerk's day of the README: its commands, run as they are written, one after the other."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.cli.test_help_examples import PROGRAMS
from tests.terminal.conftest import ROOT

if TYPE_CHECKING:
    from tests.cli.shop import Shop

CUSTOMERS = "name,address1,city,state,zip\nAda,525 S Winchester Blvd,San Jose,CA,95128\n"


def commands() -> list[str]:
    """Return the section's shell blocks."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    day = text.partition("## A clerk's day")[2].partition("\n## ")[0]
    return re.findall(r"```sh\n(.*?)```", day, flags=re.DOTALL)


def test_clerks_day_of_the_readme_meets_no_dead_end(shop: Shop) -> None:
    (shop.home / "customers.csv").write_text(CUSTOMERS)
    programs = shop.home / "bin"
    programs.mkdir()
    for name, script in PROGRAMS.items():
        (programs / name).write_text(f"#!/bin/sh\n{script}\n")
    (programs / "shiplabel").write_text(f'#!/bin/sh\nexec {sys.executable} -m shiplabel "$@"\n')
    for program in programs.iterdir():
        program.chmod(0o700)
    environ = shop.environment() | {"SHIPSTATION_API_KEY": "TEST_training"}
    environ["PATH"] = f"{programs}:{environ['PATH']}"
    day = subprocess.run(
        ["sh", "-e"], input="".join(commands()), cwd=shop.home, env=environ, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert day.returncode == 0, day.stdout + day.stderr
    assert "Label se-4000002 is voided" in day.stdout
    assert "job Zebra-7" in day.stderr
    assert (shop.home / "today.csv").read_text(encoding="utf-8-sig").count("se-") == 3
    assert (shop.home / "orders.results.csv").read_text(encoding="utf-8-sig").count("bought") == 1
    assert (shop.home / "today.pdf").read_bytes().startswith(b"%PDF")
    assert len(shop.service.charges()) == 3
