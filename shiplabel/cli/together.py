"""Options that several commands take, declared once and handed to each as one value.

Typer reads a command's signature; ``handing`` writes it from the fields of the value.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Choice(NamedTuple):
    """One option: its field, type, default and words; ``flag`` where it is not named as the field."""

    field: str
    kind: Any
    default: object
    said: str
    flag: str = ""


def handing(
    made: Callable[..., Any], choices: Iterable[Choice], place: str
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator: the command gets ``made`` of these options as its parameter ``place``.

    What the command declares itself comes first and is handed on by name.
    """
    declared = [_parameter(choice) for choice in choices]

    def decorate(run: Callable[..., Any]) -> Callable[..., Any]:
        signature = inspect.signature(run, eval_str=True)
        own = [one for one in signature.parameters.values() if one.name != place]
        own_names = {one.name for one in own}

        def command(**given: Any) -> Any:
            kept = {name: given.pop(name) for name in list(given) if name in own_names}
            return run(**{place: made(**given)}, **kept)

        parameters = [*(one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own), *declared]
        command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # read by Typer
        command.__annotations__ = {one.name: one.annotation for one in parameters}
        command.__name__, command.__doc__ = run.__name__, run.__doc__
        return command

    return decorate


def _parameter(choice: Choice) -> inspect.Parameter:
    flag = choice.flag or f"--{choice.field.strip('_').replace('_', '-')}"
    option = typer.Option(flag, help=choice.said, show_default=False)
    return inspect.Parameter(
        choice.field,
        inspect.Parameter.KEYWORD_ONLY,
        default=choice.default,
        annotation=Annotated[choice.kind, option],
    )
