"""Run several waits at once and hand each result on as it comes.

The threads are daemons: a clerk who leaves does not wait for the slowest carrier.
"""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, TypeVar

from shiplabel.errors import ShiplabelError

LOOK_S = 0.05

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")


def side_by_side(
    act: Callable[[Asked], Answered],
    questions: Sequence[Asked],
    is_enough: Callable[[], bool] | None = None,
) -> Iterator[tuple[Asked, Answered | ShiplabelError]]:
    """Yield each question with its answer, or the error it ended in, the fastest first.

    Any other exception is a bug and is raised here, in the asking thread. ``is_enough`` is asked again
    and again while nothing comes; its yes ends the waiting, and later answers are dropped.
    """
    answers: queue.SimpleQueue[tuple[Asked, Answered | BaseException]] = queue.SimpleQueue()

    def ask(question: Asked) -> None:
        try:
            answers.put((question, act(question)))
        except BaseException as error:  # noqa: BLE001  # handed to the asking thread, which raises it
            answers.put((question, error))

    for question in questions:
        threading.Thread(target=ask, args=(question,), daemon=True).start()
    for _ in questions:
        came = _next(answers, is_enough)
        if came is None:
            return
        question, answer = came
        if isinstance(answer, BaseException) and not isinstance(answer, ShiplabelError):
            raise answer
        yield question, answer


def _next(answers: queue.SimpleQueue[Answered], is_enough: Callable[[], bool] | None) -> Answered | None:
    """Return what comes next, or None where it is waited for no longer."""
    while True:
        try:
            return answers.get(timeout=LOOK_S if is_enough else None)
        except queue.Empty:
            if is_enough and is_enough():
                return None
