"""Showing a label's paper in the program that the system has for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from shiplabel.language import phrase
from shiplabel.printing.outcome import PrinterError

if TYPE_CHECKING:
    from pathlib import Path

START_S = 10.0


def show(path: Path, platform: str = sys.platform) -> None:
    """Open a file with the system's viewer; raise PrinterError naming the file when none can be started."""
    if platform == "win32":
        os.startfile(path)  # type: ignore[attr-defined]  # noqa: S606  # exists on Windows only, starts no shell
        return
    program = shutil.which("open" if platform == "darwin" else "xdg-open")
    if program is None:
        raise _unseen(path, phrase("there is no viewer on this machine"))
    try:
        done = subprocess.run(  # noqa: S603  # the system's opener with an absolute path
            [program, str(path.absolute())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=START_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return  # a viewer that stays in front is showing the label
    except OSError as error:
        raise _unseen(path, error.strerror or phrase("the viewer did not start")) from error
    if done.returncode:
        raise _unseen(path, phrase("the viewer ended with {code}", code=done.returncode))


def _unseen(path: Path, why: str) -> PrinterError:
    return PrinterError(
        phrase("The label could not be shown: {why}. Its file is {path}", why=why, path=path),
        code="no_viewer",
    )
