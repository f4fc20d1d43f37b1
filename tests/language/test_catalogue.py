"""The catalogues against the code: complete, true to their sentences, compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.language.catalogues import catalogues, mo_of, placeholders, po_of, read, updated
from tests.language.sentences import ROOT, bare, files

if TYPE_CHECKING:
    from pathlib import Path

LEFT = {
    "cli/console.py",
    "cli/views.py",
    "cli/addresses.py",
    "cli/ask.py",
    "cli/book.py",
    "cli/boundary.py",
    "cli/config_command.py",
    "cli/context.py",
    "cli/demo.py",
    "cli/doctor.py",
    "cli/doctor_checks.py",
    "cli/label_lists.py",
    "cli/label_records.py",
    "cli/label_report.py",
    "cli/label_tracking.py",
    "cli/labels.py",
    "cli/login.py",
    "cli/logout.py",
    "cli/new.py",
    "cli/options.py",
    "cli/printing_command.py",
    "cli/rates.py",
    "cli/reconcile.py",
    "cli/resume.py",
    "cli/sandbox.py",
    "cli/script.py",
    "cli/sessions.py",
    "cli/start.py",
    "cli/tables.py",
    "cli/templates.py",
    "cli/wizard/buying.py",
    "cli/wizard/keeping.py",
    "cli/wizard/lists.py",
    "cli/wizard/questions.py",
    "cli/wizard/review.py",
    "cli/wizard/room.py",
    "cli/wizard/view.py",
    "cli/wizard/voice.py",
    "config.py",
    "printing/cups.py",
    "printing/jobs.py",
    "printing/raw.py",
    "printing/targets.py",
    "printing/viewer.py",
    "shipstation/client.py",
    "shipstation/downloads.py",
    "shipstation/exchange.py",
    "shipstation/outcome.py",
    "shipstation/pages.py",
    "storage/address_sheets.py",
    "storage/addresses.py",
    "storage/atomic.py",
    "storage/codec.py",
    "storage/documents.py",
    "storage/label_index.py",
    "storage/label_rows.py",
    "storage/locks.py",
    "storage/logins.py",
    "storage/named_list.py",
    "storage/sessions.py",
    "storage/settings_file.py",
    "storage/sheets/encodings.py",
    "storage/sheets/merging.py",
    "storage/sheets/reading.py",
    "storage/sheets/sheet.py",
    "storage/sheets/xlsx.py",
    "storage/templates.py",
    "workflow/columns.py",
    "workflow/lookup.py",
    "workflow/problems.py",
    "workflow/purchase.py",
    "workflow/quote.py",
    "workflow/row_answers.py",
    "workflow/rows.py",
    "workflow/void.py",
}
"""The files that still say something in English only."""

each_catalogue = pytest.mark.parametrize("path", catalogues(), ids=lambda path: path.parts[-3])


@pytest.mark.parametrize("path", files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_sentence_of_the_code_can_be_translated(path: Path) -> None:
    assert path.relative_to(ROOT).as_posix() in LEFT or not bare(path)


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
        spoken = [message.string] if isinstance(message.string, str) else list(message.string or ())
        for translation in filter(None, spoken):
            assert placeholders(translation) == placeholders(english), english
