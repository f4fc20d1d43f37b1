"""What a label paper is made of, in points from the top left corner of a 4x6 inch page; and real barcodes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from reportlab.graphics.barcode.code128 import Code128Auto
from reportlab.graphics.barcode.ecc200datamatrix import ECC200DataMatrix

WIDTH, HEIGHT = 288.0, 432.0
DPI = 203
SCALE = DPI / 72
MARK = "SAMPLE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One line; ``y`` is its base line, ``align`` tells what ``x`` is: left, centre or right."""

    x: float
    y: float
    size: float
    text: str
    bold: bool = False
    align: str = "left"
    white: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle, filled black or with a line around."""

    x: float
    y: float
    width: float
    height: float
    line: float = 0.0

    @property
    def filled(self) -> bool:
        """Tell whether it is solid."""
        return self.line == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """A Code 128 barcode over a width."""

    x: float
    y: float
    width: float
    height: float
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """A Data Matrix code, square."""

    x: float
    y: float
    size: float
    value: str


Shape = Text | Box | Bars | Matrix


@lru_cache(maxsize=64)
def bars(value: str) -> tuple[tuple[int, int, bool], ...]:
    """Return a Code 128 as runs of (start, width, black), in modules."""
    code = Code128Auto(value)
    code.validate()
    code.encode()
    code.decompose()
    runs = []
    start = 0
    for letter in code.decomposed:
        width = ord(letter.upper()) - ord("A") + 1
        runs.append((start, width, letter.isupper()))
        start += width
    return tuple(runs)


@lru_cache(maxsize=64)
def matrix(value: str) -> tuple[tuple[bool, ...], ...]:
    """Return a Data Matrix as rows of modules, the top row first."""
    code = ECC200DataMatrix(value)
    code.validate()
    code.encode()
    return tuple(tuple(bool(one) for one in row) for row in reversed(code.encoded))
