"""Text as it is typed, pasted or read: made whole before it is judged, made safe before it is shown.

What has no shape of its own (zero-width spaces, bidirectional overrides, byte order marks) is taken
out without a word: it comes along with pasted text and could only mislead the eye. The two joiners
that Persian words and joined emoji need stay between letters outside ASCII. Escapes, other control
characters and what a wrong decoding left behind are refused: nobody means them.
"""

from __future__ import annotations

import re
import unicodedata

from shiplabel.domain.limits import SHOWN_CHARACTERS
from shiplabel.errors import InputError
from shiplabel.language import marked, phrase, worded

_QUESTION = re.compile(r"(?<=[.?!]) [^.?!]*\?$")
_BREAKS = re.compile(r"[\t\n\v\f\r]+")
_REFUSED = marked({"Cc": "a control character", "Cs": "half a character"})
_LOST_REASON = marked("a sign of letters lost in decoding")
_THIS = marked("This")
_LOST = "\ufffd\ufffe\uffff"
_JOINERS = "\u200c\u200d"
_UNSAFE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def clean(text: str, *, field: str = "", label: str = _THIS) -> str:
    """Return the text in NFC with its white space collapsed; raise InputError for control characters.

    ``label`` is a marked text: how the complaint calls what was typed.
    """
    if not (text.isascii() and text.isprintable()):
        text = _BREAKS.sub(" ", text)
        _refuse_broken(text, field, label)
        text = _without_invisible(unicodedata.normalize("NFC", text))
    return " ".join(text.split())


def folded(text: str) -> str:
    """Return a name as names are compared: whatever its case and its white space."""
    return " ".join(text.split()).casefold()


def _refuse_broken(text: str, field: str, label: str) -> None:
    for character in text:
        reason = _REFUSED.get(unicodedata.category(character))
        if character in _LOST:
            reason = _LOST_REASON
        if reason:
            raise InputError(
                phrase(
                    "{what} holds {reason} (U+{code:04X}): {text}. Type it without.",
                    what=worded(label),
                    reason=worded(reason),
                    code=ord(character),
                    text=quoted(text),
                ),
                field=field,
            )


def _without_invisible(text: str) -> str:
    kept = [
        character
        for place, character in enumerate(text)
        if unicodedata.category(character) != "Cf" or (character in _JOINERS and _joins(text, place))
    ]
    return "".join(kept)


def _joins(text: str, place: int) -> bool:
    """Tell whether the joiner at this place stands between two characters outside ASCII."""
    around = text[max(place - 1, 0) : place] + text[place + 1 : place + 2]
    return len(around) == 2 and all(ord(neighbour) > 0x7F for neighbour in around)  # noqa: PLR2004 - both sides


def printable(text: str) -> str:
    r"""Return text that a terminal shows and never obeys: escapes as ``\x1b``, line breaks as ``\n``."""
    if text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    if unicodedata.category(character) not in _UNSAFE or character in _JOINERS:
        return character
    return character.encode("unicode_escape").decode("ascii")


def shortened(text: str, most: int = SHOWN_CHARACTERS) -> str:
    """Return the text in at most ``most`` characters, safe to show; an ellipsis stands for the rest."""
    return printable(text if len(text) <= most else f"{text[: most - 1]}…")


def quoted(text: str) -> str:
    """Return what was typed as a sentence repeats it."""
    return f'"{shortened(text)}"'


def stated(doubt: str) -> str:
    """Return a doubt without the question at its end, in whatever language it is."""
    return _QUESTION.sub("", doubt)
