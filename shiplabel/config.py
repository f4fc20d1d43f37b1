"""Settings: a flag before a variable, a variable before the settings file, the file before the default.

``Key`` never prints itself. Nothing here reads a keyring; who can hands in ``stored_key``.
"""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Protocol
from urllib.parse import urlsplit

from shiplabel.domain.settings import (
    WORDS,
    amount_of,
    media_of,
    moment_of,
    pace_of,
    rule_of,
    span_of,
    word_of,
)
from shiplabel.errors import SettingsError
from shiplabel.language import phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from platformdirs import PlatformDirs

BASE_URL = "https://api.shipstation.com"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
SHIP_FROM = ("name", "company", "address1", "address2", "city", "state", "zip", "country", "phone")
SWITCHES = {"international"}
NUMBERS = {"low_balance"}
KEYS: dict[str, str] = {
    "format": "pdf",
    "layout": "4x6",
    "rule": "",
    "confirmation": "none",
    "weight_unit": "pound",
    "size_unit": "inch",
    "international": "off",
    "printer": "",
    "media": "",
    "low_balance": "20",
    "session_ttl": "24h",
    "settle": "120s",
    "look_back": "30d",
    "rate_limit": "200/60",
    "base_url": BASE_URL,
    "lang": "",
    **{f"ship_from.{name}": "" for name in SHIP_FROM},
}


class Flags(Protocol):
    """What a command line said; empty where it said nothing."""

    @property
    def data_dir(self) -> str: ...  # noqa: D102
    @property
    def config(self) -> str: ...  # noqa: D102
    @property
    def api_key_file(self) -> str: ...  # noqa: D102
    @property
    def profile(self) -> str: ...  # noqa: D102
    @property
    def lang(self) -> str: ...  # noqa: D102
    @property
    def sandbox(self) -> bool: ...  # noqa: D102
    @property
    def plain(self) -> bool: ...  # noqa: D102


class Key:
    """An API key that shows itself only to ``reveal``."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text
        _KEYS_OF_THIS_RUN.append(self)

    def reveal(self) -> str:
        """Return the key itself, for the one header it goes into."""
        return self._text

    def __repr__(self) -> str:
        """Hide the key."""
        return "Key(***)"

    def __reduce__(self) -> NoReturn:
        """Refuse to be written anywhere."""
        raise TypeError("a key is not stored by pickling")


_KEYS_OF_THIS_RUN: list[Key] = []


def without_keys(text: str) -> str:
    """Return a text with every key that this run knew struck out, wherever the key came from."""
    for key in _KEYS_OF_THIS_RUN:
        text = text.replace(key.reveal(), "***") if key.reveal() else text
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings of one run; times in seconds where they say so, the rate limit as calls and seconds."""

    environment: str
    key: Key | None
    base_url: str
    data_dir: Path
    config_path: Path
    rate_limit: tuple[int, float]
    session_ttl: timedelta
    settle_s: float
    look_back: timedelta
    now: datetime | None
    profile: str = ""
    plain: bool = False
    lang: str = ""
    format: Any = "pdf"
    layout: Any = "4x6"
    rule: str = ""
    confirmation: str = "none"
    weight_unit: Any = "pound"
    size_unit: Any = "inch"
    international: str = "off"
    printer: str = ""
    media: str = ""
    low_balance: Decimal = Decimal(20)
    ship_from: dict[str, str] = field(default_factory=dict)

    @property
    def records_dir(self) -> Path:
        """The folder of this environment's and profile's records: no other's mix in."""
        root = self.data_dir / "profiles" / self.profile if self.profile else self.data_dir
        return root / self.environment


def load_settings(
    flags: Flags, environ: Mapping[str, str], stored_key: Callable[[], str | None] = lambda: None
) -> Settings:
    """Return the settings; raise SettingsError that names what is wrong."""
    path = config_path(flags, environ)
    values = {**KEYS, **read_file(path), **_said(environ)}
    key = _key(flags, environ, stored_key)
    environment = _environment(key)
    profile = _folder_name(flags.profile)
    return Settings(
        environment=environment,
        key=key,
        base_url=_base_url(values["base_url"]),
        data_dir=_data_dir(flags, environ),
        config_path=path,
        rate_limit=pace_of(values["rate_limit"]),
        session_ttl=span_of("session_ttl", values["session_ttl"]),
        settle_s=span_of("settle", values["settle"]).total_seconds(),
        look_back=span_of("look_back", values["look_back"]),
        now=moment_of(environ.get("SHIPLABEL_NOW", "")),
        profile=profile,
        plain=flags.plain or environ.get("TERM") == "dumb",
        lang=flags.lang or values["lang"],
        **{name: word_of(name, values[name]) for name in WORDS},
        rule=values["rule"] and rule_of(values["rule"]),
        printer=values["printer"],
        media=media_of(values["media"]),
        low_balance=amount_of(values["low_balance"]),
        ship_from={name: values[f"ship_from.{name}"] for name in SHIP_FROM if values[f"ship_from.{name}"]},
    )


def config_path(flags: Flags, environ: Mapping[str, str]) -> Path:
    """Return where the settings file is, whether it exists or not."""
    named = flags.config or environ.get("SHIPLABEL_CONFIG", "")
    return _home(named) if named else _usual().user_config_path / "config.toml"


def _home(named: str) -> Path:
    """Return a path that was typed, with ``~`` taken for the home folder."""
    try:
        return Path(named).expanduser().absolute()
    except RuntimeError as error:
        raise SettingsError(
            phrase("The folder {named} is in a home that does not exist.", named=named)
        ) from error


def read_file(path: Path) -> dict[str, str]:
    """Return the settings file's values under dotted keys; empty when there is no file."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            phrase("The settings file {path} cannot be read: {error}.", path=path, error=error)
        ) from error
    import tomllib  # noqa: PLC0415  # only where there is a file

    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            phrase("The settings file {path} is not TOML: {error}.", path=path, error=error)
        ) from error
    flat: dict[str, str] = {}
    for name, value in found.items():
        rows = value.items() if isinstance(value, dict) else [("", value)]
        for inner, text in rows:
            flat[_known(f"{name}.{inner}" if inner else name, path)] = _plain(name, text, path)
    return flat


def _known(name: str, path: Path) -> str:
    if name in KEYS:
        return name
    raise SettingsError(
        phrase("{path}: there is no setting {name}.{meant}", path=path, name=name, meant=meant(name)),
        hint="shiplabel config show",
    )


def meant(name: str) -> str:
    """Return a question that names the setting most like ``name``, of any table; empty where none is."""
    lasts = {key.rsplit(".", 1)[-1]: key for key in KEYS}
    near = difflib.get_close_matches(name, KEYS, 1) or [
        lasts[last] for last in difflib.get_close_matches(name.rsplit(".", 1)[-1], lasts, 1)
    ]
    return f" {phrase('Did you mean {near}?', near=near[0])}" if near else ""


def _plain(name: str, value: object, path: Path) -> str:
    if isinstance(value, bool) and name in SWITCHES:
        return "on" if value else "off"
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise SettingsError(
            phrase(
                "{path}: {name} takes a text or a number, not {value!r}.", path=path, name=name, value=value
            )
        )
    return str(value)


def _said(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the settings that environment variables give."""
    names = {
        "SHIPSTATION_BASE_URL": "base_url",
        "SHIPLABEL_RATE_LIMIT": "rate_limit",
        "SHIPLABEL_SESSION_TTL": "session_ttl",
        "SHIPLABEL_SETTLE": "settle",
    }
    return {name: environ[variable] for variable, name in names.items() if environ.get(variable)}


def _key(flags: Flags, environ: Mapping[str, str], stored_key: Callable[[], str | None]) -> Key | None:
    """Return the key, None for the sandbox."""
    if flags.sandbox or environ.get("SHIPLABEL_SANDBOX", "") not in {"", "0"}:
        return None
    text = environ.get("SHIPSTATION_API_KEY", "")
    if flags.api_key_file:
        try:
            text = _home(flags.api_key_file).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                phrase(
                    "The key file {api_key_file} cannot be read: {error}.",
                    api_key_file=flags.api_key_file,
                    error=error,
                )
            ) from error
        if not text.strip():
            raise SettingsError(
                phrase("The key file {api_key_file} is empty.", api_key_file=flags.api_key_file)
            )
    text = (text or stored_key() or "").strip()
    if not text.isascii() or any(not sign.isprintable() or sign.isspace() for sign in text):
        raise SettingsError(phrase("The API key has characters that no key has."), hint="shiplabel login")
    return Key(text) if text else None


def _environment(key: Key | None) -> str:
    if key is None:
        return "sandbox"
    return "test" if key.reveal().startswith("TEST_") else "production"


def _base_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        host, local, _ = parts.hostname, parts.hostname in LOOPBACK, parts.port
    except ValueError:
        parts, host, local = urlsplit(""), None, False
    if not host or parts.username or not (parts.scheme == "https" or (parts.scheme == "http" and local)):
        shown = f"{parts.scheme}://…@{host}" if parts.username else text
        raise SettingsError(
            phrase(
                "SHIPSTATION_BASE_URL takes an https address (http for this machine), not {shown}.",
                shown=shown,
            )
        )
    return f"{parts.scheme}://{parts.netloc}"


def _data_dir(flags: Flags, environ: Mapping[str, str]) -> Path:
    """Return the data folder, made when it is missing; raise SettingsError when it cannot be used."""
    named = flags.data_dir or environ.get("SHIPLABEL_DATA_DIR", "")
    path = _home(named) if named else _usual().user_data_path
    try:
        for folder in [*reversed(path.parents), path]:
            if not folder.is_dir():
                folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        why = phrase("a file is in its place") if isinstance(error, FileExistsError) else error.strerror
        raise SettingsError(
            phrase("The data folder {path} cannot be used: {why}.", path=path, why=why),
            hint=phrase("choose one with --data-dir"),
        ) from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise SettingsError(
            phrase("The data folder {path} cannot be written to.", path=path),
            hint=phrase("choose one with --data-dir"),
        )
    return path


def _usual() -> PlatformDirs:
    """Return where the system keeps such things."""
    from platformdirs import PlatformDirs  # noqa: PLC0415  # only where no place is named

    return PlatformDirs("shiplabel")


def _folder_name(profile: str) -> str:
    if profile and not all(character.isalnum() or character in "-_" for character in profile):
        raise SettingsError(
            phrase("A profile's name has letters, digits, - and _ only, not {profile}.", profile=profile)
        )
    return profile
