"""What became of an answer: the text to store, what to show, and what is odd about it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Understood:
    """An answer as understood.

    ``value`` is stored for the step, None where it was skipped. ``shown`` is what the clerk sees. ``doubt``
    is a yes-or-no question where the answer is odd (yes keeps it), ``suggestion`` what to offer instead,
    ``also`` the answers of other steps that were given along with it.
    """

    value: str | None
    shown: str = ""
    doubt: str = ""
    suggestion: str = ""
    also: dict[str, str | None] = field(default_factory=dict)
