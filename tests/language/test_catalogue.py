"""The catalogues against the code: complete, true to their sentences, compiled."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from typer.main import get_command

from shiplabel.cli.app import COMMANDS
from tests.language.catalogues import catalogues, mo_of, placeholders, po_of, read, updated
from tests.language.sentences import ROOT, bare, files, sentences, wrong_calls

if TYPE_CHECKING:
    from pathlib import Path

    from babel.messages.catalog import Message


each_catalogue = pytest.mark.parametrize("path", catalogues(), ids=lambda path: path.parts[-3])


def _spoken(message: Message) -> list[str]:
    """Return a message's translation in all its forms, empty where one is missing."""
    forms = message.string
    return [forms or ""] if isinstance(forms, str | None) else list(forms)


@pytest.mark.parametrize(
    "path",
    files(),
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_sentence_of_the_code_can_be_translated(path: Path) -> None:
    assert bare(path) == []


@each_catalogue
def test_catalogue_has_the_sentences_of_the_code_and_no_others(path: Path) -> None:
    assert po_of(read(path)) == po_of(updated(read(path)))


@each_catalogue
def test_compiled_catalogue_is_what_the_catalogue_says(path: Path) -> None:
    assert path.with_suffix(".mo").read_bytes() == mo_of(read(path))


@each_catalogue
def test_translation_has_the_values_of_its_sentence(path: Path) -> None:
    for message in read(path):
        english = message.id if isinstance(message.id, str) else message.id[1]
        for translation in filter(None, _spoken(message)):
            assert placeholders(translation) == placeholders(english), english


@each_catalogue
def test_every_sentence_is_translated(path: Path) -> None:
    left = [message.id for message in read(path) if not all(_spoken(message)) or message.fuzzy]
    assert left == []


@pytest.mark.parametrize("path", files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_sentence_gets_the_values_that_it_names(path: Path) -> None:
    assert wrong_calls(path) == []


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_every_command_can_be_translated(name: str) -> None:
    known = {sentence.text for sentence in sentences()}
    command = get_command(import_module(f"shiplabel.cli.{COMMANDS[name][0]}").app)
    texts = [COMMANDS[name][1], *_helps(command)]
    assert [text for text in texts if text not in known and not text.startswith("Example: ")] == []


def _helps(command: Any) -> list[str]:
    """Return all that a command's help and its subcommands' say, without Typer's own options."""
    options = [one for one in command.params if not one.name.endswith("_completion")]
    own = [command.help, command.epilog, *(getattr(one, "help", "") for one in options)]
    inner = [text for one in getattr(command, "commands", {}).values() for text in _helps(one)]
    return [text for text in own if text] + inner


def test_bare_sentences_and_wrong_calls_are_found(tmp_path: Path) -> None:
    code = tmp_path / "code.py"
    code.write_text(
        'raise InputError(f"There is no {name}.", hint="close it first")\n'
        'tell("Removed it")\n'
        'say(phrase(f"No {name}."))\n'
        'say(phrase("No {name}.", nam=name))\n'
        'say(phrase("Fine: {name}.", name=name))\n'
        'raise InputError(phrase("Fine."), hint="shiplabel sessions list")\n'
    )
    assert bare(code) == ["1: There is no X.", "1: close it first", "2: Removed it"]
    assert wrong_calls(code) == ["3: an f-string", "4: {name}"]
