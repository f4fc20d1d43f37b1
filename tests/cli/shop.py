"""A shop for tests of commands: the real program, with and without a terminal, and the stand-in."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.terminal.conftest import ROOT, Desk

if TYPE_CHECKING:
    from pathlib import Path

PARCEL = ("--weight", "1lb", "--size", "8x6x4")
FROM = (
    "--from-name", "Harbor Goods", "--from-address1", "4009 Marathon Blvd", "--from-city", "Austin",
    "--from-state", "TX", "--from-zip", "78756",
)  # fmt: skip
ADA = ("--address1", "525 S Winchester Blvd", "--city", "San Jose", "--state", "CA", "--zip", "95128")
KEYRING = """
import json, pathlib
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

PLACE = pathlib.Path(__file__).with_name("secrets.json")

class FileKeyring(KeyringBackend):
    priority = 1

    def _all(self):
        return json.loads(PLACE.read_text()) if PLACE.exists() else {}

    def get_password(self, service, username):
        return self._all().get(f"{service} {username}")

    def set_password(self, service, username, password):
        PLACE.write_text(json.dumps(self._all() | {f"{service} {username}": password}))

    def delete_password(self, service, username):
        kept = self._all()
        if kept.pop(f"{service} {username}", None) is None:
            raise PasswordDeleteError
        PLACE.write_text(json.dumps(kept))
"""


@dataclass(frozen=True)
class Done:
    """What a run of the program left: its exit code and both streams."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on stdout."""
        return json.loads(self.out)


@dataclass
class Shop(Desk):
    """A clerk's machine whose program also runs without a terminal."""

    def run(self, *arguments: str, stdin: str = "", **more: str) -> Done:
        """Run the program without a terminal."""
        done = subprocess.run(
            [sys.executable, "-m", "shiplabel", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=self.environment() | self.more | more,
            cwd=self.home,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def good(self, *arguments: str, stdin: str = "", **more: str) -> Done:
        """Run the program and see that it ends well."""
        done = self.run(*arguments, stdin=stdin, **more)
        assert done.code == 0, done.err
        return done

    def buy(self, *more: str) -> Any:
        """Buy a label to Ada and return its object."""
        recipient = [
            option.replace("--", "--to-", 1) if option.startswith("--") else option for option in ADA
        ]
        bought = self.good(
            "new", *FROM, "--to-name", "Ada Lovelace", *recipient, *PARCEL,
            "--rate", "cheapest", "--yes", "--json", *more,
        )  # fmt: skip
        return bought.json

    def with_keyring(self) -> Path:
        """Give the machine a keyring of its own and take its variable away; return where it keeps."""
        folder = self.home / "keyring"
        folder.mkdir()
        (folder / "filering.py").write_text(KEYRING)
        self.more |= {
            "PYTHONPATH": f"{ROOT}:{folder}",
            "PYTHON_KEYRING_BACKEND": "filering.FileKeyring",
            "SHIPSTATION_API_KEY": "",
        }
        return folder / "secrets.json"
