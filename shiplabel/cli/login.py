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
            "This system has no keyring, so the key cannot be kept there; nothing was asked.",
            code="no_keyring",
            hint="shiplabel login --file (a file that only you can read), or set SHIPSTATION_API_KEY",
        )
    key = _asked()
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
    place = "the system's keyring" if where == "keyring" else where
    console.result(f"The key works ({carriers} carriers) and is kept in {place}.")
    console.result(f"Profile {profile}: {environment.upper()}. Next: shiplabel doctor")


def surroundings() -> Settings:
    """Return the settings without any key: a broken login must not stand in a new one's way."""
    return load_settings(
        said(), {name: text for name, text in os.environ.items() if name != "SHIPSTATION_API_KEY"}
    )


def _asked() -> str:
    """Return the key that was typed without echo, or that came over stdin."""
    try:
        text = getpass.getpass("API key: ") if sys.stdin.isatty() else sys.stdin.read(LONGEST_KEY + 1)
    except (EOFError, KeyboardInterrupt):
        raise Interrupted("No key was kept.") from None
    key = text.strip()
    if not key or len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable() or " " in key:
        what = "No key came" if not key else "This is not a key"
        raise InputError(f"{what}; nothing was kept.", field="key", hint="shiplabel login < key.txt")
    return key


def _tried(settings: Settings, key: str) -> int:
    """Ask the service for the carriers with this key; return their number or raise ApiError."""
    environment = "test" if key.startswith("TEST_") else "production"
    with Context(replace(settings, key=Key(key), environment=environment)) as context:
        try:
            return len(context.client.carriers())
        except Unauthorized as error:
            raise Unauthorized(
                f"The service refuses this key ({error.message}); it was not kept.",
                code=error.code,
                status=error.status,
                request_id=error.request_id,
                hint="copy the whole key from ShipStation, Settings, Account, API Settings",
            ) from error
