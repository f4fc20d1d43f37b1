from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shiplabel.domain.letters import transliterated, unprintable


@pytest.mark.parametrize("text", ["O'Brien", "José", "Ñandú", "Straße", "€5 – “ok”", "Mary’s"])  # noqa: RUF001 - as pasted
def test_unprintable_western_letters_are_printed(text: str) -> None:
    assert unprintable(text) == ""
    assert transliterated(text) == text


def test_unprintable_each_odd_letter_is_named_once() -> None:
    assert unprintable("Łukasz Łoś 🎉") == "Łś🎉"


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Łukasz", "Lukasz"),
        ("Привет", "Privet"),
        ("José 🎉 Ł", "José L"),
        ("🎉", ""),
        ("\U0001f469\u200d\U0001f467 Ann", "Ann"),
    ],
)
def test_transliterated_odd_letters_become_the_nearest(text: str, printed: str) -> None:
    assert transliterated(text) == printed


@given(st.text())
def test_transliterated_any_text_can_be_printed(text: str) -> None:
    assert unprintable(transliterated(text)) == ""
