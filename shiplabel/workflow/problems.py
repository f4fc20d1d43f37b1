"""What is wrong in a sheet, told row by row or, where there is much of it, kind by kind."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from shiplabel.domain.text import stated
from shiplabel.language import phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Level = Literal["error", "warning"]

_VALUE = re.compile(r'"[^"]*"|“[^”]*”|\d[\d,.]*')
_SENTENCE = re.compile(r"(?<=[.?!]) (?=[A-ZА-ЯЁ])")  # noqa: RUF001 - capitals of every catalogue
_RUN = 3
_OTHERS = 3


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in one row: the column's name, what is wrong, how to mend it.

    An ``error`` keeps the row from being bought, a ``warning`` does not.
    """

    row: int
    column: str
    message: str
    mend: str = ""
    level: Level = "error"


@dataclass(slots=True)
class ProblemGroup:
    """The same kind of problem in the same column; ``message`` is the first row's."""

    column: str
    message: str
    mend: str
    level: Level
    rows: array[int] = field(default_factory=lambda: array("L"))
    others: list[str] = field(default_factory=list)
    unlisted: int = 0
    one_mend: bool = True

    @property
    def where(self) -> str:
        """The rows in words: ``row 4``, ``rows 4, 9, 17–21``."""  # noqa: RUF002 - a range's dash
        return phrase("rows {rows}" if len(self.rows) > 1 else "row {rows}", rows=rows_text(self.rows))

    @property
    def what(self) -> str:
        """What is wrong, with the values of further rows where they differ."""
        if not self.others:
            return self.message
        others = ", ".join(self.others)
        if self.unlisted:
            others = phrase("{others} and {more:,} more", others=others, more=self.unlisted)
        return phrase("{what}; also {others}.", what=self.message.rstrip("."), others=others)

    @property
    def how(self) -> str:
        """How to mend it; the first row's way where each row has its own."""
        if self.one_mend or not self.mend:
            return self.mend
        return phrase("row {row}: {mend}", row=self.rows[0], mend=self.mend)

    def add(self, one: Problem) -> None:
        """Take a row's problem in."""
        self.rows.append(one.row)
        self.one_mend = self.one_mend and one.mend == self.mend
        if one.message == self.message:
            return
        value = _VALUE.search(one.message)
        if len(self.others) < _OTHERS and value:
            self.others.append(phrase("{value} (row {row})", value=value[0], row=one.row))
        else:
            self.unlisted += 1


def problem(row: int, column: str, said: str, mend: str = "", level: Level = "error") -> Problem:
    """Return a problem from a check's sentences: the first says what is wrong, the rest how to mend it."""
    if level == "warning":
        said = stated(said)
    quoted_until = max(said.rfind('"'), said.rfind("”"), 0)
    cut = _SENTENCE.search(said, quoted_until)
    if cut is None:
        return Problem(row, column, said, mend, level)
    rest = said[cut.end() :]
    return Problem(row, column, said[: cut.start()], mend or rest, level)


def grouped(problems: Iterable[Problem]) -> list[ProblemGroup]:
    """Return the problems by column and kind, errors first, in the order of their first rows."""
    groups: dict[tuple[str, str, str], ProblemGroup] = {}
    for one in problems:
        key = (one.level, one.column, _VALUE.sub("…", one.message))
        group = groups.get(key)
        if group is None:
            group = groups[key] = ProblemGroup(one.column, one.message, one.mend, one.level)
        group.add(one)
    return sorted(groups.values(), key=lambda group: group.level == "warning")


def rows_text(rows: Sequence[int], most: int = 12) -> str:
    """Return row numbers as people list them: ``4, 9, 17–21``; at most so many parts, then how many more."""  # noqa: RUF002 - a range's dash
    runs = _runs(sorted(set(rows)))
    shown = ", ".join(_run_text(*run) for run in runs[:most])
    left = sum(last - first + 1 for first, last in runs[most:])
    return phrase("{shown} and {left:,} more", shown=shown, left=left) if left else shown


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs


def _run_text(first: int, last: int) -> str:
    if last - first + 1 >= _RUN:
        return f"{first}–{last}"  # noqa: RUF001 - a range's dash
    return ", ".join(map(str, range(first, last + 1)))
