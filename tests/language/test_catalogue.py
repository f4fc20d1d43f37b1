"""The catalogues against the code: complete, true to their sentences, compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.language.catalogues import catalogues, mo_of, placeholders, po_of, read, updated
from tests.language.sentences import ROOT, bare, files

if TYPE_CHECKING:
    from pathlib import Path

    from babel.messages.catalog import Message


each_catalogue = pytest.mark.parametrize("path", catalogues(), ids=lambda path: path.parts[-3])


def _spoken(message: Message) -> list[str]:
    """Return a message's translation in all its forms, empty where one is missing."""
    forms = message.string
    return [forms or ""] if isinstance(forms, str | None) else list(forms)


@pytest.mark.parametrize(
    "path",
    [path for path in files() if path.name != "checking.py"],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_sentence_of_the_code_can_be_translated(path: Path) -> None:
    assert bare(path) == []


@each_catalogue
def test_catalogue_has_the_sentences_of_the_code_and_no_others(path: Path) -> None:
    assert po_of(read(path)) == po_of(updated(read(path)))


@each_catalogue
def test_compiled_catalogue_is_what_the_catalogue_says(path: Path) -> None:
    assert path.with_suffix(".mo").read_bytes() == mo_of(read(path))


@each_catalogue
def test_translation_has_the_values_of_its_sentence(path: Path) -> None:
    for message in read(path):
        english = message.id if isinstance(message.id, str) else message.id[1]
        for translation in filter(None, _spoken(message)):
            assert placeholders(translation) == placeholders(english), english


@each_catalogue
def test_every_sentence_is_translated(path: Path) -> None:
    left = [message.id for message in read(path) if not all(_spoken(message)) or message.fuzzy]
    assert left == []
