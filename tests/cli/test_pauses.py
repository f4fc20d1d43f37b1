"""A long pause that the service asks for: told, bounded for scripts, and left by ^C."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from tests.cli.shop import FROM, PARCEL
from tests.cli.test_batch import BUY, counts, keys_charged, order, run, write
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
