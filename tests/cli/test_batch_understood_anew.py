"""The same sheet understood in another way by a later run: what was bought stays bought, and is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.test_batch import BUY, counts, order, results, run, write
from tests.cli.test_batch_together import started
from tests.sandbox.conftest import until

if TYPE_CHECKING:
    from tests.cli.shop import Shop


def test_bought_row_that_the_options_now_leave_incomplete_stays_bought(shop: Shop) -> None:
    path = write(shop, [order(1, weight=""), order(2)])
    assert counts(run(shop, path, *BUY, "--weight", "1lb")) == (2, 2, 0, 0, 0)
    again = run(shop, path)
    assert (again.code, counts(again)) == (0, (2, 0, 0, 0, 2)), again.err
    assert [row["status"] for row in results(shop)] == ["bought", "bought"]
    assert not (shop.home / "orders.failed.csv").exists()


def test_row_in_doubt_that_the_options_now_leave_incomplete_stays_in_doubt(shop: Shop) -> None:
    shop.service.fault("drop-before-head@purchase:times=1")
    path = write(shop, [order(1, weight="")])
    assert run(shop, path, *BUY, "--weight", "1lb").code == 5
    again = run(shop, path)
    assert (again.code, counts(again)) == (5, (1, 0, 0, 1, 0)), again.err
    assert results(shop)[0]["status"] == "unknown"


def test_row_whose_weight_is_understood_otherwise_is_not_bought_again(shop: Shop) -> None:
    path = write(shop, [order("", to_name="Ada", weight="1"), order("", to_name="Grace", weight="1")])
    assert counts(run(shop, path)) == (2, 2, 0, 0, 0)
    again = run(shop, path, SHIPLABEL_WEIGHT_UNIT="kg")
    assert (again.code, counts(again)) == (0, (2, 0, 0, 0, 2)), again.err
    assert len(shop.service.charges()) == 2


def test_row_killed_in_its_purchase_keeps_its_key_whatever_it_is_called_now(shop: Shop) -> None:
    shop.service.fault("buy-then-hang@purchase:times=1")
    path = write(shop, [order(1)])
    path.write_text(path.read_text().replace("order_id", "Strange", 1))
    first = started(shop, path)
    assert until(lambda: shop.service.charges() != [])
    first.kill()
    first.communicate()
    again = run(shop, path, *BUY, "--map", "Strange=order_id")
    assert (again.code, counts(again)) == (0, (1, 1, 0, 0, 0)), again.err
    assert len(shop.service.charges()) == 1


def test_row_that_gets_an_order_id_by_a_mapping_is_not_bought_again(shop: Shop) -> None:
    path = write(shop, [order(1), order(2)])
    path.write_text(path.read_text().replace("order_id", "Strange", 1))
    assert counts(run(shop, path)) == (2, 2, 0, 0, 0)
    again = run(shop, path, *BUY, "--map", "Strange=order_id")
    assert (again.code, counts(again)) == (0, (2, 0, 0, 0, 2)), again.err
    assert len(shop.service.charges()) == 2


def test_row_in_doubt_whose_columns_are_mapped_anew_is_looked_up_under_its_own_key(shop: Shop) -> None:
    shop.service.fault("buy-then-drop-before-head@purchase:times=1,list-lag:seconds=600")
    path = write(shop, [order(1)])
    path.write_text(path.read_text().replace("order_id", "Strange", 1))
    assert run(shop, path).code == 5
    again = run(shop, path, *BUY, "--map", "Strange=order_id")
    assert again.code in {0, 5}, again.err
    assert len(shop.service.charges()) == 1
