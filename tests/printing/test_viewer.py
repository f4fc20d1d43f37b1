from __future__ import annotations

import sys
from pathlib import Path

import pytest

from shiplabel.printing import PrinterError
from shiplabel.printing.viewer import show


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def _viewer(folder: Path, name: str, ending: int = 0) -> Path:
    seen = folder / "seen"
    script = f"import sys\nopen({str(seen)!r}, 'w').write(sys.argv[1])\nraise SystemExit({ending})\n"
    (folder / name).write_text(f"#!{sys.executable}\n{script}")
    (folder / name).chmod(0o700)
    return seen


@pytest.mark.parametrize(("platform", "name"), [("linux", "xdg-open"), ("darwin", "open")])
def test_viewer_of_the_system_gets_the_file(programs: Path, platform: str, name: str) -> None:
    seen = _viewer(programs, name)
    show(Path("/labels/-odd name.pdf"), platform)
    assert seen.read_text() == "/labels/-odd name.pdf"


def test_viewer_that_is_missing_names_the_file(programs: Path) -> None:
    with pytest.raises(PrinterError, match=r"Its file is /labels/a\.pdf"):
        show(Path("/labels/a.pdf"), "linux")


def test_viewer_that_fails_names_the_file(programs: Path) -> None:
    _viewer(programs, "xdg-open", ending=3)
    with pytest.raises(PrinterError, match=r"ended with 3.*/labels/a\.pdf"):
        show(Path("/labels/a.pdf"), "linux")


def test_viewer_that_cannot_run_names_the_file(programs: Path) -> None:
    (programs / "xdg-open").write_bytes(b"\x7fELF nothing")
    (programs / "xdg-open").chmod(0o700)
    with pytest.raises(PrinterError, match=r"/labels/a\.pdf"):
        show(Path("/labels/a.pdf"), "linux")


def test_viewer_that_stays_in_front_is_showing_the_label(
    programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shiplabel.printing.viewer.START_S", 0.5)
    seen = programs / "seen"
    (programs / "xdg-open").write_text(f"#!/bin/sh\n: > '{seen}'\nexec /bin/sleep 60\n")
    (programs / "xdg-open").chmod(0o700)
    show(Path("/labels/a.pdf"), "linux")
    assert seen.exists()
