"""A label in the printers' own commands, ZPL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shiplabel.sandbox.shapes import HEIGHT, SCALE, WIDTH, Bars, Box, Matrix, Shape, Text, bars, matrix

if TYPE_CHECKING:
    from collections.abc import Sequence


def zpl(shapes: Sequence[Shape]) -> bytes:
    """Return printer commands at 203 dpi in UTF-8."""
    size = f"^PW{_dots(WIDTH)}^LL{_dots(HEIGHT)}"
    lines = ["^XA", "^CI28", size, "^LH0,0", *(_zpl_shape(one) for one in shapes), "^XZ", ""]
    return "\n".join(lines).encode()


def _zpl_shape(shape: Shape) -> str:
    match shape:
        case Text():
            return _zpl_text(shape)
        case Box():
            width, height = _dots(shape.width), _dots(shape.height)
            line = min(width, height) if shape.filled else max(1, _dots(shape.line))
            return f"^FO{_dots(shape.x)},{_dots(shape.y)}^GB{width},{height},{line}^FS"
        case Bars():
            runs = bars(shape.value)
            unit = max(1, _dots(shape.width) // (runs[-1][0] + runs[-1][1]))
            field = f"^FO{_dots(shape.x)},{_dots(shape.y)}^BY{unit}"
            return f"{field}^BCN,{_dots(shape.height)},N,N,N,A^FD{shape.value}^FS"
        case Matrix():
            unit = max(1, _dots(shape.size) // len(matrix(shape.value)))
            return f"^FO{_dots(shape.x)},{_dots(shape.y)}^BXN,{unit},200^FD{shape.value}^FS"


def _zpl_text(shape: Text) -> str:
    height = max(10, _dots(shape.size))
    x, align = _dots(shape.x), ""
    if shape.align == "centre":
        x, align = 0, f"^FB{_dots(2 * shape.x)},1,0,C"
    elif shape.align == "right":
        x, align = 0, f"^FB{_dots(shape.x)},1,0,R"
    reverse = "^FR" if shape.white else ""
    safe = "".join(f"_{ord(one):02X}" if one in "^~_\\" else one for one in shape.text)
    top = max(0, _dots(shape.y) - height * 4 // 5)
    return f"^FO{x},{top}{reverse}^A0N,{height},{height * 9 // 10}{align}^FH_^FD{safe}^FS"


def _dots(points: float) -> int:
    return round(points * SCALE)
