"""An order file that is edited while its batch runs: what was read at the start is bought and told of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.test_batch import counts, keys_charged, order, results, run, write
from tests.cli.test_batch_together import started

if TYPE_CHECKING:
    from tests.cli.shop import Shop


@pytest.mark.parametrize("rows", [8, 1100])
def test_file_sorted_anew_during_its_run_leaves_each_label_at_its_order(shop: Shop, rows: int) -> None:
    bad = {"to_zip": "x"}
    lines = [order(number, **({} if number < 8 else bad)) for number in range(rows)]
    path = write(shop, lines)
    shop.service.fault("slow@purchase:seconds=1")
    running = started(shop, path, "--workers", "4")
    while not shop.service.charges():
        assert running.poll() is None
    write(shop, lines[::-1])
    out, err = running.communicate(timeout=60)
    assert running.returncode == (0 if rows == 8 else 3), f"{out}\n{err}"
    assert len(keys_charged(shop)) == len(set(keys_charged(shop))) == 8
    keys = {charge["label_id"]: charge["external_shipment_id"] for charge in shop.service.charges()}
    told = [row for row in results(shop) if row["label_id"]]
    assert {f"sl-{row['order_id']}" for row in told} == set(keys.values())
    assert all(keys[row["label_id"]] == f"sl-{row['order_id']}" for row in told)


def test_copy_that_somebody_edited_or_deleted_is_made_anew(shop: Shop) -> None:
    path = write(shop, [order(number) for number in range(3)])
    assert run(shop, path, "--rate", "cheapest", "--dry-run", "--json").code == 0
    (copy,) = shop.root.glob("batches/*/source/*.csv")
    copy.write_text(copy.read_text().replace("Ada", "Eva"))
    assert run(shop, path).code == 0
    assert copy.read_bytes() == path.read_bytes()
    copy.unlink()
    again = run(shop, path)
    assert (again.code, counts(again)) == (0, (3, 0, 0, 0, 3)), again.err
    assert copy.read_bytes() == path.read_bytes()
    assert keys_charged(shop) == ["sl-0", "sl-1", "sl-2"]
