"""Completion in the shell: commands, commands below them, options; and the script that asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.shop import Shop


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("shiplabel se", {"sessions"}),
        ("shiplabel sessions ", {"list", "show", "discard", "purge"}),
        ("shiplabel new --to-n", {"--to-name"}),
    ],
)
def test_shell_completes_commands_and_options(shop: Shop, typed: str, offered: set[str]) -> None:
    done = shop.run(
        _SHIPLABEL_COMPLETE="complete_bash", COMP_WORDS=typed, COMP_CWORD=str(len(typed.split(" ")) - 1)
    )
    assert set(done.out.split()) == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_gets_its_completion_script(shop: Shop, shell: str) -> None:
    assert "_SHIPLABEL_COMPLETE" in shop.good("--show-completion", shell).out
    shop.good("--install-completion", shell)
    assert any(
        "_SHIPLABEL_COMPLETE" in path.read_text() for path in shop.home.rglob("*shiplabel*") if path.is_file()
    )
