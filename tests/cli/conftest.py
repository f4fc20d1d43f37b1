"""A shop for each test of a command."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from shiplabel.sandbox.serve import Server
from shiplabel.sandbox.server import create_app
from tests.cli.shop import Shop
from tests.terminal.conftest import Service

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    server = Server(create_app(tmp_path / "ledger.sqlite"), 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield Service(server.url)
    server.shutdown()
    server.server_close()


@pytest.fixture
def shop(tmp_path: Path, service: Service) -> Iterator[Shop]:
    home = tmp_path / "clerk"
    home.mkdir()
    machine = Shop(home, service)
    yield machine
    for terminal in machine.terminals:
        terminal.close()
