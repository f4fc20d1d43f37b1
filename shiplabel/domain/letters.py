"""The letters that carriers print on a label, and the nearest ones for those they cannot."""

from __future__ import annotations

import unicodedata


def unprintable(text: str) -> str:
    """Return each character that carriers may not print, once, in the order they stand."""
    if text.isascii():
        return ""
    return "".join(dict.fromkeys(character for character in text if not _prints(character)))


def transliterated(text: str) -> str:
    """Return the text in letters that carriers print; pictures are left out, so it may be empty."""
    return " ".join("".join(map(_nearest, text)).split())


def _prints(character: str) -> bool:
    """Tell whether a carrier prints it: the letters of Western Europe (Windows-1252) and no others."""
    try:
        character.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def _nearest(character: str) -> str:
    if _prints(character):
        return character
    if unicodedata.category(character)[0] in "SCM":
        return ""
    from anyascii import anyascii  # noqa: PLC0415 - most answers never need its tables

    nearest: str = anyascii(character)
    return nearest
