"""``shiplabel login``: ask for the key, try it, keep it where others cannot read it."""

from __future__ import annotations

import getpass
import os
import sys
from dataclasses import replace
from typing import Annotated

import typer

from shiplabel.cli import console
from shiplabel.cli.context import Context
from shiplabel.cli.flags import said
from shiplabel.config import Key, Settings, load_settings
from shiplabel.errors import InputError, Interrupted, SettingsError, Unauthorized
from shiplabel.language import phrase, phrase_n
from shiplabel.storage.logins import DEFAULT, LONGEST_KEY, Logins, has_keyring

app = typer.Typer()


@app.command(epilog="Example: shiplabel login --profile shop-b")
def login(
    *,
    in_file: Annotated[bool, typer.Option("--file", help="Keep it in a file only you can read.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Ask for the API key without echo, try it, and keep it in the system's keyring."""
    settings = surroundings()
    logins = Logins(settings.config_path.parent)
    if not in_file and not has_keyring():
        raise SettingsError(
            phrase("This system has no keyring, so the key cannot be kept there; nothing was asked."),
            code="no_keyring",
            hint=phrase(
                "{command} (a file that only you can read), or set SHIPSTATION_API_KEY",
                command=_typed(settings.profile, in_file=True),
            ),
        )
    key = _asked(_typed(settings.profile, in_file=in_file))
    carriers = _tried(settings, key)
    if in_file:
        where = str(logins.keep_in_file(settings.profile, key))
    else:
        logins.keep_in_keyring(settings.profile, key)
        where = "keyring"
    environment = "test" if key.startswith("TEST_") else "production"
    profile = settings.profile or DEFAULT
    if as_json:
        kept = {"profile": profile, "environment": environment, "kept_in": where, "carriers": carriers}
        console.print_json(kept)
        return
    place = phrase("the system's keyring") if where == "keyring" else where
    console.result(
        phrase_n(
            "The key works ({count} carrier) and is kept in {place}.",
            "The key works ({count} carriers) and is kept in {place}.",
            carriers,
            place=place,
        )
    )
    console.result(
        phrase(
            "Profile {profile}: {environment}. Next: {command}",
            profile=profile,
            command=f"shiplabel{_named(settings.profile)} doctor",
            environment=environment.upper(),
        )
    )


def surroundings() -> Settings:
    """Return the settings without any key: a broken login must not stand in a new one's way."""
    return load_settings(
        said(), {name: text for name, text in os.environ.items() if name != "SHIPSTATION_API_KEY"}
    )


def _typed(profile: str, *, in_file: bool) -> str:
    """Return the command that keeps a key for a profile."""
    return f"shiplabel login{_named(profile)}{' --file' if in_file else ''}"


def _named(profile: str) -> str:
    return f" --profile {profile}" if profile else ""


def _asked(command: str) -> str:
    """Return the key that was typed without echo, or that came over stdin."""
    try:
        text = getpass.getpass(phrase("API key: ")) if sys.stdin.isatty() else sys.stdin.read(LONGEST_KEY + 1)
    except (EOFError, KeyboardInterrupt):
        raise Interrupted(phrase("No key was kept.")) from None
    key = text.strip()
    if not key or len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable() or " " in key:
        raise InputError(
            phrase("This is not a key; nothing was kept." if key else "No key came; nothing was kept."),
            field="key",
            hint=f"{command} < key.txt",
        )
    return key


def _tried(settings: Settings, key: str) -> int:
    """Ask the service for the carriers with this key; return their number or raise ApiError."""
    environment = "test" if key.startswith("TEST_") else "production"
    with Context(replace(settings, key=Key(key), environment=environment)) as context:
        try:
            return len(context.client.carriers())
        except Unauthorized as error:
            raise Unauthorized(
                phrase("The service refuses this key ({why}); it was not kept.", why=error.message),
                code=error.code,
                status=error.status,
                request_id=error.request_id,
                hint=phrase("copy the whole key from ShipStation, Settings, Account, API Settings"),
            ) from error
