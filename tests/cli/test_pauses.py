"""A long pause that the service asks for: told, bounded for scripts, and left by ^C."""

from __future__ import annotations

import json
import signal
import time
from typing import TYPE_CHECKING

from tests.cli.shop import FROM, PARCEL
from tests.cli.test_batch import BUY, GROUND, counts, keys_charged, order, run, write
from tests.cli.test_batch_together import started
from tests.cli.test_reconcile import TO, buy

if TYPE_CHECKING:
    from tests.cli.shop import Shop

LONG = "status-429@purchase:times=1:seconds=400"


def test_call_beside_a_long_pause_ends_at_once_and_says_how_long_it_is(shop: Shop) -> None:
    shop.service.fault(LONG)
    first = buy(shop)
    assert (first.code, first.json["error"]["code"]) == (1, "rate_limit_exceeded"), first.err
    assert "the service asks for a pause of 400 s" in first.err
    asked = len(shop.service.requests())
    done = shop.run("rates", *FROM, *TO, *PARCEL, "--json")
    assert (done.code, len(shop.service.requests())) == (1, asked), done.err
    assert "pause that the service asked for" in done.err
    again = shop.run("resume", first.json["session_id"], "--rate", "cheapest", "--yes", "--json")
    assert again.code == 1, again.err
    assert again.json["step"] in {"rate", "confirm"}
    assert shop.service.charges() == []


def test_batch_that_nobody_watches_ends_at_a_long_pause_and_is_resumed(shop: Shop) -> None:
    path = write(shop, [order(number) for number in range(30)])
    shop.service.fault(LONG)
    done = run(shop, path, *BUY, "--workers", "2")
    found = done.json
    assert done.code in {1, 3}, done.err
    assert found["bought"] + found["failed"] == 30
    assert found["failed"] > 20
    assert "pause" in done.err
    assert f"shiplabel batch resume {found['batch_id']}" in done.err
    for pause in (shop.home / "data" / "pacing").glob("*.pace"):
        pause.unlink()
    resumed = shop.run("batch", "resume", "--yes", "--json")
    assert (resumed.code, resumed.json["failed"]) == (0, 0), resumed.err
    assert len(keys_charged(shop)) == len(set(keys_charged(shop))) == 30


def test_batch_waits_a_short_pause_out_and_stops_in_it_at_once_on_interrupt(shop: Shop) -> None:
    path = write(shop, [order(number) for number in range(12)])
    shop.service.fault("status-429@purchase:times=1:seconds=60")
    running = started(shop, path, "--workers", "2")
    assert running.stderr is not None
    while "a pause of 60 s" not in running.stderr.readline():
        assert running.poll() is None
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert running.returncode == 130, f"{out}{err}"


def test_first_interrupt_leaves_rows_that_wait_for_the_budget_and_buys_none_of_them(shop: Shop) -> None:
    shop.more["SHIPLABEL_RATE_LIMIT"] = "4/300"
    path = write(shop, [order(number) for number in range(8)])
    running = started(shop, path, "--rate", GROUND)
    while not shop.service.charges():
        assert running.poll() is None
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)
    found = json.loads(out)
    assert (running.returncode, found["unknown"], found["failed"]) == (130, 0, 0), err
    assert found["bought"] == len(shop.service.charges()) <= 2
    assert found["waiting"] == 8 - found["bought"]
    assert f"Next: shiplabel batch resume {found['batch_id']}" in err


def test_interrupt_while_the_last_row_is_bought_advises_no_resume(shop: Shop) -> None:
    shop.service.fault("slow@purchase:seconds=3")
    running = started(shop, write(shop, [order(1)]), "--rate", GROUND)
    while not any(one["path"] == "/v2/labels" and one["method"] == "POST" for one in shop.service.requests()):
        assert running.poll() is None
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert (running.returncode, json.loads(out)["bought"]) == (130, 1), err
    assert "Next:" not in err


def test_batch_at_a_terminal_waits_a_long_pause_out_and_heeds_the_first_interrupt(shop: Shop) -> None:
    path = write(shop, [order(number) for number in range(12)])
    shop.service.fault(LONG)
    terminal = shop.open(
        "batch", "run", str(path), *FROM, "--rate", "cheapest", "--yes", "--workers", "2", columns=120
    )
    terminal.wait_for("a pause of 400 s")
    terminal.send("\x03")
    terminal.wait_for("waiting")
    assert terminal.end() == 130
    (status,) = shop.good("batch", "list", "--json").json
    assert status["unknown"] == 0
    assert len(shop.service.charges()) == status["bought"]
    assert counts(run(shop, path, "--rate", "cheapest", "--dry-run", "--json"))[1] == 0
