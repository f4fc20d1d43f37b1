"""``shiplabel logout``: forget a profile's key; its records stay."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from shiplabel.cli import console
from shiplabel.cli.login import surroundings
from shiplabel.language import phrase
from shiplabel.storage.logins import DEFAULT, Logins

app = typer.Typer()


@app.command(epilog="Example: shiplabel logout --profile shop-b")
def logout(
    *, as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False
) -> None:
    """Forget the API key of this profile; labels and sessions stay."""
    settings = surroundings()
    forgotten = Logins(settings.config_path.parent).forget(settings.profile)
    profile = settings.profile or DEFAULT
    if as_json:
        console.print_json({"profile": profile, "forgotten": forgotten})
    else:
        console.result(
            phrase("The key of profile {profile} is forgotten.", profile=profile)
            if forgotten
            else phrase("No key was kept.")
        )
    if os.environ.get("SHIPSTATION_API_KEY"):
        console.tell(phrase("SHIPSTATION_API_KEY is set all the same: its key is used until it is unset."))
