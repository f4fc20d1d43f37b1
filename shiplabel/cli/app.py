"""The command line: its table of commands, its global options, its one error boundary.

A command's module is imported when the command is named, so ``--help`` and ``--version``
load nothing of it. Global options are taken before and after the command's name.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from shiplabel import __version__
from shiplabel.cli import console
from shiplabel.cli.as_typed import take_as_typed
from shiplabel.cli.boundary import guarded
from shiplabel.cli.flags import hoist, remember
from shiplabel.cli.tongue import choose_language, translated
from shiplabel.language import marked

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("demo", marked("The main job, start to end, in the sandbox, without a question.")),
    "new": ("new", marked("Make a label: addresses, parcel, rates, purchase, file.")),
    "resume": ("resume", marked("Go on where a label stopped; settle a purchase in doubt.")),
    "sessions": ("sessions", marked("List, show, discard, purge labels that are not finished.")),
    "rates": ("rates", marked("Quote only: what each carrier asks. Nothing is bought.")),
    "batch": (
        "batch.commands",
        marked("A day's labels from a sheet: check, run, resume, list, status, void."),
    ),
    "labels": ("labels", marked("List, show, print, void, track and report bought labels.")),
    "reconcile": ("reconcile", marked("Look up every purchase whose outcome is unknown.")),
    "addresses": ("addresses", marked("The address book.")),
    "templates": ("templates", marked("Label templates and parcel presets.")),
    "login": ("login", marked("Keep an API key in the system's keyring.")),
    "logout": ("logout", marked("Forget the API key.")),
    "doctor": ("doctor", marked("Check key, service, carriers, data folder and printer.")),
    "config": ("config_command", marked("Show, get, set and edit the settings.")),
    "sandbox": ("sandbox", marked("The built-in stand-in for ShipStation: serve, reset, faults.")),
}


class LazyGroup(TyperGroup):
    """A group that lists stand-ins and imports a command when it is named."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that ``args`` name, imported now, and what follows its name."""
        name, command, rest = super().resolve_command(ctx, args)
        if name not in COMMANDS:
            return name, command, rest
        command = typer.main.get_command(import_module(f"shiplabel.cli.{COMMANDS[name][0]}").app)
        return name, take_as_typed(translated(command)), rest


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    epilog="Example: shiplabel demo",
)
for _name, (_module, _said) in COMMANDS.items():
    app.command(_name, help=_said)(lambda: None)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"shiplabel {__version__}")  # noqa: T201  # the one result of this option
        raise typer.Exit


@app.callback()
def root(  # the options that every command takes
    *,
    data_dir: Annotated[str, typer.Option(help="Folder of sessions, records and labels.")] = "",
    config: Annotated[str, typer.Option(help="Settings file.")] = "",
    api_key_file: Annotated[str, typer.Option(help="File that holds the API key.")] = "",
    profile: Annotated[str, typer.Option(help="Key and records of another shop.")] = "",
    lang: Annotated[str, typer.Option(help="Language of prompts and messages.")] = "",
    sandbox: Annotated[bool, typer.Option("--sandbox", help="Use the built-in stand-in.")] = False,
    plain: Annotated[bool, typer.Option("--plain", help="No colour, no boxes, no redrawing.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Tell each request on stderr.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Buy ShipStation labels from a terminal: each at most once, never out of sight."""
    del version
    remember(
        data_dir=data_dir,
        config=config,
        api_key_file=api_key_file,
        profile=profile,
        lang=lang,
        sandbox=sandbox,
        plain=plain,
        verbose=verbose,
    )


def main() -> NoReturn:
    """Run the command line and end the process with its exit code."""
    gc.set_threshold(20_000, 20, 50)  # a short run with long lists: looking for lost cycles is a tenth of it
    if sys.argv[1:] == ["--version"]:
        print(f"shiplabel {__version__}")  # noqa: T201  # the one result of this option
        sys.exit(0)
    console.let_all_out()
    arguments = hoist(sys.argv[1:])
    choose_language(arguments)
    sys.exit(guarded(arguments, lambda: _run(arguments)))


def _run(arguments: list[str]) -> object:
    command = take_as_typed(translated(typer.main.get_command(app)))
    return command(arguments, prog_name="shiplabel", standalone_mode=False)
