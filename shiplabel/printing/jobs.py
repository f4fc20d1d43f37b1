"""Printing one label's paper on one printer.

A job that fails is an error of printing and of nothing else: the label stays bought, and the
same paper can be printed again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shiplabel.language import phrase
from shiplabel.printing.outcome import PRINT_S, PrinterError, PrintJob

if TYPE_CHECKING:
    from pathlib import Path

    from shiplabel.domain.label import LabelFormat, LabelLayout
    from shiplabel.printing.targets import Target


def print_label(
    path: Path,
    paper: LabelFormat,
    target: Target,
    layout: LabelLayout = "4x6",
    *,
    media: str = "",
    limit_s: float = PRINT_S,
) -> PrintJob:
    """Give a paper to a printer within ``limit_s`` seconds in all; raise PrinterError.

    ``media`` is the print service's word for the paper in it; without one the layout says it.
    """
    from shiplabel.printing.cups import submit  # noqa: PLC0415  # each way is loaded when it is taken
    from shiplabel.printing.raw import send  # noqa: PLC0415  # the same
    from shiplabel.printing.targets import RawTarget  # noqa: PLC0415  # the same

    if not path.is_file():
        raise PrinterError(phrase("There is no file {path} to print.", path=path), code="file_missing")
    if isinstance(target, RawTarget):
        return send(path, paper, target, limit_s=limit_s)
    return submit(path, paper, target, layout=layout, media=media, limit_s=limit_s)
