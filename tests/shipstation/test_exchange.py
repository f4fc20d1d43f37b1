from __future__ import annotations

from importlib.metadata import version

import httpx
import pytest

from shiplabel.errors import NoAnswer
from shiplabel.shipstation.exchange import MOST_BYTES, Call, Line, led_to, same_place
from tests.shipstation.parts import Script, Steady, scripted

HERE = "https://api.example.test"


def test_request_names_the_program_and_its_version() -> None:
    script = Script([httpx.Response(404)])
    scripted(script).rate("se-1")
    assert script.seen[0].headers["User-Agent"] == f"shiplabel/{version('shiplabel')}"


@pytest.mark.parametrize(
    ("there", "same"),
    [
        (HERE, True),
        (f"{HERE}/else?where#there", True),
        ("https://api.example.test:8443", False),
        ("http://api.example.test", False),
        ("https://api.example.test.evil.test", False),
        ("https://api.example.test@evil.test", False),
        ("https://[broken", False),
        ("https://api.example.test:port", False),
    ],
)
def test_same_place_is_scheme_host_and_port(there: str, same: bool) -> None:
    assert same_place(there, HERE) is same


@pytest.mark.parametrize(
    ("location", "url"),
    [("/v2/b", f"{HERE}/v2/b"), ("https://e.test/x", "https://e.test/x"), ("", ""), ("//[broken", "")],
)
def test_redirect_leads_where_its_location_says(location: str, url: str) -> None:
    assert led_to(f"{HERE}/v2/a", location) == url


def test_look_up_redirected_for_ever_ends() -> None:
    script = Script([httpx.Response(302, headers={"Location": "/v2/again"})])
    line = Line(HERE, "key", httpx.MockTransport(script), Steady())
    got = line.look(Call("GET", "/v2/carriers"), 5)
    assert not isinstance(got, Exception)
    assert (got.status, len(script.seen)) == (302, 6)


def test_line_that_is_closed_sends_nothing_any_more() -> None:
    script = Script([httpx.Response(200)])
    line = Line(HERE, "key", httpx.MockTransport(script), Steady())
    line.close()
    for fresh in (False, True):
        with pytest.raises(RuntimeError, match="closed"):
            line.ask(Call("POST", "/v2/labels", body=b"{}"), 5, fresh=fresh)
    assert not script.seen


def test_address_that_is_none_fails_when_it_is_asked() -> None:
    line = Line("https://api.invalid\u201d", "key", None, Steady())
    assert isinstance(line.ask(Call("GET", "/v2/carriers"), 5), httpx.InvalidURL)


def test_cookies_of_an_answer_are_not_sent_back() -> None:
    script = Script([httpx.Response(200, headers={"Set-Cookie": "a=b"}), httpx.Response(200)])
    line = Line(HERE, "key", httpx.MockTransport(script), Steady())
    for _ in range(2):
        line.ask(Call("GET", "/v2/carriers"), 5)
    assert "cookie" not in script.seen[1].headers


def test_answer_larger_than_any_label_list_is_no_answer() -> None:
    body = bytes(MOST_BYTES + 1)
    line = Line(HERE, "key", httpx.MockTransport(Script([httpx.Response(200, content=body)])), Steady())
    assert isinstance(line.ask(Call("GET", "/v2/carriers"), 5), httpx.RemoteProtocolError)


def test_body_that_is_not_json_is_said_to_be_none() -> None:
    client = scripted(Script([httpx.Response(200, text="<html>")]))
    with pytest.raises(NoAnswer, match=r"something that is not JSON \(HTTP 200\)"):
        client.carriers()
