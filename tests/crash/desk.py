"""One clerk's machine for trials: a served stand-in, a home that is emptied, and the program run in it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shiplabel.sandbox.serve import Server
from shiplabel.sandbox.server import Sandbox, create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shiplabel.sandbox.ledger import Charge

ROOT = Path(__file__).parents[2]
KEY = "key-for-the-proof"
LAID = ("tests.crash.touches:lay",)
PATIENCE_S = 150.0
HOUR_S = 3600
OPTIONS = (
    "--from-name", "Harbor Goods", "--from-address1", "4009 Marathon Blvd", "--from-city", "Austin",
    "--from-state", "TX", "--from-zip", "78756", "--to-name", "Ada Lovelace",
    "--to-address1", "525 S Winchester Blvd", "--to-city", "San Jose", "--to-state", "CA",
    "--to-zip", "95128", "--weight", "2 lb 3 oz", "--size", "10x8x4in", "--rate", "cheapest",
    "--yes", "--json",
)  # fmt: skip
KILLED = -signal.SIGKILL


class CountingServer(Server):
    """Knows how many connections are open, so that a trial can wait until all is answered."""

    open_ones = 0
    _turn = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Take a connection."""
        with self._turn:
            self.open_ones += 1
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Let a connection go."""
        super().shutdown_request(request)
        with self._turn:
            self.open_ones -= 1


@dataclass(frozen=True)
class Done:
    """A run that has ended: its exit code (minus the signal), stdout and stderr."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document of its stdout."""
        return json.loads(self.out)


@dataclass
class Desk:
    """A served stand-in, a process that forks runs, and the home of the case at hand."""

    folder: Path
    server: CountingServer
    app: Sandbox
    line: socket.socket
    forking: subprocess.Popen[bytes]
    more: dict[str, str] = field(default_factory=dict)
    kept_for: str = ""

    def __post_init__(self) -> None:
        """Talk to the forking process in lines."""
        self._running = self.forking.pid
        self._asked = self.line.makefile("rw", encoding="utf-8")

    @property
    def home(self) -> Path:
        """The home of the case at hand; its data are in ``data``."""
        return self.folder / "home"

    @property
    def records(self) -> Path:
        """The folder of this environment's sessions and label records."""
        return self.home / "data" / "production"

    def start_over(self) -> None:
        """Begin a case: nothing in the home, nothing in the ledger, no fault."""
        self.quiet()
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(mode=0o700)
        self.app.reset()

    def keep(self, name: str = "") -> None:
        """Remember home and ledger as they are, for ``restore``; ``kept_for`` tells the name."""
        self.kept_for = name
        self.quiet()
        shutil.rmtree(self.folder / "kept", ignore_errors=True)
        kept = shutil.copytree(self.home, self.folder / "kept")
        for path in kept.rglob("*"):  # all of one age, whenever a trial begins
            os.utime(path, (time.time() - HOUR_S,) * 2)
        (self.folder / "kept.sqlite").unlink(missing_ok=True)
        self.app.ledger.do("VACUUM INTO ?", str(self.folder / "kept.sqlite"))

    def restore(self) -> None:
        """Make home and ledger what they were at ``keep``."""
        self.start_over()
        self.home.rmdir()
        shutil.copytree(self.folder / "kept", self.home)
        ledger = self.app.ledger
        ledger.do("ATTACH ? AS kept", str(self.folder / "kept.sqlite"))
        for row in ledger.rows("SELECT name FROM kept.sqlite_master WHERE type = 'table'"):
            ledger.do(f"DELETE FROM main.{row['name']}")  # noqa: S608  # names of the ledger's own
            ledger.do(f"INSERT INTO main.{row['name']} SELECT * FROM kept.{row['name']}")  # noqa: S608
        ledger.do("DETACH kept")

    def environ(self, case: str = "home", **more: str) -> dict[str, str]:
        """Return a run's surroundings and no others; a case may have a home of its own."""
        home = self.folder / case
        home.mkdir(mode=0o700, exist_ok=True)
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "HOME": str(home),
            "TERM": "xterm-256color",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "SHIPLABEL_DATA_DIR": str(home / "data"),
            "SHIPLABEL_CONFIG": str(home / "config.toml"),
            "SHIPLABEL_RATE_LIMIT": "100000/60",
            "SHIPLABEL_SETTLE": "0s",
            "SHIPSTATION_API_KEY": KEY,
            "SHIPSTATION_BASE_URL": self.server.url,
            **self.more,
            **more,
        }

    def run(self, *arguments: str, before: tuple[str, ...] = (), **more: str) -> Done:
        """Run the command line without a terminal and wait for its end.

        ``before`` names functions (``module:function``) to call in its process before ``main``; ``more``
        are variables of its surroundings.
        """
        out, err = self.folder / "stdout", self.folder / "stderr"
        self.fork(arguments, before, self.environ(**more), stdout=str(out), stderr=str(err))
        code = self.ended()
        return Done(code, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"))

    def fork(
        self,
        arguments: tuple[str, ...],
        before: tuple[str, ...],
        environ: dict[str, str],
        *,
        terminal: str = "",
        stdout: str = "",
        stderr: str = "",
    ) -> int:
        """Start a run in a process of its own and return the process's id."""
        wanted = {
            "arguments": arguments, "before": before, "environ": environ,
            "terminal": terminal, "stdout": stdout, "stderr": stderr,
        }  # fmt: skip
        self._asked.write(f"{json.dumps(wanted)}\n")
        self._asked.flush()
        self._running = int(self._asked.readline())
        return self._running

    def ended(self) -> int:
        """Wait for the end of the run that was started last and return its exit code (minus the signal)."""
        late = threading.Timer(PATIENCE_S, os.kill, (self._running, signal.SIGABRT))
        late.start()
        try:
            return int(self._asked.readline())
        finally:
            late.cancel()
            self._running = self.forking.pid

    def crash(self, at: str) -> dict[str, str]:
        """Return the variables that list a run's touches and kill it at one; at none when it is empty."""
        return {"CRASH_AT": at, "CRASH_LOG": str(self.folder / "touches")}

    def touches(self) -> list[str]:
        """Return the touches of the last run that had them laid, in order."""
        return (self.folder / "touches").read_text(encoding="utf-8").splitlines()

    def charges(self) -> list[Charge]:
        """Return every charge of the case, whatever its key, once nothing is under way any more."""
        self.quiet()
        return self.app.ledger.charges()

    def quiet(self) -> None:
        """Wait until the service has dealt with all that was sent to it, also by those who were killed."""
        self._control("GET", "/sandbox/charges")  # answered after every connection before it was taken
        end = time.monotonic() + PATIENCE_S
        while self.server.open_ones and time.monotonic() < end:
            time.sleep(0.002)

    def fault(self, text: str) -> None:
        """Arm faults beside those that are armed."""
        self._control("POST", "/sandbox/faults", {"faults": text})

    def mend(self) -> None:
        """Take all faults off."""
        self._control("DELETE", "/sandbox/faults")

    def close(self) -> None:
        """End the forking process, what it runs, and the service."""
        with suppress(ProcessLookupError):
            os.kill(self._running, signal.SIGKILL)
        self._asked.close()
        self.line.close()
        self.server.shutdown()
        self.server.server_close()
        self.app.ledger.close()
        self.forking.wait()

    def _control(self, method: str, path: str, body: object = None) -> None:
        request = urllib.request.Request(  # noqa: S310  # loopback, made by this test
            f"{self.server.url}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=10):  # noqa: S310  # the same
            return


def open_desk(folder: Path) -> Desk:
    """Serve the stand-in and warm a forking process; both end with this process."""
    ours, theirs = socket.socketpair()
    forking = subprocess.Popen(
        [sys.executable, "-m", "tests.crash.victim", str(theirs.fileno())],
        cwd=ROOT,
        pass_fds=[theirs.fileno()],
    )
    theirs.close()
    app = create_app(folder / "ledger.sqlite")
    server = CountingServer(app, 0)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return Desk(folder, server, app, ours, forking)


@contextmanager
def opened(folder: Path) -> Iterator[Desk]:
    """Open a desk for as long as its trials run."""
    desk = open_desk(folder)
    try:
        yield desk
    finally:
        desk.close()
