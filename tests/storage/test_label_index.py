from __future__ import annotations

import json
import os
import sqlite3
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from shiplabel.storage.label_index import LabelIndex
from shiplabel.storage.label_rows import LabelQuery
from shiplabel.storage.sessions import SessionFiles
from tests.storage.records import START, bought, save, voided

if TYPE_CHECKING:
    from pathlib import Path

    from shiplabel.workflow.session import Session


class Shop:
    """Records, and an index that counts how many it had to describe."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files = SessionFiles(root)
        self.described: list[str] = []
        self.said: list[str] = []

    def index(self, form: str = "1") -> LabelIndex:
        return LabelIndex(
            self.root / "labels.index",
            self.root / "records",
            describe=self._describe,
            form=form,
            say=self.said.append,
        )

    def ids(self, query: LabelQuery | None = None) -> list[str]:
        return [label.label_id for label in self.index().find(query or LabelQuery())]

    def _describe(self, session: Session) -> str:
        self.described.append(session.session_id)
        return json.dumps({"label_id": session.purchase.label_id})

    def age(self) -> None:
        """Make all records older than what counts as fresh, as time does."""
        for path in sorted(self.root.joinpath("records").rglob("*"), reverse=True):
            self._older(path)
        self._older(self.root / "records")

    @staticmethod
    def _older(path: Path) -> None:
        at = path.stat().st_mtime_ns - 60_000_000_000
        os.utime(path, ns=(at, at))


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr("shiplabel.storage.label_index.FRESH_NS", 0)
    return Shop(tmp_path / "sandbox")


def test_index_without_records_is_empty(shop: Shop) -> None:
    assert shop.ids() == []
    assert shop.index().documents(LabelQuery()) == []


def test_index_lists_the_newest_first(shop: Shop) -> None:
    for number in (2, 5, 1):
        save(shop.files, bought(number))
    assert shop.ids() == ["se-5", "se-2", "se-1"]
    assert [json.loads(text)["label_id"] for text in shop.index().documents(LabelQuery(limit=2))] == [
        "se-5",
        "se-2",
    ]


def test_index_that_is_up_to_date_reads_no_record(shop: Shop) -> None:
    save(shop.files, bought(1))
    shop.ids()
    shop.described.clear()
    assert shop.ids() == ["se-1"]
    assert shop.described == []


def test_index_reads_only_what_is_new(shop: Shop) -> None:
    for number in range(20):
        save(shop.files, bought(number))
    shop.ids()
    shop.described.clear()
    save(shop.files, bought(30))
    assert shop.ids()[0] == "se-30"
    assert shop.described == ["00030"]


def test_index_sees_a_record_that_was_replaced(shop: Shop) -> None:
    record = save(shop.files, bought(1))
    assert shop.index().find(LabelQuery())[0].status == "bought"
    shop.files.save_record(voided(record))
    assert shop.index().find(LabelQuery())[0].status == "voided"


def test_index_forgets_a_record_that_is_gone(shop: Shop) -> None:
    save(shop.files, bought(1))
    save(shop.files, bought(2))
    shop.ids()
    next(shop.root.joinpath("records").rglob("sl-1~*.json")).unlink()
    assert shop.ids() == ["se-2"]


def test_index_forgets_a_folder_that_is_gone(shop: Shop) -> None:
    save(shop.files, bought(1))
    shop.ids()
    record = next(shop.root.joinpath("records").rglob("sl-1~*.json"))
    record.unlink()
    record.parent.rmdir()
    assert shop.ids() == []


def test_index_trusts_no_time_of_the_last_seconds(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shiplabel.storage.label_index.FRESH_NS", 10**12)
    save(shop.files, bought(1))
    shop.ids()
    shop.ids()
    assert shop.described == ["00001", "00001"]


def test_index_of_aged_records_is_trusted_again(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "sandbox")
    save(shop.files, bought(1))
    shop.ids()
    shop.age()
    assert shop.ids() == ["se-1"]


@pytest.mark.parametrize(
    "content", [b"", b"no database at all" * 1000, b"SQLite format 3\x00" + b"\xff" * 9000]
)
def test_index_that_is_damaged_is_made_anew(shop: Shop, content: bytes) -> None:
    save(shop.files, bought(1))
    shop.ids()
    shop.root.joinpath("labels.index").write_bytes(content)
    assert shop.ids() == ["se-1"]
    assert shop.ids() == ["se-1"]


def test_index_cut_in_the_middle_is_made_anew(shop: Shop) -> None:
    for number in range(50):
        save(shop.files, bought(number))
    shop.ids()
    whole = shop.root.joinpath("labels.index").read_bytes()
    shop.root.joinpath("labels.index").write_bytes(whole[: len(whole) // 2])
    assert len(shop.ids()) == 50


def test_index_killed_before_its_commit_is_as_it_was(shop: Shop) -> None:
    save(shop.files, bought(1))
    shop.ids()
    half = sqlite3.connect(shop.root / "labels.index", isolation_level=None)
    half.execute("begin immediate")
    half.execute("delete from label")
    half.close()
    assert shop.ids() == ["se-1"]


def test_index_of_another_form_is_made_anew(shop: Shop) -> None:
    save(shop.files, bought(1))
    shop.index("1").find(LabelQuery())
    shop.index("2").find(LabelQuery())
    assert shop.described == ["00001", "00001"]


def test_index_where_it_cannot_be_written_still_lists(shop: Shop) -> None:
    save(shop.files, bought(1))
    shop.root.joinpath("labels.index").mkdir()
    assert shop.ids() == ["se-1"]


def test_index_never_writes_through_a_link(shop: Shop, tmp_path: Path) -> None:
    save(shop.files, bought(1))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("mine")
    shop.root.joinpath("labels.index").symlink_to(elsewhere)
    assert shop.ids() == ["se-1"]
    assert elsewhere.read_text() == "mine"


def test_index_file_is_its_owners_alone(shop: Shop) -> None:
    old = os.umask(0)
    try:
        shop.ids()
    finally:
        os.umask(old)
    assert shop.root.joinpath("labels.index").stat().st_mode & 0o777 == 0o600


def test_index_tells_of_a_damaged_record_and_lists_the_others(shop: Shop) -> None:
    save(shop.files, bought(1))
    save(shop.files, bought(2))
    next(shop.root.joinpath("records").rglob("sl-1~*.json")).write_text("{")
    assert shop.ids() == ["se-2"]
    assert "sl-1~" in shop.said[0]


def test_index_while_another_program_writes_reads_the_records(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shiplabel.storage.label_index.LOCK_S", 0.1)
    save(shop.files, bought(1))
    shop.ids()
    other = sqlite3.connect(shop.root / "labels.index", isolation_level=None)
    other.execute("begin exclusive")
    assert shop.ids() == ["se-1"]
    other.close()
    assert "Another program" in shop.said[0]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (LabelQuery(search="LOVELACE"), ["se-4", "se-3", "se-1"]),
        (LabelQuery(search="o'brien"), ["se-2"]),
        (LabelQuery(search="1z00000003"), ["se-3"]),
        (LabelQuery(search="se-4"), ["se-4"]),
        (LabelQuery(search="order 1"), ["se-1"]),
        (LabelQuery(search="łódź"), ["se-2"]),
        (LabelQuery(search="100% _"), []),
        (LabelQuery(search="'; drop table label; --"), []),
        (LabelQuery(recipient="BRIEN"), ["se-2"]),
        (LabelQuery(order_id="order 3"), ["se-3"]),
        (LabelQuery(carrier="ups"), ["se-3", "se-1"]),
        (LabelQuery(status="voided"), ["se-4"]),
        (LabelQuery(batch="B7"), ["se-3"]),
        (LabelQuery(label_id="se-2"), ["se-2"]),
        (LabelQuery(session_id="00002"), ["se-2"]),
        (LabelQuery(since=START + timedelta(hours=2), until=START + timedelta(hours=4)), ["se-3", "se-2"]),
        (LabelQuery(carrier="ups", limit=1), ["se-3"]),
    ],
)
def test_index_query_finds_what_it_names(shop: Shop, query: LabelQuery, found: list[str]) -> None:
    save(shop.files, bought(1))
    save(shop.files, bought(2, to_name="O'Brien", to_city="Łódź"))
    save(shop.files, replace(bought(3), batch="B7"))
    save(shop.files, voided(bought(4)))
    assert shop.ids(query) == found
    documents = shop.index().documents(query)
    assert [json.loads(text)["label_id"] for text in documents] == found


def test_index_recent_recipients_are_different_and_the_newest_first(shop: Shop) -> None:
    save(shop.files, bought(1, to_name="Old"))
    save(shop.files, bought(2, to_name="Ada"))
    save(shop.files, bought(3, to_name="Bo"))
    save(shop.files, bought(4, to_name="Ada"))
    assert [one["to_name"] for one in shop.index().recent_recipients(2)] == ["Ada", "Bo"]


def test_index_recent_recipients_read_a_bounded_number_of_records(shop: Shop) -> None:
    for number in range(10):
        save(shop.files, bought(number))
    shop.index().recent_recipients(most=4)
    assert len(shop.described) == 4
    assert len(shop.ids()) == 10


def test_index_costs_are_exact(shop: Shop) -> None:
    save(shop.files, bought(1))
    (label,) = shop.index().find(LabelQuery())
    assert str(label.cost) == "$8.50"
    assert label.bought == START + timedelta(hours=1)
