"""^C in a batch, met in the middle of a write to the screen."""

from __future__ import annotations

import signal
import threading

from shiplabel.cli.batch.interrupt import Interrupt


def test_first_stop_is_told_beside_the_thread_that_may_be_writing_just_then() -> None:
    tellers: list[threading.Thread] = []
    told = threading.Event()

    def tell() -> None:
        tellers.append(threading.current_thread())
        told.set()

    with Interrupt(tell) as interrupt:
        signal.raise_signal(signal.SIGINT)
        assert interrupt.stopping
        assert told.wait(5)
    assert tellers != [threading.main_thread()]
