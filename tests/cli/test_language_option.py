"""Scripts in another language: keys, codes and exit codes are the same, sentences are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.shop import Shop

MISSING = ("new", "--json")


def keys_of(document: Any) -> set[str]:
    """Return every key of a document, at any depth."""
    if isinstance(document, dict):
        return set(document) | {key for value in document.values() for key in keys_of(value)}
    return {key for one in document for key in keys_of(one)} if isinstance(document, list) else set()


def test_label_object_is_the_same_in_every_language(shop: Shop) -> None:
    english, russian = shop.buy(), shop.buy("--lang", "ru")
    assert keys_of(english) == keys_of(russian)
    for key in ("environment", "status", "step", "carrier_code", "service_code", "cost", "error"):
        assert english[key] == russian[key]


def test_error_has_its_code_and_a_russian_message(shop: Shop) -> None:
    english, russian = shop.run(*MISSING), shop.run(*MISSING, "--lang", "ru")
    assert english.code == russian.code == 2
    assert english.json["error"]["code"] == russian.json["error"]["code"] == "input"
    assert "Без терминала не хватает параметров: --from-name" in russian.json["error"]["message"]
    assert "Без терминала" in russian.err


def test_stored_machine_words_are_english(shop: Shop) -> None:
    shop.service.fault("insufficient-funds@purchase")
    shop.run(
        "new", "--from-name", "A", "--from-address1", "1 A St", "--from-city", "Austin", "--from-state", "TX",
        "--from-zip", "78756", "--to-name", "B", "--to-address1", "1 B St", "--to-city", "Austin",
        "--to-state", "TX", "--to-zip", "78756", "--weight", "1lb", "--size", "8x6x4", "--rate", "cheapest",
        "--yes", "--json", "--lang", "ru",
    )  # fmt: skip
    (session,) = shop.good("sessions", "list", "--json").json
    assert (session["status"], session["step"]) == ("open", "rate")
    (kept,) = [shop.good("sessions", "show", session["session_id"], "--json").json]
    assert kept["error"]["code"] == "insufficient_funds"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Сделать этикетку: адреса, посылка, тарифы, покупка, файл."),
        (("labels", "list"), "Код перевозчика: ups, stamps_com, …"),
        (("new",), "Пример: shiplabel new"),
    ],
)
def test_help_is_in_the_language(shop: Shop, arguments: tuple[str, ...], said: str) -> None:
    done = shop.good(*arguments, "--help", LANG="ru_RU.UTF-8", COLUMNS="120")
    assert said in done.out
    assert said not in shop.good(*arguments, "--help", COLUMNS="120").out


def test_table_heads_are_in_the_language(shop: Shop) -> None:
    shop.buy()
    assert shop.good("labels", "list", "--lang", "ru").out.startswith("Куплено")


def test_stream_that_has_no_such_letters_ends_no_command(shop: Shop) -> None:
    done = shop.run("doctor", "--lang", "ru", PYTHONIOENCODING="ascii")
    assert done.code in {0, 1}
    assert done.out.startswith("??      settings")
