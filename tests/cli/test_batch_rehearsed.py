"""Dry runs of batches whose rows were tried before: counted as they stand, and nothing is bought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.shop import Shop
from tests.cli.test_batch import counts, order, results, run, three, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.shop import Done

LOST = "buy-then-drop-before-head@purchase:times=1,list-lag@labels:seconds=600"


def rehearsed(shop: Shop, path: Path) -> Done:
    return run(shop, path, "--rate", "cheapest", "--dry-run", "--json")


def with_a_doubt(shop: Shop) -> Path:
    """Leave a batch of three rows with one in doubt; its label shows afterwards."""
    path = three(shop)
    shop.service.fault(LOST)
    assert run(shop, path).code == 5
    return path


def test_dry_run_counts_a_row_in_doubt_as_unknown(shop: Shop) -> None:
    path = with_a_doubt(shop)
    done = rehearsed(shop, path)
    assert (done.code, counts(done)) == (5, (3, 0, 0, 1, 2)), done.err
    assert float(done.json["total_cost"]["amount"]) == 0
    assert len(shop.service.charges()) == 3


def test_dry_run_that_finds_the_label_of_a_row_in_doubt_says_skipped(shop: Shop) -> None:
    path = with_a_doubt(shop)
    shop.service.mend()
    done = rehearsed(shop, path)
    assert (done.code, counts(done)) == (0, (3, 0, 0, 0, 3)), done.err
    assert float(done.json["total_cost"]["amount"]) == 0
    after = run(shop, path)
    assert (after.code, counts(after)) == (0, (3, 0, 0, 0, 3)), after.err
    assert [row["status"] for row in results(shop)] == ["bought"] * 3
    assert all(row["label_file"] for row in results(shop))
    assert shop.good("batch", "status", "--json").json["bought"] == 3
    assert len(shop.service.charges()) == 3


def test_dry_run_counts_orders_labelled_elsewhere_as_skipped_and_adds_up_the_others(shop: Shop) -> None:
    home = shop.home.parent / "other"
    home.mkdir()
    other = Shop(home, shop.service)
    assert run(other, write(other, [order(2)])).code == 0
    done = rehearsed(shop, three(shop))
    assert (done.code, counts(done)) == (0, (3, 0, 0, 0, 1)), done.err
    assert run(shop, shop.home / "orders.csv").json["total_cost"] == done.json["total_cost"]


def test_dry_run_counts_a_row_in_doubt_of_another_batch_as_unknown(shop: Shop) -> None:
    shop.service.fault("drop-before-head@purchase:times=1")
    run(shop, write(shop, [order(1)], "one.csv"))
    done = rehearsed(shop, write(shop, [order(1), order(2)], "two.csv"))
    assert (done.code, counts(done)) == (5, (2, 0, 0, 1, 0)), done.err
    assert shop.service.charges() == []
