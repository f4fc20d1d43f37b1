"""Guards around every test: a home of its own, English, no key, no way to any other machine."""

from __future__ import annotations

import os
import signal
import socket
from typing import TYPE_CHECKING, Any

import pytest

from shiplabel.language import SOURCES, speak

if TYPE_CHECKING:
    from pathlib import Path

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def pytest_configure() -> None:
    """Let ^C reach the programs that the tests run, where a shell has the tests in the background too."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test a home and a data folder that nobody else has."""
    for name in list(os.environ):
        if name.startswith(("SHIPLABEL_", "SHIPSTATION_", "XDG_")):
            monkeypatch.delenv(name)
    for name in SOURCES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    speak("")
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("SHIPLABEL_DATA_DIR", str(tmp_path / "shiplabel"))
    monkeypatch.setenv("SHIPLABEL_CONFIG", str(tmp_path / "config.toml"))


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test connect to another machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and address[0] not in LOOPBACK:
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
