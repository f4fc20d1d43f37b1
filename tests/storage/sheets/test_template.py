from __future__ import annotations

from typing import TYPE_CHECKING

from shiplabel.storage.sheets.reading import open_sheet
from shiplabel.storage.sheets.template import template_text
from shiplabel.workflow.columns import map_columns
from shiplabel.workflow.rows import Defaults, drafts, survey

if TYPE_CHECKING:
    from pathlib import Path


def test_template_begins_with_the_header_and_its_example_is_a_good_row(tmp_path: Path) -> None:
    text = template_text()
    assert text.startswith("order_id,to_name,to_company,to_address1,")
    path = tmp_path / "orders.csv"
    path.write_text(text)
    sheet = open_sheet(path)
    columns = map_columns(sheet.header)
    assert (columns.layout, columns.unclear, columns.ignored) == ("template", (), ())
    (draft,) = drafts(sheet.rows(), columns, Defaults(), survey(sheet.rows(), columns))
    assert draft.problems == ()
