"""Which language is spoken, and what a sentence does with its values."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from shiplabel import language
from shiplabel.cli.flags import value_of
from shiplabel.cli.tongue import choose_language
from shiplabel.language import phrase, phrase_n, speak, worded
from tests.language.catalogues import mo_of

if TYPE_CHECKING:
    from pathlib import Path

TRANSLATED = "Переведено {city}"


@pytest.fixture(autouse=True)
def _russian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give Russian a catalogue of two sentences."""
    from babel.messages.catalog import Catalog  # noqa: PLC0415  # for this fixture alone

    catalogue = Catalog(locale="ru", fuzzy=False)
    catalogue.add("City {city}", TRANSLATED)
    catalogue.add(("{count} row", "{count} rows"), ("{count} строка", "{count} строки", "{count} строк"))
    folder = tmp_path / "locale" / "ru" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "shiplabel.mo").write_bytes(mo_of(catalogue))
    monkeypatch.setattr(language, "LOCALE", tmp_path / "locale")


@pytest.mark.parametrize("name", ["ru", "ru_RU", "ru-RU", "ru_RU.UTF-8", "ru_RU@euro", "de:ru:en"])
def test_language_with_a_catalogue_is_spoken(name: str) -> None:
    speak(name)
    assert phrase("City {city}", city="Austin") == "Переведено Austin"


@pytest.mark.parametrize("name", ["en", "en_US.UTF-8", "C", "POSIX", "xx", "../ru", "/", "en:ru", "", ":"])
def test_language_without_a_catalogue_is_english(name: str) -> None:
    speak(name)
    assert phrase("City {city}", city="Austin") == "City Austin"
    assert phrase_n("{count} row", "{count} rows", 1) == "1 row"
    assert phrase_n("{count} row", "{count} rows", 21) == "21 rows"


@pytest.mark.parametrize(
    ("count", "said"), [(1, "1 строка"), (3, "3 строки"), (11, "11 строк"), (21, "21 строка")]
)
def test_number_takes_the_form_of_its_language(count: int, said: str) -> None:
    speak("ru")
    assert phrase_n("{count} row", "{count} rows", count) == said


def test_value_is_never_translated_nor_read_as_a_pattern() -> None:
    speak("ru")
    assert phrase("City {city}", city="{city} {0} City {city}") == "Переведено {city} {0} City {city}"


def test_text_without_values_keeps_its_braces() -> None:
    assert phrase("{braces} stay") == "{braces} stay"


def test_sentence_that_has_no_translation_is_english() -> None:
    speak("ru")
    assert worded("Nobody translated this.") == "Nobody translated this."
    assert worded("") == ""


@pytest.mark.parametrize("variable", language.SOURCES)
def test_environment_names_the_language(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LANG")
    monkeypatch.setenv(variable, "ru_RU.UTF-8")
    speak("")
    assert worded("City {city}") == TRANSLATED


def test_variables_are_asked_in_the_order_of_gettext(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "ru_RU.UTF-8")
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    speak("")
    assert worded("City {city}") == "City {city}"


def test_option_goes_before_settings_and_settings_before_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    kept = tmp_path / "kept.toml"
    kept.write_text('lang = "ru"\n')
    choose_language(["--config", str(kept), "sessions", "list"])
    assert worded("City {city}") == TRANSLATED
    choose_language(["--config", str(kept), "--lang", "en"])
    assert worded("City {city}") == "City {city}"


def test_settings_file_that_cannot_be_read_leaves_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "ru_RU.UTF-8")
    bad = tmp_path / "bad.toml"
    bad.write_text("lang = [")
    choose_language(["--config", str(bad)])
    assert worded("City {city}") == TRANSLATED


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["--lang", "ru", "new"], "ru"),
        (["--lang=ru", "new"], "ru"),
        (["--lang", "en", "--lang", "ru"], "ru"),
        (["--lang"], ""),
        (["new", "--", "--lang", "ru"], ""),
        ([], ""),
    ],
)
def test_value_of_a_global_option_is_found(arguments: list[str], found: str) -> None:
    assert value_of("--lang", arguments) == found


def test_english_loads_no_gettext() -> None:
    code = (
        "import sys; from shiplabel.language import phrase;"
        "assert phrase('City {city}', city='Austin') == 'City Austin'; assert 'gettext' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
