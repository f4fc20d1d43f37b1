from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from shiplabel.errors import StorageError
from shiplabel.storage.sheets.reading import open_sheet
from shiplabel.storage.sheets.sheet import plain
from shiplabel.storage.sheets.writing import (
    RESULT_COLUMNS,
    Outcome,
    failed_path,
    replacing,
    results_path,
    unrunnable,
    write_failed,
    write_results,
)
from shiplabel.workflow.columns import OUR_COLUMNS

if TYPE_CHECKING:
    from pathlib import Path

    from shiplabel.storage.sheets.sheet import Sheet

SOURCE = (
    'order_id;to_name;note\r\n1042;José "Pepe" Núñez;=1+1\r\n\r\n1043;Ann;"two\nlines; one"\r\n'
    "1044;'t Hooft;@x;more\r\nTotal;;\r\n"
)
BOUGHT = Outcome(
    status="bought",
    step="done",
    label_id="se-1",
    tracking_number="9400",
    carrier_code="usps",
    service_code="usps_ground",
    cost="7.58",
    currency="usd",
    label_file="/labels/1042-9400.pdf",
    session_id="AB2CD",
)


def sheet_of(folder: Path, text: str = SOURCE) -> Sheet:
    path = folder / "orders.csv"
    path.write_bytes(text.encode("cp1252"))
    return open_sheet(path)


def read(path: Path) -> list[list[str]]:
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.endswith(b"\r\n")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_results_keep_the_original_columns_and_add_the_outcome(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    outcomes = {2: BOUGHT, 4: Outcome(status="failed", error="=no", step="rate")}
    write_results(target, sheet_of(tmp_path), outcomes.get)
    header, first, second, third = read(target)
    assert header == ["order_id", "to_name", "note", *RESULT_COLUMNS]
    assert first[:5] == ["1042", 'José "Pepe" Núñez', "'=1+1", "bought", ""]
    assert first[-6:] == ["usps", "usps_ground", "7.58", "usd", "/labels/1042-9400.pdf", "AB2CD"]
    assert second[:5] == ["1043", "Ann", "two\nlines; one", "failed", "'=no"]
    assert third[:5] == ["1044", "'t Hooft", "'@x", "more", "waiting"]


def test_results_columns_are_those_that_the_header_key_leaves_out() -> None:
    assert set(RESULT_COLUMNS) == set(OUR_COLUMNS)


def test_failed_rows_are_the_original_rows_and_their_error(tmp_path: Path) -> None:
    target = tmp_path / "orders.failed.csv"
    assert write_failed(target, sheet_of(tmp_path), {4: "bad ZIP"}.get) == 1
    assert read(target) == [
        ["order_id", "to_name", "note", "error"],
        ["1043", "Ann", "two\nlines; one", "bad ZIP"],
    ]


def test_failed_file_fed_back_reads_the_same_cells(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path)
    target = tmp_path / "orders.failed.csv"
    write_failed(target, sheet, lambda _: "bad")
    before = [cells[:3] for _, cells in sheet.rows()]
    assert [cells[:3] for _, cells in open_sheet(target).rows()] == before


def test_failed_file_of_a_failed_file_has_one_error_column(tmp_path: Path) -> None:
    target = tmp_path / "orders.failed.csv"
    write_failed(target, sheet_of(tmp_path, "order_id,to_name\n1,Ann\n2,Bo\n"), lambda _: "first")
    again = tmp_path / "orders.failed.failed.csv"
    write_failed(again, open_sheet(target), {3: "second"}.get)
    assert read(again) == [["order_id", "to_name", "error"], ["2", "Bo", "second"]]


def test_failed_file_goes_when_no_row_failed(tmp_path: Path) -> None:
    target = tmp_path / "orders.failed.csv"
    sheet = sheet_of(tmp_path)
    write_failed(target, sheet, lambda _: "bad")
    assert write_failed(target, sheet, lambda _: None) == 0
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["orders.csv"]


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "=cmd|' /C calc'!A0",
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\uff1d1+1",
        "-",
        "+1 512",
    ],
)
def test_cell_that_a_spreadsheet_would_run_gets_an_apostrophe_and_reads_back(cell: str) -> None:
    assert unrunnable(cell) == f"'{cell}"
    assert plain(unrunnable(cell)) == plain(cell)


@pytest.mark.parametrize(
    "cell",
    ["", "Ann", "O'Brien", "'78756", "-97.75", "+15125550100", "-2,5", "a=b", "'=1", " x", "<b>", "007"],
)
def test_every_other_cell_stays_as_it_was(cell: str) -> None:
    assert unrunnable(cell) == cell


def test_paths_stand_beside_source_and_results(tmp_path: Path) -> None:
    source = tmp_path / "orders.xlsx"
    assert results_path(source) == tmp_path / "orders.results.csv"
    assert failed_path(tmp_path / "out" / "r.csv", source) == tmp_path / "out" / "orders.failed.csv"


def test_writing_that_fails_half_way_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old")

    def failing(number: int) -> Outcome:
        if number > 2:
            raise KeyError(number)
        return BOUGHT

    with pytest.raises(KeyError):
        write_results(target, sheet_of(tmp_path), failing)
    assert target.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["orders.csv", "out.csv"]


def test_writing_to_a_folder_that_is_not_there_is_a_storage_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="could not be written"), replacing(tmp_path / "no" / "out.csv"):
        pytest.fail("nothing can be opened there")


KEEPS_WRITING = """
import sys
from pathlib import Path
from shiplabel.storage.sheets.reading import open_sheet
from shiplabel.storage.sheets.writing import Outcome, write_results
sheet = open_sheet(Path(sys.argv[1]))
time = 0
while True:
    time += 1
    write_results(Path(sys.argv[2]), sheet, lambda _: Outcome(status=f"time{time}"))
    print(time, flush=True)
"""


@pytest.mark.parametrize("writings", [1, 2, 3, 5])
def test_results_are_whole_whenever_the_writer_is_killed(tmp_path: Path, writings: int) -> None:
    rows = 2000
    source, target = tmp_path / "orders.csv", tmp_path / "out.csv"
    source.write_text("order_id,to_name\n" + "".join(f"{at},Ann\n" for at in range(rows)))
    with subprocess.Popen(
        [sys.executable, "-c", KEEPS_WRITING, source, target], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout
        for _ in range(writings):
            writer.stdout.readline()
        os.kill(writer.pid, signal.SIGKILL)
    lines = read(target)
    assert len(lines) == rows + 1
    assert len({line[2] for line in lines[1:]}) == 1
