"""Results that nobody can be given: a full disk behind stdout, a reader that is gone, no stream at all."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.shop import ADA, FROM, PARCEL

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.shop import Shop

NEW = (
    *FROM,
    "--to-name",
    "Ada Lovelace",
    *(f"--to-{word[2:]}" if word[:2] == "--" else word for word in ADA),
    *PARCEL,
    "--rate",
    "cheapest",
    "--yes",
)
NOWHERE = [">/dev/full", "| true", ">&-"]


def told(shop: Shop, where: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a shell with its streams sent somewhere; the exit code is the command's own."""
    command = shlex.join([sys.executable, "-m", "shiplabel", *arguments])
    script = f"set -o pipefail; {command} {where}"
    return subprocess.run(
        ["bash", "-c", script], env=shop.environment(), cwd=shop.home, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def labels(shop: Shop) -> int:
    return len(json.loads(shop.good("labels", "list", "--json").out))


@pytest.mark.parametrize("where", NOWHERE)
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_label_whose_result_cannot_be_written_is_bought_and_the_exit_code_says_so(
    shop: Shop, where: str, form: tuple[str, ...]
) -> None:
    done = told(shop, where, "new", *NEW, *form)
    assert done.returncode == 0, done.stderr
    assert "fault of shiplabel" not in done.stderr
    assert ("could not be written" in done.stderr) == (where != "| true")
    assert len(shop.service.charges()) == labels(shop) == 1


@pytest.mark.parametrize("where", ["2>/dev/full", "2>&-"])
def test_purchase_in_doubt_that_cannot_be_told_is_still_in_doubt(shop: Shop, where: str) -> None:
    shop.service.fault("buy-then-500@purchase,list-lag:seconds=600")
    done = told(shop, where, "new", *NEW, "--json")
    assert done.returncode == 5
    assert json.loads(done.stdout)["status"] == "unknown"
    assert len(shop.service.charges()) == 1


@pytest.mark.parametrize("where", NOWHERE)
def test_batch_whose_result_cannot_be_written_ends_as_money_stands(
    shop: Shop, where: str, tmp_path: Path
) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text(shop.good("batch", "template").out)
    shop.good("addresses", "save", "Harbor Goods", "--default", *ADA)
    done = told(shop, where, "batch", "run", str(orders), "--rate", "cheapest", "--yes", "--json")
    assert done.returncode == 0, done.stderr
    assert len(shop.service.charges()) == 1


def test_list_that_cannot_be_written_is_a_failure_and_one_that_is_read_in_part_is_none(shop: Shop) -> None:
    full = told(shop, ">/dev/full", "labels", "list", "--json")
    assert full.returncode == 1
    assert "No space left" in full.stderr
    assert told(shop, "| true", "labels", "list", "--json").returncode == 0
