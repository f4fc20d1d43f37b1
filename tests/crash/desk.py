"""What a clerk does around a crash: run, see what is open, resume; and what is there in the end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shiplabel.domain.keys import shipment_key_of_order
from shiplabel.sandbox.faults import FAULTS
from shiplabel.sandbox.serve import Server
from shiplabel.sandbox.server import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
OPTIONS = (
    "--from-name", "Harbor Goods", "--from-address1", "4009 Marathon Blvd", "--from-city", "Austin",
    "--from-state", "TX", "--from-zip", "78756", "--to-name", "Ada Lovelace",
    "--to-address1", "525 S Winchester Blvd", "--to-city", "San Jose", "--to-state", "CA",
    "--to-zip", "95128", "--weight", "2 lb 3 oz", "--size", "10x8x4in", "--rate",
    "service:usps_ground_advantage", "--yes", "--json",
)  # fmt: skip
TRIES = 4
KEY = "key-for-the-proof"


@dataclass
class Result:
    """What is there when the clerk has done all that a clerk would do."""

    name: str
    charges: list[Any]
    labels: list[Any] = field(default_factory=list)
    open_ones: list[Any] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)

    @property
    def duplicates(self) -> int:
        """Charges beyond the first."""
        return max(0, len(self.charges) - 1)

    @property
    def lost(self) -> int:
        """Charges that neither a record nor a session in doubt tells of."""
        if any(one["status"] == "unknown" for one in self.open_ones):
            return 0
        recorded = {label["label_id"] for label in self.labels}
        return sum(charge["label_id"] not in recorded for charge in self.charges)

    @property
    def whole(self) -> bool:
        """One charge, its record, its file, nothing open."""
        files = [file["path"] for label in self.labels for file in label["files"]]
        return (
            len(self.charges) == len(self.labels) == 1
            and not self.open_ones
            and len(files) == 1
            and Path(files[0]).read_bytes().startswith(b"%PDF")
        )


@dataclass
class Desk:
    """A served stand-in and a folder for the data of each case."""

    server: Server
    app: Any
    folder: Path

    @property
    def url(self) -> str:
        """The served stand-in's address."""
        return f"http://127.0.0.1:{self.server.socket.getsockname()[1]}"

    def environ(self, case: str) -> dict[str, str]:
        """Return a case's surroundings: its own home and data, one service for all."""
        home = self.folder / case
        home.mkdir(parents=True, exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SHIP")}
        return kept | {
            "HOME": str(home),
            "SHIPLABEL_DATA_DIR": str(home / "data"),
            "SHIPLABEL_CONFIG": str(home / "config.toml"),
            "SHIPLABEL_SETTLE": "2s",
            "SHIPSTATION_API_KEY": KEY,
            "SHIPSTATION_BASE_URL": self.url,
            "CRASH_LOG": str(home / "touches"),
        }

    def run(self, case: str, *arguments: str, crash_at: int = 0) -> subprocess.CompletedProcess[str]:
        """Run the command line for a case, to be killed at a touch."""
        return subprocess.run(
            [sys.executable, "-m", "tests.crash.victim", *arguments],
            cwd=ROOT,
            env=self.environ(case) | {"CRASH_AT": str(crash_at)},
            capture_output=True,
            text=True,
            timeout=150,
            check=False,
        )

    def buy(self, case: str, crash_at: int = 0) -> int:
        """Buy the case's label and return the exit code."""
        return self.run(case, "new", "--order-id", case, *OPTIONS, crash_at=crash_at).returncode

    def settle(self, case: str) -> Result:
        """Do what a clerk would do until nothing is open or nothing more can be done."""
        codes = []
        for _ in range(TRIES):
            open_ones = self._json(case, "sessions", "list")
            if not open_ones and self._json(case, "labels", "list"):
                break
            ids = [one["session_id"] for one in open_ones]
            again: list[tuple[str, ...]] = [("resume", one, "--yes", "--json") for one in ids]
            acts = again or [("new", "--order-id", case, *OPTIONS)]
            codes += [self.run(case, *arguments).returncode for arguments in acts]
        result = self.seen(case, codes)
        return result if result.charges or not result.open_ones else self._say_not_bought(case, codes)

    def _say_not_bought(self, case: str, codes: list[int]) -> Result:
        """Do what a clerk does who has seen in the account that nothing was bought."""
        key = shipment_key_of_order(case)
        codes.append(self.run(case, "reconcile", "--not-bought", key, "--yes").returncode)
        ids = [one["session_id"] for one in self._json(case, "sessions", "list")]
        codes += [self.run(case, "resume", one, "--yes", "--json").returncode for one in ids]
        return self.seen(case, codes)

    def seen(self, case: str, codes: list[int]) -> Result:
        """Return what is there now."""
        key = shipment_key_of_order(case)
        charges = [vars_of(charge) for charge in self.app.ledger.charges()]
        return Result(
            case,
            [charge for charge in charges if charge["external_shipment_id"] == key],
            self._json(case, "labels", "list"),
            self._json(case, "sessions", "list"),
            codes,
        )

    def _json(self, case: str, *arguments: str) -> list[Any]:
        done = self.run(case, *arguments, "--json")
        assert done.returncode == 0, done.stderr
        found: list[Any] = json.loads(done.stdout)
        return found

    def touches(self, case: str) -> list[str]:
        """Return the touches of a case's last run, in order."""
        lines = (self.folder / case / "touches").read_text(encoding="utf-8").splitlines()
        starts = [place for place, line in enumerate(lines) if line.startswith("1 ")]
        return lines[starts[-1] :]

    def fault(self, text: str) -> None:
        """Arm a fault in place of all others."""
        request = urllib.request.Request(  # noqa: S310  # loopback, made by this test
            f"{self.url}/sandbox/faults",
            data=json.dumps({"faults": text}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10):  # noqa: S310  # the same
            return

    def mend(self) -> None:
        """Take all faults off."""
        request = urllib.request.Request(f"{self.url}/sandbox/faults", method="DELETE")  # noqa: S310
        with urllib.request.urlopen(request, timeout=10):  # noqa: S310  # loopback
            return


def vars_of(charge: Any) -> dict[str, Any]:
    """Return a charge of the ledger by the names of its fields."""
    return {"label_id": charge.label_id, "external_shipment_id": charge.external_shipment_id}


@contextmanager
def opened(folder: Path) -> Iterator[Desk]:
    """Serve the stand-in for as long as the cases run."""
    app = create_app(folder / "ledger.sqlite")
    server = Server(app, 0)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield Desk(server, app, folder)
    finally:
        server.shutdown()
        server.server_close()


NOT_OURS = {"two-labels", "external-id", "rate-limit", "redirect", "label-url"}
FAULT_NAMES = tuple(name for name in FAULTS if name not in NOT_OURS and not name.startswith("void"))
