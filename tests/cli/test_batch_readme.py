"""The README's pages on batches: their commands, run as they are written."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.shop import ADA
from tests.terminal.conftest import ROOT

if TYPE_CHECKING:
    from tests.cli.shop import Shop


@pytest.mark.parametrize("page", ["A day's labels from a sheet", "Batches from scripts"])
def test_commands_of_the_page_do_what_it_says(shop: Shop, page: str) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition(f"## {page}\n")[2].partition("\n## ")[0]
    (commands,) = re.findall(r"```sh\n(.*?)```", section, flags=re.DOTALL)
    shop.good("addresses", "save", "Harbor Goods", "--default", *ADA)
    (shop.home / "orders.csv").write_text(shop.good("batch", "template").out)
    programs = shop.home / "bin"
    programs.mkdir()
    (programs / "shiplabel").write_text(f'#!/bin/sh\nexec {sys.executable} -m shiplabel "$@"\n')
    (programs / "shiplabel").chmod(0o700)
    environ = shop.environment() | {"PATH": f"{programs}:{shop.environment()['PATH']}"}
    done = subprocess.run(
        ["sh", "-e"], input=commands, cwd=shop.home, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert len(shop.service.charges()) == 1
    assert (shop.home / "orders.results.csv").read_text(encoding="utf-8-sig").count("bought") == 1
    if "--json" in commands:
        assert json.loads((shop.home / "run.json").read_text())["bought"] == 1
    else:
        assert (shop.home / "today.pdf").read_bytes().startswith(b"%PDF")
