"""Changing one setting in the settings file: its comments and all other lines stay as they are."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from shiplabel.errors import SettingsError
from shiplabel.language import phrase
from shiplabel.storage.atomic import make_folder, write_durably

if TYPE_CHECKING:
    from pathlib import Path

_TABLE = re.compile(r"\s*\[\s*(?P<name>[A-Za-z0-9_-]+)\s*\]\s*(?:#.*)?")


def read_text(path: Path) -> str:
    """Return the file's text, empty when there is none; raise SettingsError."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            phrase("The settings file {path} cannot be read: {error}.", path=path, error=error)
        ) from error


def write_text(path: Path, text: str) -> None:
    """Replace the file durably; raise StorageError."""
    make_folder(path.parent)
    write_durably(path, text.encode())


def with_setting(text: str, key: str, value: str, *, bare: bool = False) -> str:
    """Return the file's text with one setting changed or added; ``key`` is dotted for a table's.

    A ``bare`` value is written without quotes, as TOML writes numbers.
    """
    table, _, name = key.rpartition(".")
    line = f"{name} = {value if bare else json.dumps(value, ensure_ascii=False)}"
    lines = text.splitlines()
    first, end = _span(lines, table)
    if first is None:
        return "\n".join([*lines, *([""] if lines else []), f"[{table}]", line, ""])
    setting = re.compile(rf"\s*[\"']?{re.escape(name)}[\"']?\s*=")
    place = next((place for place in range(first, end) if setting.match(lines[place])), None)
    if place is not None:
        lines[place] = line
    else:
        while end > first and not lines[end - 1].strip():
            end -= 1
        lines.insert(end, line)
    return "\n".join([*lines, ""])


def _span(lines: list[str], table: str) -> tuple[int | None, int]:
    """Return where a table's lines begin and end; the nameless one stands before all tables."""
    heads = [(place, found["name"]) for place, line in enumerate(lines) if (found := _TABLE.fullmatch(line))]
    starts = [(0, ""), *((place + 1, name) for place, name in heads)]
    ends = [*(place for place, _ in heads), len(lines)]
    for (first, name), end in zip(starts, ends, strict=True):
        if name == table:
            return first, end
    return None, len(lines)
