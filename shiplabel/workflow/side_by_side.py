"""Run several waits at once and hand each result on as it comes.

The threads are daemons: a clerk who leaves does not wait for the slowest carrier.
"""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, TypeVar

from shiplabel.errors import ShiplabelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")


def side_by_side(
    act: Callable[[Asked], Answered], questions: Sequence[Asked]
) -> Iterator[tuple[Asked, Answered | ShiplabelError]]:
    """Yield each question with its answer, or the error it ended in, the fastest first.

    Any other exception is a bug and is raised here, in the asking thread.
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
        question, answer = answers.get()
        if isinstance(answer, BaseException) and not isinstance(answer, ShiplabelError):
            raise answer
        yield question, answer
