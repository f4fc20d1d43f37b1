"""The language of what people read: English in the code, other languages in gettext catalogues.

How a new sentence is written::

    from shiplabel.language import marked, phrase, phrase_n, worded

    raise InputError(phrase("There is no session {session_id}.", session_id=head.session_id))
    tell(phrase_n("{count} label.", "{count} labels.", len(labels)))
    HELP = marked({"side": "In inches, or 25cm."})     # made at import; later: worded(HELP["side"])
    FITS = marked("{side} is no side.")                # the same; later: phrase(FITS, side=typed)

- The text is a literal (or one of two, by a condition), never an f-string and never put together of
  pieces: word order differs.
- Values go in by name, plain names only (``{price:.2f}`` is fine, ``{rate.total}`` is not); a value is
  never translated and never read as a pattern, so braces in it are safe.
- ``phrase`` is called when the sentence is said, never at import: the language is not known then.
- Not translated: machine words (codes, JSON keys, statuses, step names), commands and options to type,
  the keys ``y`` and ``n``, and what carriers and the service say.
- ``python -m tests.language`` takes new sentences into the catalogues and compiles them.

English costs nothing: no catalogue is looked for and gettext is not imported. A language without a
catalogue is English.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from gettext import GNUTranslations
    from typing import TypeVar

    Table = TypeVar("Table")

DOMAIN = "shiplabel"
LOCALE = Path(__file__).with_name("locale")
SOURCES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
ENGLISH = {"en", "c", "posix"}

_wanted = ""


def speak(languages: str) -> None:
    """Choose the language by its name (``ru``, ``ru_RU.UTF-8``); empty: what the environment names."""
    global _wanted  # noqa: PLW0603  # one language per process
    _wanted = languages
    _catalogue.cache_clear()


def phrase(text: str, /, **values: object) -> str:
    """Return a sentence in the chosen language, with the values in it."""
    spoken = worded(text)
    return spoken.format(**values) if values else spoken


def phrase_n(one: str, many: str, count: int, /, **values: object) -> str:
    """Return the sentence that goes with a number; ``{count}`` is the number itself."""
    catalogue = _catalogue()
    spoken = (one if count == 1 else many) if catalogue is None else catalogue.ngettext(one, many, count)
    return spoken.format(count=count, **values)


def marked(table: Table) -> Table:
    """Return a text, or a table of texts, as it is: to be put into words when it is shown.

    The sentences are the literal texts in it and the values of its dictionaries, not their keys.
    """
    return table


def worded(text: str) -> str:
    """Return a marked text in the chosen language."""
    catalogue = _catalogue()
    return text if catalogue is None or not text else catalogue.gettext(text)


def surroundings(environ: Mapping[str, str]) -> str:
    """Return the languages that the environment names, by rank and with colons between them."""
    return next((environ[name] for name in SOURCES if environ.get(name)), "")


@cache
def _catalogue() -> GNUTranslations | None:
    """Return the catalogue of the chosen language, None for English."""
    for name in _names(_wanted or surroundings(os.environ)):
        if name.lower() in ENGLISH:
            return None
        path = LOCALE / name / "LC_MESSAGES" / f"{DOMAIN}.mo"
        if name.isidentifier() and path.is_file():
            from gettext import GNUTranslations  # noqa: PLC0415  # English does without

            with path.open("rb") as compiled:
                return GNUTranslations(compiled)
    return None


def _names(languages: str) -> Iterator[str]:
    """Return the catalogues' names that languages may have: ``ru_RU.UTF-8`` is ru_RU, then ru."""
    for language in languages.split(":"):
        whole = language.partition(".")[0].partition("@")[0].replace("-", "_")
        yield whole
        yield whole.partition("_")[0]
