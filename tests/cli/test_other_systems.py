"""The program where the system is another: no POSIX-only call, a narrow character set, no user's name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.shop import ADA, PARCEL
from tests.terminal.conftest import ROOT

if TYPE_CHECKING:
    from tests.cli.shop import Shop

ELSEWHERE = """
import errno, fcntl, os, sys

for name in ("fork", "mkfifo", "O_NOFOLLOW", "O_DIRECTORY"):
    delattr(os, name)
rename, fsync = os.rename, os.fsync

def strict_rename(source, target, **more):
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, "the name is taken, as on Windows", target)
    rename(source, target, **more)

def strict_fsync(file):
    number = file if isinstance(file, int) else file.fileno()
    readable_only = fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY
    if readable_only and not os.path.isdir(f"/proc/self/fd/{number}"):
        raise OSError(errno.EBADF, "only what may be written is synced, as on Windows")
    fsync(number)

os.rename, os.fsync = strict_rename, strict_fsync
for name in ("pwd", "grp", "termios", "resource"):
    sys.modules[name] = None
"""


@pytest.fixture
def elsewhere(shop: Shop) -> Shop:
    """A shop whose system lacks what only POSIX has, and renames and syncs as Windows does."""
    folder = shop.home / "elsewhere"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(ELSEWHERE)
    shop.more["PYTHONPATH"] = f"{folder}:{ROOT}"
    return shop


def test_program_without_posix_calls_buys_prints_lists_and_voids(elsewhere: Shop) -> None:
    label = elsewhere.buy("--order-id", "1042")
    assert Path(label["files"][0]["path"]).read_bytes().startswith(b"%PDF")
    assert elsewhere.buy("--order-id", "1042") == label
    elsewhere.good("addresses", "save", "Ada", *ADA)
    elsewhere.good("addresses", "edit", "Ada", "--phone", "512-555-0100")
    elsewhere.good("config", "set", "format", "zpl")
    elsewhere.good("config", "set", "format", "png")
    assert elsewhere.good("labels", "list", "--json").json == [label]
    assert elsewhere.good("labels", "void", label["label_id"], "--yes", "--json").json["status"] == "voided"
    assert elsewhere.good("doctor", "--json").json
    assert elsewhere.good("reconcile", "--json").json == []
    assert len(elsewhere.service.charges()) == 1


def test_words_that_the_character_set_lacks_end_no_command(shop: Shop) -> None:
    shop.good("addresses", "save", "Zoë 北", *ADA)
    narrow = {"PYTHONIOENCODING": "ascii"}
    assert "Zo? ?" in shop.good("addresses", "list", **narrow).out
    assert shop.good("addresses", "list", "--json", **narrow).json[0]["city"] == "San Jose"
    to = ("--from", "Zoë 北", "--to", "Zoë 北", *PARCEL, "--rate", "cheapest", "--yes", "--json")
    label = shop.good("new", *to, **narrow).json
    assert label["status"] == "bought"
    terminal = shop.open("addresses", "list", **narrow)  # type: ignore[arg-type]  # a variable of the program
    assert terminal.end() == 0


def test_pipes_get_utf_8_whatever_the_locale(shop: Shop) -> None:
    shop.good("addresses", "save", "Zoë 北", *ADA)
    narrow = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    assert shop.good("addresses", "list", "--json", **narrow).json[0]["entry"] == "Zoë 北"
