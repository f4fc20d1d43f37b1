"""The house keeps its order: who may import whom, and which part may name which library."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "shiplabel"
HOMES = {
    "httpx": {"shipstation", "sandbox", "cli"},
    "msgspec": {"shipstation", "storage"},
    "tinydb": {"storage"},
    "typer": {"cli"},
    "rich": {"cli"},
    "questionary": {"cli"},
    "prompt_toolkit": {"cli"},
    "werkzeug": {"sandbox"},
    "reportlab": {"sandbox"},
}
LAYERS = {
    "domain": {"domain"},
    "workflow": {"workflow", "domain"},
    "shipstation": {"shipstation", "workflow", "domain"},
    "storage": {"storage", "workflow", "domain"},
    "printing": {"printing", "workflow", "domain"},
    "sandbox": {"sandbox"},
    "cli": {"cli", "domain", "workflow", "shipstation", "storage", "printing", "sandbox"},
}
FILES = sorted(ROOT.rglob("*.py"))


def _imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} imports relatively"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_of_file_keep_to_its_layer(path: Path) -> None:
    parts = path.relative_to(ROOT).parts
    folder = parts[0] if len(parts) > 1 else ""
    for name in _imports(path):
        top, _, rest = name.partition(".")
        if top in HOMES:
            assert folder in HOMES[top], f"{path} imports {top}"
        inner = rest.split(".")[0]
        if top == "shiplabel" and folder in LAYERS and inner in LAYERS:
            assert inner in LAYERS[folder], f"{path} imports {name}"
        if folder == "sandbox" and top == "shiplabel":
            assert inner == "sandbox", f"{path} imports {name}: the stand-in shares no code"
        if path.name == "language.py":
            assert top != "shiplabel", f"{path} imports {name}: everything says its sentences through it"


def test_purchase_is_sent_by_one_function_only() -> None:
    calls = []
    for path in FILES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        asked = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
        sent = [func for func in asked if isinstance(func, ast.Attribute) and func.attr == "buy"]
        calls += [path.relative_to(ROOT).as_posix() for _ in sent]
    assert calls == ["workflow/purchase.py"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_functions_and_files_keep_their_measures(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 350
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno + 1 <= 60, node.name
