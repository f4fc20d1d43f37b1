"""One ledger file under several processes, and after a killed one."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from shiplabel.sandbox.ledger import Ledger

if TYPE_CHECKING:
    from pathlib import Path

BUY = """
import sys, httpx
from shiplabel.sandbox.server import create_app
from tests.sandbox.conftest import wish
app = create_app(sys.argv[1])
transport = httpx.WSGITransport(app=app)
http = httpx.Client(transport=transport, base_url="https://a.invalid", headers={"API-Key": "k"})
options = {"carrier_ids": ["se-100001"], "service_codes": ["usps_media_mail"]}
told = http.post("/v2/rates", json={"shipment": wish(), "rate_options": options}).json()
rates = told["rate_response"]["rates"]
print("ready", flush=True)
for _ in range(int(sys.argv[2])):
    http.post("/v2/labels/rates/" + rates[0]["rate_id"], json={})
"""


def start(path: Path, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", BUY, str(path), str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_processes_on_one_ledger_charge_each_purchase_once(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    running = [start(path, 10) for _ in range(3)]
    for one in running:
        one.communicate(timeout=30)
        assert one.returncode == 0
    ledger = Ledger(path)
    charges = ledger.charges()
    assert len({one.label_id for one in charges}) == len(charges) == 30
    assert ledger.balance("se-100001") == Decimal(500) - sum(one.amount for one in charges)
    ledger.close()


def test_killed_process_leaves_whole_purchases(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with start(path, 100_000) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    ledger = Ledger(path)
    charges = ledger.charges()
    labels = ledger.labels("1", [], "number")
    assert [one.label_id for one in labels] == [one.label_id for one in charges]
    assert ledger.balance("se-100001") == Decimal(500) - sum(one.amount for one in charges)
    ledger.close()


def test_ledger_is_for_its_owner_only(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "deep" / "ledger.db")
    assert stat.S_IMODE(ledger.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(ledger.path.parent.stat().st_mode) == 0o700
    ledger.close()
    ledger.close()


def test_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.db")

    def fail() -> None:
        with ledger.transaction():
            ledger.set_balance("se-100001", Decimal(1))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert ledger.balance("se-100001") == 500
    ledger.close()
