"""Label papers to printers: CUPS, raw port 9100, the system's viewer. Nothing here buys."""

from __future__ import annotations

from shiplabel.printing.jobs import PrinterError, PrintJob, print_label

__all__ = ["PrintJob", "PrinterError", "print_label"]
