from __future__ import annotations

import pytest

from shiplabel.errors import InputError
from shiplabel.printing.targets import CupsTarget, RawTarget, parse_target


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("192.168.1.40:9100", RawTarget("192.168.1.40", 9100)),
        ("zebra.local:", RawTarget("zebra.local", 9100)),
        ("[fe80::1]:6101", RawTarget("fe80::1", 6101)),
        (" Zebra_ZD420 ", CupsTarget("Zebra_ZD420")),
        ("", CupsTarget("")),
    ],
)
def test_target_as_typed_is_understood(text: str, target: object) -> None:
    assert parse_target(text) == target


@pytest.mark.parametrize("text", ["host:0", "host:70000", "-P x", "two words", "a/b", "-o", "http://x:9100"])
def test_target_that_names_no_printer_is_refused(text: str) -> None:
    with pytest.raises(InputError) as error:
        parse_target(text)
    assert error.value.field == "printer"
    assert error.value.hint


@pytest.mark.parametrize("text", ["192.168.1.40:9100", "[::1]:9100", "Zebra"])
def test_target_shown_is_what_can_be_typed(text: str) -> None:
    assert str(parse_target(text)) == text


def test_target_default_queue_is_named_in_words() -> None:
    assert str(CupsTarget("")) == "the default printer"
