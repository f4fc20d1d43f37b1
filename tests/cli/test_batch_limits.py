"""What a clerk is told to type when rows met a money limit: what they allowed is not exceeded by it."""

from __future__ import annotations

import shlex
from decimal import Decimal
from typing import TYPE_CHECKING

from tests.cli.test_batch import BUY, HEADER, PLACE, counts, order, run, three, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.shop import Done, Shop

MEND = "mend the rows"


def cost_of_one(shop: Shop, path: Path) -> Decimal:
    done = run(shop, path, "--rate", "cheapest", "--dry-run", "--json")
    total, rows = done.json["total_cost"]["amount"], counts(done)[0]
    return Decimal(total) / rows


def command_in(done: Done, start: str) -> list[str]:
    """Return the advised command's words, whatever lines it stands on."""
    said = " ".join(done.err.split())
    return shlex.split(said.partition(start)[2])


def test_rows_beyond_the_total_are_bought_when_the_advised_option_is_raised(shop: Shop) -> None:
    path = three(shop)
    price = cost_of_one(shop, path)
    done = run(shop, path, *BUY, "--max-total", f"{price * 2}", "--max-cost", "90")
    assert f"beyond --max-total {price * 2}; nothing in them needs mending" in " ".join(done.err.split())
    assert MEND not in done.err
    words = command_in(done, "with a higher limit: shiplabel")
    assert words[-4:] == ["--max-cost", "90.00", "--max-total", "AMOUNT"]
    assert words[:3] == ["batch", "run", path.name]
    raised = shop.run(*words[:-1], f"{price * 3}", "--yes", "--json")
    assert (raised.code, counts(raised)) == (0, (3, 1, 0, 0, 2)), raised.err


def test_rows_beyond_the_price_of_one_name_that_option(shop: Shop) -> None:
    done = run(shop, three(shop), *BUY, "--max-cost", "0.01")
    assert "beyond --max-cost 0.01; nothing in them needs mending" in " ".join(done.err.split())
    assert command_in(done, "with a higher limit: shiplabel")[-2:] == ["--max-cost", "AMOUNT"]
    abroad = run(shop, three(shop), *BUY, "--max-cost", "90 cad")
    assert "beyond --max-cost 90.00cad;" in " ".join(abroad.err.split())


def test_mixed_failures_are_mended_under_the_limits_that_are_left(shop: Shop) -> None:
    price = cost_of_one(shop, three(shop))
    path = write(shop, [order(1), order(2), order(3), order(4, to_zip="7875A")])
    done = run(shop, path, *BUY, "--max-total", f"{price * 2 + 1}", "--max-cost", "90")
    assert (done.code, counts(done)) == (3, (4, 2, 2, 0, 0)), done.err
    assert MEND in done.err
    words = command_in(done, "then: shiplabel")
    assert words[-4:] == ["--max-cost", "90.00", "--max-total", "1.00"]
    again = shop.run(*words, "--yes", "--json")
    assert (again.code, counts(again)) == (1, (2, 0, 2, 0, 0)), again.err
    assert len(shop.service.charges()) == 2


def test_mended_rows_are_run_with_what_was_typed_for_every_row(shop: Shop) -> None:
    path = shop.home / "orders.csv"
    names = ",".join(["Who Gets It", *HEADER[2:6]])
    rows = [",".join((f"Ada {number}", *PLACE[:3], code)) for number, code in ((1, PLACE[3]), (2, "7875A"))]
    path.write_text("\n".join([names, *rows]) + "\n")
    given = ("--weight", "2 lb 3 oz", "--size", "10x8x4in", "--map", "Who Gets It=to_name")
    done = run(shop, path, *BUY, *given)
    assert (done.code, counts(done)) == (3, (2, 1, 1, 0, 0)), done.err
    words = command_in(done, "then: shiplabel")
    mended = shop.home / words[2]
    mended.write_text(mended.read_text(encoding="utf-8-sig").replace("7875A", PLACE[3]))
    again = shop.run(*words, "--yes", "--json")
    assert (again.code, counts(again)) == (0, (1, 1, 0, 0, 0)), again.err
    assert len(shop.service.charges()) == 2
