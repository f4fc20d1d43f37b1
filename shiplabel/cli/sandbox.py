"""``shiplabel sandbox``: the stand-in over HTTP, its reset, its faults."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from shiplabel.cli import console
from shiplabel.cli.flags import said
from shiplabel.config import load_settings

if TYPE_CHECKING:
    from pathlib import Path

app = typer.Typer(
    no_args_is_help=True,
    help="The built-in stand-in for ShipStation.",
    epilog="Example: shiplabel sandbox faults",
)


def _ledger() -> Path:
    settings = load_settings(said(), os.environ)
    folder = settings.data_dir / "sandbox"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / "ledger.sqlite"


@app.command(epilog="Example: shiplabel sandbox serve --port 0")
def serve(*, port: Annotated[int, typer.Option(help="0 takes a free one.")] = 0) -> None:
    """Serve the stand-in on this machine; its URL is the first line on stdout."""
    from shiplabel.sandbox.serve import serve as run_server  # noqa: PLC0415  # the server is for this command

    def ready(url: str) -> None:
        console.result(url)
        console.flush()

    run_server(_ledger(), port, on_ready=ready, faults=os.environ.get("SHIPLABEL_SANDBOX_FAULTS"))


@app.command(epilog="Example: shiplabel sandbox reset")
def reset() -> None:
    """Forget all shipments, labels and charges of the stand-in."""
    from shiplabel.sandbox.server import create_app  # noqa: PLC0415  # the stand-in is for this command

    create_app(_ledger()).ledger.reset()
    console.tell("The sandbox is empty.")


@app.command(epilog="Example: shiplabel sandbox faults")
def faults() -> None:
    """List every fault that the stand-in can be told to have."""
    from shiplabel.sandbox.faults import FAULTS  # noqa: PLC0415  # the stand-in is for this command

    for name, meaning in FAULTS.items():
        console.result(f"{name}  {meaning}")
