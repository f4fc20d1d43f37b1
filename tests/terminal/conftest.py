"""A clerk's desk for tests: the stand-in over sockets, a data folder, terminals closed after use."""

from __future__ import annotations

import json
import os
import sys
import threading
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from shiplabel.domain.keys import random_key
from shiplabel.sandbox.serve import Server
from shiplabel.sandbox.server import create_app
from shiplabel.storage.sessions import SessionFiles
from shiplabel.workflow.session import begin
from tests.terminal.driver import Terminal
from tests.terminal.script import answer_until, kept_before

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shiplabel.workflow.session import Session

ROOT = Path(__file__).parents[2]


@dataclass
class Service:
    """The stand-in under test, its faults and its charges."""

    url: str

    def fault(self, text: str) -> None:
        """Arm faults."""
        self._ask("/sandbox/faults", {"faults": text})

    def mend(self) -> None:
        """Take all faults off."""
        self._ask("/sandbox/faults", method="DELETE")

    def charges(self) -> list[Any]:
        """Return every charge so far."""
        answer = self._ask("/sandbox/charges")
        return list(answer["charges"] if isinstance(answer, dict) else answer)

    def requests(self) -> Any:
        """Return what was asked of it."""
        return self._ask("/sandbox/requests")

    def _ask(self, path: str, body: object = None, method: str | None = None) -> Any:
        sent = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310  # loopback, made by this test
            f"{self.url}{path}", data=sent, method=method, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  # the same
            return json.loads(answer.read() or b"null")


@dataclass
class Desk:
    """One clerk's machine: a home of its own, the program, and what it keeps."""

    home: Path
    service: Service
    more: dict[str, str] = field(default_factory=dict)
    terminals: list[Terminal] = field(default_factory=list)

    def open(self, *arguments: str, columns: int = 80, lines: int = 24, **more: str) -> Terminal:
        """Start the program in a terminal."""
        command = [sys.executable, "-m", "shiplabel", *arguments]
        terminal = Terminal(command, self.environment() | self.more | more, columns=columns, lines=lines)
        self.terminals.append(terminal)
        return terminal

    def at(self, step: str, *arguments: str, columns: int = 80, lines: int = 24, **more: str) -> Terminal:
        """Resume a session that has every answer before ``step``; the steps after confirm by their keys."""
        start = step if step not in {"rate", "purchase"} else "confirm"
        now = datetime.now(UTC)
        session = begin(
            now=now,
            life=timedelta(hours=24),
            environment="production",
            shipment_key=random_key(),
            answers=kept_before(start),
            step=start,
        )
        files = SessionFiles(self.home / "data" / "production")
        files.create(session)
        terminal = self.open("resume", *arguments, columns=columns, lines=lines, **more)
        answer_until(terminal, step, start=start)
        return terminal

    def environment(self) -> dict[str, str]:
        """Return the variables of the program, and no others."""
        kept = {
            name: os.environ[name]
            for name in ("PATH", "LANG", "COVERAGE_PROCESS_START")
            if name in os.environ
        }
        return {
            **kept,
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "PYTHONPATH": str(ROOT),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "SHIPLABEL_DATA_DIR": str(self.home / "data"),
            "SHIPSTATION_BASE_URL": self.service.url,
            "SHIPSTATION_API_KEY": "anything",
            "SHIPLABEL_SETTLE": "0s",
        }

    @property
    def root(self) -> Path:
        """The folder of this environment's sessions and records."""
        found = sorted((self.home / "data").rglob("sessions"))
        assert found, "no session was ever saved"
        return found[0].parent

    def ids(self) -> list[str]:
        """Return the ids of the open sessions, the newest first."""
        if not list((self.home / "data").rglob("sessions")):
            return []
        return [head.session_id for head in SessionFiles(self.root).heads()]

    def session(self) -> Session:
        """Return the one open session as it is on disk."""
        (only,) = self.ids()
        return SessionFiles(self.root).load(only)

    def record(self) -> Session:
        """Return the one label record as it is on disk."""
        files = SessionFiles(self.root)
        (head,) = files.record_heads()
        return files.find(head.session_id)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    server = Server(create_app(tmp_path / "ledger.sqlite"), 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield Service(f"http://127.0.0.1:{server.port}")
    server.shutdown()
    server.server_close()


@pytest.fixture
def desk(tmp_path: Path, service: Service) -> Iterator[Desk]:
    home = tmp_path / "clerk"
    home.mkdir()
    desk = Desk(home, service)
    yield desk
    for terminal in desk.terminals:
        terminal.close()
