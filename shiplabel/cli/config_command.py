"""``shiplabel config``: show, get, set and edit the settings."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from shiplabel.cli import console
from shiplabel.cli.flags import said
from shiplabel.config import KEYS, NUMBERS, SHIP_FROM, config_path, load_settings, meant, read_file
from shiplabel.domain.settings import amount_of
from shiplabel.domain.text import quoted
from shiplabel.errors import InputError, SettingsError
from shiplabel.language import phrase
from shiplabel.storage.settings_file import read_text, with_setting, write_text

app = typer.Typer(
    no_args_is_help=True,
    help="The settings: what a new label is like, sender, printer.",
    epilog="Example: shiplabel config show",
)

Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
_SENDER = {f"ship_from.{name}" for name in SHIP_FROM}
KeyName = Annotated[str, typer.Argument(help="A setting: format, printer, ship_from.name, …")]


@app.command(epilog="Example: shiplabel config show")
def show(*, as_json: Json = False) -> None:
    """Show every setting, one ``key = value`` a line."""
    values = _values()
    if as_json:
        console.print_json(values)
        return
    for key, value in values.items():
        console.result(f"{key} = {value}")


@app.command(epilog="Example: shiplabel config get printer")
def get(key: KeyName, *, as_json: Json = False) -> None:
    """Print one setting's value."""
    value = _values()[_known(key)]
    if as_json:
        console.print_json({key: value})
    else:
        console.result(value)


@app.command("set", epilog="Example: shiplabel config set ship_from.name 'Harbor Goods'")
def set_(key: KeyName, value: Annotated[str, typer.Argument(help="The value; '' for the default.")]) -> None:
    """Set one setting; a value that cannot be is refused and the file stays."""
    key = _known(key)
    path = config_path(said(), os.environ)
    _checked(key, value)
    kept = value or KEYS[key]
    if key in NUMBERS:
        kept = f"{amount_of(kept):f}"
    text = with_setting(read_text(path), key, kept, bare=key in NUMBERS)
    _check(text)
    write_text(path, text)
    console.result(f"{key} = {kept}")


@app.command(epilog="Example: shiplabel config path")
def path() -> None:
    """Print where the settings file is, whether it exists or not."""
    console.result(str(config_path(said(), os.environ)))


@app.command(epilog="Example: shiplabel config edit")
def edit() -> None:
    """Open the settings in your editor; they are kept only when they can be used."""
    where = config_path(said(), os.environ)
    if not console.has_terminal():
        raise InputError(
            phrase("An editor needs a terminal."),
            field="edit",
            hint=phrase("shiplabel config set KEY VALUE, or edit {where}", where=where),
        )
    text = edited(read_text(where) or _all_as_comments())
    while True:
        try:
            _check(text)
        except SettingsError as error:
            console.tell_error(error)
            from shiplabel.cli.ask import yes  # noqa: PLC0415  # only a mistake asks

            if not yes(phrase("Edit again?")):
                raise
            text = edited(text)
        else:
            break
    write_text(where, text)
    console.tell(phrase("The settings are in {where}.", where=where))


def edited(text: str) -> str:
    """Return a text as the clerk's editor left it; raise SettingsError when there is no editor."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ("notepad" if os.name == "nt" else "vi")
    with tempfile.TemporaryDirectory(prefix="shiplabel-") as folder:
        copy = Path(folder) / "config.toml"
        copy.write_text(text, encoding="utf-8")
        try:
            done = subprocess.run([*_words(editor), str(copy)], check=False)  # noqa: S603  # the clerk's own editor
        except OSError as error:
            raise SettingsError(
                phrase("The editor {editor} could not be started: {why}.", editor=editor, why=error.strerror),
                hint=phrase("set EDITOR"),
            ) from error
        if done.returncode:
            raise SettingsError(
                phrase(
                    "The editor {editor} ended with {code}; nothing was changed.",
                    editor=editor,
                    code=done.returncode,
                )
            )
        return copy.read_text(encoding="utf-8")


def _words(editor: str) -> list[str]:
    """Return an editor's command in words; a backslash is part of a path on Windows."""
    if os.name != "nt":
        return shlex.split(editor)
    return [word.strip('"') for word in shlex.split(editor, posix=False)]


def _all_as_comments() -> str:
    """Return a first settings file: every setting with its default, commented out."""
    plain = [
        f"# {key} = {value if key in NUMBERS else json.dumps(value)}"
        for key, value in KEYS.items()
        if "." not in key
    ]
    sender = [f'# {key.partition(".")[2]} = ""' for key in KEYS if key.startswith("ship_from.")]
    return "\n".join([*plain, "", "[ship_from]", *sender, ""])


def _values() -> dict[str, str]:
    return {**KEYS, **read_file(config_path(said(), os.environ))}


def _known(key: str) -> str:
    if key in KEYS:
        return key
    raise InputError(
        phrase("There is no setting {key}.{meant}", key=quoted(key), meant=meant(key)),
        field="key",
        hint="shiplabel config show",
    )


def _checked(key: str, value: str) -> None:
    """Raise SettingsError for a value that only a later command would refuse."""
    if not value:
        return
    try:
        if key == "printer":
            _printer(value)
        elif key in _SENDER:
            _sender_part(key.removeprefix("ship_from."), value)
    except InputError as error:
        raise SettingsError(f"{key}: {error.message}", hint=error.hint) from error


def _printer(text: str) -> None:
    from shiplabel.printing.targets import parse_target  # noqa: PLC0415  # one setting needs it

    parse_target(text)


def _sender_part(part: str, text: str) -> None:
    """Check a part of the sender as the wizard would; the country that is set already says how."""
    from shiplabel.workflow.steps import STEPS  # noqa: PLC0415  # the sender's settings need it

    check = STEPS[f"from_{part}"].check if f"from_{part}" in STEPS else None
    if check:
        check(text, {"from_country": _values()["ship_from.country"] or None})


def _check(text: str) -> None:
    """Raise SettingsError when a settings file of this text could not be used."""
    with tempfile.TemporaryDirectory(prefix="shiplabel-") as folder:
        copy = Path(folder) / "config.toml"
        copy.write_text(text, encoding="utf-8")
        try:
            load_settings(replace(said(), config=str(copy)), {**os.environ, "SHIPSTATION_API_KEY": ""})
        except SettingsError as error:
            raise SettingsError(error.message.replace(f"{copy}: ", ""), hint=error.hint) from error
