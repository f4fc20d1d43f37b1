"""How far each row of a run is: one byte a row, whatever the sheet's length."""

from __future__ import annotations

NONE, TODO, QUOTED, DOUBT, DONE, NEW = range(6)
"""Not met, to do, quoted, in doubt, settled, and bought by this run."""


class Marks:
    """The marks of all rows by their numbers."""

    def __init__(self) -> None:
        self._marks = bytearray()

    def __getitem__(self, row: int) -> int:
        """Return a row's mark."""
        return self._marks[row] if row < len(self._marks) else NONE

    def __setitem__(self, row: int, mark: int) -> None:
        """Mark a row."""
        if row >= len(self._marks):
            self._marks.extend(bytes(row + 1 - len(self._marks)))
        self._marks[row] = mark

    def __contains__(self, mark: int) -> bool:
        """Tell whether any row has a mark."""
        return mark in self._marks
