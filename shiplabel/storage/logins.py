"""Where each profile's API key is kept: the system's keyring, or a file for the owner's eyes alone.

A small list beside the settings says who is logged in, so that nobody else loads the keyring. The
list holds no key.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Any

from shiplabel.errors import SettingsError, StorageError
from shiplabel.language import phrase
from shiplabel.storage.atomic import AtomicStorage, make_folder, write_durably

if TYPE_CHECKING:
    from pathlib import Path

SERVICE = "shiplabel"
DEFAULT = "default"
LONGEST_KEY = 1000


class Logins:
    """The logins beside one settings file."""

    def __init__(self, folder: Path) -> None:
        """Take the settings' folder; it need not exist."""
        self._folder = folder
        self._list = folder / "logins.json"

    def find(self, profile: str) -> str | None:
        """Return a profile's key, None when nobody logged in; raise SettingsError when it cannot be had."""
        login = self._read().get(profile or DEFAULT)
        if login is None:
            return None
        if login["kept_in"] == "keyring":
            return self._from_keyring(profile)
        return self._from_file(profile)

    def kept_in(self, profile: str) -> str:
        """Return where a profile's key is kept: keyring, file, or empty."""
        login = self._read().get(profile or DEFAULT)
        return str(login["kept_in"]) if login else ""

    def profiles(self) -> list[str]:
        """Return the profiles that are logged in."""
        return sorted(self._read())

    def keep_in_keyring(self, profile: str, key: str) -> None:
        """Keep a key in the system's keyring; raise SettingsError when there is none that works."""
        import keyring  # noqa: PLC0415  # heavy, and few commands need it
        from keyring.errors import KeyringError  # noqa: PLC0415  # the same

        name = profile or DEFAULT
        try:
            keyring.set_password(SERVICE, name, key)
            kept = keyring.get_password(SERVICE, name)
        except (KeyringError, RuntimeError, OSError) as error:
            raise SettingsError(
                phrase("The system's keyring did not keep the key: {error}.", error=error)
            ) from error
        if kept != key:
            raise SettingsError(phrase("The system's keyring did not keep the key."))
        self._write({**self._read(), name: {"kept_in": "keyring"}})

    def keep_in_file(self, profile: str, key: str) -> Path:
        """Keep a key in a file of mode 0600 and return its path."""
        make_folder(self._folder)
        path = self._file(profile)
        write_durably(path, f"{key}\n".encode())
        self._write({**self._read(), profile or DEFAULT: {"kept_in": "file"}})
        return path

    def forget(self, profile: str) -> bool:
        """Forget a profile's key wherever it is kept; return whether there was one."""
        logins = self._read()
        login = logins.pop(profile or DEFAULT, None)
        if login is None:
            return False
        if login["kept_in"] == "keyring":
            self._out_of_keyring(profile)
        self._file(profile).unlink(missing_ok=True)
        self._write(logins)
        return True

    def _out_of_keyring(self, profile: str) -> None:
        import keyring  # noqa: PLC0415  # heavy, and few commands need it
        from keyring.errors import KeyringError, PasswordDeleteError  # noqa: PLC0415  # the same

        try:
            keyring.delete_password(SERVICE, profile or DEFAULT)
        except PasswordDeleteError:
            return
        except (KeyringError, RuntimeError, OSError) as error:
            raise SettingsError(
                phrase("The system's keyring did not forget the key: {error}.", error=error),
                hint=phrase("unlock the keyring, then type the same command again"),
            ) from error

    def _from_keyring(self, profile: str) -> str:
        import keyring  # noqa: PLC0415  # heavy, and few commands need it
        from keyring.errors import KeyringError  # noqa: PLC0415  # the same

        try:
            key = keyring.get_password(SERVICE, profile or DEFAULT)
        except (KeyringError, RuntimeError, OSError) as error:
            raise SettingsError(
                phrase("The system's keyring cannot be read: {error}.", error=error),
                hint=phrase("unlock it, or set SHIPSTATION_API_KEY; --sandbox needs no key"),
            ) from error
        if not key:
            raise SettingsError(
                phrase("The key is no longer in the system's keyring."), hint="shiplabel login"
            )
        return key

    def _from_file(self, profile: str) -> str:
        path = self._file(profile)
        try:
            state = path.lstat()
            if os.name == "posix" and (not stat.S_ISREG(state.st_mode) or state.st_mode & 0o077):
                raise SettingsError(
                    phrase("The key file {path} can be read by others, so its key is not used.", path=path),
                    hint=phrase("chmod 600 {path}, or: shiplabel login --file", path=path),
                )
            return path.read_text(encoding="utf-8")[:LONGEST_KEY].strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                phrase("The key file {path} cannot be read: {error}.", path=path, error=error),
                hint="shiplabel login",
            ) from error

    def _file(self, profile: str) -> Path:
        return self._folder / f"key-{profile or DEFAULT}"

    def _read(self) -> dict[str, Any]:
        try:
            document = AtomicStorage(self._list).read() or {}
        except StorageError as error:
            raise SettingsError(
                phrase("The list of logins {path} cannot be read.", path=self._list),
                hint=phrase("remove it, then: shiplabel login"),
            ) from error
        return dict(document.get("logins", {}))

    def _write(self, logins: dict[str, Any]) -> None:
        make_folder(self._folder)
        AtomicStorage(self._list).write({"logins": logins})


def has_keyring() -> bool:
    """Tell whether the system offers a keyring that can keep anything."""
    import keyring  # noqa: PLC0415  # heavy, and few commands need it
    from keyring.backends import fail, null  # noqa: PLC0415  # the same

    return not isinstance(keyring.get_keyring(), fail.Keyring | null.Keyring)
