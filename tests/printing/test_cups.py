from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import pytest

from shiplabel.printing import PrinterError, print_label
from shiplabel.printing.cups import queues
from shiplabel.printing.targets import CupsTarget
from tests.printing.scheduler import running_scheduler

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.printing.scheduler import Scheduler


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "1042 label.zpl"
    path.write_bytes(b"^XA^FDhello^FS^XZ")
    return path


@pytest.fixture
def scheduler(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scheduler]:
    with running_scheduler() as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        running.add_queue("labels")
        yield running


def test_cups_queue_prints_zpl_untouched_and_its_job_is_kept(scheduler: Scheduler, paper: Path) -> None:
    job = print_label(paper, "zpl", CupsTarget("labels"))
    assert job.job_id == "labels-1"
    assert scheduler.printed(job.size) == paper.read_bytes()
    assert queues() == ["labels"]


def test_cups_queue_that_does_not_exist_is_told_in_its_words(scheduler: Scheduler, paper: Path) -> None:
    with pytest.raises(PrinterError) as error:
        print_label(paper, "zpl", CupsTarget("elsewhere"))
    assert "does not exist" in error.value.message
    assert "lpstat -e" in error.value.hint


def _program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!{sys.executable}\n{script}")
    path.chmod(0o700)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def _recording_lp(folder: Path) -> Path:
    seen = folder / "seen"
    _program(
        folder,
        "lp",
        f"import os, sys\nopen({str(seen)!r}, 'w').write('\\n'.join([os.environ['LC_ALL'], *sys.argv[1:]]))\n"
        "print('request id is office-17 (1 file(s))')\n",
    )
    return seen


@pytest.mark.parametrize(("layout", "media"), [("4x6", "media=Custom.4x6in"), ("letter", "media=Letter")])
def test_cups_paper_is_sent_with_queue_and_media(
    programs: Path, paper: Path, layout: str, media: str
) -> None:
    seen = _recording_lp(programs)
    job = print_label(paper, "pdf", CupsTarget("office"), layout)  # type: ignore[arg-type]  # either word
    assert job.job_id == "office-17"
    said = ["C", "-d", "office", "-o", media, "-o", "fit-to-page", "--", str(paper)]
    assert seen.read_text().split("\n") == said


def test_cups_default_queue_is_left_to_cups(programs: Path, paper: Path) -> None:
    seen = _recording_lp(programs)
    print_label(paper, "zpl", CupsTarget(""))
    assert seen.read_text().split("\n") == ["C", "-o", "raw", "--", str(paper)]


def test_cups_that_is_not_there_says_what_else_prints(programs: Path, paper: Path) -> None:
    with pytest.raises(PrinterError) as error:
        print_label(paper, "pdf", CupsTarget("office"))
    assert error.value.code == "no_cups"
    assert "HOST:9100" in error.value.hint
    assert queues() is None


def test_cups_that_hangs_is_given_up_in_time(programs: Path, paper: Path) -> None:
    _program(programs, "lp", "import threading\nthreading.Event().wait(60)\n")
    start = time.monotonic()
    with pytest.raises(PrinterError) as error:
        print_label(paper, "pdf", CupsTarget("office"), limit_s=0.3)
    assert error.value.code == "print_timeout"
    assert time.monotonic() - start < 10


def test_cups_lp_that_cannot_run_is_told(programs: Path, paper: Path) -> None:
    (programs / "lp").write_bytes(b"\x7fELF nothing")
    (programs / "lp").chmod(0o700)
    with pytest.raises(PrinterError, match="could not be started"):
        print_label(paper, "pdf", CupsTarget("office"))


def test_cups_lp_that_says_no_without_words_is_told_by_its_number(programs: Path, paper: Path) -> None:
    _program(programs, "lp", "raise SystemExit(3)")
    with pytest.raises(PrinterError, match="lp: 3"):
        print_label(paper, "pdf", CupsTarget("office"))


def test_cups_queues_of_a_hanging_scheduler_are_not_known(programs: Path) -> None:
    _program(programs, "lpstat", "import threading\nthreading.Event().wait(60)\n")
    assert queues(limit_s=0.3) is None
