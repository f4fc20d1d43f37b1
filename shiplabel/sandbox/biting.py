"""How armed faults bite."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

    from shiplabel.sandbox.call import Call


def answer_with_faults(call: Call, run: Callable[[], Response]) -> Response:
    """Answer a call, bent by its faults."""
    return run()
