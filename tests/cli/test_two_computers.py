"""Two computers of one account on the same orders: each order is bought once, whoever comes first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.shop import FROM, Shop
from tests.cli.test_batch import counts, keys_charged, results, run, three

if TYPE_CHECKING:
    from collections.abc import Iterator

ALL = ["sl-1", "sl-2", "sl-3"]


@pytest.fixture
def other(shop: Shop) -> Iterator[Shop]:
    home = shop.home.parent / "other"
    home.mkdir()
    machine = Shop(home, shop.service)
    yield machine
    for terminal in machine.terminals:
        terminal.close()


@pytest.mark.parametrize("mode", ["refuse", "update"])
def test_orders_whose_labels_are_not_listed_yet_are_not_bought_again(
    shop: Shop, other: Shop, mode: str
) -> None:
    shop.service.fault(f"external-id:mode={mode}")
    assert run(other, three(other)).code == 0
    shop.service.fault("list-lag@labels:seconds=600")
    done = run(shop, three(shop))
    assert (done.code, counts(done)[1]) == (1, 0), done.err
    assert keys_charged(shop) == ALL


def test_orders_bought_elsewhere_while_a_clerk_thinks_are_skipped(shop: Shop, other: Shop) -> None:
    terminal = shop.open("batch", "run", str(three(shop)), *FROM, "--rate", "cheapest", columns=120)
    terminal.wait_for("(y/n)")
    assert run(other, three(other)).code == 0
    terminal.send("y")
    terminal.wait_for("3 skipped")
    assert terminal.end() == 0
    assert keys_charged(shop) == ALL


def test_row_resumed_by_hand_is_looked_up_first(shop: Shop, other: Shop) -> None:
    assert run(shop, three(shop), "--rate", "cheapest", "--dry-run", "--json").code == 0
    assert run(other, three(other)).code == 0
    for session_id in shop.ids():
        shop.good("resume", session_id, "--rate", "cheapest", "--yes", "--json")
    assert keys_charged(shop) == ALL


@pytest.mark.parametrize("more", [(), ("--rate", "service:usps_ground_advantage", "--yes", "--json")])
def test_label_that_a_row_finds_on_its_key_is_skipped_and_not_paid_by_this_run(
    shop: Shop, other: Shop, more: tuple[str, ...]
) -> None:
    assert run(other, three(other)).code == 0
    shop.good("config", "set", "look_back", "0d")
    done = run(shop, three(shop), *more)
    assert (done.code, counts(done)) == (0, (3, 0, 0, 0, 3)), done.err
    assert float(done.json["total_cost"]["amount"]) == 0
    assert all(Path(row["label_file"]).is_file() and "labelled on" in row["error"] for row in results(shop))
    assert shop.good("sessions", "list", "--json").json == []
    again = run(shop, three(shop), *more)
    assert (again.code, counts(again)) == (0, (3, 0, 0, 0, 3)), again.err
    assert keys_charged(shop) == ALL
