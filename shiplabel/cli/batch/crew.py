"""Workers side by side: tasks go in one at a time, results come out to the thread that gave them.

The threads are daemons: who leaves for good waits for nobody. What a task had written down by then
stays on disk.
"""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")


class Crew(Generic[Result]):
    """Some threads, started as tasks come; ``out`` may be shared by several crews. No task raises."""

    def __init__(self, workers: int, out: queue.SimpleQueue[Result]) -> None:
        self._workers = workers
        self._tasks: queue.SimpleQueue[Callable[[], Result] | None] = queue.SimpleQueue()
        self._out = out
        self._threads = 0
        self.pending = 0

    def submit(self, task: Callable[[], Result]) -> None:
        """Hand a task in; its result goes to ``out``."""
        self.pending += 1
        self._tasks.put(task)
        if self._threads < min(self._workers, self.pending):
            self._threads += 1
            threading.Thread(target=self._work, daemon=True).start()

    def finished(self) -> None:
        """Note that a result was taken out."""
        self.pending -= 1

    def dismiss(self) -> None:
        """Let the threads end when they have nothing to do."""
        for _ in range(self._threads):
            self._tasks.put(None)
        self._threads = 0

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            self._out.put(task())
