"""The doctor's look at the data folder: room, who may read it, damaged files, locks."""

from __future__ import annotations

import os
import shutil
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from shiplabel.cli.finding import Finding, Status
from shiplabel.language import phrase, phrase_n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shiplabel.cli.context import Context

LOW_SPACE = 200 * 1024 * 1024
NO_SPACE = 5 * 1024 * 1024
MOST_FILES = 5000


def data_folder(context: Context) -> Iterator[Finding]:
    """Look at the data folder: room, who may read it, damaged files, locks."""
    folder = context.settings.data_dir
    free = shutil.disk_usage(folder).free
    if free < LOW_SPACE:
        status: Status = "error" if free < NO_SPACE else "warning"
        yield Finding(
            "data",
            status,
            phrase("{folder} has {free} MiB left.", folder=folder, free=free // 2**20),
            phrase("make room on that disk"),
        )
    else:
        yield Finding("data", "ok", phrase("{folder}, {free} GiB free.", folder=folder, free=free // 2**30))
    yield from _modes(folder)
    damaged = sorted((context.settings.records_dir / "damaged").glob("*"))
    damaged += sorted(folder.glob("*.damaged-*"))
    if damaged:
        message = phrase_n(
            "{count} damaged file was set aside, the last: {path}",
            "{count} damaged files were set aside, the last: {path}",
            len(damaged),
            path=damaged[-1],
        )
        yield Finding("data", "warning", message, phrase("look into them, then delete them"))
    yield from _locks(context)


def _modes(folder: Path) -> Iterator[Finding]:
    if os.name != "posix":
        return
    mode = folder.stat().st_mode & 0o777
    if mode & 0o077:
        yield Finding(
            "data",
            "warning",
            phrase("Others may look into {folder} ({mode:o}).", folder=folder, mode=mode),
            f"chmod 700 {folder}",
        )
    readable = [path for path in islice(_files(folder), MOST_FILES) if path.lstat().st_mode & 0o077]
    if readable:
        yield Finding(
            "data",
            "warning",
            phrase_n(
                "{count} file in it can be read by others: {path}",
                "{count} files in it can be read by others, one is {path}",
                len(readable),
                path=readable[0],
            ),
            phrase("chmod -R go= {folder}", folder=folder),
        )


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder; links are not followed."""
    for root, _, names in os.walk(folder):
        yield from (Path(root, name) for name in names if not Path(root, name).is_symlink())


def _locks(context: Context) -> Iterator[Finding]:
    """Tell of sessions that are open elsewhere now; the locks of dead programs hold nobody up."""
    from filelock import FileLock, Timeout  # noqa: PLC0415  # the doctor alone tries all locks

    held, idle = [], 0
    for path in sorted((context.settings.records_dir / "locks").glob("*.lock")):
        try:
            with FileLock(path, timeout=0, mode=0o600):
                idle += 1
        except (Timeout, OSError):
            held.append(path.stem)
    if held:
        yield Finding("locks", "ok", phrase("Open in another terminal: {held}.", held=", ".join(held)))
    yield Finding(
        "locks",
        "ok",
        phrase_n(
            "{count} lock of ended programs; they hold nobody up.",
            "{count} locks of ended programs; they hold nobody up.",
            idle,
        ),
    )
