"""Label papers."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from reportlab.pdfgen.canvas import Canvas

if TYPE_CHECKING:
    from shiplabel.sandbox.answers import Document


def draw(paper: Document, form: str, layout: str) -> bytes:
    """Return a paper."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(288, 432))
    canvas.drawString(20, 400, f"SAMPLE {paper['tracking_number']} {form} {layout}")
    canvas.save()
    return out.getvalue()
