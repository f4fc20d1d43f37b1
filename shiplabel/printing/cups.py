"""Printing through CUPS by its own ``lp``: the queue and the media are named, the job id is kept."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

from shiplabel.language import phrase
from shiplabel.printing.outcome import PRINT_S, PrinterError, PrintJob

if TYPE_CHECKING:
    from pathlib import Path

    from shiplabel.domain.label import LabelFormat, LabelLayout
    from shiplabel.printing.targets import CupsTarget

MEDIA: dict[str, str] = {"4x6": "Custom.4x6in", "letter": "Letter"}
_JOB = re.compile(r"request id is (\S+-\d+)")
_LONGEST_COMPLAINT = 300


def submit(
    path: Path,
    paper: LabelFormat,
    target: CupsTarget,
    *,
    layout: LabelLayout = "4x6",
    media: str = "",
    limit_s: float = PRINT_S,
) -> PrintJob:
    """Queue a file and return the job; raise PrinterError when ``lp`` is missing, slow or says no.

    ``media`` is the queue's word for its paper; without one the layout says it.
    """
    program = shutil.which("lp")
    if program is None:
        raise PrinterError(
            phrase("There is no lp on this machine, so CUPS cannot print."),
            code="no_cups",
            hint=phrase(
                "install CUPS, name a raw printer (--printer HOST:9100), or: shiplabel labels open LABEL_ID"
            ),
        )
    said = _run([program, *_options(paper, target, media or MEDIA[layout]), "--", str(path)], target, limit_s)
    job = _JOB.search(said)
    return PrintJob(printer=str(target), job_id=job[1] if job else "", size=path.stat().st_size)


def _options(paper: LabelFormat, target: CupsTarget, media: str) -> list[str]:
    """Return the options of ``lp``: ZPL goes through untouched, a paper on its media."""
    queue = ["-d", target.queue] if target.queue else []
    if paper == "zpl":
        return [*queue, "-o", "raw"]
    return [*queue, "-o", f"media={media}", "-o", "fit-to-page"]


def _run(command: list[str], target: CupsTarget, limit_s: float) -> str:
    """Run ``lp`` in English within ``limit_s`` seconds and return what it said."""
    try:
        done = subprocess.run(  # noqa: S603  # lp itself; the queue is checked, the path absolute after --
            command,
            env={**os.environ, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=limit_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PrinterError(
            phrase(
                "The print service did not answer within {limit_s:g} s; the label stays bought.",
                limit_s=limit_s,
            ),
            code="print_timeout",
            hint=phrase(
                "look at the queue with lpstat -o, then print again with: shiplabel labels print LABEL_ID"
            ),
        ) from None
    except OSError as error:
        raise PrinterError(
            phrase("lp could not be started: {why}.", why=error.strerror), code="no_cups"
        ) from error
    if done.returncode:
        said = " ".join(done.stderr.decode(errors="replace").split())[:_LONGEST_COMPLAINT]
        raise PrinterError(
            phrase(
                "{target} did not take the label, which stays bought: {said}",
                target=target,
                said=said or f"lp: {done.returncode}",
            ),
            hint=phrase("lpstat -e lists the queues; then: shiplabel labels print LABEL_ID --printer QUEUE"),
        )
    return done.stdout.decode(errors="replace")


def queues(limit_s: float = 5.0) -> list[str] | None:
    """Return the names of the queues, or None where CUPS cannot be asked."""
    program = shutil.which("lpstat")
    if program is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603  # lpstat itself, without any input of ours
            [program, "-e"],
            env={**os.environ, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=limit_s,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode(errors="replace").split()
