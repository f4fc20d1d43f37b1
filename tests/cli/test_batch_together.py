"""Batches beside others: two terminals at once, many threads on one store, sessions of the wizard."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from shiplabel.storage.sessions import SessionFiles
from tests.cli.shop import FROM
from tests.cli.test_batch import BUY, counts, keys_charged, order, paths, run, three, write
from tests.workflow.model import World, ready

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.shop import Shop


def started(shop: Shop, path: Path, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "shiplabel", "batch", "run", str(path), *FROM, *BUY, *more]
    return subprocess.Popen(
        command,
        env=shop.environment() | shop.more,
        cwd=shop.home,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_two_terminals_on_one_file_buy_each_row_once(shop: Shop) -> None:
    shop.service.fault("slow@purchase:seconds=0.3")
    path = write(shop, [order(number) for number in range(12)])
    run(shop, path, "--rate", "cheapest", "--dry-run", "--json")
    first, second = started(shop, path), started(shop, path)
    ends = {one.wait(timeout=60): one.communicate()[1] for one in (first, second)}
    assert sorted(ends) == [0, 1], ends
    assert "in another terminal (process" in ends[1]
    assert len(keys_charged(shop)) == len(set(keys_charged(shop))) == 12


def test_status_and_list_beside_a_run_tell_how_far_it_is_and_disturb_nothing(shop: Shop) -> None:
    shop.service.fault("slow@purchase:seconds=0.4")
    running = started(shop, write(shop, [order(number) for number in range(12)]), "--workers", "1")
    seen = []
    while running.poll() is None:
        for command in ("status", "list"):
            done = shop.run("batch", command, "--json")
            seen += (
                [done.json[0] if command == "list" else done.json]
                if done.code == 0 and done.json != []
                else []
            )
    out, err = running.communicate()
    assert running.returncode == 0, f"{out}\n{err}"
    bought = [one["bought"] for one in seen]
    assert bought == sorted(bought)
    assert any(0 < count < 12 for count in bought)
    assert shop.good("batch", "status", "--json").json["bought"] == 12
    assert len(keys_charged(shop)) == 12


@pytest.mark.parametrize("more", [(), ("--again",)])
def test_two_terminals_that_begin_a_file_at_once_make_one_batch(shop: Shop, more: tuple[str, ...]) -> None:
    shop.service.fault("slow@purchase:seconds=1.5")
    for turn in range(3):
        path = write(shop, [order(f"{turn}-{number}", weight=f"{turn + 1} lb") for number in range(4)])
        running = [started(shop, path, *more) for _ in range(2)]
        told = [process.communicate(timeout=60)[1] for process in running]
        assert sorted(process.returncode for process in running) == [0, 1], told
        assert any("in another terminal (process" in said for said in told)
        assert len(keys_charged(shop)) == len(set(keys_charged(shop))) == 4 * (turn + 1)
        assert len(shop.good("batch", "list", "--json").json) == turn + 1


def test_two_files_with_the_same_orders_at_once_buy_each_once(shop: Shop) -> None:
    shop.service.fault("slow@purchase:seconds=0.2")
    one = write(shop, [order(number) for number in range(10)], "one.csv")
    two = write(shop, [order(number) for number in range(9, -1, -1)], "two.csv")
    running = [started(shop, path) for path in (one, two)]
    for process in running:
        out, err = process.communicate(timeout=90)
        assert process.returncode == 0, f"{out}\n{err}"
    assert len(keys_charged(shop)) == len(set(keys_charged(shop))) == 10


def test_orders_that_another_batch_has_in_hand_are_waited_for_and_skipped(shop: Shop) -> None:
    shop.service.fault("slow@purchase:seconds=2.5")
    first = started(shop, write(shop, [order(number) for number in range(6)], "one.csv"))
    while not any(path.startswith("POST /v2/labels/") for path in paths(shop)):
        assert first.poll() is None
    second = run(shop, write(shop, [order(number) for number in range(8)], "two.csv"))
    assert (second.code, counts(second)) == (0, (8, 2, 0, 0, 6)), second.err
    assert (first.wait(timeout=60), len(first.communicate()[0]) > 0) == (0, True)
    assert len(keys_charged(shop)) == len(set(keys_charged(shop))) == 8


def test_rows_in_doubt_of_another_batch_are_unknown_and_not_bought(shop: Shop) -> None:
    shop.service.fault("drop-before-head@purchase:times=1")
    run(shop, write(shop, [order(1)], "one.csv"))
    done = run(shop, write(shop, [order(1), order(2)], "two.csv"))
    assert (done.code, counts(done)) == (5, (2, 1, 0, 1, 0)), done.err
    assert keys_charged(shop) == ["sl-2"]


def test_row_session_open_elsewhere_fails_alone_and_names_the_holder(shop: Shop) -> None:
    path = three(shop)
    run(shop, path, "--rate", "cheapest", "--dry-run", "--json")
    held = next(head for head in SessionFiles(shop.root).heads() if head.shipment_key == "sl-2")
    with SessionFiles(shop.root).hold(held.session_id):
        done = run(shop, path)
    assert (done.code, counts(done)) == (3, (3, 2, 1, 0, 0)), done.err
    assert "another terminal" in (shop.home / "orders.failed.csv").read_text(encoding="utf-8-sig")
    assert shop.run("batch", "resume", "--yes", "--json").code == 0


def test_new_and_resume_leave_the_rows_of_a_batch_alone(shop: Shop) -> None:
    run(shop, three(shop), "--rate", "cheapest", "--dry-run", "--json")
    terminal = shop.open("new", *FROM)
    terminal.wait_asked("Ship from")
    terminal.send("\x03")
    assert terminal.end() == 130
    refused = shop.run("resume", "--json")
    assert "--to-name" in refused.json["error"]["message"]


def test_store_is_safe_for_many_threads_and_forgets_what_they_let_go(tmp_path: Path) -> None:
    files = SessionFiles(tmp_path)
    faults: list[BaseException] = []
    session = ready(World())

    def walk() -> None:
        try:
            for _ in range(10):
                made = files.create(session)
                with files.hold(made.session_id):
                    files.save(files.find(made.session_id))
        except BaseException as error:  # noqa: BLE001  # whatever it is, the test tells of it
            faults.append(error)

    threads = [threading.Thread(target=walk) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert files._saves._open == {}
    assert len(list(files.keys())) == 80
