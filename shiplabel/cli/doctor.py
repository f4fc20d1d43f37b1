"""``shiplabel doctor``: what works, what does not, and what to do about each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from shiplabel.cli import console
from shiplabel.cli.context import Context
from shiplabel.cli.doctor_checks import CHECKS, KEY
from shiplabel.cli.finding import Finding
from shiplabel.errors import Exit, SettingsError
from shiplabel.language import marked, phrase, worded

if TYPE_CHECKING:
    from collections.abc import Iterator

app = typer.Typer()
SIGNS = marked({"ok": "ok", "warning": "warning", "error": "ERROR"})


@app.command(epilog="Example: shiplabel doctor --json")
def doctor(
    *, as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False
) -> int:
    """Check key, service, carriers, data folder, sessions, printer and versions; buys nothing."""
    findings: list[Finding] = []
    for finding in _findings():
        findings.append(finding)
        if not as_json:
            _tell(finding)
    if as_json:
        console.print_json([_object(finding) for finding in findings])
    return exit_code(findings)


def _findings() -> Iterator[Finding]:
    """Yield what each check found; settings that cannot be read end it."""
    try:
        context = Context.open()
    except SettingsError as error:
        yield Finding("settings", "error", error.message, error.hint or "shiplabel config path")
        return
    with context:
        yield Finding("settings", "ok", phrase("{path} is usable.", path=context.settings.config_path))
        for check in CHECKS:
            yield from check(context)


def exit_code(findings: list[Finding]) -> int:
    """Return 0 with warnings only, 4 for key or settings, else 1."""
    wrong = {finding.check for finding in findings if finding.status == "error"}
    if wrong & {KEY, "settings"}:
        return Exit.SETTINGS
    return Exit.FAILED if wrong else Exit.DONE


def _tell(finding: Finding) -> None:
    console.result(f"{worded(SIGNS[finding.status]):8}{finding.check:10} {finding.message}")
    if finding.fix and finding.status != "ok":
        console.result(f"{'':19}{phrase('Do: {fix}', fix=finding.fix)}")
    console.flush()


def _object(finding: Finding) -> dict[str, Any]:
    return {
        "check": finding.check,
        "status": finding.status,
        "message": finding.message,
        "fix": finding.fix,
    }
