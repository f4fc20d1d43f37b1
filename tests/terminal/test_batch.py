"""A batch at a terminal: what is asked, what is shown, and how it is left."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.terminal.driver import ENTER, LEAVE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.terminal.conftest import Desk

HEADER = [
    "order_id",
    "to_name",
    "to_address1",
    "to_city",
    "to_state",
    "to_zip",
    "weight",
    "length",
    "width",
    "height",
]
FROM = (
    "--from-name", "Harbor Goods", "--from-address1", "4009 Marathon Blvd", "--from-city", "Austin",
    "--from-state", "TX", "--from-zip", "78756",
)  # fmt: skip
PLACE = ("525 S Winchester Blvd", "San Jose", "CA", "95128")


def orders(desk: Desk, count: int, header: list[str] = HEADER, bad: int = 0) -> Path:
    path = desk.home / "orders.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for number in range(1, count + 1):
            place = PLACE if number > bad else (*PLACE[:3], "9512X")
            writer.writerow([number, f"Ada Lovelace {number}", *place, "1 lb", "8", "6", "4"])
    return path


def batch(desk: Desk, *arguments: str) -> Any:
    command = [sys.executable, "-m", "shiplabel", "batch", *arguments, "--json"]
    done = subprocess.run(
        command, env=desk.environment(), cwd=desk.home, capture_output=True, text=True, check=False
    )
    return json.loads(done.stdout) | {"code": done.returncode}


def test_clerk_sees_the_price_and_buys_with_one_yes(desk: Desk) -> None:
    terminal = desk.open("batch", "run", str(orders(desk, 4, bad=1)), "--rate", "cheapest", *FROM)
    screen = terminal.wait_for("Buy 3 labels for $")
    assert desk.service.charges() == []
    pages = terminal.pages
    assert "1 of 4 rows cannot be bought as it stands" in pages
    assert "row 3: order 2, Ada Lovelace 2" in pages
    assert "The rule saves" in screen
    assert "1 row is left out." in screen
    terminal.send(f"y{ENTER}")
    assert terminal.end() == 3
    assert len(desk.service.charges()) == 3
    assert "3 bought, 1 failed" in terminal.screen
    assert "/orders.failed.csv --rate cheapest" in terminal.screen.replace("\n", "")
    assert max(len(line) for line in terminal.pages.splitlines()) <= 80


def test_clerk_who_says_no_buys_nothing_and_can_go_on_later(desk: Desk) -> None:
    terminal = desk.open("batch", "run", str(orders(desk, 2)), "--rate", "cheapest", *FROM)
    terminal.wait_for("Buy 2 labels for $")
    terminal.send(f"n{ENTER}")
    assert terminal.end() == 130
    assert desk.service.charges() == []
    assert "shiplabel batch resume" in terminal.screen
    later = desk.open("batch", "resume")
    later.wait_for("Buy 2 labels for $")
    later.send(f"y{ENTER}")
    assert later.end() == 0
    assert len(desk.service.charges()) == 2
    asked = [f"{one['method']} {one['path']}" for one in desk.service.requests()]
    assert asked.count("POST /v2/rates") == 2


def test_rule_is_asked_for_until_it_is_one(desk: Desk) -> None:
    terminal = desk.open("batch", "run", str(orders(desk, 1)), *FROM)
    terminal.wait_for("Which rate for every row")
    terminal.send(f"dearest{ENTER}")
    terminal.wait_for("is not a rule")
    terminal.send(f"cheapest{ENTER}")
    terminal.wait_for("Buy 1 label for $")
    terminal.send(f"y{ENTER}")
    assert terminal.end() == 0


def test_unclear_columns_are_asked_once_and_remembered(desk: Desk) -> None:
    header = [*HEADER[:5], "Prefecture", *HEADER[6:]]
    path = orders(desk, 1, header)
    terminal = desk.open("batch", "check", str(path), *FROM)
    terminal.wait_for("to_zip: no column was found")
    terminal.send(f"6{ENTER}")
    assert terminal.end() == 0
    again = desk.open("batch", "check", str(path), *FROM)
    assert again.end() == 0
    assert "no column was found" not in again.pages


def test_progress_stands_in_one_line_and_plain_leaves_it_out(desk: Desk) -> None:
    desk.service.fault("slow@purchase:seconds=0.4")
    path = orders(desk, 12)
    terminal = desk.open("batch", "run", str(path), "--rate", "cheapest", "--yes", "--workers", "2", *FROM)
    terminal.wait_for("bought · $")
    line = next(line for line in terminal.screen.splitlines() if "/12" in line)
    assert "/min" in line
    assert len(line) < 80
    assert terminal.end() == 0
    assert "/min" not in terminal.screen
    plain = desk.open("batch", "run", str(path), "--rate", "cheapest", "--yes", "--plain", *FROM)
    assert plain.end() == 0
    assert b"\x1b[2K" not in plain.everything


@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_ends_a_batch_safely_and_resume_buys_the_rest(desk: Desk, times: int) -> None:
    desk.service.fault("slow@purchase:seconds=1.5")
    path = orders(desk, 12)
    terminal = desk.open("batch", "run", str(path), "--rate", "cheapest", "--yes", "--workers", "2", *FROM)
    terminal.wait_for(" bought ·")
    terminal.send(LEAVE)
    terminal.wait_for("^C again leaves at once")
    if times > 1:
        terminal.send(LEAVE)
    assert terminal.end() == 130
    assert "shiplabel batch resume" in terminal.screen
    bought = len(desk.service.charges())
    assert 1 <= bought < 12
    desk.service.mend()
    results = (desk.home / "orders.results.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(results) == 13
    resumed = batch(desk, "resume", "--yes")
    assert resumed["bought"] + resumed["skipped"] + resumed["unknown"] == 12
    assert resumed["unknown"] <= (2 if times > 1 else 0)
    assert resumed["code"] == (5 if resumed["unknown"] else 0), resumed
    for _ in range(2):
        for key in unknown_keys(desk)[:1]:
            resumed = batch(desk, "resume", "--not-bought", key, "--yes")
    assert resumed["code"] == 0, resumed
    keys = [charge["external_shipment_id"] for charge in desk.service.charges()]
    assert sorted(keys) == sorted(f"sl-{number}" for number in range(1, 13))


def unknown_keys(desk: Desk) -> list[str]:
    with (desk.home / "orders.results.csv").open(encoding="utf-8-sig", newline="") as file:
        return [f"sl-{row['order_id']}" for row in csv.DictReader(file) if row["status"] == "unknown"]
