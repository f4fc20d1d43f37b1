"""A command line that cannot be read: what is told, in either language, with and without --json."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.shop import Shop

REFUSED = [
    (
        "new --wieght 3",
        "There is no option --wieght. Perhaps: --weight",
        "Параметра --wieght нет. Возможно: --weight",
    ),
    ("nonsense", "There is no command nonsense.", "Команды nonsense нет."),
    ("labels show", "label_id is missing.", "хватает: label_id."),
    ("labels list --limit", "--limit needs a value.", "После --limit нужно значение."),
    ("labels list --limit x", "--limit takes a number.", "--limit принимает число."),
    ("labels list --limit=-3", "at least 0", "не меньше 0"),
    ("doctor --json=3", "--json takes no value.", "--json не принимает значения."),
    ("labels show a b", "This is too much: b.", "Лишнее: b."),
]


@pytest.mark.parametrize(("line", "english", "russian"), REFUSED)
def test_line_that_cannot_be_read_is_told_in_a_clerks_words(
    shop: Shop, line: str, english: str, russian: str
) -> None:
    for more, sentence in ((), english), (("--lang", "ru"), russian):
        done = shop.run(*more, *line.split())
        assert done.code == 2
        assert sentence in done.err
        assert "--help" in done.err
        assert done.out == ""


def test_line_that_cannot_be_read_gives_scripts_one_document(shop: Shop) -> None:
    done = shop.run("labels", "list", "--bogus", "--json")
    assert done.code == 2
    assert json.loads(done.out)["error"]["code"] == "usage"


def test_group_without_a_command_shows_its_help(shop: Shop) -> None:
    done = shop.run("sessions")
    assert done.code == 2
    assert "purge" in done.out + done.err
