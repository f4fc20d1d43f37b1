"""Which encoding a text file is in, proved on the whole file and never guessed into rubbish.

A byte order mark decides. Without one the file is UTF-8 when all of it decodes as UTF-8. The
one-byte encodings decode almost anything, so they must also read as words: letters of one
script in a word, no capital inside a small word, no signs between letters. What reads as
nothing is refused and the clerk is told how to save it anew.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from shiplabel.errors import InputError
from shiplabel.language import marked, phrase, worded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HEAD_BYTES = 1 << 16
_CHUNK_BYTES = 1 << 20
_SAMPLE_BYTES = 1 << 15
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LETTER = r"[^\W\d_]"
_SIGN = (
    r"\x80-\xa8\xab\xac\xaf\xb1-\xb4\xb6\xb8\xb9\xbb-\xbf\xd7\xf7\u2020\u2021\u2030\u2039\u203a\u20ac\u2116"
    r"\u2126\u2202\u2206\u220f\u2211\u221a\u221e\u222b\u2248\u2260\u2264\u2265\u25ca"
)
_LOW_QUOTES = r"\u201a\u201e\u02c6\u2021\u0192\xa4"
_SIGN_IN_WORD = f"{_LETTER}[{_SIGN}]{_LETTER}|{_LETTER}[{_LOW_QUOTES}]"
_LATIN_RUBBISH = re.compile(
    r"[a-z\xdf-\xf6\xf8-\xff][\xc0-\xd6\xd8-\xde\u0160\u017d\u0152\u0178]"
    r"|\xc3[\xa0-\xbf]"
    r"|(?<![A-Za-z])[\xc0-\xd6\xd8-\xf6\xf8-\xff\u0160\u0161\u017d\u017e\u0152\u0153\u0178]{3,}(?![A-Za-z])"
    f"|{_SIGN_IN_WORD}"
)
_CYRILLIC_RUBBISH = re.compile(
    rf"[A-Za-z][\u0400-\u04ff]|[\u0400-\u04ff][A-Za-z]|[\u0430-\u044f\u0451][\u0401\u0410-\u042f]|{_SIGN_IN_WORD}"
)
_CYRILLIC_WORD = re.compile(r"[\u0400-\u04ff]{2}")
_UTF8_LETTER = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
_AS_UTF8 = marked("In the spreadsheet choose “Save as” and the type “CSV UTF-8”, then run this again.")


def encoding_of(path: Path) -> str:
    """Return the name of the encoding that all of the file decodes in; raise InputError for none."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    known = next((name for mark, name in _MARKS if head.startswith(mark)), None) or _wide(path, head)
    if known:
        _prove(path, known)
        return known
    if _undecodable(path, "utf-8") is None:
        return "utf-8"
    return _one_byte(path)


def _wide(path: Path, head: bytes) -> str | None:
    """Return UTF-16 without a mark, told by where its zero bytes stand; raise for binary files."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if not even + odd:
        return None
    if min(even, odd) * 20 > max(even, odd) or max(even, odd) * 20 < len(head):
        raise _binary(path)
    return "utf-16-le" if odd > even else "utf-16-be"


def _prove(path: Path, encoding: str) -> None:
    place = _undecodable(path, encoding)
    if place is not None:
        raise _refused(
            phrase(
                "{name} says it is {encoding} but is damaged near byte {place:,}.",
                name=path.name,
                encoding=encoding.upper(),
                place=place,
            )
        )


def _undecodable(path: Path, encoding: str) -> int | None:
    """Decode all of the file; return the byte near which it fails, or None. Raise for zero bytes."""
    decoder = codecs.getincrementaldecoder(encoding)()
    place = 0
    try:
        for chunk in _chunks(path):
            if "\0" in decoder.decode(chunk):
                raise _binary(path)
            place += len(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return place + error.start
    return None


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def _one_byte(path: Path) -> str:
    """Return the one-byte encoding in which the whole file reads as words."""
    if _mixed(path):
        raise _refused(phrase("{name} is partly UTF-8 and partly something else.", name=path.name))
    candidates: list[tuple[str, Callable[[str | None], bool]]] = [("cp1252", _latin), ("cp1251", _cyrillic)]
    if _has_old_line_ends(path):
        candidates.append(("mac_roman", _latin))
    for name, reads_well in candidates:
        if all(reads_well(text) for text in _odd_text(path, name)):
            return name
    guess = _guess(path)
    raise _refused(
        phrase(
            "{name} is in an encoding that cannot be told for sure (perhaps {guess})."
            if guess
            else "{name} is in an encoding that cannot be told for sure.",
            name=path.name,
            guess=guess,
        )
    )


def _latin(text: str | None) -> bool:
    return text is not None and not _LATIN_RUBBISH.search(text)


def _cyrillic(text: str | None) -> bool:
    return text is not None and bool(_CYRILLIC_WORD.search(text)) and not _CYRILLIC_RUBBISH.search(text)


def _odd_text(path: Path, encoding: str) -> Iterator[str | None]:
    """Yield the file's non-ASCII lines decoded, some at a time; None where they do not decode."""
    for lines in _odd_lines(path):
        try:
            yield lines.decode(encoding)
        except UnicodeDecodeError:
            yield None


def _odd_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines that hold bytes beyond ASCII, joined into pieces of some size."""
    held: list[bytes] = []
    size = 0
    with path.open("rb") as file:
        for line in file:
            if line.isascii():
                continue
            held.append(line)
            size += len(line)
            if size > _CHUNK_BYTES:
                yield b"".join(held)
                held, size = [], 0
    if held:
        yield b"".join(held)


def _mixed(path: Path) -> bool:
    """Tell whether most letters are in UTF-8 although the file as a whole is not."""
    sample = next(_odd_lines(path), b"")
    paired = sum(map(len, _UTF8_LETTER.findall(sample)))
    beyond = len(sample) - len(sample.decode("ascii", "ignore"))
    return 0 < beyond * 6 <= paired * 10


def _has_old_line_ends(path: Path) -> bool:
    head = next(_chunks(path), b"")
    return b"\r" in head and b"\n" not in head


def _guess(path: Path) -> str:
    """Name what the file may be in, for the clerk; nothing is decoded by it."""
    from charset_normalizer import from_bytes  # noqa: PLC0415 - heavy, and only needed to refuse

    best = from_bytes(next(_odd_lines(path), b"")[:_SAMPLE_BYTES]).best()
    return best.encoding if best else ""


def _binary(path: Path) -> InputError:
    return InputError(
        phrase("{name} is not a text file: it holds zero bytes.", name=path.name),
        code="binary",
        hint=phrase("Save it as CSV or XLSX in the spreadsheet, then run this again."),
    )


def _refused(why: str) -> InputError:
    return InputError(
        f"{why} {phrase('Nothing was read, so that no wrong letters reach a label.')}",
        code="encoding",
        hint=worded(_AS_UTF8),
    )
