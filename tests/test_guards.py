from __future__ import annotations

import socket
from pathlib import Path

import pytest


def test_guard_connection_to_another_machine_is_refused() -> None:
    with socket.socket() as outside, pytest.raises(AssertionError, match="tried to reach"):
        outside.connect(("192.0.2.1", 80))


def test_guard_home_is_the_tests_own(tmp_path: Path) -> None:
    assert Path.home() == tmp_path / "home"
