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
from shiplabel.sandbox.shapes import (
    DPI,
    HEIGHT,
    MARK,
    SCALE,
    WIDTH,
    Bars,
    Box,
    Matrix,
    Shape,
    Text,
    bars,
    matrix,
)
from shiplabel.sandbox.zpl import zpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shiplabel.sandbox.answers import Document

_LETTER = (612.0, 792.0)
_FONTS = Path(reportlab.__file__).parent / "fonts"
_PALE = 0.82
_MARK_AT = 0.55
_MARK_TURN = 40


def draw(paper: Document, form: str, layout: str) -> bytes:
    """Return a paper as the bytes of a file; ``form`` is pdf, png or zpl, ``layout`` 4x6 or letter."""
    shapes = design(paper)
    if form == "zpl":
        return zpl(shapes)
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
    canvas.setFont("Helvetica-Bold", 62)
    canvas.translate(WIDTH / 2, HEIGHT * _MARK_AT)
    canvas.rotate(_MARK_TURN)
    canvas.drawCentredString(0, -22, MARK)
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
            canvas.setFillGray(1)
            width, height = (shape.width, shape.height) if isinstance(shape, Bars) else (shape.size,) * 2
            canvas.rect(shape.x, HEIGHT - shape.y - height, width, height, stroke=0, fill=1)
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
    size = (round(WIDTH * SCALE), round(HEIGHT * SCALE))
    image = Image.new("L", size, 255)
    _png_watermark(image)
    pen = ImageDraw.Draw(image)
    for shape in shapes:
        _png_shape(pen, shape)
    out = io.BytesIO()
    image.save(out, "PNG", dpi=(DPI, DPI))
    return out.getvalue()


def _png_watermark(image: Image.Image) -> None:
    """Write the mark across the paper, pale."""
    layer = Image.new("L", image.size, 0)
    middle = (image.width / 2, image.height * (1 - _MARK_AT))
    ImageDraw.Draw(layer).text(middle, MARK, 255, _font(bold=True, size=62), anchor="mm")
    turned = layer.rotate(_MARK_TURN, center=middle)
    image.paste(round(255 * _PALE), (0, 0), turned)


def _png_shape(pen: ImageDraw.ImageDraw, shape: Shape) -> None:
    match shape:
        case Text():
            anchor = {"left": "ls", "centre": "ms", "right": "rs"}[shape.align]
            font = _font(bold=shape.bold, size=shape.size)
            at = (shape.x * SCALE, shape.y * SCALE)
            pen.text(at, shape.text, 255 if shape.white else 0, font, anchor=anchor)
        case Box():
            area = _pixels(shape.x, shape.y, shape.width, shape.height)
            if shape.filled:
                pen.rectangle(area, 0)
            else:
                pen.rectangle(area, outline=0, width=max(1, round(shape.line * SCALE)))
        case Bars():
            _png_bars(pen, shape)
        case Matrix():
            _png_matrix(pen, shape)


def _png_bars(pen: ImageDraw.ImageDraw, shape: Bars) -> None:
    """Draw bars on whole pixels, so that every module is equally wide."""
    runs = bars(shape.value)
    modules = runs[-1][0] + runs[-1][1]
    unit = max(1, int(shape.width * SCALE) // modules)
    left = round((shape.x + shape.width / 2) * SCALE) - modules * unit // 2
    top, bottom = round(shape.y * SCALE), round((shape.y + shape.height) * SCALE)
    pen.rectangle((left, top, left + modules * unit, bottom), 255)
    for start, width, black in runs:
        if black:
            pen.rectangle((left + start * unit, top, left + (start + width) * unit - 1, bottom), 0)


def _png_matrix(pen: ImageDraw.ImageDraw, shape: Matrix) -> None:
    rows = matrix(shape.value)
    unit = max(1, round(shape.size * SCALE / len(rows)))
    left, top = round(shape.x * SCALE), round(shape.y * SCALE)
    pen.rectangle((left, top, left + len(rows) * unit, top + len(rows) * unit), 255)
    for row, cells in enumerate(rows):
        for column, black in enumerate(cells):
            if black:
                x, y = left + column * unit, top + row * unit
                pen.rectangle((x, y, x + unit - 1, y + unit - 1), 0)


def _pixels(x: float, y: float, width: float, height: float) -> tuple[int, int, int, int]:
    left, top = round(x * SCALE), round(y * SCALE)
    return left, top, left + max(1, round(width * SCALE)) - 1, top + max(1, round(height * SCALE)) - 1


@lru_cache(maxsize=32)
def _font(*, bold: bool, size: float) -> ImageFont.FreeTypeFont:
    """Return a face at a size in points; the faces are wider than the PDF's, so set smaller."""
    face = _FONTS / ("VeraBd.ttf" if bold else "Vera.ttf")
    return ImageFont.truetype(str(face), round(size * SCALE * (0.82 if bold else 0.88)))
