"""The sandbox over real sockets, and as a process of its own."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.sandbox.conftest import Shop, until

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = (
    "import sys; from shiplabel.sandbox.serve import serve\n"
    "serve(sys.argv[1], 0, on_ready=lambda url: print(url, flush=True), faults=sys.argv[2] or None)"
)


@pytest.mark.parametrize("way", ["drop-before-head", "drop-in-head", "drop-mid-body"])
@pytest.mark.parametrize(("first", "count"), [("buy-then-", 1), ("", 0)])
def test_connection_is_dropped(served: Shop, first: str, count: int, way: str) -> None:
    rate_id = served.rate()["rate_id"]
    served.arm(f"{first}{way}@purchase:times=1")
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        served.buy(rate_id)
    assert len(served.charged()) == count
    assert served.buy(rate_id).status_code == 200


@pytest.mark.parametrize(("text", "count"), [("buy-then-hang", 1), ("hang@purchase", 0)])
def test_hang_lasts_until_the_client_goes(served: Shop, text: str, count: int) -> None:
    rate_id = served.rate()["rate_id"]
    before = threading.active_count()
    served.arm(f"{text}:times=1")
    with pytest.raises(httpx.ReadTimeout):
        served.http.post(f"/v2/labels/rates/{rate_id}", json={}, timeout=0.3)
    assert len(served.charged()) == count
    assert until(lambda: threading.active_count() <= before)


def test_hang_with_seconds_ends_by_itself(served: Shop) -> None:
    served.arm("hang@carriers:seconds=0.3")
    start = time.monotonic()
    with pytest.raises(httpx.RemoteProtocolError):
        served.http.get("/v2/carriers")
    assert 0.2 < time.monotonic() - start < 3


def test_purchase_waits_for_the_hangup(served: Shop) -> None:
    rate_id = served.rate()["rate_id"]
    served.arm("buy-after-hangup:times=1")
    with pytest.raises(httpx.ReadTimeout):
        served.http.post(f"/v2/labels/rates/{rate_id}", json={}, timeout=0.3)
    assert until(lambda: len(served.charged()) == 1)


def test_paper_is_shorter_than_announced(served: Shop) -> None:
    link = served.bought()["label_download"]["pdf"]
    assert link.startswith("http://127.0.0.1:")
    served.arm("download-truncated:times=1")
    with pytest.raises(httpx.RemoteProtocolError):
        served.http.get(link)
    assert httpx.get(link).content.startswith(b"%PDF")


def test_requests_are_counted_and_charges_told(served: Shop) -> None:
    label = served.bought()
    served.http.get("/v2/labels", params={"page": 1})
    noted = httpx.get(f"{served.http.base_url}/sandbox/requests").json()
    assert [(one["method"], one["path"]) for one in noted] == [
        ("POST", "/v2/rates"),
        ("POST", f"/v2/labels/rates/{noted[1]['path'].rsplit('/', 1)[1]}"),
        ("GET", "/v2/labels"),
    ]
    assert noted[2]["query"] == "page=1"
    (charge,) = httpx.get(f"{served.http.base_url}/sandbox/charges").json()
    assert charge["label_id"] == label["label_id"]
    assert isinstance(charge["amount"], str)


def test_purchases_at_once_are_each_charged_once(served: Shop) -> None:
    rate_id = served.rate("usps_ground_advantage")["rate_id"]
    url = f"{served.http.base_url}/v2/labels/rates/{rate_id}"
    answers: list[int] = []

    def buy() -> None:
        with httpx.Client(headers={"API-Key": "k"}) as http:
            answers.extend(http.post(url, json={}).status_code for _ in range(10))

    threads = [threading.Thread(target=buy) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    charges = served.app.ledger.charges()
    assert answers.count(200) == len(charges) == len({one.label_id for one in charges})
    spent = sum(one.amount for one in charges)
    assert served.app.ledger.balance("se-100001") + spent == 500


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_process_says_its_url_and_ends_on_a_signal(tmp_path: Path, end: signal.Signals) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "ledger.db"), ""]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert httpx.get(f"{url}/v2/carriers", headers={"API-Key": "k"}).status_code == 200
        process.send_signal(end)
        _, errors = process.communicate(timeout=5)
    assert process.returncode == 0
    assert errors == ""


def test_taken_port_is_an_os_error(tmp_path: Path) -> None:
    from shiplabel.sandbox.serve import serve  # noqa: PLC0415 - beside the process tests

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            serve(tmp_path / "ledger.db", port, on_ready=print)
