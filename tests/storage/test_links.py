"""Links in the data folder: none is followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shiplabel.errors import SettingsError
from shiplabel.storage.links import refuse_links

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    "place",
    ["test", "test/labels", "test/sessions", "test/sessions/ab", "test/records/ab", "test/batches/B2"],
)
def test_link_in_the_place_of_a_folder_is_refused_and_named(
    tmp_path: Path, elsewhere: Path, place: str
) -> None:
    path = tmp_path / "data" / place
    path.parent.mkdir(parents=True)
    path.symlink_to(elsewhere)
    with pytest.raises(SettingsError, match="is a link") as raised:
        refuse_links(tmp_path / "data")
    assert str(path) in raised.value.message
    assert list(elsewhere.iterdir()) == []


def test_link_in_the_place_of_the_ledger_is_refused(tmp_path: Path, elsewhere: Path) -> None:
    (tmp_path / "data" / "sandbox").mkdir(parents=True)
    (tmp_path / "data" / "sandbox" / "ledger.sqlite").symlink_to(elsewhere / "ledger")
    with pytest.raises(SettingsError, match="ledger"):
        refuse_links(tmp_path / "data")


@pytest.mark.parametrize("place", ["test/labels/ab", "test/sessions/file.json"])
def test_link_to_a_file_and_folders_full_of_files_are_left_to_who_opens_them(
    tmp_path: Path, elsewhere: Path, place: str
) -> None:
    (elsewhere / "file").write_text("theirs")
    path = tmp_path / "data" / place
    path.parent.mkdir(parents=True)
    path.symlink_to(elsewhere / "file")
    (tmp_path / "data" / "settings").write_text("a file")
    refuse_links(tmp_path / "data")


def test_links_among_the_labels_are_not_looked_for(tmp_path: Path, elsewhere: Path) -> None:
    (tmp_path / "data" / "labels").mkdir(parents=True)
    (tmp_path / "data" / "labels" / "mine").symlink_to(elsewhere)
    refuse_links(tmp_path / "data")


def test_data_folder_may_itself_be_a_link_or_be_missing(tmp_path: Path, elsewhere: Path) -> None:
    (elsewhere / "test").mkdir()
    (tmp_path / "data").symlink_to(elsewhere)
    refuse_links(tmp_path / "data")
    refuse_links(tmp_path / "missing")
