"""The key stays where it is, files stay with their owner, and text from outside is never obeyed."""

from __future__ import annotations

import csv
import io
import os
import stat
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from shiplabel.sandbox.faults import _KINDS
from tests.crash import clerk
from tests.crash.desk import OPTIONS, ROOT, Desk, Done, opened
from tests.crash.expectations import KINDS
from tests.crash.faulty_calls import SECONDS, SHORT
from tests.terminal.driver import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "KEY-recognised-anywhere-4711"
ESCAPES = ("\x1b]0;", "\x1b[2J", "\x07", "\x9b", "\u202e")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with opened(tmp_path_factory.mktemp("crash")) as found:
        found.more |= {"SHIPSTATION_API_KEY": KEY, "SHIPLABEL_SETTLE": "0s"}
        yield found


@pytest.fixture(autouse=True)
def fresh(desk: Desk) -> None:
    desk.start_over()


def files_of(*folders: Path) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def one_of_each_kind() -> list[str]:
    """Return texts that arm a fault of each kind; those of no endpoint of their own at three of them."""
    made = []
    for fault, *_ in KINDS.values():
        rest = f":seconds={SECONDS[fault]}:times=2" if fault in SECONDS else ":times=2"
        own = _KINDS[fault].endpoint != "any"
        endpoints = [_KINDS[fault].endpoint] if own else ["carriers", "purchase", "labels"]
        made += [f"{fault}@{endpoint}{rest}" for endpoint in endpoints]
    return made


def test_key_is_nowhere_after_a_run_under_every_kind_of_fault(desk: Desk) -> None:
    told: list[Done] = []
    for text in one_of_each_kind():
        desk.fault(text)
        told.append(desk.run("new", *OPTIONS, "--verbose", before=SHORT))
        told.append(desk.run("reconcile", "--verbose", "--json", before=SHORT))
        desk.mend()
    label = clerk.asked(desk, "labels", "list")[0]["label_id"]
    commands = (("labels", "void", label, "--yes"), ("doctor",), ("config", "show"), ("labels", "report"))
    told += [desk.run(*command, "--verbose", before=SHORT) for command in commands]
    assert any("POST /v2/labels/rates/" in done.err for done in told)
    assert {done.code for done in told} >= {0, 1, 4, 5}
    assert not [done for done in told if KEY in done.out + done.err]
    assert not [path for path in files_of(desk.home) if KEY.encode() in path.read_bytes()]


@pytest.mark.parametrize("by_file", [False, True])
def test_key_is_not_in_the_report_of_a_fault_of_the_program(desk: Desk, by_file: bool) -> None:
    before = ("tests.crash.slips:fall_over",)
    file = desk.folder / "key"
    file.write_text(f"{KEY}\n")
    file.chmod(0o600)
    more: dict[str, Any] = {"SHIPSTATION_API_KEY": ""} if by_file else {}
    option = ("--api-key-file", str(file)) if by_file else ()
    done = desk.run("new", *OPTIONS, *option, before=before, **more)
    assert done.code == 70
    (report,) = (desk.home / "data").glob("report-*.txt")
    assert "RuntimeError" in report.read_text()
    assert KEY not in report.read_text() + done.out + done.err
    assert stat.S_IMODE(report.stat().st_mode) == 0o600


def test_key_is_not_in_the_list_of_processes(desk: Desk) -> None:
    desk.fault("hang@purchase:seconds=5")
    running = subprocess.Popen(
        [sys.executable, "-m", "shiplabel", "new", *OPTIONS],
        env=desk.environ() | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(500):
            if any(one["path"].startswith("/v2/labels/rates") for one in desk.app.ledger.requests()):
                break
            time.sleep(0.02)
        else:
            pytest.fail("the purchase was never sent")
        lines = b"".join(path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists())
        assert b"shiplabel" in lines
        assert KEY.encode() not in lines
    finally:
        running.kill()
        running.wait()


def test_files_and_folders_are_their_owners_alone_whatever_the_umask(desk: Desk) -> None:
    before = ("tests.crash.slips:open_umask",)
    book = ("addresses", "save", "Ada", *OPTIONS[14:16], "--city", "San Jose", "--state", "CA")
    for arguments in (
        ("new", "--order-id", "1", *OPTIONS), ("new", "--sandbox", *OPTIONS), ("labels", "list"),
        ("rates", *OPTIONS[:-4], "--json"), tuple(word.replace("--to-", "--") for word in book),
    ):  # fmt: skip
        assert desk.run(*arguments, before=before).code in {0, 2}, arguments
    paths = [*(desk.home / "data").rglob("*"), desk.home / "data"]
    assert any(path.name == "ledger.sqlite" for path in paths)
    wrong = {
        str(path): oct(stat.S_IMODE(path.stat().st_mode))
        for path in paths
        if stat.S_IMODE(path.stat().st_mode) != (0o700 if path.is_dir() else 0o600)
    }
    assert wrong == {}


FOLDERS = (
    "production", "production/sessions", "production/records", "production/locks", "production/carriers",
    "labels", "pacing",
)  # fmt: skip


@pytest.mark.parametrize("name", FOLDERS)
def test_folder_that_is_a_link_is_refused_and_nothing_is_written_behind_it(desk: Desk, name: str) -> None:
    elsewhere = desk.home / "elsewhere"
    elsewhere.mkdir()
    link = desk.home / "data" / name
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(elsewhere)
    done = desk.run("new", *OPTIONS)
    assert done.code == 4
    assert "is a link" in done.err
    assert list(elsewhere.iterdir()) == []
    assert desk.charges() == []


def test_shard_that_is_a_link_is_refused(desk: Desk) -> None:
    assert desk.run("new", "--order-id", "1", *OPTIONS).code == 0
    (shard,) = (desk.records / "records").iterdir()
    elsewhere = desk.home / "elsewhere"
    shard.rename(elsewhere)
    shard.symlink_to(elsewhere)
    assert desk.run("labels", "list").code == 4


def test_files_that_are_links_are_replaced_or_refused_and_never_followed(desk: Desk) -> None:
    assert desk.run("new", "--order-id", "1", *OPTIONS).code == 0
    desk.run("labels", "list")
    outside = desk.home / "outside"
    for number, path in enumerate(list(files_of(desk.home / "data"))):
        target = outside.with_name(f"outside-{number}")
        path.rename(target)
        path.symlink_to(target)
    before = {path: path.read_bytes() for path in desk.home.glob("outside-*")}
    assert len(before) > 5
    codes = {desk.run("new", "--order-id", order, *OPTIONS).code for order in ("1", "2")}
    desk.run("labels", "list")
    assert codes <= {0, 1}
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize("ledger", ["ledger.sqlite"])
def test_ledger_that_is_a_link_is_not_followed(desk: Desk, ledger: str) -> None:
    outside = desk.home / "outside.sqlite"
    outside.write_bytes(b"")
    place = desk.home / "data" / "sandbox"
    place.mkdir(parents=True)
    (place / ledger).symlink_to(outside)
    assert desk.run("new", "--sandbox", *OPTIONS).code == 4
    assert outside.read_bytes() == b""


def test_label_url_reads_no_local_file(desk: Desk) -> None:
    secret = desk.home / "secret.pdf"
    secret.write_bytes(b"%PDF-1.4 my secret %%EOF")
    desk.fault(f"label-url:to=file://{secret}")
    done = desk.run("new", *OPTIONS)
    assert (done.code, done.document["files"]) == (0, [])
    assert not [path for path in files_of(desk.home / "data") if b"my secret" in path.read_bytes()]


def test_label_url_of_another_host_gets_no_key(desk: Desk) -> None:
    seen: list[dict[str, str]] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append({name.lower(): value for name, value in self.headers.items()})
            body = b"%PDF-1.4 elsewhere %%EOF"
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name
            return

    server = HTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        desk.fault(f"label-url:to=http://127.0.0.1:{server.server_port}/label.pdf")
        assert desk.run("new", *OPTIONS).code == 0
    finally:
        server.shutdown()
        server.server_close()
    assert len(seen) == 1
    assert "api-key" not in seen[0]
    assert KEY not in str(seen)


def shown(desk: Desk) -> Iterator[str]:
    """Yield what every command shows that shows what the service said."""
    for command in (
        ("rates", *OPTIONS[:-4], "--json"), ("rates", *OPTIONS[:-4]), ("new", "--order-id", "1042", *OPTIONS),
        ("labels", "list"), ("labels", "list", "--json"), ("labels", "track"), ("labels", "export"),
        ("labels", "report"), ("doctor",), ("sessions", "list"),
    ):  # fmt: skip
        done = desk.run(*command)
        yield done.out + done.err


def test_text_of_the_service_is_never_obeyed_without_a_terminal(desk: Desk) -> None:
    desk.fault("hostile-text")
    told = list(shown(desk))
    assert any("owned" in text for text in told)
    assert not [text for text in told if any(sign in text for sign in ESCAPES)]


def test_text_of_the_service_is_never_obeyed_in_a_terminal(desk: Desk) -> None:
    desk.fault("hostile-text")
    assert desk.run("new", "--order-id", "1042", *OPTIONS).code == 0
    for command in (("rates", *OPTIONS[:-3]), ("labels", "list"), ("labels", "track"), ("doctor",)):
        terminal = Terminal(
            [sys.executable, "-m", "shiplabel", *command],
            desk.environ() | {"PYTHONPATH": str(ROOT)},
            columns=200,
        )
        terminal.end()
        written = terminal.everything.decode()
        assert not [sign for sign in ("\x1b]0;", "\x07", "\x9b", "\u202e") if sign in written], command


def test_text_of_the_service_names_no_file_outside_and_runs_in_no_sheet(desk: Desk) -> None:
    desk.fault("hostile-text")
    label = desk.run("new", "--order-id", "../../1042", *OPTIONS).document
    (file,) = label["files"]
    assert Path(file["path"]).parent == desk.home / "data" / "labels"
    assert not [path for path in files_of(desk.home) if path.name.startswith("owned")]
    rows = list(csv.reader(io.StringIO(desk.run("labels", "export").out)))
    assert len(rows) == 2
    assert [cell for cell in rows[1] if "cmd|" in cell]
    assert not [cell for row in rows for cell in row if cell[:1] in "=+-@\t\r" and cell]


def test_text_of_a_sheet_is_never_obeyed_and_runs_in_no_results(desk: Desk) -> None:
    evil = '=HYPERLINK("http://x")'
    sheet = desk.home / "orders.csv"
    columns = "order_id to_name to_address1 to_city to_state to_zip weight length width height note"
    address = ["525 S Winchester Blvd", "San Jose", "CA", "95128", "35 oz", "10", "8", "4"]
    with sheet.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [
                columns.split(),
                ["../../7", "Ada", *address, evil],
                ["8", "Bob\x1b]0;owned\x07", *address, evil],
            ]
        )
    desk.fault("hostile-text@purchase")
    done = desk.run("batch", "run", str(sheet), "--rate", "cheapest", "--yes", "--json", *OPTIONS[:10])
    assert done.code == 3, done.err
    assert not [sign for sign in ESCAPES if sign in done.out + done.err]
    with (desk.home / "orders.results.csv").open(encoding="utf-8-sig", newline="") as file:
        results = list(csv.reader(file))
    cells = [cell for row in results for cell in row]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "@")]
    made = [path for path in files_of(desk.home) if path.suffix == ".pdf"]
    assert [path.parent for path in made] == [desk.home / "data" / "labels"]
    assert os.path.commonpath([*map(str, made), str(desk.home)]) == str(desk.home)
