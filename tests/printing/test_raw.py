from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

import pytest

from shiplabel.printing import PrinterError, print_label
from shiplabel.printing.targets import RawTarget
from tests.printing.listeners import accept_all, close_early, keep_line_open, printer, stall

if TYPE_CHECKING:
    from pathlib import Path

LARGE = b"^XA" + b"^FD0123456789^FS" * 500_000 + b"^XZ"


@pytest.fixture
def zpl(tmp_path: Path) -> Path:
    path = tmp_path / "1042-94001.zpl"
    path.write_bytes(LARGE)
    return path


def test_raw_printer_that_accepts_gets_every_byte(zpl: Path) -> None:
    with printer(accept_all) as listening:
        job = print_label(zpl, "zpl", RawTarget("127.0.0.1", listening.port))
    assert listening.received == LARGE
    assert (job.job_id, job.size) == ("", len(LARGE))


def test_raw_printer_that_keeps_its_line_open_is_no_failure(zpl: Path) -> None:
    with printer(keep_line_open) as listening:
        job = print_label(zpl, "zpl", RawTarget("127.0.0.1", listening.port))
    assert job.size == len(LARGE)


def test_raw_printer_that_stalls_is_given_up_in_time(zpl: Path) -> None:
    with printer(stall) as listening:
        start = time.monotonic()
        with pytest.raises(PrinterError) as error:
            print_label(zpl, "zpl", RawTarget("127.0.0.1", listening.port), limit_s=0.4)
    assert time.monotonic() - start < 5
    assert "in time" in error.value.message
    assert "stays bought" in error.value.message
    assert "labels print" in error.value.hint


def test_raw_printer_that_closes_early_is_a_failed_job(zpl: Path) -> None:
    with printer(close_early) as listening, pytest.raises(PrinterError, match="broke off"):
        print_label(zpl, "zpl", RawTarget("127.0.0.1", listening.port))


def test_raw_printer_that_closes_early_on_a_small_label_is_a_failed_job(tmp_path: Path) -> None:
    path = tmp_path / "small.zpl"
    path.write_bytes(b"^XA^FDsmall enough for one packet^XZ")
    with printer(close_early) as listening, pytest.raises(PrinterError, match="broke off"):
        print_label(path, "zpl", RawTarget("127.0.0.1", listening.port))


def test_raw_printer_that_nobody_answers_for_is_a_failed_job(zpl: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(PrinterError, match="broke off"):
        print_label(zpl, "zpl", RawTarget("127.0.0.1", port))


@pytest.mark.parametrize("paper", ["pdf", "png"])
def test_raw_printer_given_another_paper_is_refused_unsent(zpl: Path, paper: str) -> None:
    with printer(accept_all) as listening:
        with pytest.raises(PrinterError) as error:
            print_label(zpl, paper, RawTarget("127.0.0.1", listening.port))  # type: ignore[arg-type]  # either word
        assert listening.received == b""
    assert error.value.code == "not_zpl"
    assert "--format zpl" in error.value.hint


def test_raw_paper_beyond_any_label_is_refused_unsent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shiplabel.printing.raw.LARGEST", 10)
    path = tmp_path / "huge.zpl"
    path.write_bytes(b"^XA" * 10)
    with printer(accept_all) as listening, pytest.raises(PrinterError, match="larger"):
        print_label(path, "zpl", RawTarget("127.0.0.1", listening.port))


def test_print_of_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(PrinterError) as error:
        print_label(tmp_path / "none.zpl", "zpl", RawTarget("127.0.0.1", 1))
    assert error.value.code == "file_missing"
