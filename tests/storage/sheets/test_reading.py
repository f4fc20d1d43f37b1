from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shiplabel.errors import InputError
from shiplabel.storage.sheets.reading import open_sheet
from shiplabel.storage.sheets.sheet import column_letter, plain

if TYPE_CHECKING:
    from pathlib import Path

    from shiplabel.storage.sheets.sheet import Row

PEOPLE = "order_id,to_name,to_city\n1042,José Núñez,São Paulo\n1043,Ünal Çelik,Århus\n"
RUSSIAN = "order_id,to_name,to_city\n1042,Иван Петров,Санкт-Петербург\n1043,Алёна Щукина,Орёл\n"


def written(folder: Path, content: bytes, name: str = "orders.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def rows_of(folder: Path, content: bytes | str) -> list[Row]:
    content = content.encode() if isinstance(content, str) else content
    return list(open_sheet(written(folder, content)).rows())


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_sheet_in_each_encoding_reads_the_same_letters(tmp_path: Path, encoding: str) -> None:
    assert rows_of(tmp_path, PEOPLE.encode(encoding)) == [
        (2, ["1042", "José Núñez", "São Paulo"]),
        (3, ["1043", "Ünal Çelik", "Århus"]),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "cp1251"])
def test_sheet_in_cyrillic_reads_the_same_letters(tmp_path: Path, encoding: str) -> None:
    assert rows_of(tmp_path, RUSSIAN.encode(encoding))[1] == (3, ["1043", "Алёна Щукина", "Орёл"])


def test_one_accent_far_down_the_file_is_still_read_in_its_encoding(tmp_path: Path) -> None:
    content = "order_id,to_name\n" + "1,Ann Lee\n" * 20_000 + "2,Zoë Ôtis\n"
    assert rows_of(tmp_path, content.encode("cp1252"))[-1] == (20_002, ["2", "Zoë Ôtis"])


def test_excel_unicode_text_reads_tabs_and_utf_16(tmp_path: Path) -> None:
    content = "order_id\tto_name\tto_address1\r\n7\tJosé\t1 Main St, Apt 2\r\n".encode("utf-16")
    assert rows_of(tmp_path, content) == [(2, ["7", "José", "1 Main St, Apt 2"])]


def test_old_mac_sheet_reads_line_ends_and_letters(tmp_path: Path) -> None:
    content = PEOPLE.replace("\n", "\r").encode("mac_roman")
    assert rows_of(tmp_path, content)[0] == (2, ["1042", "José Núñez", "São Paulo"])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_each_separator_with_each_line_end_is_told(tmp_path: Path, sign: str, end: str) -> None:
    lines = [["order_id", "to_name", "weight"], ["1", "Ann Lee", "2.5"], ["2", "Bo Li", "3"]]
    content = "".join(sign.join(line) + end for line in lines)
    assert rows_of(tmp_path, content) == [(2, lines[1]), (3, lines[2])]


def test_decimal_commas_do_not_pass_for_the_separator(tmp_path: Path) -> None:
    content = "order_id;to_name;weight\n1;Lee, Ann;2,5\n2;Li, Bo;0,9 kg\n"
    assert rows_of(tmp_path, content)[1] == (3, ["2", "Li, Bo", "0,9 kg"])


def test_stated_separator_line_is_no_row_and_counts_for_none(tmp_path: Path) -> None:
    assert rows_of(tmp_path, "sep=;\r\norder_id;to_name\r\n1;Ann\r\n") == [(2, ["1", "Ann"])]


def test_quoted_line_breaks_stay_in_their_cell_and_count_as_one_row(tmp_path: Path) -> None:
    content = 'order_id,to_address1\n1,"12 Main St\nApt 4"\n2,"9 Elm ""Old"" Rd"\n'
    assert rows_of(tmp_path, content) == [(2, ["1", "12 Main St\nApt 4"]), (3, ["2", '9 Elm "Old" Rd'])]


def test_quotes_after_a_space_hold_their_cell_together(tmp_path: Path) -> None:
    assert rows_of(tmp_path, 'order_id, to_name\n1, "Lee, Ann"\n') == [(2, ["1", "Lee, Ann"])]


def test_quotation_that_never_closes_is_refused_with_its_row(tmp_path: Path) -> None:
    content = 'order_id,to_name\n1,Ann\n2,"Bo\n3,Cy\n'
    with pytest.raises(InputError, match="row 3 is never closed"):
        rows_of(tmp_path, content)


def test_quotation_that_swallows_a_long_file_is_refused(tmp_path: Path) -> None:
    content = 'order_id,to_name\n1,"Ann\n' + "2,Bo Li\n" * 40_000
    with pytest.raises(InputError, match="row 2 is never closed"):
        rows_of(tmp_path, content)


def test_quotation_open_at_the_end_without_a_line_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="never closed"):
        rows_of(tmp_path, 'order_id,to_name\n1,"Ann')


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ('="00123"', "00123"),
        ("'78756", "78756"),
        ("'=1+1", "=1+1"),
        ('\'="00123"', "00123"),
        (" 12 ", "12"),
        ("'t Hooft", "'t Hooft"),
        ("'s-Gravenhage", "'s-Gravenhage"),
        ("O'Brien", "O'Brien"),
        ("=A1+B1", "=A1+B1"),
        ('="say ""hi"""', 'say "hi"'),
    ],
)
def test_cell_is_read_without_its_tricks(cell: str, meant: str) -> None:
    assert plain(cell) == meant


def test_empty_lines_are_no_rows_but_count(tmp_path: Path) -> None:
    content = "order_id,to_name\n\n1,Ann\n,\n   ,\n2,Bo\n\n"
    assert [number for number, _ in rows_of(tmp_path, content)] == [3, 6]


def test_repeated_header_line_is_passed_over_and_said(tmp_path: Path) -> None:
    sheet = open_sheet(written(tmp_path, b"order_id,to_name\n1,Ann\norder_id,to_name\n2,Bo\n"))
    assert [number for number, _ in sheet.rows()] == [2, 4]
    assert sheet.notes == ["Row 3 is the header again."]


@pytest.mark.parametrize(
    "last", ["Total,,,12.5", ",,Total:,12.5", "TOTAL", "Итого,,,3", "Grand total (2),,,"]
)
def test_totals_line_at_the_end_is_passed_over_and_said(tmp_path: Path, last: str) -> None:
    content = f"order_id,to_name,to_city,weight\n1,Ann,Austin,2\n{last}\n\n".encode()
    sheet = open_sheet(written(tmp_path, content))
    assert [number for number, _ in sheet.rows()] == [2]
    assert list(sheet.rows()) == list(sheet.rows())
    assert sheet.notes == ["Row 3 is a totals line, no order."]


def test_totals_word_in_a_full_row_or_between_rows_stays_a_row(tmp_path: Path) -> None:
    content = "order_id,to_name,to_city,weight\nTotal,,,5\n1,Ann,Austin,2\nTotal Wines,Bo,Austin,2\n"
    assert [number for number, _ in rows_of(tmp_path, content)] == [2, 3, 4]


def test_title_above_the_header_is_left_out_and_said(tmp_path: Path) -> None:
    sheet = open_sheet(written(tmp_path, b"Orders of May 5\n\norder_id,to_name,to_city\n1,Ann,Austin\n"))
    assert sheet.header == ["order_id", "to_name", "to_city"]
    assert list(sheet.rows()) == [(4, ["1", "Ann", "Austin"])]
    assert sheet.notes == ["The columns are named in row 3; what stands above is left out."]


def test_repeated_and_missing_column_names_are_told_apart(tmp_path: Path) -> None:
    sheet = open_sheet(written(tmp_path, b"Name,Zip,,Zip,Name\n1,2,3,4,5\n"))
    assert sheet.header == ["Name", "Zip", "Column C", "Zip (2)", "Name (2)"]
    assert sheet.original_header == ["Name", "Zip", "", "Zip", "Name"]


def test_thousands_of_columns_are_read(tmp_path: Path) -> None:
    header = ",".join(f"c{at}" for at in range(5000))
    sheet = open_sheet(written(tmp_path, f"{header}\n{header.replace('c', '')}\n".encode()))
    assert sheet.header[4999] == "c4999"
    assert next(sheet.rows())[1][4999] == "4999"
    assert column_letter(4999) == "GJH"


def test_short_rows_are_filled_and_long_rows_keep_all(tmp_path: Path) -> None:
    assert rows_of(tmp_path, "a,b,c\n1\n1,2,3,4\n") == [(2, ["1", "", ""]), (3, ["1", "2", "3", "4"])]


def test_originals_keep_each_cell_as_it_stands(tmp_path: Path) -> None:
    sheet = open_sheet(written(tmp_path, b'order_id,zip\n="007", \'2134 \n'))
    assert list(sheet.originals()) == [(2, ['="007"', " '2134 "])]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\r\n", "is empty"),
        (b"\n,,\n , \n", "is empty"),
        (b"%PDF-1.4\n%\xe2\xe3", "is a PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0", "is a picture"),
        (b"<html><table><tr><td>Order</td></tr></table></html>", "is a web page"),
        (bytes(range(256)) * 20, "zero bytes"),
        (b"order_id,to_name\n1,A\0nn\n2,Bo Li Chu\n", "zero bytes"),
        (b"order_id,to_name\n" + b"1,Ann\n" * 20_000 + b"2,B\0o\n", "zero bytes"),
        (b"PK\x03\x04 no workbook", "no workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "no workbook"),
        ("order_id,to_name\n1,Wałęsa\n".encode("cp1250"), "cannot be told for sure"),
        ("order_id,to_name\n1,Łódź\n".encode("cp1250"), "cannot be told for sure"),
        ("order_id,to_name\n1,José\n".encode("cp850"), "cannot be told for sure"),
        ("order_id,to_name\n1,Москва Тверская\n".encode("koi8_r"), "cannot be told for sure"),
        ("order_id,to_name\n1,東京都 渋谷区\n".encode("shift_jis"), "cannot be told for sure"),
        ("order_id,to_name\n1,José\n2,Zoë\n".encode() + b"3,Ren\xe9\n", "partly UTF-8"),
        ("order_id,to_name\n1,José\n".encode("utf-16")[:-1], "damaged"),
        (b"\xef\xbb\xbforder_id,to_name\n1,Ren\xe9\n", "damaged"),
    ],
)
def test_file_that_cannot_be_read_for_certain_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        rows_of(tmp_path, content)


def test_missing_file_and_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no file"):
        open_sheet(tmp_path / "none.csv")
    with pytest.raises(InputError, match="is a folder"):
        open_sheet(tmp_path)


def test_empty_columns_behind_the_header_are_none(tmp_path: Path) -> None:
    assert open_sheet(written(tmp_path, b"a,b,,\n1,2,,\n")).header == ["a", "b"]


def test_large_sheet_of_odd_letters_is_proved_to_its_end(tmp_path: Path) -> None:
    content = "order_id,to_name\n" + "1,José Núñez\n" * 120_000
    assert len(rows_of(tmp_path, content.encode("cp1252"))) == 120_000
    with pytest.raises(InputError, match="cannot be told"):
        rows_of(tmp_path, content.encode("cp1252") + "2,Wałęsa\n".encode("cp1250"))
