"""The key that ``shiplabel login`` kept for this profile."""

from __future__ import annotations

import os

from shiplabel.cli.flags import said
from shiplabel.config import config_path
from shiplabel.storage.logins import Logins


def stored_key() -> str | None:
    """Return the key of this profile's login, None without one; raise SettingsError when it is lost."""
    return Logins(config_path(said(), os.environ).parent).find(said().profile)
