from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shiplabel.storage.sheets.mappings import Mappings

if TYPE_CHECKING:
    from pathlib import Path


def test_mapping_is_remembered_by_its_header(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "mappings.json"
    Mappings(path).remember("k1", {"Ship Zip": "to_zip"})
    Mappings(path).remember("k2", {"PLZ": "to_zip"})
    Mappings(path).remember("k1", {"Ünit": "to_address2"})
    assert Mappings(path).remembered("k1") == {"Ünit": "to_address2"}
    assert Mappings(path).remembered("k2") == {"PLZ": "to_zip"}
    assert Mappings(path).remembered("k3") == {}


@pytest.mark.parametrize("content", ["", "{", "[]", '{"k1": 7}', '{"k1": {"a": 7}}'])
def test_damaged_file_is_as_good_as_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "mappings.json"
    path.write_text(content)
    assert Mappings(path).remembered("k1") == {}
    Mappings(path).remember("k1", {"a": "to_zip"})
    assert Mappings(path).remembered("k1") == {"a": "to_zip"}


def test_oldest_mappings_are_forgotten(tmp_path: Path) -> None:
    mappings = Mappings(tmp_path / "mappings.json")
    for at in range(202):
        mappings.remember(f"k{at}", {"a": "to_zip"})
    assert [bool(mappings.remembered(key)) for key in ("k0", "k1", "k2", "k201")] == [
        False,
        False,
        True,
        True,
    ]
