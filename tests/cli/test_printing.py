"""Printing through the real program: a real CUPS scheduler, and listeners that behave as printers do."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.shop import FROM, PARCEL
from tests.cli.test_batch import BUY, counts, results, run, three
from tests.printing.listeners import accept_all, close_early, printer
from tests.printing.scheduler import GENERIC, running_scheduler

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.shop import Shop
    from tests.printing.scheduler import Scheduler

TO = (
    "--to-name", "Ada Lovelace", "--to-address1", "525 S Winchester Blvd", "--to-city", "San Jose",
    "--to-state", "CA", "--to-zip", "95128",
)  # fmt: skip


@pytest.fixture
def scheduler(shop: Shop) -> Iterator[Scheduler]:
    with running_scheduler() as running:
        running.add_queue("labels")
        shop.more |= running.environment
        yield running


def paper_of(label: dict[str, object]) -> bytes:
    files = label["files"]
    assert isinstance(files, list)
    return Path(files[0]["path"]).read_bytes()


def test_labels_print_on_a_cups_queue_keeps_job_and_time(shop: Shop, scheduler: Scheduler) -> None:
    label = shop.buy()
    done = shop.good("labels", "print", label["label_id"], "--printer", "labels", "--json")
    assert (done.json["print_job"], bool(done.json["printed_at"])) == ("labels-1", True)
    assert scheduler.printed(len(paper_of(label))) == paper_of(label)
    shown = shop.good("labels", "show", label["label_id"]).out
    assert "on labels, job labels-1" in shown
    assert shop.good("labels", "show", label["label_id"], "--json").json == done.json


def test_new_prints_on_the_queue_of_the_settings(shop: Shop, scheduler: Scheduler) -> None:
    shop.good("config", "set", "printer", "labels")
    label = shop.buy("--format", "zpl", "--print")
    assert label["print_job"] == "labels-1"
    assert scheduler.printed(len(paper_of(label))) == paper_of(label)
    assert label["printed_at"]


@pytest.mark.skipif(shutil.which("gs") is None, reason="a driver needs Ghostscript")
@pytest.mark.parametrize(("set_media", "media"), [("", "Custom.4x6in"), ("w288h432", "w288h432")])
def test_labels_print_on_a_printer_with_a_driver_names_its_media(
    shop: Shop, scheduler: Scheduler, set_media: str, media: str
) -> None:
    out = scheduler.home / "out.ps"
    scheduler.add_queue("paper", f"file:{out}", GENERIC)
    shop.good("config", "set", "media", set_media)
    label = shop.buy()
    shop.good("labels", "print", label["label_id"], "--printer", "paper")
    scheduler.wait_for_log(f"{label['tracking_number']}.pdf {media}")
    assert out.read_bytes().startswith(b"%!PS")


def test_print_on_a_queue_that_is_not_there_says_how_to_print_again(shop: Shop, scheduler: Scheduler) -> None:
    label = shop.buy("--print", "--printer", "labls")
    assert (label["status"], label["printed_at"], label["print_job"]) == ("bought", None, None)
    failed = shop.run(
        "new", "--like", label["label_id"], "--rate", "cheapest", "--yes", "--print", "--printer", "labls"
    )
    assert failed.code == 0
    again_id = shop.good("labels", "list", "--json").json[0]["label_id"]
    assert (
        f"Next: lpstat -e lists the queues; then: shiplabel labels print {again_id} --printer QUEUE"
        in failed.err
    )
    assert len(shop.service.charges()) == 2
    done = shop.run("labels", "print", label["label_id"], "--printer", "labls")
    assert done.code == 1
    assert "labels bought" not in done.out
    assert f"shiplabel labels print {label['label_id']} --printer QUEUE" in done.err
    assert len(shop.service.charges()) == 2
    again = shop.good("labels", "print", label["label_id"], "--printer", "labels", "--json")
    assert again.json["print_job"] == "labels-1"


def test_new_whose_raw_printer_breaks_off_has_bought_once_and_prints_later(shop: Shop) -> None:
    with printer(close_early) as listening:
        label = shop.buy("--format", "zpl", "--print", "--printer", f"127.0.0.1:{listening.port}")
    assert (label["status"], label["printed_at"]) == ("bought", None)
    with printer(accept_all) as listening:
        shop.good("labels", "print", label["label_id"], "--printer", f"127.0.0.1:{listening.port}")
    assert listening.received == paper_of(label)
    assert len(shop.service.charges()) == 1


def test_wizard_prints_what_it_bought(shop: Shop, scheduler: Scheduler) -> None:
    terminal = shop.at("rate", "--print", "--printer", "labels", columns=120)
    terminal.send("\r")
    terminal.wait_for("(y/n)")
    terminal.send("y")
    assert terminal.end() == 0
    assert "Sent to labels, job labels-1" in terminal.pages
    assert "Next: " not in terminal.pages
    assert shop.record().documents.print_job == "labels-1"
    assert scheduler.printed(4) == b"%PDF"


def test_wizard_whose_print_fails_says_how_to_print_again(shop: Shop) -> None:
    terminal = shop.at("rate", "--print", "--printer", "127.0.0.1:9", "--format", "zpl", columns=120)
    terminal.send("\r")
    terminal.wait_for("(y/n)")
    terminal.send("y")
    assert terminal.end() == 0
    record = shop.record()
    assert f"shiplabel labels print {record.purchase.label_id} --printer 127.0.0.1:9" in terminal.pages
    assert record.documents.printed_at is None
    assert len(shop.service.charges()) == 1


@pytest.mark.parametrize(
    ("printer", "advice"),
    [("Zebra", "Next: shiplabel labels print {label}\n"), ("", "--printer QUEUE (lpstat -e lists them)")],
)
def test_wizard_without_print_ends_with_how_to_print(shop: Shop, printer: str, advice: str) -> None:
    shop.good("config", "set", "printer", printer)
    terminal = shop.at("rate", columns=160)
    terminal.send("\r")
    terminal.wait_for("(y/n)")
    terminal.send("y")
    assert terminal.end() == 0
    label = shop.record().purchase.label_id
    assert advice.format(label=label) in f"{terminal.pages}\n"


def test_resume_with_print_prints_without_a_terminal(shop: Shop) -> None:
    shop.service.fault("server-500@rates")
    begun = shop.run("new", *FROM, *TO, *PARCEL, "--rate", "cheapest", "--yes", "--json", "--format", "zpl")
    assert (begun.code, begun.json["status"]) == (1, "open")
    shop.service.mend()
    with printer(accept_all) as listening:
        bought = shop.good(
            "resume", begun.json["session_id"], "--rate", "cheapest", "--yes", "--json", "--print",
            "--printer", f"127.0.0.1:{listening.port}",
        ).json  # fmt: skip
    assert (bought["status"], bool(bought["printed_at"])) == ("bought", True)
    assert listening.received == paper_of(bought)
    assert len(shop.service.charges()) == 1


def test_batch_run_with_print_prints_each_label_it_bought_once(shop: Shop) -> None:
    path = three(shop)
    with printer(accept_all) as listening:
        target = f"127.0.0.1:{listening.port}"
        done = run(shop, path, *BUY, "--format", "zpl", "--print", "--printer", target)
        assert counts(done) == (3, 3, 0, 0, 0)
        again = run(shop, path, *BUY, "--format", "zpl", "--print", "--printer", target)
        assert counts(again) == (3, 0, 0, 0, 3)
    files = [Path(row["label_file"]).read_bytes() for row in results(shop)]
    assert listening.jobs == files
    listed = shop.good("labels", "list", "--json").json
    assert all(label["printed_at"] for label in listed)
    assert len(shop.service.charges()) == 3


def test_batch_whose_printer_fails_is_bought_and_says_how_to_print_again(shop: Shop) -> None:
    done = run(shop, three(shop), *BUY, "--format", "zpl", "--print", "--printer", "127.0.0.1:9")
    assert (done.code, counts(done)) == (0, (3, 3, 0, 0, 0))
    for label in shop.good("labels", "list", "--json").json:
        assert label["printed_at"] is None
        assert f"shiplabel labels print {label['label_id']} --printer 127.0.0.1:9" in done.err
    assert len(shop.service.charges()) == 3
