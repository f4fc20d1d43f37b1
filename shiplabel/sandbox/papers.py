"""Label papers as files: PDF on a label or a letter page, PNG, ZPL; each marked as a sample."""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import reportlab
from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfgen.canvas import Canvas

from shiplabel.sandbox.design import design
from shiplabel.sandbox.shapes import HEIGHT, MARK, WIDTH, Bars, Box, Matrix, Shape, Text, bars, matrix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shiplabel.sandbox.answers import Document

_LETTER = (612.0, 792.0)
_DPI = 203
_SCALE = _DPI / 72
_FONTS = Path(reportlab.__file__).parent / "fonts"
_PALE = 0.82


def draw(paper: Document, form: str, layout: str) -> bytes:
    """Return a paper as the bytes of a file; ``form`` is pdf, png or zpl, ``layout`` 4x6 or letter."""
    shapes = design(paper)
    if form == "zpl":
        return _zpl(shapes)
    return _png(shapes) if form == "png" else _pdf(shapes, layout)


def _pdf(shapes: Sequence[Shape], layout: str) -> bytes:
    out = io.BytesIO()
    letter = layout == "letter"
    canvas = Canvas(out, pagesize=_LETTER if letter else (WIDTH, HEIGHT), invariant=True)
    canvas.setTitle("Sample shipping label")
    if letter:
        _pdf_letter(canvas)
    _pdf_watermark(canvas)
    for shape in shapes:
        _pdf_shape(canvas, shape)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _pdf_letter(canvas: Canvas) -> None:
    """Set the label in the upper half of a letter page, with a line to cut along."""
    left, top = (_LETTER[0] - WIDTH) / 2, _LETTER[1] - 36 - HEIGHT
    canvas.setFont("Helvetica", 9)
    canvas.drawCentredString(
        _LETTER[0] / 2, top - 24, "Cut along the dashed line. Do not fold over a barcode."
    )
    canvas.drawCentredString(_LETTER[0] / 2, top - 38, "This is a sample: no postage is paid.")
    canvas.translate(left, top)
    canvas.setDash(4, 3)
    canvas.rect(-6, -6, WIDTH + 12, HEIGHT + 12)
    canvas.setDash()


def _pdf_watermark(canvas: Canvas) -> None:
    canvas.saveState()
    canvas.setFillGray(_PALE)
    canvas.setFont("Helvetica-Bold", 78)
    canvas.translate(WIDTH / 2, HEIGHT / 2)
    canvas.rotate(52)
    canvas.drawCentredString(0, -28, MARK)
    canvas.restoreState()


def _pdf_shape(canvas: Canvas, shape: Shape) -> None:
    match shape:
        case Text():
            canvas.setFont("Helvetica-Bold" if shape.bold else "Helvetica", shape.size)
            canvas.setFillGray(1 if shape.white else 0)
            write = {
                "left": canvas.drawString,
                "centre": canvas.drawCentredString,
                "right": canvas.drawRightString,
            }
            write[shape.align](shape.x, HEIGHT - shape.y, shape.text)
        case Box():
            canvas.setFillGray(0)
            canvas.setLineWidth(shape.line)
            y = HEIGHT - shape.y - shape.height
            canvas.rect(shape.x, y, shape.width, shape.height, stroke=not shape.filled, fill=shape.filled)
        case _:
            canvas.setFillGray(0)
            for x, y, width, height in _modules(shape):
                canvas.rect(x, HEIGHT - y - height, width, height, stroke=0, fill=1)


def _modules(shape: Bars | Matrix) -> list[tuple[float, float, float, float]]:
    """Return the black rectangles of a barcode in points: x, y, width, height."""
    if isinstance(shape, Bars):
        runs = bars(shape.value)
        unit = shape.width / (runs[-1][0] + runs[-1][1])
        return [
            (shape.x + start * unit, shape.y, width * unit, shape.height)
            for start, width, black in runs
            if black
        ]
    rows = matrix(shape.value)
    unit = shape.size / len(rows)
    return [
        (shape.x + column * unit, shape.y + row * unit, unit, unit)
        for row, cells in enumerate(rows)
        for column, black in enumerate(cells)
        if black
    ]


def _png(shapes: Sequence[Shape]) -> bytes:
    size = (round(WIDTH * _SCALE), round(HEIGHT * _SCALE))
    image = Image.new("L", size, 255)
    _png_watermark(image)
    pen = ImageDraw.Draw(image)
    for shape in shapes:
        _png_shape(pen, shape)
    out = io.BytesIO()
    image.save(out, "PNG", dpi=(_DPI, _DPI))
    return out.getvalue()


def _png_watermark(image: Image.Image) -> None:
    """Write the mark across the paper, pale."""
    layer = Image.new("L", image.size, 0)
    middle = (image.width / 2, image.height / 2)
    ImageDraw.Draw(layer).text(middle, MARK, 255, _font(bold=True, size=66), anchor="mm")
    turned = layer.rotate(52)
    image.paste(round(255 * _PALE), (0, 0), turned)


def _png_shape(pen: ImageDraw.ImageDraw, shape: Shape) -> None:
    match shape:
        case Text():
            anchor = {"left": "ls", "centre": "ms", "right": "rs"}[shape.align]
            font = _font(bold=shape.bold, size=shape.size)
            at = (shape.x * _SCALE, shape.y * _SCALE)
            pen.text(at, shape.text, 255 if shape.white else 0, font, anchor=anchor)
        case Box():
            area = _pixels(shape.x, shape.y, shape.width, shape.height)
            if shape.filled:
                pen.rectangle(area, 0)
            else:
                pen.rectangle(area, outline=0, width=max(1, round(shape.line * _SCALE)))
        case Bars():
            _png_bars(pen, shape)
        case Matrix():
            _png_matrix(pen, shape)


def _png_bars(pen: ImageDraw.ImageDraw, shape: Bars) -> None:
    """Draw bars on whole pixels, so that every module is equally wide."""
    runs = bars(shape.value)
    modules = runs[-1][0] + runs[-1][1]
    unit = max(1, int(shape.width * _SCALE) // modules)
    left = round((shape.x + shape.width / 2) * _SCALE) - modules * unit // 2
    top, bottom = round(shape.y * _SCALE), round((shape.y + shape.height) * _SCALE)
    for start, width, black in runs:
        if black:
            pen.rectangle((left + start * unit, top, left + (start + width) * unit - 1, bottom), 0)


def _png_matrix(pen: ImageDraw.ImageDraw, shape: Matrix) -> None:
    rows = matrix(shape.value)
    unit = max(1, round(shape.size * _SCALE / len(rows)))
    left, top = round(shape.x * _SCALE), round(shape.y * _SCALE)
    for row, cells in enumerate(rows):
        for column, black in enumerate(cells):
            if black:
                x, y = left + column * unit, top + row * unit
                pen.rectangle((x, y, x + unit - 1, y + unit - 1), 0)


def _pixels(x: float, y: float, width: float, height: float) -> tuple[int, int, int, int]:
    left, top = round(x * _SCALE), round(y * _SCALE)
    return left, top, left + max(1, round(width * _SCALE)) - 1, top + max(1, round(height * _SCALE)) - 1


@lru_cache(maxsize=32)
def _font(*, bold: bool, size: float) -> ImageFont.FreeTypeFont:
    """Return a face at a size in points; the faces come with the PDF library and are wider, so set smaller."""
    face = _FONTS / ("VeraBd.ttf" if bold else "Vera.ttf")
    return ImageFont.truetype(str(face), round(size * _SCALE * (0.82 if bold else 0.88)))


def _zpl(shapes: Sequence[Shape]) -> bytes:
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
    return round(points * _SCALE)
