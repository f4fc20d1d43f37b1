from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "TEST_hush-7kq2"
HEAVY = ["httpx", "questionary", "prompt_toolkit", "msgspec", "reportlab", "werkzeug"]
RAISING = """
import sys
from shiplabel import errors
from shiplabel.cli.boundary import guarded
def run():
    {statement}
sys.exit(guarded(sys.argv[1:], run))
"""
LOADED = """
import sys
from shiplabel.cli.app import main
try:
    main()
finally:
    sys.stderr.write("loaded:" + ",".join(name for name in {heavy} if name in sys.modules))
"""


def python(code: str, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def raising(statement: str, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return python(RAISING.format(statement=statement), *arguments, **env)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["sessions", "list"]])
def test_light_commands_load_no_heavy_part(arguments: list[str]) -> None:
    done = python(LOADED.format(heavy=HEAVY), *arguments)
    assert done.returncode == 0
    assert done.stderr.endswith("loaded:")


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("return None", 0),
        ("return 3", 3),
        ("raise errors.ShiplabelError('no')", 1),
        ("raise errors.InputError('no')", 2),
        ("raise errors.SettingsError('no')", 4),
        ("raise errors.StorageError('no')", 1),
        ("raise errors.HeldError('no')", 1),
        ("raise errors.Unauthorized('no')", 4),
        ("raise errors.NoAnswer('no')", 1),
        ("raise errors.OutcomeUnknown('no')", 5),
        ("raise errors.Interrupted('no')", 130),
        ("raise KeyboardInterrupt", 130),
        ("raise ValueError('no')", 70),
    ],
)
def test_error_ends_with_its_exit_code_and_no_traceback(statement: str, code: int) -> None:
    done = raising(statement)
    assert done.returncode == code
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stdout == ""


def test_error_with_json_is_one_document_and_a_sentence_with_the_next_command() -> None:
    done = raising("raise errors.InputError('no such', field='to_zip', code='odd', hint='do it')", "--json")
    error = json.loads(done.stdout)["error"]
    assert error.keys() == {"step", "code", "message", "request_id", "at", "reverted_from", "reverted_to"}
    assert (error["step"], error["code"], error["message"]) == ("to_zip", "odd", "no such")
    assert done.stderr == "no such\nNext: do it\n"


def test_escapes_in_an_error_do_not_reach_the_terminal() -> None:
    assert "\x1b" not in raising(r"raise errors.InputError('red \x1b[31m')").stderr


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_bug_writes_a_report_without_the_key_and_names_it(tmp_path: Path, arguments: list[str]) -> None:
    done = raising(f"raise ValueError('with {SECRET}')", *arguments, SHIPSTATION_API_KEY=SECRET)
    (report,) = (tmp_path / "shiplabel").glob("report-*.txt")
    assert str(report) in done.stderr
    assert "ValueError" in report.read_text()
    assert SECRET not in report.read_text() + done.stdout + done.stderr
    assert report.stat().st_mode & 0o777 == 0o600
    assert not arguments or json.loads(done.stdout)["error"]["code"] == "bug"


@pytest.mark.parametrize("spare", [True, False])
def test_bug_where_the_data_folder_takes_no_report_is_told_without_a_traceback(
    tmp_path: Path, spare: bool
) -> None:
    (tmp_path / "shiplabel").write_text("")
    if spare:
        (tmp_path / "spare").mkdir()
    done = raising(
        f"raise ValueError('with {SECRET}')", SHIPSTATION_API_KEY=SECRET, TMPDIR=str(tmp_path / "spare")
    )
    assert done.returncode == 70
    assert "Traceback" not in done.stderr
    assert SECRET not in done.stderr
    if spare:
        (report,) = (tmp_path / "spare").glob("report-*.txt")
        assert str(report) in done.stderr


def test_bug_report_strikes_out_a_key_from_a_file_too(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(SECRET)
    done = raising(
        "from shiplabel.config import Key; "
        f"Key(open('{tmp_path / 'key'}').read()); raise ValueError('with {SECRET}')"
    )
    (report,) = (tmp_path / "shiplabel").glob("report-*.txt")
    assert done.returncode == 70
    assert SECRET not in report.read_text()


@pytest.mark.parametrize("arguments", [["nonsense"], ["new", "--nonsense"], ["sessions", "show"]])
def test_command_line_that_cannot_be_read_is_input(arguments: list[str]) -> None:
    done = python(LOADED.format(heavy=[]), *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    document = python(LOADED.format(heavy=[]), *arguments, "--json")
    assert document.returncode == 2
    assert json.loads(document.stdout)["error"]["code"] == "usage"
