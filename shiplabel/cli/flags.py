"""Options that every command takes, before or after its name."""

from __future__ import annotations

from dataclasses import dataclass

_WITH_VALUE = ("--data-dir", "--config", "--api-key-file", "--profile", "--lang")
_BEHIND = ("--json", "--yes")
_ALONE = ("--sandbox", "--plain", "--verbose")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """What the command line said of the surroundings; empty where it said nothing."""

    data_dir: str = ""
    config: str = ""
    api_key_file: str = ""
    profile: str = ""
    lang: str = ""
    sandbox: bool = False
    plain: bool = False
    verbose: bool = False


_said = Flags()


def remember(**said: str | bool) -> None:
    """Keep what the command line said for the command that runs now."""
    global _said  # noqa: PLW0603  # one command line per process; Typer offers no place of its own
    _said = Flags(**said)  # type: ignore[arg-type]  # the root command declares the types


def said() -> Flags:
    """Return what the command line said."""
    return _said


def hoist(arguments: list[str]) -> list[str]:
    """Return the arguments with the global options moved before the command's name.

    ``--json`` and ``--yes`` belong to the commands; typed before their name they are moved behind it.
    """
    front: list[str] = []
    rest: list[str] = []
    behind: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            rest += [argument, *waiting]
        elif argument in _WITH_VALUE:
            front += [argument, *[value for value in [next(waiting, None)] if value is not None]]
        elif argument in _ALONE or argument.startswith(tuple(f"{name}=" for name in _WITH_VALUE)):
            front.append(argument)
        elif argument in _BEHIND and not rest:
            behind.append(argument)
        else:
            rest.append(argument)
    end = rest.index("--") if "--" in rest else len(rest)
    return [*front, *rest[:end], *behind, *rest[end:]]


def value_of(option: str, arguments: list[str]) -> str:
    """Return the last value of a global option among hoisted arguments, empty without one."""
    found = ""
    for position, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == option:
            found = next(iter(arguments[position + 1 : position + 2]), "")
        elif argument.startswith(f"{option}="):
            found = argument.partition("=")[2]
    return found
