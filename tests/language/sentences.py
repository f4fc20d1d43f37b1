"""The sentences of the code: those that can be translated, and those that were left bare."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2] / "shiplabel"
SPOKEN = {"phrase": 1, "phrase_n": 2, "marked": 1}
"""The calls that take sentences, and how many of them each one takes."""
SAID = {"tell", "say", "refuse", "yes", "letter", "leave_to", "Finding", "result", "Understood"}
"""The calls whose texts a person reads; the errors of ``ERRORS`` are among them."""
ERRORS = ("Error", "Unknown", "Interrupted", "Refused", "NoAnswer", "NotSent", "Discarded")
FAULTS = {"TypeError", "ValueError", "AssertionError"}
"""Raised for whoever writes the code, never for the clerk."""
HELP_KEYWORDS = {"help", "epilog"}
ASIDE = {"sandbox", "locale"}
"""The stand-in speaks as the service does, and the service's words stay as they are."""
COMMAND = re.compile(r"(Next +)?shiplabel( [a-z-]+| --[a-z-]+| …| [A-Z]+| -)*|Example: shiplabel .*")
SENTENCE = re.compile(r"[A-Z][^\n]* [^\n]*[.?!…:]")


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
    return [sentence for path in files() for sentence in _of_file(path)]


def _of_file(path: Path) -> Iterator[Sentence]:
    place = path.relative_to(ROOT.parent).as_posix()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and name_of(node) in SPOKEN:
            texts = [text_of(argument) for argument in node.args[: SPOKEN[name_of(node)]]]
            if all(texts):
                yield Sentence(texts[0], "".join(texts[1:]), place, node.lineno)
        elif text := _help(node):
            yield Sentence(text, "", place, getattr(node, "lineno", 0))


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
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed = _passed_over(tree)
    found = [
        (node.lineno, _words(node))
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in passed and _is_sentence(node)
    ]
    found += [
        (node.lineno, _words(argument))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and id(node) not in passed and _is_said(name_of(node))
        for argument in node.args
        for argument in [argument.body if isinstance(argument, ast.IfExp) else argument]
        if isinstance(argument, ast.Constant | ast.JoinedStr) and re.search(r"[a-z]{2} ", _words(argument))
    ]
    return [f"{line}: {text}" for line, text in sorted(set(found))]


def _is_said(name: str) -> bool:
    return name in SAID or name.endswith(ERRORS)


def _is_sentence(node: ast.AST) -> bool:
    text = _words(node)
    return bool(SENTENCE.fullmatch(text)) and not COMMAND.fullmatch(text)


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
        passed |= {id(part) for start in inside for part in ast.walk(start) if part is not node}
        passed |= {id(start) for start in inside}
    return passed
