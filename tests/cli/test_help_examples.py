"""Every command's help shows an example, and every example does what it says, as it is written."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
import typer

from shiplabel.cli.app import COMMANDS, app
from shiplabel.storage.addresses import AddressBook
from shiplabel.storage.sessions import SessionFiles
from shiplabel.storage.templates import Templates
from shiplabel.workflow.session import begin
from tests.cli.shop import KEYRING
from tests.terminal.conftest import ROOT
from tests.terminal.driver import Terminal
from tests.terminal.script import KEPT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.terminal.conftest import Service

MARK = "Example: "
AT_A_TERMINAL = {"shiplabel config edit"}
SERVES = {"shiplabel sandbox serve"}
PLACES = {"address1": "525 S Winchester Blvd", "city": "San Jose", "state": "CA", "zip": "95128"}
ORDERS = """order_id,to_name,to_address1,to_city,to_state,to_zip,weight,length,width,height
1042,Ada Lovelace,525 S Winchester Blvd,San Jose,CA,95128,1 lb,8,6,4
1043,Grace Hopper,4009 Marathon Blvd,Austin,TX,78756,2 lb,8,6,4
"""
PROGRAMS = {
    "lp": "echo 'request id is Zebra-7 (1 file(s))'",
    "lpstat": "echo Zebra",
    "xdg-open": "exit 0",
    "editor": "exit 0",
}


def commands() -> Iterator[tuple[str, Any]]:
    """Yield every command and group with its whole name, as the program itself finds them."""
    waiting: list[tuple[str, Any]] = [("shiplabel", typer.main.get_command(app))]
    while waiting:
        name, command = waiting.pop(0)
        yield name, command
        for inner, found in getattr(command, "commands", {}).items():
            if name == "shiplabel":
                module = import_module(f"shiplabel.cli.{COMMANDS[inner][0]}")
                found = typer.main.get_command(module.app)  # noqa: PLW2901  # the stand-in is no command
            waiting.append((f"{name} {inner}", found))


ALL = dict(commands())
EXAMPLES = {(found.epilog or "").removeprefix(MARK): name for name, found in ALL.items()}


@pytest.mark.parametrize("name", ALL)
def test_help_of_each_command_shows_an_example_of_it(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    app([*name.split()[1:], "--help"], prog_name="shiplabel", standalone_mode=False)
    shown = " ".join(capsys.readouterr().out.split())
    example = (ALL[name].epilog or "").removeprefix(MARK)
    assert example.startswith(name), f"the help of {name} has the example {example!r}"
    assert f"{MARK}{' '.join(example.split())}" in shown


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a clerk's home with a label, a session, addresses, templates, orders and programs in it."""
    home = tmp_path_factory.mktemp("prepared")
    data = home / "data"
    done = subprocess.run(
        [sys.executable, "-m", "shiplabel", "demo"], env=surroundings(home), cwd=home, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    assert "se-4000001" in done.stdout
    book = AddressBook(data / "addresses.json")
    book.save("Harbor Goods", PLACES, default=True)
    book.save("Ada", PLACES)
    box = {step: value for step, value in KEPT.items() if step.startswith("parcel_")}
    Templates(data / "templates.json").save("small box", box, {})
    session = begin(
        now=datetime.now(UTC), life=timedelta(hours=24), environment="sandbox", shipment_key="sl-example",
        answers=dict(KEPT), step="confirm",
    )  # fmt: skip
    SessionFiles(data / "sandbox").save(replace(session, session_id="K7M2P"))
    (home / "orders.csv").write_text(ORDERS)
    (home / "customers.csv").write_text("name,address1,city,state,zip\nGrace,1 Main St,Austin,TX,78756\n")
    (home / "keyring").mkdir()
    (home / "keyring" / "filering.py").write_text(KEYRING)
    (home / "bin").mkdir()
    ordered = [sys.executable, "-m", "shiplabel", "batch", "run", "orders.csv", "--rate", "cheapest", "--yes"]
    subprocess.run(ordered, env=surroundings(home), cwd=home, check=True, capture_output=True)
    for program, script in PROGRAMS.items():
        (home / "bin" / program).write_text(f"#!/bin/sh\n{script}\n")
        (home / "bin" / program).chmod(0o700)
    return home


def surroundings(home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("LANG", "COVERAGE_PROCESS_START") if name in os.environ}
    return {
        **kept,
        "PATH": f"{home}/bin:{os.environ['PATH']}",
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "PYTHONPATH": f"{ROOT}:{home}/keyring",
        "PYTHON_KEYRING_BACKEND": "filering.FileKeyring",
        "SHIPLABEL_DATA_DIR": str(home / "data"),
        "SHIPLABEL_SETTLE": "0s",
        "EDITOR": "editor",
    }


@pytest.mark.parametrize("example", EXAMPLES)
def test_example_does_what_it_says_as_written(
    example: str, prepared: Path, tmp_path: Path, service: Service
) -> None:
    home = tmp_path / "clerk"
    shutil.copytree(prepared, home)
    program, *arguments = shlex.split(example)
    assert program == "shiplabel"
    environ = surroundings(home) | {"SHIPSTATION_BASE_URL": service.url}
    command = [sys.executable, "-m", "shiplabel", *arguments]
    if EXAMPLES[example] in AT_A_TERMINAL:
        assert at_a_terminal(command, environ) == 0
        return
    with subprocess.Popen(
        command, env=environ, cwd=home, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as running:  # fmt: skip
        if EXAMPLES[example] in SERVES:
            assert running.stdout is not None
            assert running.stdout.readline().startswith("http://127.0.0.1:")
            running.terminate()
        out, err = running.communicate("the-key-of-a-shop\n", timeout=60)
    assert running.returncode == 0, f"{example}\n{out}\n{err}"


def at_a_terminal(command: list[str], environ: dict[str, str]) -> int:
    terminal = Terminal(command, environ)
    try:
        return terminal.end()
    finally:
        terminal.close()
