from __future__ import annotations

import errno
import json
import os
import signal
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from shiplabel.errors import HeldError, InputError, OutcomeUnknown, StorageError
from shiplabel.storage import atomic, heads
from shiplabel.storage.atomic import AtomicStorage
from shiplabel.storage.sessions import EXPIRE_MOST, SessionFiles
from shiplabel.workflow.session import SCHEMA, Purchase, Session, begin
from shiplabel.workflow.states import PurchaseState
from tests.storage.records import bought

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
LIFE = timedelta(hours=24)
LATER = NOW + timedelta(hours=25)

HOLDER = """
import sys
from pathlib import Path
from shiplabel.storage.sessions import SessionFiles
with SessionFiles(Path(sys.argv[1])).hold(sys.argv[2]):
    print("held", flush=True)
    sys.stdin.read()
"""
SAVER = """
import sys
from dataclasses import replace
from pathlib import Path
from shiplabel.storage.sessions import SessionFiles
files = SessionFiles(Path(sys.argv[1]))
session = files.load(sys.argv[2])
while True:
    text = str(session.revision + 1)
    session = files.save(replace(session, answers={"from_name": text, "to_name": "x" * 5000 + text}))
    print(session.revision, flush=True)
"""


@pytest.fixture
def files(tmp_path: Path) -> SessionFiles:
    return SessionFiles(tmp_path / "sandbox")


def fresh(key: str = "sl-1", state: PurchaseState = PurchaseState.PLANNED, **changes: Any) -> Session:
    """Return a session that is on no disk yet."""
    session = begin(now=NOW, life=LIFE, environment="sandbox", shipment_key=key, answers={"from_name": "Ada"})
    return replace(session, purchase=Purchase(state=state), **changes)


def refusing(number: int) -> Callable[..., NoReturn]:
    """Return a call of the system that the disk refuses."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise OSError(number, os.strerror(number))

    return refuse


def file_of(files: SessionFiles, session: Session, folder: str = "sessions") -> Path:
    return next((files.root / folder).rglob(f"*{session.session_id}~*"))


def again(files: SessionFiles) -> SessionFiles:
    """Return the same folder as another run of the program sees it."""
    return SessionFiles(files.root)


def holder(files: SessionFiles, session_id: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(files.root), session_id],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_session_created_is_loaded_equal_whatever_the_case(files: SessionFiles) -> None:
    session = files.create(fresh())
    assert len(session.session_id) == 5
    assert again(files).load(session.session_id.lower()) == session
    assert files.save(session).revision == session.revision + 1


def test_stale_save_is_refused_and_the_later_one_stands(files: SessionFiles) -> None:
    session = files.create(fresh())
    later = again(files).save(again(files).load(session.session_id))
    with pytest.raises(StorageError) as raised:
        files.save(session)
    assert raised.value.code == "stale"
    assert again(files).load(session.session_id) == later


def test_save_whose_end_was_not_confirmed_can_be_repeated(
    files: SessionFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = files.create(fresh())
    with monkeypatch.context() as failing:
        failing.setattr("shiplabel.storage.atomic.sync_folder", _full)
        with pytest.raises(StorageError):
            files.save(session)
    assert files.save(session).revision == session.revision + 1


def _full(_folder: Path) -> None:
    raise OSError(errno.EIO, "Input/output error")


def test_session_id_is_never_given_twice(files: SessionFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = iter([7, 7, 7, 30**5 - 1])
    monkeypatch.setattr("shiplabel.storage.ids.secrets.randbelow", lambda _: next(numbers))
    first = files.create(fresh())
    files.discard(first)
    files.purge()
    assert again(files).create(fresh("sl-2")).session_id == "ZZZZZ"


def test_session_is_created_and_met_by_its_key_without_a_look_at_all_others(
    files: SessionFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(300):
        files.create(fresh(f"sl-{number}"))
    seen: list[str] = []
    listdir = os.listdir

    def counting(path: Any) -> list[str]:
        seen.extend(listdir(path))
        return listdir(path)

    monkeypatch.setattr(os, "listdir", counting)
    session = again(files).create(fresh("sl-new"))
    assert [met.session_id for met in again(files).with_key("sl-new")] == [session.session_id]
    assert len(seen) < 30


def test_session_file_and_folders_are_the_owners_alone(files: SessionFiles) -> None:
    before = os.umask(0)
    try:
        session = files.create(fresh())
        with files.hold(session.session_id):
            modes = {path: stat.S_IMODE(path.stat().st_mode) for path in files.root.rglob("*")}
        files.finish(session)
    finally:
        os.umask(before)
    modes |= {path: stat.S_IMODE(path.stat().st_mode) for path in files.root.rglob("*")}
    assert len(modes) > 6
    assert {mode for path, mode in modes.items() if path.suffix} == {0o600}
    assert {mode for path, mode in modes.items() if not path.suffix} == {0o700}


def test_session_killed_during_saves_is_always_loaded_whole(files: SessionFiles) -> None:
    session = files.create(fresh())
    for kill_after in range(1, 9):
        command = [sys.executable, "-c", SAVER, str(files.root), session.session_id]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            told = [int(process.stdout.readline()) for _ in range(kill_after)]
            process.send_signal(signal.SIGKILL)
        found = again(files).load(session.session_id)
        assert found.revision >= told[-1]
        assert found.answers["from_name"] == str(found.revision)
        assert (found.answers["to_name"] or "").endswith(f"x{found.revision}")
    assert len(again(files).heads()) == 1


@pytest.mark.parametrize("call", ["write", "fsync", "replace"])
def test_save_refused_by_the_disk_leaves_the_old_state(
    files: SessionFiles, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    session = files.create(fresh())

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        with pytest.raises(StorageError, match="the disk is full"):
            files.save(replace(session, answers={"from_name": "Bob"}))
        with pytest.raises(StorageError, match="the disk is full"):
            files.finish(session)
    assert again(files).load(session.session_id) == session
    assert files.save(session).revision == session.revision + 1


def test_session_in_a_folder_that_is_a_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "sandbox").write_text("")
    with pytest.raises(StorageError, match="a file is in the place of a folder"):
        SessionFiles(tmp_path / "sandbox").create(fresh())


DAMAGE = {
    "empty": b"",
    "truncated": b'{"session":{"1":{"head":{"session_id":"AAAAA"',
    "binary": b"\x00\x01\xff\xfe" * 900,
    "not json": b"hello",
    "list": b"[]",
    "head of a wrong type": b'{"session":{"1":{"head":7,"body":{}}}}',
    "head with wrong types": b'{"session":{"1":{"head":{"session_id":1,"status":[]},"body":{}}}}',
    "nested too deep": b'{"session":{"1":{"head":' + b"[" * 50_000,
}


@pytest.mark.parametrize("content", DAMAGE.values(), ids=DAMAGE.keys())
def test_damaged_session_is_set_aside_and_blocks_no_other(files: SessionFiles, content: bytes) -> None:
    good, bad = files.create(fresh("sl-1")), files.create(fresh("sl-2"))
    file_of(files, bad).write_bytes(content)
    files = again(files)
    assert files.expire_old(NOW) == []
    assert [head.session_id for head in files.heads()] == [good.session_id]
    assert len(files.complaints) == 1
    assert "damaged" in files.complaints[0]
    assert file_of(files, bad, "damaged").read_bytes() == content
    assert again(files).load(good.session_id) == good


def test_session_damaged_behind_its_head_is_set_aside_on_load(files: SessionFiles) -> None:
    bad = files.create(fresh())
    path = file_of(files, bad)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(StorageError, match="set aside as") as caught:
        again(files).load(bad.session_id)
    assert caught.value.code == "damaged"
    assert file_of(files, bad, "damaged").exists()


@pytest.mark.parametrize("expires", ["never", "2026-11-02T09:30:00", ""])
def test_head_with_a_time_that_is_none_is_set_aside(files: SessionFiles, expires: str) -> None:
    bad = files.create(fresh())
    path = file_of(files, bad)
    document = json.loads(path.read_bytes())
    document["session"]["1"]["head"]["expires_at"] = expires
    path.write_text(json.dumps(document, separators=(",", ":")))
    files = again(files)
    assert files.expire_old(LATER) == []
    assert len(files.complaints) == 1


def test_copy_of_a_session_under_another_name_is_set_aside(files: SessionFiles) -> None:
    session = files.create(fresh())
    path = file_of(files, session)
    (path.parent / "COPY of it.json").write_bytes(path.read_bytes())
    assert [head.session_id for head in files.heads()] == [session.session_id]
    assert len(files.complaints) == 1


def test_link_in_a_sessions_place_is_set_aside_unread(files: SessionFiles, tmp_path: Path) -> None:
    session = files.create(fresh())
    path = file_of(files, session)
    elsewhere = tmp_path / "elsewhere.json"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    with pytest.raises(StorageError, match="set aside"):
        again(files).load(session.session_id)
    path.symlink_to(elsewhere)
    assert files.heads() == []
    assert elsewhere.exists()
    assert not path.is_symlink()


def test_link_in_a_sessions_place_is_replaced_by_a_save(files: SessionFiles, tmp_path: Path) -> None:
    session = files.create(fresh())
    path = file_of(files, session)
    (tmp_path / "elsewhere").write_text("theirs")
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    files.save(session)
    assert (tmp_path / "elsewhere").read_text() == "theirs"
    assert not path.is_symlink()


def test_pipe_or_folder_in_a_sessions_place_blocks_nobody(files: SessionFiles) -> None:
    good = files.create(fresh())
    shard = file_of(files, good).parent
    os.mkfifo(shard / "AAAAA~sl-8.json")
    (shard / "BBBBB~sl-9.json").mkdir()
    assert [head.session_id for head in files.heads()] == [good.session_id]
    assert len(files.complaints) == 2


def test_head_that_the_disk_does_not_read_stays_where_it_is(
    files: SessionFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = files.create(fresh())

    def too_many(*_: object) -> int:
        raise OSError(errno.EMFILE, "Too many open files")

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", too_many)
        assert files.heads() == []
    assert "Too many open files" in files.complaints[0]
    assert again(files).load(session.session_id) == session


def test_order_whose_file_was_damaged_is_looked_up_before_it_is_bought(files: SessionFiles) -> None:
    bad = files.create(fresh("sl-1", PurchaseState.UNKNOWN))
    file_of(files, bad).write_bytes(b"")
    assert again(files).with_key("sl-1") == []
    assert files.create(fresh("sl-1")).met_before
    assert not files.create(fresh("sl-10")).met_before


def test_session_of_a_newer_program_is_refused_and_left_alone(files: SessionFiles) -> None:
    newer = files.create(fresh(schema=SCHEMA + 1))
    content = file_of(files, newer).read_bytes()
    files = again(files)
    assert files.expire_old(LATER) == []
    for act in (files.load, files.drop):
        with pytest.raises(StorageError, match="newer shiplabel"):
            act(newer.session_id)
    with pytest.raises(StorageError, match="newer shiplabel"):
        files.with_key("sl-1")
    assert file_of(files, newer).read_bytes() == content


def test_second_process_is_told_who_holds_a_session_since_when(files: SessionFiles) -> None:
    session = files.create(fresh())
    process = holder(files, session.session_id)
    with (
        pytest.raises(HeldError, match=rf"process {process.pid} since \d{{4}}-"),
        files.hold(session.session_id.lower()),
    ):
        pass
    assert [head.session_id for head in files.heads()] == [session.session_id]
    process.communicate("")
    with files.hold(session.session_id):
        pass


def test_save_after_our_own_reads_nothing_back(files: SessionFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    session = files.create(fresh())
    monkeypatch.setattr(atomic, "read_plain", refusing(errno.EIO))
    monkeypatch.setattr(heads, "read_plain", refusing(errno.EIO))
    assert files.save(session).revision == session.revision + 1


def test_lock_of_a_killed_holder_breaks(files: SessionFiles) -> None:
    session = files.create(fresh())
    process = holder(files, session.session_id)
    process.kill()
    process.communicate()
    with files.hold(session.session_id):
        assert files.load(session.session_id) == session


@pytest.mark.parametrize("name", ["../../x", "a/b", "", ".x", "x" * 500])
def test_hold_of_a_name_that_is_no_session_stays_in_its_folder(files: SessionFiles, name: str) -> None:
    with pytest.raises(InputError, match="There is no session"), files.hold(name):
        pass
    assert not list(files.root.parent.rglob("*.lock"))


def test_hold_on_a_full_disk_says_so(files: SessionFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    (files.root / "locks").mkdir(parents=True)

    def full(*_: object, **__: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "open", full)
    with pytest.raises(StorageError, match="the disk is full"), files.hold("K7M2P"):
        pass


def test_key_is_held_by_one_at_a_time(files: SessionFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shiplabel.storage.sessions.KEY_WAIT_S", 0)
    with files.holding_key("sl-1"):
        with pytest.raises(HeldError, match="sl-1"), again(files).holding_key("sl-1"):
            pass
        with again(files).holding_key("sl-2"):
            pass
    with again(files).holding_key("sl-1"):
        pass


def test_expired_session_is_archived_and_not_resumable(files: SessionFiles) -> None:
    session = files.create(fresh())
    assert files.expire_old(NOW + LIFE - timedelta(seconds=1)) == []
    assert [head.session_id for head in files.expire_old(LATER)] == [session.session_id]
    with pytest.raises(InputError, match="has expired") as caught:
        files.load(session.session_id)
    assert (caught.value.code, caught.value.exit_code) == ("expired", 2)
    assert f"new --like {session.session_id}" in caught.value.hint
    assert files.search(session.session_id) == session


@pytest.mark.parametrize("state", [state for state in PurchaseState if state not in {"planned", "refused"}])
def test_session_with_money_in_it_never_expires_nor_is_discarded(
    files: SessionFiles, state: PurchaseState
) -> None:
    session = files.create(fresh(state=state))
    assert files.expire_old(NOW + timedelta(days=10_000)) == []
    with pytest.raises((OutcomeUnknown, InputError), match="it is kept"):
        files.discard(session)
    with pytest.raises((OutcomeUnknown, InputError), match="it is kept"):
        files.drop(session.session_id)
    assert files.purge() == 0
    assert files.load(session.session_id) == session


def test_session_held_elsewhere_does_not_expire_under_its_holder(files: SessionFiles) -> None:
    session = files.create(fresh())
    process = holder(files, session.session_id)
    assert again(files).expire_old(LATER) == []
    process.communicate("")
    assert len(again(files).expire_old(LATER)) == 1


def test_session_saved_since_it_was_listed_does_not_expire(
    files: SessionFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = files.create(fresh())
    other, all_heads = again(files), files._all_heads

    def and_then_saved() -> Any:
        found = all_heads()
        other.save(replace(session, purchase=Purchase(state=PurchaseState.PURCHASING)))
        return found

    monkeypatch.setattr(files, "_all_heads", and_then_saved)
    assert files.expire_old(LATER) == []
    assert files.load(session.session_id).purchase.state is PurchaseState.PURCHASING


def test_expiry_is_bounded_and_what_is_left_is_not_resumable(
    files: SessionFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert EXPIRE_MOST >= 100
    monkeypatch.setattr("shiplabel.storage.sessions.EXPIRE_MOST", 2)
    made = [files.create(fresh(f"sl-{number}")) for number in range(5)]
    assert len(files.expire_old(LATER)) == 2
    assert files.heads() == []
    for session in made:
        with pytest.raises(InputError, match="has expired"):
            files.load(session.session_id)
    assert len(again(files).expire_old(LATER)) == 2


def test_expiry_that_the_disk_refuses_hinders_nobody(
    files: SessionFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.create(fresh())
    (files.root / "expired").write_text("")
    assert files.expire_old(LATER) == []
    assert "could not be put away" in files.complaints[0]


def test_finish_is_one_rename_and_the_key_finds_open_and_finished(
    files: SessionFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_one = files.create(fresh("sl-1"))
    done = files.create(replace(bought(1), created_at=NOW - LIFE))
    moved: list[tuple[str, str]] = []
    rename = os.replace

    def seen(source: Any, target: Any) -> None:
        moved.append((Path(source).name, Path(target).parent.parent.name))
        rename(source, target)

    monkeypatch.setattr(os, "replace", seen)
    finished = files.finish(done)
    assert [step for step in moved if not step[0].startswith(".")] == [
        (f"{done.session_id}~sl-1.json", "records")
    ]
    assert again(files).with_key("sl-1") == [finished, open_one]
    assert again(files).with_key("sl") == []
    assert files.finished(done.session_id.lower()) == files.labelled("se-1") == finished
    assert [head.session_id for head in files.heads()] == [open_one.session_id]
    assert files.save_record(finished).revision == finished.revision + 1
    assert files.find(done.session_id).revision == finished.revision + 1


def test_finish_cut_off_before_its_rename_is_found_again(
    files: SessionFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = files.create(bought(1))

    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("shiplabel.storage.sessions.move_durably", cut_off)
        with pytest.raises(KeyboardInterrupt):
            files.finish(done)
    (kept,) = again(files).with_key("sl-1")
    assert kept.purchase.state is PurchaseState.PURCHASED
    assert kept.step == files.load(done.session_id).step == "purchase"
    assert files.heads()[0].status == "open"


def test_heads_are_the_newest_first(files: SessionFiles) -> None:
    made = [files.create(fresh(f"sl-{n}", updated_at=NOW + timedelta(minutes=n))) for n in (2, 3, 1)]
    assert [head.session_id for head in files.heads()] == [made[n].session_id for n in (1, 0, 2)]


def test_heads_tell_what_another_process_saved_meanwhile(files: SessionFiles) -> None:
    session = files.create(fresh())
    assert files.heads()[0].document["step"] == "from_name"
    again(files).save(replace(session, step="to_name"))
    assert files.heads()[0].document["step"] == "to_name"


def test_discarded_and_expired_sessions_are_purged_open_ones_stay(files: SessionFiles) -> None:
    gone, left = files.create(fresh("sl-1")), files.create(fresh("sl-2"))
    files.discard(gone)
    with pytest.raises(InputError, match="There is no session"):
        files.load(gone.session_id)
    assert files.search(gone.session_id) == gone
    assert (files.purge(), files.purge()) == (1, 0)
    assert files.search(gone.session_id) is None
    assert files.load(left.session_id) == left


def test_document_holds_every_field_under_its_name(files: SessionFiles) -> None:
    document = files.document(files.create(fresh()).session_id)
    assert {"status", "session_id", "quotes", "purchase", "history", "answers", "error"} <= document.keys()


def test_session_is_a_tinydb_document(files: SessionFiles) -> None:
    session = files.create(fresh())
    tables = AtomicStorage(file_of(files, session)).read() or {}
    assert tables["session"]["1"]["body"]["session_id"] == session.session_id


FINISHER = """
import sys
from dataclasses import replace
from pathlib import Path
from shiplabel.storage.sessions import SessionFiles
from shiplabel.workflow.session import Purchase
from shiplabel.workflow.states import PurchaseState
files = SessionFiles(Path(sys.argv[1]))
for session_id in sys.argv[2:]:
    done = Purchase(state=PurchaseState.PURCHASED)
    files.finish(replace(files.load(session_id), step="done", purchase=done))
"""


def test_key_whose_session_another_process_finishes_meanwhile_is_always_found(files: SessionFiles) -> None:
    made = [files.create(fresh(f"sl-{number}")) for number in range(100)]
    ids = [session.session_id for session in made]
    finisher = subprocess.Popen([sys.executable, "-c", FINISHER, str(files.root), *ids])
    for session in made:
        step = ""
        while step != "done":
            (found,) = files.with_key(session.shipment_key)
            assert found.session_id == session.session_id
            step = found.step if finisher.poll() is None else "done"
    assert finisher.wait() == 0
    assert files.complaints == []
