"""Printing through the real program: a real CUPS scheduler, and listeners that behave as printers do."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.printing.listeners import accept_all, close_early, printer
from tests.printing.scheduler import GENERIC, running_scheduler

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.shop import Shop
    from tests.printing.scheduler import Scheduler


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
    done = shop.run("labels", "print", label["label_id"], "--printer", "labls")
    assert done.code == 1
    assert "labels bought" not in done.out
    assert f"shiplabel labels print {label['label_id']} --printer QUEUE" in done.err
    assert len(shop.service.charges()) == 1
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
    assert shop.record().documents.print_job == "labels-1"
    assert scheduler.printed(4) == b"%PDF"


def test_wizard_whose_print_fails_says_how_to_print_again(shop: Shop) -> None:
    terminal = shop.at("rate", "--print", "--printer", "127.0.0.1:9", "--format", "zpl", columns=120)
    terminal.send("\r")
    terminal.wait_for("(y/n)")
    terminal.send("y")
    assert terminal.end() == 0
    record = shop.record()
    assert f"shiplabel labels print {record.purchase.label_id}" in terminal.pages
    assert record.documents.printed_at is None
    assert len(shop.service.charges()) == 1
