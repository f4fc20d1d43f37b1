"""A label in Russian, as a clerk sees it; and what scripts read stays what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from shiplabel.language import speak, worded
from shiplabel.workflow.steps import ANSWER_STEPS, STEPS, title
from tests.language.catalogues import catalogues, placeholders, read
from tests.terminal.driver import CLEAR, ENTER, LEAVE
from tests.terminal.script import KEPT, STEPS_ASKED, answer_step, wait_step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.terminal.conftest import Desk, Service

LONG = 9
LANGUAGES: list[tuple[tuple[str, ...], dict[str, Any]]] = [
    (("--lang", "ru"), {}),
    ((), {"LANG": "ru_RU.UTF-8"}),
    ((), {"LC_ALL": "ru_RU.UTF-8", "LANG": "en_US.UTF-8"}),
]


@pytest.fixture(autouse=True)
def _russian() -> Iterator[None]:
    """Let the test expect Russian words."""
    speak("ru")
    yield
    speak("")


def english_in(text: str) -> list[str]:
    """Return the sentences that stand in English where Russian ones should."""
    flat = " ".join(text.split())
    (path,) = (path for path in catalogues() if path.parts[-3] == "ru")
    found = [message.id for message in read(path) if isinstance(message.id, str) and message.id in flat]
    return [
        one
        for one in found
        if len(one) > LONG and " " in one and not placeholders(one) and worded(one) != one
    ]


@pytest.mark.parametrize(("arguments", "environment"), LANGUAGES)
def test_order_from_start_to_end_in_russian(
    desk: Desk, service: Service, arguments: tuple[str, ...], environment: dict[str, Any]
) -> None:
    terminal = desk.open("new", *arguments, **environment)
    for step in STEPS_ASKED:
        wait_step(terminal, step)
        assert f"{title(step)} · PRODUCTION: настоящие деньги" in terminal.screen
        if step == "purchase":
            assert "Купить" in terminal.screen
            assert "(y/n)" in terminal.screen
        answer_step(terminal, step)
    assert terminal.end() == 0
    record = desk.record()
    assert {name: record.answers[name] for name in ANSWER_STEPS} == KEPT
    assert english_in(terminal.pages) == []
    assert "Этикетка  se-" in terminal.pages
    assert len(service.charges()) == 1


@pytest.mark.parametrize("columns", [80, 60])
def test_screens_in_russian_fit_the_terminal(desk: Desk, columns: int) -> None:
    terminal = desk.at("rate", "--lang", "ru", columns=columns)
    terminal.wait_for("m ещё")
    lines = terminal.screen.splitlines()
    head = next(line for line in lines if "Прибудет" in line)
    assert [word for word in ("Услуга", "Упаковка", "Итого", "Пометки") if word not in head] == []
    assert ("^C сохранить" in lines[-1]) == (columns == 80)
    assert any(line.startswith(" Enter — $") and line.endswith("номер:") for line in lines)


def test_keys_of_a_question_fit_eighty_columns(desk: Desk) -> None:
    terminal = desk.open("new", "--lang", "ru")
    for step in ANSWER_STEPS[:3]:
        wait_step(terminal, step)
        terminal.wait_for("^C сохранить")
        bottom = terminal.screen.splitlines()[-1]
        assert ("пусто — пропуск" in bottom) == STEPS[step].optional
        answer_step(terminal, step)


def test_refusal_and_help_are_russian_and_leaving_says_how_to_go_on(desk: Desk) -> None:
    terminal = desk.at("to_zip", "--lang", "ru")
    terminal.answer("nowhere")
    terminal.wait_for("— не индекс. Введите 12345 или 12345-6789.")
    terminal.send(f"{CLEAR}?{ENTER}")
    terminal.wait_for("Потерянный ноль")
    terminal.send(LEAVE)
    assert terminal.end() == 130
    assert "Сохранено: 14 ответов, вопрос: Получатель · Индекс" in " ".join(terminal.pages.split())
    assert "Дальше: shiplabel resume" in terminal.pages


def test_setting_names_the_language(desk: Desk) -> None:
    folder = desk.home / "config" / "shiplabel"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text('lang = "ru"\n')
    terminal = desk.open("new")
    wait_step(terminal, "from_name")
    assert "Отправитель" in terminal.screen


def test_step_is_named_in_either_language_at_the_review(desk: Desk) -> None:
    terminal = desk.at("confirm", "--lang", "ru")
    for name in ("to zip", "получатель индекс"):
        terminal.send("e")
        terminal.wait_for("Изменить:")
        terminal.answer(name)
        wait_step(terminal, "to_zip")
        terminal.answer("95128")
        wait_step(terminal, "confirm")


def test_words_of_the_service_stay_as_they_are(desk: Desk, service: Service) -> None:
    terminal = desk.at("purchase", "--lang", "ru")
    service.fault("insufficient-funds@purchase:times=1")
    terminal.send("y")
    terminal.wait_for("insufficient_funds")
    assert "The balance is too low. (insufficient_funds, запрос" in terminal.pages
    assert not service.charges()
