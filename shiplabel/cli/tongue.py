"""Which language the command line and the settings ask for, and help texts in that language."""

from __future__ import annotations

import os
from typing import Any

from shiplabel.cli.flags import Flags, value_of
from shiplabel.errors import SettingsError
from shiplabel.language import marked, speak, worded

EXAMPLE = marked("Example:")


def choose_language(arguments: list[str]) -> None:
    """Speak what ``--lang`` says, else what the settings file says, else what the environment says."""
    speak(value_of("--lang", arguments) or _kept(value_of("--config", arguments)))


def _kept(config: str) -> str:
    """Return the language of the settings file; a file that cannot be read is told of by the command."""
    from shiplabel.config import config_path, read_file  # noqa: PLC0415  # not where --lang is given

    try:
        return read_file(config_path(Flags(config=config), os.environ)).get("lang", "")
    except SettingsError:
        return ""


def translated(command: Any) -> Any:
    """Return a command of Typer's with its help texts, its options' and its commands', put into words."""
    command.help = _worded(command.help)
    command.short_help = _worded(command.short_help)
    command.epilog = _example(command.epilog)
    for parameter in command.params:
        parameter.help = _worded(getattr(parameter, "help", None))
    for inner in getattr(command, "commands", {}).values():
        translated(inner)
    return command


def _example(epilog: str | None) -> str | None:
    """Return an epilog in words: most are one command to type, which stays as it is."""
    said = _worded(epilog)
    return said.replace(EXAMPLE, worded(EXAMPLE), 1) if said else said


def _worded(text: str | None) -> str | None:
    return worded(text) if text else text
