"""Ids: every one as likely as another, none with a letter that looks like another."""

from __future__ import annotations

from collections import Counter

from shiplabel.storage.ids import any_id


def test_ids_use_every_letter_but_those_that_look_alike() -> None:
    met = Counter("".join(any_id(5) for _ in range(3000)))
    assert "".join(sorted(met)) == "23456789ABCDEFGHJKMNPQRSTVWXYZ"
    assert max(met.values()) < 2 * min(met.values())


def test_ids_have_the_length_asked_for() -> None:
    assert [len(any_id(length)) for length in (1, 4, 5)] == [1, 4, 5]
