"""Options taken as they were typed: Typer would load a library of adapters to turn a text into a text.

Loading that takes as long as loading Typer itself, and every command has options. What is left out,
and what is a text, a path, a plain number or a yes, passes as it is; anything else is left to Typer to
read or refuse.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_DIGITS = 9
_PLAIN = {str, bool, int, Path}


def take_as_typed(command: Any) -> Any:
    """Return a command of Typer's that takes its plain options as they were typed, its commands too."""
    command.get_params = partial(_parameters, command.get_params)
    for inner in getattr(command, "commands", {}).values():
        take_as_typed(inner)
    return command


def _parameters(listed: Callable[[Any], list[Any]], context: Any) -> list[Any]:
    """Return a command's parameters, those for help and completion too, as the library lists them."""
    parameters = listed(context)
    for parameter in parameters:
        if not isinstance(parameter.process_value, partial):
            parameter.process_value = partial(_taken, parameter, parameter.process_value)
    return parameters


def _taken(parameter: Any, read: Callable[[Any, Any], Any], context: Any, value: Any) -> Any:
    wanted = getattr(getattr(parameter, "type_descriptor", None), "annotation", None)
    if wanted is int and isinstance(value, str):
        value = _whole(value, parameter.min, parameter.max)
    elif wanted is Path and isinstance(value, str):
        value = Path(value)  # no command asks Typer to look for the file
    left_out = value is None and not (parameter.required or parameter.multiple or parameter.nargs != 1)
    if not left_out and not (wanted in _PLAIN and isinstance(value, wanted)):
        return read(context, value)
    return parameter.callback(context, parameter, value) if parameter.callback else value


def _whole(text: str, least: int | None, most: int | None) -> str | int:
    """Return the plain number that a text is where it lies between the two, else the text."""
    if not (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS):
        return text
    number = int(text)
    fits = (least is None or least <= number) and (most is None or number <= most)
    return number if fits else text
