"""Label papers to printers: CUPS, raw port 9100, the system's viewer. Nothing here buys."""

from __future__ import annotations

from shiplabel.printing.jobs import print_label
from shiplabel.printing.outcome import PrinterError, PrintJob

__all__ = ["PrintJob", "PrinterError", "print_label"]
