from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from shiplabel.storage.sessions import SessionFiles
from shiplabel.workflow.session import Purchase, Session, begin
from shiplabel.workflow.states import PurchaseState

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def files(tmp_path: Path) -> SessionFiles:
    return SessionFiles(tmp_path / "shiplabel" / "sandbox")


def made(files: SessionFiles, key: str, state: PurchaseState = PurchaseState.PLANNED) -> Session:
    session = begin(
        now=NOW,
        life=timedelta(hours=1),
        environment="sandbox",
        shipment_key=key,
        answers={"from_name": "[bold]Ada[/bold]"},
    )
    return files.create(replace(session, purchase=Purchase(state=state)))


def sessions(*arguments: str, now: datetime = NOW) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "shiplabel", "sessions", *arguments],
        env={**os.environ, "SHIPLABEL_NOW": now.isoformat()},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_list_shows_open_and_unknown_ones(files: SessionFiles) -> None:
    one, doubt = made(files, "sl-1"), made(files, "sl-2", PurchaseState.UNKNOWN)
    done = sessions("list", "--json")
    rows = {row["session_id"]: row for row in json.loads(done.stdout)}
    assert done.returncode == 0
    assert {row["status"] for row in rows.values()} == {"open", "unknown"}
    assert rows[one.session_id].keys() >= {"session_id", "status", "step", "updated_at", "expires_at"}
    lines = sessions("list").stdout
    assert one.session_id in lines
    assert doubt.session_id in lines


def test_list_with_nothing_open_is_an_empty_document() -> None:
    assert json.loads(sessions("list", "--json").stdout) == []
    assert "shiplabel new" in sessions("list").stderr


def test_list_shows_a_session_that_is_held(files: SessionFiles) -> None:
    session = made(files, "sl-1")
    with files.hold(session.session_id):
        assert session.session_id in sessions("list").stdout
        done = sessions("discard", session.session_id, "--yes")
    assert done.returncode == 1
    assert f"process {os.getpid()}" in done.stderr


def test_damaged_session_is_told_and_hides_no_other(files: SessionFiles) -> None:
    good = made(files, "sl-1")
    shard = next((files.root / "sessions").iterdir())
    (shard / "AAAAA~sl-9.json").write_bytes(b"\x00")
    done = sessions("list")
    assert "AAAAA~sl-9.json is damaged; it was set aside" in done.stderr
    assert good.session_id in done.stdout


def test_show_prints_every_field_as_it_is(files: SessionFiles) -> None:
    session = made(files, "sl-1")
    document = json.loads(sessions("show", session.session_id.lower(), "--json").stdout)
    assert document["answers"] == {"from_name": "[bold]Ada[/bold]"}
    assert (document["status"], document["quotes"], document["error"]) == ("open", [], None)
    assert "[bold]Ada[/bold]" in sessions("show", session.session_id).stdout


@pytest.mark.parametrize("command", [["show"], ["discard", "--yes"]])
def test_unknown_id_is_input(command: list[str]) -> None:
    done = sessions(*command, "ZZZZZ", *([] if "discard" in command else ["--json"]))
    assert done.returncode == 2
    assert "ZZZZZ" in done.stderr


def test_discard_and_purge_delete_what_is_given_up_and_keep_money(files: SessionFiles) -> None:
    one, doubt = made(files, "sl-1"), made(files, "sl-2", PurchaseState.UNKNOWN)
    assert sessions("discard", one.session_id).returncode == 0
    refused = sessions("discard", doubt.session_id, "--yes")
    assert (refused.returncode, "shiplabel reconcile" in refused.stderr) == (5, True)
    purged = sessions("purge")
    assert (purged.returncode, purged.stderr.splitlines()[-1]) == (0, "1 session deleted.")
    assert SessionFiles(files.root).load(doubt.session_id) == doubt


def test_expired_session_is_announced_with_the_way_to_repeat_it(files: SessionFiles) -> None:
    one, doubt = made(files, "sl-1"), made(files, "sl-2", PurchaseState.PURCHASING)
    done = sessions("list", "--json", now=NOW + timedelta(days=9))
    assert f"new --like {one.session_id}" in done.stderr
    assert [row["session_id"] for row in json.loads(done.stdout)] == [doubt.session_id]


def test_session_that_was_put_away_is_shown_with_its_status(files: SessionFiles) -> None:
    old, given_up = made(files, "sl-1"), made(files, "sl-2")
    assert sessions("discard", given_up.session_id, "--yes").returncode == 0
    late = NOW + timedelta(days=9)
    for session, status in ((old, "expired"), (given_up, "discarded")):
        told = json.loads(sessions("show", session.session_id, "--json", now=late).stdout)
        assert (told["session_id"], told["status"]) == (session.session_id, status)
        assert f"({status}, " in sessions("show", session.session_id, now=late).stdout
