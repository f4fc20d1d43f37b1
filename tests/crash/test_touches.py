"""The order in which a purchase touches the outside: nothing is sent before its intent lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shiplabel.storage.sessions import SessionFiles
from shiplabel.workflow.states import PurchaseState
from tests.crash.desk import KILLED, opened
from tests.crash.ways import new

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.crash.desk import Desk

PURCHASE = "send POST /v2/labels/rates/*"
SESSIONS = "data/production/sessions"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with opened(tmp_path_factory.mktemp("touches")) as found:
        yield found


@pytest.fixture(scope="module")
def touches(desk: Desk) -> list[str]:
    assert new(desk, "") == 0
    return [touch.rpartition("#")[0] for touch in desk.touches()]


def done(touches: list[str]) -> list[tuple[str, str]]:
    """Return what was done, in order, and to what: only what came to its end."""
    ended = [touch.removeprefix("after ") for touch in touches if touch.startswith("after ")]
    acts = [touch.replace("fsync folder ", "fsync-folder ").partition(" ") for touch in ended]
    return [("rename" if act == "replace" else act, where) for act, _, where in acts]


def folder_of(where: str) -> str:
    return where.rpartition("/")[0]


def test_purchase_is_sent_after_write_sync_rename_and_folder_sync_of_its_session(touches: list[str]) -> None:
    sent = touches.index(f"before {PURCHASE} head")
    kept = [(act, where) for act, where in done(touches[:sent]) if where.startswith(SESSIONS)]
    assert [act for act, _ in kept[-5:]] == ["open", "write", "fsync", "rename", "fsync-folder"]
    assert kept[-2][1].endswith(".json")
    assert kept[-1][1] == folder_of(kept[-2][1])


def test_purchase_about_to_be_sent_is_under_way_on_disk_with_its_intent(desk: Desk) -> None:
    assert new(desk, f"before {PURCHASE} head#1") == KILLED
    files = SessionFiles(desk.records)
    (head,) = files.heads()
    purchase = files.load(head.session_id).purchase
    assert purchase.state is PurchaseState.PURCHASING
    assert purchase.intent is not None
    assert purchase.intent.rate_id
    assert desk.charges() == []


def test_each_rename_lasts_before_anything_more_is_sent(touches: list[str]) -> None:
    waiting: set[str] = set()
    for touch in touches:
        if touch.startswith("before send "):
            assert waiting == set(), touch
        for act, where in done([touch]):
            if act == "rename":
                waiting.add(folder_of(where))
            elif act == "fsync-folder":
                waiting.discard(where)
    assert waiting == set()


def test_each_file_is_synced_before_it_is_renamed(touches: list[str]) -> None:
    written: dict[str, str] = {}
    for act, where in done(touches):
        if act in {"write", "fsync"} and where.endswith(".tmp"):
            written[folder_of(where)] = act
        if act == "rename" and not where.startswith("data/production/records"):
            assert written[folder_of(where)] == "fsync", where


def test_each_folder_of_sessions_records_and_labels_lasts_before_it_is_used(touches: list[str]) -> None:
    acts = done(touches)
    made = [
        where for act, where in acts if act == "mkdir" and where.startswith(("data/production", "data/l"))
    ]
    assert {"data/production/sessions", "data/production/records", "data/labels"} <= set(made)
    for where in made:
        begins = acts.index(("mkdir", where))
        assert acts[begins + 1] == ("fsync-folder", folder_of(where))


def test_purchase_is_sent_once(touches: list[str]) -> None:
    assert touches.count(f"before {PURCHASE} head") == 1
    assert touches.count(f"after answer to {PURCHASE.removeprefix('send ')}") == 1
