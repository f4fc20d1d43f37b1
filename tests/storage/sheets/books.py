"""Small workbooks made by hand, so that tests need no library to write them."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, TypeAlias
from xml.sax.saxutils import escape

from shiplabel.storage.sheets.sheet import column_letter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_OPEN = "http://schemas.openxmlformats.org"
_RELATION = f"{_OPEN}/officeDocument/2006/relationships"
_MAIN = f"{_OPEN}/spreadsheetml/2006/main"
_KIND = "application/vnd.openxmlformats-"
_TYPES = (
    f'<?xml version="1.0"?><Types xmlns="{_OPEN}/package/2006/content-types">'
    f'<Default Extension="rels" ContentType="{_KIND}package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    f'ContentType="{_KIND}officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)

Value = str | int | float | bool | None
Pages: TypeAlias = "Mapping[str, Sequence[Sequence[Value]]]"


def write_book(path: Path, pages: Pages, *, first_row: int = 1) -> Path:
    """Write a workbook whose pages begin in row ``first_row``; a name with ``~`` is a hidden page's."""
    names, relations = [], []
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("[Content_Types].xml", _TYPES)
        book.writestr("_rels/.rels", _relations([_relation("r", "officeDocument", "xl/workbook.xml")]))
        for at, (name, rows) in enumerate(pages.items(), 1):
            hidden = ' state="hidden"' if name.startswith("~") else ""
            names.append(f'<sheet name="{escape(name.strip("~"))}" sheetId="{at}" r:id="r{at}"{hidden}/>')
            relations.append(_relation(f"r{at}", "worksheet", f"worksheets/s{at}.xml"))
            book.writestr(f"xl/worksheets/s{at}.xml", _page(rows, first_row))
        book.writestr("xl/workbook.xml", _tag("workbook", f"<sheets>{''.join(names)}</sheets>"))
        book.writestr("xl/_rels/workbook.xml.rels", _relations(relations))
    return path


def _tag(name: str, inside: str) -> str:
    return f'<?xml version="1.0"?><{name} xmlns="{_MAIN}" xmlns:r="{_RELATION}">{inside}</{name}>'


def _relation(name: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{name}" Type="{_RELATION}/{kind}" Target="{target}"/>'


def _relations(relations: list[str]) -> str:
    return (
        f'<?xml version="1.0"?><Relationships xmlns="{_OPEN}/package/2006/relationships">'
        f"{''.join(relations)}</Relationships>"
    )


def _page(rows: Sequence[Sequence[Value]], first_row: int) -> str:
    lines = []
    for number, row in enumerate(rows, first_row):
        cells = "".join(_cell(f"{column_letter(at)}{number}", value) for at, value in enumerate(row))
        lines.append(f'<row r="{number}">{cells}</row>')
    return (
        f'<?xml version="1.0"?><worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'
    )


def _cell(place: str, value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f'<c r="{place}"><v>{value!r}</v></c>'
