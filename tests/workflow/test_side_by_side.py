"""Waits that run at once."""

from __future__ import annotations

import threading

import pytest

from shiplabel.errors import NoAnswer
from shiplabel.workflow.side_by_side import side_by_side


def test_answers_come_with_their_questions_and_an_error_is_an_answer() -> None:
    slow = NoAnswer("slow")

    def act(question: int) -> int:
        if question == 2:
            raise slow
        return question * 10

    assert dict(side_by_side(act, [1, 2, 3])) == {1: 10, 2: slow, 3: 30}


def test_bug_in_a_wait_is_raised_in_the_asking_thread() -> None:
    def act(_question: int) -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(side_by_side(act, [1]))


def test_answer_that_nobody_waits_for_is_dropped() -> None:
    released = threading.Event()
    came: list[int] = []
    looks: list[int] = []

    def act(question: int) -> int:
        if question == 2:
            released.wait()
        return question

    def is_enough() -> bool:
        looks.append(len(came))
        return bool(came) and len(looks) > 1

    for question, _ in side_by_side(act, [1, 2], is_enough):
        came.append(question)
    released.set()
    assert came == [1]


def test_answer_is_waited_for_while_nobody_has_enough() -> None:
    released = threading.Event()

    def act(question: int) -> int:
        released.wait()
        return question * 10

    def is_enough() -> bool:
        released.set()
        return False

    assert dict(side_by_side(act, [1], is_enough)) == {1: 10}
