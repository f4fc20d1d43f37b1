"""What a check of the doctor's found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found and what to do about it."""

    check: str
    status: Status
    message: str
    fix: str = ""
