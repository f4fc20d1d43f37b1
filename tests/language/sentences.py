"""The sentences of the code: those that can be translated, and those that were left bare."""

from __future__ import annotations

import ast
import re
import string
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2] / "shiplabel"
SPOKEN = {"phrase", "phrase_n", "marked"}
"""The calls that take sentences."""
ARGUMENTS = {"Step": (0, 1), "_address": (0,), "Choice": (3,)}
"""The calls of literal tables, and the places of the arguments that are sentences."""
SAID = {"tell", "say", "_say", "refuse", "yes", "letter", "leave_to", "Finding", "result", "Understood"}
"""The calls whose texts a person reads; the errors of ``ERRORS`` are among them."""
STYLED = {"say", "_say"}
"""Those of them whose further arguments say how it looks."""
ERRORS = ("Error", "Unknown", "Interrupted", "Refused", "NoAnswer", "NotSent", "Discarded")
FAULTS = {"TypeError", "ValueError", "AssertionError"}
"""Raised for whoever writes the code, never for the clerk."""
HINT_KEYWORDS = {"hint", "fix", "message", "mend", "doubt", "instruction", "what"}
HELP_KEYWORDS = {"help", "epilog"}
ASIDE = {"sandbox", "locale"}
"""The stand-in speaks as the service does, and the service's words stay as they are."""
WORDS = (
    "demo new resume sessions rates batch labels reconcile addresses templates login logout doctor config "
    "sandbox list show print open void track export report save edit rename remove import use discard purge "
    "run check status template get set path serve reset faults"
).replace(" ", "|")
COMMAND = re.compile(
    rf"shiplabel( ({WORDS}|X)\b)*( --[a-zX-]+( [a-z0-9.:]+)?| …| [A-Z_]+| X\.X| -| < key\.txt)*"
    r"|--[a-z-]+ [a-z]+|Example: shiplabel .*|chmod [0-9]+ X|X order by .*|--map \".*\"|[\w.]+: X"
)
"""What is to be typed as it stands, ``X`` for a value in it."""
SENTENCE = re.compile(r"(?=.*[a-z]{2})[A-Z][^\n]* [^\n]*[.?!…:]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and where it stands; ``many`` is its plural form, where it has one."""

    text: str
    many: str
    path: str
    line: int


def files() -> list[Path]:
    """Return the files whose sentences people read."""
    return [path for path in sorted(ROOT.rglob("*.py")) if path.relative_to(ROOT).parts[0] not in ASIDE]


def sentences() -> list[Sentence]:
    """Return every sentence that can be translated, in the order of files and lines."""
    return [sentence for path in files() for sentence in sorted(_of_file(path), key=lambda found: found.line)]


def _of_file(path: Path) -> Iterator[Sentence]:
    place = path.relative_to(ROOT.parent).as_posix()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and name_of(node) in SPOKEN:
            yield from (Sentence(one, many, place, node.lineno) for one, many in _spoken(node))
        elif isinstance(node, ast.Call) and name_of(node) in ARGUMENTS:
            texts = [text_of(argument) for argument in _arguments(node)]
            yield from (Sentence(text, "", place, node.lineno) for text in texts if text)
        elif text := _help(node):
            yield Sentence(text, "", place, getattr(node, "lineno", 0))


def _spoken(call: ast.Call) -> Iterator[tuple[str, str]]:
    """Yield the sentences of a call, each with its plural form or nothing."""
    if name_of(call) == "phrase_n":
        one, many = (text_of(argument) for argument in call.args[:2])
        yield one, many
        return
    for argument in call.args[:1]:
        yield from ((text, "") for text in _texts(argument))


def _arguments(call: ast.Call) -> list[ast.expr]:
    """Return those arguments of a table's row that are sentences."""
    return [call.args[at] for at in ARGUMENTS.get(name_of(call), ()) if at < len(call.args)]


def _texts(node: ast.AST) -> Iterator[str]:
    """Yield the literal texts of a table: all but the keys of dictionaries."""
    if isinstance(node, ast.Dict):
        parts: list[ast.AST] = [*node.values]
    elif isinstance(node, ast.IfExp):
        parts = [node.body, node.orelse]
    else:
        parts = [*getattr(node, "elts", [])]
    if text_of(node):
        yield text_of(node)
    for part in parts:
        yield from _texts(part)


def _help(node: ast.AST) -> str:
    """Return the help that a node gives to Typer; commands to type are none."""
    if isinstance(node, ast.FunctionDef) and is_command(node):
        return ast.get_docstring(node) or ""
    text = text_of(node.value) if isinstance(node, ast.keyword) and node.arg in HELP_KEYWORDS else ""
    return "" if COMMAND.fullmatch(text) else text


def name_of(call: ast.Call) -> str:
    """Return the name that a call calls: ``tell`` of ``console.tell(…)``."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def text_of(node: ast.AST) -> str:
    """Return a literal text, empty for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def is_command(node: ast.FunctionDef) -> bool:
    """Tell whether a function is a command of Typer's: its docstring is its help."""
    calls = [part.func for part in node.decorator_list if isinstance(part, ast.Call)]
    return any(isinstance(call, ast.Attribute) and call.attr in {"command", "callback"} for call in calls)


def bare(path: Path) -> list[str]:
    """Return what a person would read untranslated: ``line: text``."""
    nodes = bare_nodes(ast.parse(path.read_text(encoding="utf-8")))
    return [f"{line}: {text}" for line, text in sorted({(node.lineno, _words(node)) for node in nodes})]


def bare_nodes(tree: ast.AST) -> Iterator[ast.Constant | ast.JoinedStr]:
    """Yield the texts that look like sentences, and those in calls whose texts a person reads."""
    passed = _passed_over(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in passed:
            if SENTENCE.fullmatch(_words(node)) and not COMMAND.fullmatch(_words(node)):
                yield node
        elif isinstance(node, ast.Call) and id(node) not in passed:
            yield from (text for text in _said_by(node) if id(text) not in passed)


def _said_by(call: ast.Call) -> Iterator[ast.Constant | ast.JoinedStr]:
    """Yield the literal texts that a call says; commands to type are none."""
    said = call.args if name_of(call) in SAID or name_of(call).endswith(ERRORS) else []
    said = said[:1] if name_of(call) in STYLED else said
    hints = [keyword.value for keyword in call.keywords if keyword.arg in HINT_KEYWORDS]
    for argument in [*said, *hints]:
        for text in [argument.body, argument.orelse] if isinstance(argument, ast.IfExp) else [argument]:
            words = _words(text)
            if re.search(r"[a-z]{2}[,;:]? ", words) and not COMMAND.fullmatch(words):
                assert isinstance(text, ast.Constant | ast.JoinedStr)
                yield text


def _words(node: ast.AST) -> str:
    """Return a text as it reads, ``X`` for each value in it."""
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part) or "X" for part in node.values)
    return text_of(node)


def _passed_over(tree: ast.AST) -> set[int]:
    """Return the nodes that are translated already, or that nobody reads: docstrings, internal faults."""
    passed: set[int] = set()
    for node in ast.walk(tree):
        inside: list[ast.AST] = []
        if isinstance(node, ast.Call) and name_of(node) in {*SPOKEN, *FAULTS}:
            inside = [node]
        elif (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)) or (
            isinstance(node, ast.keyword) and node.arg in HELP_KEYWORDS
        ):
            inside = [node.value]
        elif isinstance(node, ast.JoinedStr):
            inside = list(node.values)
        elif isinstance(node, ast.Call):
            inside = [*_arguments(node)]
        passed |= {id(part) for start in inside for part in ast.walk(start) if part is not node}
        passed |= {id(start) for start in inside}
    return passed


def wrong_calls(path: Path) -> list[str]:
    """Return the calls that would fail or say nonsense: f-strings, values that do not come, odd names."""
    wrong: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or name_of(node) not in SPOKEN:
            continue
        if any(isinstance(part, ast.JoinedStr) for argument in node.args for part in ast.walk(argument)):
            wrong.append(f"{node.lineno}: an f-string")
        given = {"count"} if name_of(node) == "phrase_n" else set()
        given |= {keyword.arg for keyword in node.keywords if keyword.arg}
        whole = name_of(node) != "marked" and all(keyword.arg for keyword in node.keywords)
        for text in (text for pair in _spoken(node) for text in pair if whole and given):
            names = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
            wrong += [f"{node.lineno}: {{{name}}}" for name in sorted(names - given)]
    return wrong
