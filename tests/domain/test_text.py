from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shiplabel.domain.text import clean, printable, quoted, shortened
from shiplabel.errors import InputError


@pytest.mark.parametrize(
    "text",
    [
        "O'Brien",
        "José",
        "A & B",
        "[bold]Ann[/bold]",
        "Łukasz",
        "🎉 Party",
        "שלום",
        "محمد",
        "\U0001f469\u200d\U0001f467",
        "می\u200cخواهم",  # noqa: RUF001 - Persian has a joiner in it
    ],
)
def test_clean_letters_of_all_kinds_stay_unchanged(text: str) -> None:
    assert clean(text) == text


def test_clean_white_space_and_line_breaks_become_one_space() -> None:
    assert clean("  12\tMain \r\n St\u00a0\u2028 Apt 4 ") == "12 Main St Apt 4"


def test_clean_decomposed_letters_become_nfc() -> None:
    assert clean("Jose\u0301") == "José"


@pytest.mark.parametrize("hidden", ["\u200b", "\u202e", "\u2066", "\ufeff", "\u00ad", "\U000e0041"])
def test_clean_invisible_character_is_taken_out(hidden: str) -> None:
    assert clean(f"An{hidden}n") == "Ann"


@pytest.mark.parametrize("text", ["A\u200dnn", "\u200dé", "é\u200d"])
def test_clean_joiner_that_joins_nothing_is_taken_out(text: str) -> None:
    assert "\u200d" not in clean(text)


@pytest.mark.parametrize(
    "text", ["a\x00", "\x1b[31mred", "a\x07", "\x9b31m", "\x85", "\x7f", "\ud800", "Jos\ufffd"]
)
def test_clean_control_character_is_refused_and_shown_safely(text: str) -> None:
    with pytest.raises(InputError, match="U\\+") as caught:
        clean(text, field="to_name", label="The name")
    assert caught.value.field == "to_name"
    assert caught.value.message.startswith("The name holds")
    assert printable(caught.value.message) == caught.value.message


def test_printable_escapes_are_shown_and_never_sent() -> None:
    assert printable("a\x1b[31m\n\x9b\u202eb") == "a\\x1b[31m\\n\\x9b\\u202eb"
    assert printable("José \U0001f469\u200d\U0001f467") == "José \U0001f469\u200d\U0001f467"


@given(st.text())
def test_printable_any_text_holds_nothing_that_a_terminal_obeys(text: str) -> None:
    assert not {unicodedata.category(c) for c in printable(text)} & {"Cc", "Cs", "Zl", "Zp"}


@given(st.text())
def test_clean_what_passed_once_passes_unchanged(text: str) -> None:
    try:
        once = clean(text)
    except InputError:
        return
    assert clean(once) == once


def test_shortened_long_text_ends_in_an_ellipsis() -> None:
    assert shortened("x" * 10_000) == "x" * 39 + "…"
    assert quoted("short") == '"short"'
