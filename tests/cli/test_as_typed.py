"""Plain options pass as they were typed; what Typer must read or refuse is still left to it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer

from shiplabel.cli.as_typed import take_as_typed

NUMBER = {"5": 5, "0": 0, "9": 9}
REFUSED = ("10", "-1", "5x", "", "١", "99999999999")  # noqa: RUF001  # a digit of another script


def _run(*arguments: str) -> dict[str, Any]:
    app = typer.Typer(pretty_exceptions_enable=False)
    taken: dict[str, Any] = {}

    @app.command()
    def command(
        name: str,
        *,
        number: Annotated[int | None, typer.Option(min=0, max=9)] = None,
        path: Annotated[Path | None, typer.Option()] = None,
        yes: Annotated[bool, typer.Option("--yes")] = False,
        word: str = "none",
    ) -> None:
        taken.update(name=name, number=number, path=path, yes=yes, word=word)

    take_as_typed(typer.main.get_command(app))(list(arguments), standalone_mode=False)
    return taken


def test_what_is_left_out_keeps_its_default() -> None:
    assert _run("Ada") == {"name": "Ada", "number": None, "path": None, "yes": False, "word": "none"}


def test_texts_paths_and_yes_pass() -> None:
    taken = _run(" Ada ", "--path", "a/b", "--yes", "--word", "2 lb")
    assert taken == {"name": " Ada ", "number": None, "path": Path("a/b"), "yes": True, "word": "2 lb"}


@pytest.mark.parametrize(("typed", "number"), NUMBER.items())
def test_plain_number_is_read(typed: str, number: int) -> None:
    assert _run("Ada", "--number", typed)["number"] == number


@pytest.mark.parametrize("typed", REFUSED)
def test_number_that_does_not_fit_is_refused(typed: str) -> None:
    with pytest.raises(Exception, match=r"(?i)should be|valid|range") as refused:
        _run("Ada", "--number", typed)
    assert hasattr(refused.value, "exit_code")


def test_missing_argument_is_refused() -> None:
    with pytest.raises(Exception, match="name") as refused:
        _run()
    assert hasattr(refused.value, "exit_code")


def test_listing_loads_no_library_of_adapters(tmp_path: Path) -> None:
    program = (
        "import sys; sys.argv = ['shiplabel', '--sandbox', 'sessions', 'list']\n"
        "from shiplabel.cli.app import main\n"
        "try: main()\n"
        "except SystemExit: print('pydantic' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"SHIPLABEL_DATA_DIR": str(tmp_path), "HOME": str(tmp_path), "PATH": ""},
    )
    assert done.stdout == "False\n"
