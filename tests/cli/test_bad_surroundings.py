"""A service that answers badly, a disk that says no: a sentence, an exit code, nothing lost, no traceback."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.shop import Done
from tests.cli.test_new import WHOLE
from tests.terminal.driver import ENTER
from tests.terminal.script import KEPT, wait_step
from tests.terminal.test_troubles import flat

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.shop import Shop

PASSING = (
    "non-json",
    "truncated",
    "server-502",
    "server-500",
    "drop-mid-body",
    "drop-before-head",
    "status-429",
)
READ = ("carriers", "shipments", "rates")
STAYING = {
    "redirect@carriers": "confirm",
    "redirect@shipments": "confirm",
    "redirect@rates": "confirm",
    "nulls@rates": "confirm",
}
PAPERS = (
    "label-url:to=file:///etc/passwd",
    "label-url:to=http://203.0.113.1/label.pdf",
    "redirect@download:to=file:///etc/passwd",
    "redirect@download:to=http://203.0.113.1/label.pdf",
    "download-wrong-type",
    "download-410",
)


def no_traceback(done: Done) -> None:
    assert "Traceback" not in done.err
    assert "Traceback" not in done.out
    assert done.code != 70


@pytest.mark.parametrize("endpoint", READ)
@pytest.mark.parametrize("fault", PASSING)
def test_answer_that_cannot_be_read_is_asked_for_again(shop: Shop, fault: str, endpoint: str) -> None:
    shop.service.fault(f"{fault}@{endpoint}:times=1")
    done = shop.run("new", *WHOLE, "--json")
    no_traceback(done)
    assert (done.code, done.json["status"]) == (0, "bought")
    assert len(shop.service.charges()) == 1


@pytest.mark.parametrize("fault", ["unknown-fields", "string-amounts"])
def test_answer_in_words_of_no_list_is_understood(shop: Shop, fault: str) -> None:
    shop.service.fault(fault)
    done = shop.good("new", *WHOLE, "--json")
    assert done.json["status"] == "bought"
    assert float(done.json["cost"]["amount"]) > 0


@pytest.mark.parametrize("fault", STAYING)
def test_answer_that_is_no_use_leaves_the_session_to_be_gone_on_with(shop: Shop, fault: str) -> None:
    shop.service.fault(fault)
    done = shop.run("new", *WHOLE, "--json")
    no_traceback(done)
    assert (done.code, done.json["status"], done.json["step"]) == (1, "open", STAYING[fault])
    assert f"shiplabel resume {done.json['session_id']}" in done.err
    shop.service.mend()
    shop.good("resume", "--rate", "cheapest", "--yes")
    assert len(shop.service.charges()) == 1


@pytest.mark.parametrize("fault", PAPERS)
def test_paper_from_elsewhere_is_not_fetched_and_the_label_is_bought(shop: Shop, fault: str) -> None:
    shop.service.fault(fault)
    done = shop.run("new", *WHOLE, "--json")
    no_traceback(done)
    assert (done.code, done.json["status"], done.json["files"]) == (0, "bought", [])
    assert "The label is bought" in done.err
    assert list((shop.home / "data").rglob("*.pdf")) == []


@pytest.mark.parametrize(
    "fault", ["redirect@purchase", "buy-then-non-json", "buy-then-truncated", "nulls@purchase"]
)
def test_purchase_that_was_answered_badly_is_unknown_or_bought_but_never_twice(
    shop: Shop, fault: str
) -> None:
    shop.service.fault(f"{fault}:times=1")
    done = shop.run("new", *WHOLE, "--json")
    no_traceback(done)
    assert done.code in {0, 5}
    bought = len(shop.service.charges())
    shop.service.mend()
    again = shop.run("resume", done.json["session_id"], "--rate", "cheapest", "--yes", "--json")
    assert again.code == (0 if bought else 5)
    assert len(shop.service.charges()) == bought


@pytest.mark.parametrize("fault", ["redirect@rates", "nulls@rates", "redirect@shipments"])
def test_bad_answer_in_a_terminal_is_told_at_the_review_with_every_answer_kept(
    shop: Shop, fault: str
) -> None:
    terminal = shop.at("confirm")
    shop.service.fault(fault)
    terminal.send(ENTER)
    terminal.wait_for("Enter tries again")
    assert "Traceback" not in terminal.pages
    assert shop.session().answers.items() >= KEPT.items()
    shop.service.mend()
    terminal.send(ENTER)
    wait_step(terminal, "rate")


def test_clock_set_back_asks_for_rates_again_and_keeps_all(shop: Shop) -> None:
    terminal = shop.at("rate", SHIPLABEL_NOW="2026-11-25T12:00:00Z")
    terminal.send("\x03")
    assert terminal.end() == 130
    terminal = shop.open("resume", SHIPLABEL_NOW="2026-11-25T09:00:00Z")
    wait_step(terminal, "rate")
    assert shop.session().answers.items() >= KEPT.items()
    terminal.send(ENTER)
    wait_step(terminal, "purchase")
    terminal.send("y")
    assert terminal.end() == 0


@pytest.mark.parametrize("place", ["data", "data/below"])
def test_data_folder_that_is_a_file_is_4(shop: Shop, place: str) -> None:
    (shop.home / "data").write_text("")
    done = shop.run("new", *WHOLE, "--json", SHIPLABEL_DATA_DIR=str(shop.home / place))
    assert (done.code, done.json["error"]["code"]) == (4, "settings")
    assert "--data-dir" in done.err
    terminal = shop.open("new", SHIPLABEL_DATA_DIR=str(shop.home / place))
    assert terminal.end() == 4
    assert "a file is in its place" in flat(terminal.pages)


def limited(shop: Shop, before: list[str], act: Callable[[], None] | None, **more: str) -> Done:
    """Run ``new`` behind a command, or with something done to its process first."""
    done = subprocess.run(
        [*before, sys.executable, "-B", "-m", "shiplabel", "new", *WHOLE, "--json"],
        env=shop.environment() | more,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=act,
        cwd=shop.home,
    )
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("sandbox", [False, True])
@pytest.mark.parametrize("size", [0, 100])
def test_full_disk_is_4_before_anything_is_sent(shop: Shop, size: int, sandbox: bool) -> None:
    full = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (size, size))
    done = limited(shop, [], full, **({"SHIPLABEL_SANDBOX": "1"} if sandbox else {}))
    no_traceback(done)
    assert done.code == 4
    assert "could not be written" in done.json["error"]["message"]
    assert shop.service.charges() == []
    assert shop.ids() == []


def test_ledger_of_the_sandbox_that_cannot_be_written_is_told(shop: Shop) -> None:
    (shop.home / "data" / "sandbox").mkdir(parents=True)
    (shop.home / "data" / "sandbox" / "ledger.sqlite").write_text("not a ledger at all, " * 100)
    done = shop.run("new", *WHOLE, "--json", "--sandbox")
    no_traceback(done)
    assert done.code == 4
    assert "shiplabel sandbox reset" in done.err


@pytest.mark.skipif(os.name == "nt", reason="modes of folders")
@pytest.mark.parametrize("inner", ["", "production"])
def test_read_only_data_folder_is_4(shop: Shop, inner: str) -> None:
    folder = shop.home / "data" / inner
    folder.mkdir(parents=True)
    folder.chmod(0o500)
    mortal = _as_a_mortal()
    if mortal is None:
        pytest.skip("this user may write everywhere and cannot give that up")
    done = limited(shop, mortal, None)
    folder.chmod(0o700)
    no_traceback(done)
    assert done.code == 4
    assert shop.service.charges() == []


def _as_a_mortal() -> list[str] | None:
    """Return the command under which modes hold for this user too, None where there is none."""
    if os.geteuid() != 0:
        return []
    caps = "-dac_override,-dac_read_search"
    setpriv = shutil.which("setpriv")
    return [setpriv, f"--bounding-set={caps}", f"--inh-caps={caps}"] if setpriv else None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('formt = "pdf"', "Did you mean format?"),
        ('[ship_form]\nname = "A"', "ship_from.name"),
        ('format = "gif"', "format takes pdf"),
        ("format = pdf", "not TOML"),
        ("session_ttl = 0", "session_ttl"),
        ('[ship_from]\nzip = 1\nstate = "TX"\n', "ship_from.zip"),
    ],
)
def test_settings_with_a_typo_are_4_and_name_what_was_meant(shop: Shop, text: str, said: str) -> None:
    folder = shop.home / "config" / "shiplabel"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(text, encoding="utf-8")
    done: Any = shop.run("new", *WHOLE, "--json")
    no_traceback(done)
    assert done.code == 4
    assert said in done.json["error"]["message"]
    terminal = shop.open("new")
    assert terminal.end() == 4
    assert said.replace(" ", "") in "".join(terminal.pages.split())
