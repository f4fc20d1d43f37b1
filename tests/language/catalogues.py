"""The catalogues beside the code: read, brought up to date with the code, compiled."""

from __future__ import annotations

import io
import string
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from shiplabel.language import DOMAIN, LOCALE
from tests.language.sentences import sentences

if TYPE_CHECKING:
    from pathlib import Path


def catalogues() -> list[Path]:
    """Return the catalogues that there are."""
    return sorted(LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def read(path: Path) -> Catalog:
    """Return a catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3], domain=DOMAIN)


def updated(old: Catalog) -> Catalog:
    """Return a catalogue of exactly the code's sentences, with the translations that it had."""
    new = Catalog(
        locale=old.locale,
        domain=DOMAIN,
        project=DOMAIN,
        header_comment=old.header_comment,
        creation_date=old.creation_date,
        revision_date=old.revision_date,
        last_translator=DOMAIN,
        language_team=DOMAIN,
        msgid_bugs_address=DOMAIN,
        fuzzy=False,
    )
    for sentence in sorted(sentences(), key=lambda one: one.text):
        key = (sentence.text, sentence.many) if sentence.many else sentence.text
        known = old.get(sentence.text)
        translation = known.string if known and bool(known.pluralizable) == bool(sentence.many) else None
        new.add(key, translation)
    return new


def po_of(catalogue: Catalog) -> bytes:
    """Return a catalogue as a file for people."""
    file = io.BytesIO()
    write_po(file, catalogue, width=100)
    return file.getvalue()


def mo_of(catalogue: Catalog) -> bytes:
    """Return a catalogue as a file for gettext."""
    file = io.BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def placeholders(text: str) -> set[tuple[str, str, str]]:
    """Return the places for values in a sentence: name, format, conversion."""
    return {
        (name, form or "", conversion or "")
        for _, name, form, conversion in string.Formatter().parse(text)
        if name is not None
    }
