from __future__ import annotations

import copy
import os
import pickle
import stat
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from shiplabel.config import KEYS, Key, load_settings, read_file
from shiplabel.errors import Exit, SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from shiplabel.config import Settings

SECRET = "TEST_hush-7kq2"


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a command line said."""

    data_dir: str = ""
    config: str = ""
    api_key_file: str = ""
    profile: str = ""
    lang: str = ""
    sandbox: bool = False
    plain: bool = False


@pytest.fixture
def load(tmp_path: Path) -> Any:
    """Load settings from a file's text, variables and flags."""

    def loaded(
        text: str = "", stored: str | None = None, env: dict[str, str] | None = None, **said: Any
    ) -> Settings:
        (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
        surroundings = {
            "SHIPLABEL_CONFIG": str(tmp_path / "settings.toml"),
            "SHIPLABEL_DATA_DIR": str(tmp_path / "data"),
            **(env or {}),
        }
        return load_settings(Said(**said), surroundings, lambda: stored)

    return loaded


def refused(load: Any, **about: Any) -> str:
    """Return the sentence that settings are refused with."""
    with pytest.raises(SettingsError) as caught:
        load(**about)
    assert caught.value.exit_code == Exit.SETTINGS
    return caught.value.message


def test_settings_without_anything_said_are_the_defaults_of_the_sandbox(load: Any, tmp_path: Path) -> None:
    settings = load()
    assert (settings.environment, settings.key, settings.now) == ("sandbox", None, None)
    assert (settings.base_url, settings.rate_limit) == ("https://api.shipstation.com", (200, 60.0))
    assert (settings.session_ttl, settings.settle_s) == (timedelta(hours=24), 120.0)
    assert (settings.format, settings.layout, settings.low_balance) == ("pdf", "4x6", Decimal(20))
    assert settings.records_dir == tmp_path / "data" / "sandbox"


@pytest.mark.parametrize(
    ("variable", "name", "in_file", "in_variable", "attribute"),
    [
        ("SHIPLABEL_RATE_LIMIT", "rate_limit", "20/6", "10/2", "rate_limit"),
        ("SHIPLABEL_SESSION_TTL", "session_ttl", "2h", "15m", "session_ttl"),
        ("SHIPLABEL_SETTLE", "settle", "7s", "5s", "settle_s"),
        ("SHIPSTATION_BASE_URL", "base_url", "https://a.example", "https://b.example", "base_url"),
    ],
)
def test_variable_goes_before_file_before_default(
    load: Any, variable: str, name: str, in_file: str, in_variable: str, attribute: str
) -> None:
    text = f'{name} = "{in_file}"'
    found = [load(), load(text), load(text, env={variable: in_variable})]
    assert len({getattr(settings, attribute) for settings in found}) == 3
    only_variable = load(env={variable: in_variable})
    assert getattr(only_variable, attribute) == getattr(found[2], attribute)


def test_flag_goes_before_variable(load: Any, tmp_path: Path) -> None:
    key_file = tmp_path / "key"
    key_file.write_text("\ufefffrom-file\r\n", encoding="utf-8")
    env = {"SHIPSTATION_API_KEY": "from-variable"}
    assert load(env=env, stored="stored").key.reveal() == "from-variable"
    assert load(env=env, api_key_file=str(key_file)).key.reveal() == "from-file"
    assert load(stored="stored").key.reveal() == "stored"
    assert load(data_dir=str(tmp_path / "other")).data_dir == tmp_path / "other"
    assert load('lang = "de"', lang="fr").lang == "fr"
    (tmp_path / "other.toml").write_text('format = "zpl"')
    assert load('format = "png"', config=str(tmp_path / "other.toml")).format == "zpl"


@pytest.mark.parametrize("about", [{"sandbox": True}, {"env": {"SHIPLABEL_SANDBOX": "1"}}])
def test_sandbox_forced_uses_no_key(load: Any, about: dict[str, Any]) -> None:
    settings = load(stored=SECRET, **about)
    assert (settings.environment, settings.key) == ("sandbox", None)


def test_environment_follows_the_key_and_keeps_records_apart(load: Any, tmp_path: Path) -> None:
    assert load(stored=SECRET).records_dir == tmp_path / "data" / "test"
    assert load(stored="live").records_dir == tmp_path / "data" / "production"
    assert load(stored="live", profile="shop-2").records_dir.parts[-3:] == (
        "profiles",
        "shop-2",
        "production",
    )


def test_key_never_prints_itself(load: Any) -> None:
    settings = load(env={"SHIPSTATION_API_KEY": SECRET})
    key = settings.key
    shown = [
        repr(key),
        str(key),
        f"{key}",
        f"{key!r}",
        f"{key}",
        repr(settings),
        repr([key]),
        repr((key,)),
    ]
    assert not [text for text in shown if "hush" in text]
    for way in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError, match="not stored"):
            way(key)
    with pytest.raises(TypeError, match="not stored"):
        asdict(settings)
    assert not hasattr(key, "__dict__")
    assert Key(SECRET).reveal() == SECRET


@pytest.mark.parametrize("key", ["hush\x1b[0m", "hush hush", "huşh", "hush\nhush"])
def test_key_with_odd_signs_is_refused_unseen(load: Any, key: str) -> None:
    said = refused(load, env={"SHIPSTATION_API_KEY": key})
    assert "hu" not in said
    assert "characters" in said


def test_key_file_that_cannot_be_read_or_is_empty_is_named(load: Any, tmp_path: Path) -> None:
    assert "none cannot be read" in refused(load, api_key_file=str(tmp_path / "none"))
    (tmp_path / "empty").write_text("\n")
    assert "empty is empty" in refused(load, api_key_file=str(tmp_path / "empty"))
    (tmp_path / "binary").write_bytes(b"\xff\xfehush")
    assert "hush" not in refused(load, api_key_file=str(tmp_path / "binary"))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ('fromat = "pdf"', "format"),
        ('weight-unit = "pound"', "weight_unit"),
        ('[ship_from]\nnmae = "Ada"', "ship_from.name"),
        ('[shipfrom]\ncompany = "Ada"', "ship_from.company"),
        ('company = "Ada"', "ship_from.company"),
    ],
)
def test_typo_in_the_file_is_named_with_the_nearest_key(load: Any, text: str, meant: str) -> None:
    assert f"Did you mean {meant}?" in refused(load, text=text)


def test_setting_like_no_other_is_named_alone_and_its_value_hidden(load: Any) -> None:
    said = refused(load, text=f'xyzzyq = "{SECRET}"')
    assert said.endswith("there is no setting xyzzyq.")


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"text": "format = "}, "is not TOML"),
        ({"text": "format = true"}, "format takes a text or a number"),
        ({"text": "format = []"}, "format takes a text or a number"),
        ({"text": 'format = "doc"'}, "format takes pdf, png, zpl; not doc"),
        ({"text": 'layout = "a4"'}, "layout takes 4x6, letter; not a4"),
        ({"text": 'weight_unit = "stone"'}, "weight_unit takes"),
        ({"text": 'size_unit = "mile"'}, "size_unit takes"),
        ({"text": 'rule = "best"'}, "rule: "),
        ({"text": "low_balance = nan"}, "low_balance takes an amount"),
        ({"text": "low_balance = -1"}, "low_balance takes an amount"),
        ({"text": 'low_balance = "much"'}, "low_balance takes an amount"),
        ({"env": {"SHIPLABEL_RATE_LIMIT": "fast"}}, "SHIPLABEL_RATE_LIMIT: "),
        ({"env": {"SHIPLABEL_RATE_LIMIT": "0/60"}}, "SHIPLABEL_RATE_LIMIT: "),
        ({"env": {"SHIPLABEL_SESSION_TTL": "soon"}}, "session_ttl: "),
        ({"env": {"SHIPLABEL_SESSION_TTL": "0h"}}, "session_ttl takes 1s to 3650d"),
        ({"env": {"SHIPLABEL_SESSION_TTL": "999999d"}}, "session_ttl takes 1s to 3650d"),
        ({"env": {"SHIPLABEL_SETTLE": "-1s"}}, "settle: "),
        ({"env": {"SHIPLABEL_NOW": "tomorrow"}}, "SHIPLABEL_NOW takes an ISO 8601 time"),
        ({"env": {"SHIPLABEL_NOW": "0001-01-01T00:00:00+14:00"}}, "SHIPLABEL_NOW takes"),
        ({"profile": "../x"}, "A profile's name has letters"),
        ({"data_dir": "~nobody-has-this-name/x"}, "in a home that does not exist"),
    ],
)
def test_wrong_value_is_refused_in_a_sentence(load: Any, about: dict[str, Any], said: str) -> None:
    assert said in refused(load, **about)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.shipstation.com", "ftp://127.0.0.1", "api.shipstation.com", "https://", "file:///etc/passwd",
        "https://[bad", "http://127.0.0.1:99999", "http://127.0.0.1.example.com", "javascript:1", "https://a:hush@b",
    ],
)  # fmt: skip
def test_base_url_that_would_show_the_key_is_refused(load: Any, url: str) -> None:
    said = refused(load, env={"SHIPSTATION_BASE_URL": url})
    assert "takes an https address" in said
    assert "hush" not in said


@pytest.mark.parametrize("host", ["localhost:81", "127.0.0.1:8080", "[::1]:8080"])
def test_base_url_of_this_machine_may_be_http_and_loses_its_path(load: Any, host: str) -> None:
    assert load(env={"SHIPSTATION_BASE_URL": f"http://{host}/v2/"}).base_url == f"http://{host}"


def test_now_is_taken_as_utc_where_it_says_no_zone(load: Any) -> None:
    at = datetime(2026, 11, 1, 9, tzinfo=UTC)
    assert load(env={"SHIPLABEL_NOW": "2026-11-01T09:00:00"}).now == at
    assert load(env={"SHIPLABEL_NOW": "2026-11-01T10:00:00+01:00"}).now == at


def test_data_folder_is_made_for_the_owner_alone(load: Any, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        load(data_dir=str(tmp_path / "a" / "b"))
    finally:
        os.umask(before)
    assert {stat.S_IMODE((tmp_path / part).stat().st_mode) for part in ("a", "a/b")} == {0o700}


def test_data_folder_that_is_a_file_is_named(load: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "a file is in its place" in refused(load, data_dir=str(tmp_path / "file"))
    assert "cannot be used" in refused(load, data_dir=str(tmp_path / "file" / "below"))


def test_data_folder_that_is_read_only_is_named(
    load: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "cannot be written to" in refused(load, data_dir=str(tmp_path))


def test_settings_file_of_a_windows_editor_is_read(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b'\xef\xbb\xbfformat = "png"\r\n[ship_from]\r\nzip = 12345\r\n')
    assert read_file(path) == {"format": "png", "ship_from.zip": "12345"}


def test_settings_file_that_cannot_be_read_is_named(load: Any, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert "folder cannot be read" in refused(load, config=str(tmp_path / "folder"))
    (tmp_path / "latin").write_bytes(b'lang = "\xff"')
    assert "latin cannot be read" in refused(load, config=str(tmp_path / "latin"))


def test_sender_of_the_file_comes_through(load: Any) -> None:
    assert load('[ship_from]\nname = "O\'Brien"\ncity = ""').ship_from == {"name": "O'Brien"}


def test_every_setting_may_stand_in_the_file_with_its_default(load: Any) -> None:
    top = [f'{name} = "{value}"' for name, value in KEYS.items() if "." not in name]
    assert load("\n".join(top)) == load()


@pytest.mark.parametrize(
    ("text", "switch"), [("", "off"), ("international = true", "on"), ('international = "on"', "on")]
)
def test_international_shipping_is_a_switch(load: Any, text: str, switch: str) -> None:
    assert load(text=text).international == switch
