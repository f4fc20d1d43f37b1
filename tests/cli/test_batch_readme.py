"""The README's page on batches from scripts: its command, run as it is written."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.cli.shop import ADA
from tests.terminal.conftest import ROOT

if TYPE_CHECKING:
    from tests.cli.shop import Shop


def test_commands_of_the_page_for_scripts_do_what_it_says(shop: Shop) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition("## Batches from scripts\n")[2].partition("\n## ")[0]
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
    assert json.loads((shop.home / "run.json").read_text())["bought"] == 1
