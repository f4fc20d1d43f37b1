"""``shiplabel sandbox``: the stand-in over HTTP, its reset, its faults."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shiplabel.cli import console
from shiplabel.cli.context import start_faults
from shiplabel.cli.flags import said
from shiplabel.config import load_settings
from shiplabel.errors import InputError
from shiplabel.language import phrase, phrase_n
from shiplabel.storage.links import refuse_links

if TYPE_CHECKING:
    from pathlib import Path

    from shiplabel.sandbox.server import Sandbox

app = typer.Typer(
    no_args_is_help=True,
    help="The built-in stand-in for ShipStation.",
    epilog="Example: shiplabel sandbox faults",
)


def _ledger() -> Path:
    settings = load_settings(said(), os.environ)
    refuse_links(settings.data_dir)
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

    run_server(_ledger(), port, on_ready=ready, faults=start_faults())


@app.command(epilog="Example: shiplabel sandbox reset")
def reset() -> None:
    """Forget all shipments, labels and charges of the stand-in."""
    _stand_in().ledger.reset()
    console.tell(phrase("The sandbox is empty."))


def _stand_in() -> Sandbox:
    from shiplabel.sandbox.server import create_app  # noqa: PLC0415  # the stand-in is for this command

    return create_app(_ledger())


@app.command(epilog="Example: shiplabel sandbox faults buy-then-502@purchase:times=1")
def faults(
    text: Annotated[
        str, typer.Argument(help="NAME[@ENDPOINT][:times=N][:p=CHANCE:seed=N], several by commas.")
    ] = "",
    *,
    off: Annotated[bool, typer.Option("--off", help="Take all faults off.")] = False,
    armed: Annotated[bool, typer.Option("--armed", help="List what is armed, with the calls left.")] = False,
) -> None:
    """List every fault by name, or arm some for the next calls of the stand-in."""
    if not (text or off or armed):
        _list_faults()
        return
    from shiplabel.sandbox import armed as armoury  # noqa: PLC0415  # the stand-in is for this command
    from shiplabel.sandbox.faults import FaultTextError  # noqa: PLC0415  # the same

    ledger = _stand_in().ledger
    if off:
        armoury.disarm(ledger)
    try:
        armoury.arm(ledger, text)
    except FaultTextError as error:
        raise InputError(str(error), field="text", hint="shiplabel sandbox faults") from error
    listed = armoury.listed(ledger, "")
    for one in listed:
        count: Any = one["remaining"]
        left = (
            phrase("every call")
            if count is None
            else phrase_n("{count} call left", "{count} calls left", count)
        )
        console.result(f"{one['fault']}  {left}")
    if not listed:
        console.tell(phrase("No fault is armed."))


def _list_faults() -> None:
    from shiplabel.sandbox.faults import ENDPOINTS, FAULTS  # noqa: PLC0415  # the stand-in is for this command

    for name, meaning in FAULTS.items():
        console.result(f"{name}  {meaning}")
    console.tell(
        phrase(
            "Endpoints: {endpoints}. Next: shiplabel sandbox faults NAME@ENDPOINT:times=1",
            endpoints=", ".join(ENDPOINTS),
        )
    )
