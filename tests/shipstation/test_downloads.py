from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import httpx
import pytest

from shiplabel.errors import ApiError, NoAnswer, Refused, StorageError
from shiplabel.shipstation.downloads import LIMIT_S, MOST_BYTES
from tests.shipstation.parts import Script, Steady, broken, scripted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

URL = "https://papers.example.test/label.pdf"


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """Return an empty folder."""
    folder = tmp_path / "papers"
    folder.mkdir()
    return folder


def moved(to: str, status: int = 302) -> httpx.Response:
    return httpx.Response(status, headers={"Location": to})


def test_fetch_writes_a_private_file_and_sends_no_key(papers: Path) -> None:
    script = Script([httpx.Response(200, content=b"%PDF")])
    scripted(script).fetch("https://api.example.test/v2/downloads/1", papers / "a.pdf")
    assert (papers / "a.pdf").read_bytes() == b"%PDF"
    assert stat.S_IMODE((papers / "a.pdf").stat().st_mode) == 0o600
    assert "api-key" not in script.seen[0].headers


@pytest.mark.parametrize("kind", ["file", "link", "folder"])
def test_fetch_never_writes_over_or_through_what_is_there(papers: Path, kind: str) -> None:
    target, elsewhere = papers / "a.pdf", papers / "elsewhere"
    if kind == "file":
        target.write_bytes(b"mine")
    elif kind == "link":
        target.symlink_to(elsewhere)
    else:
        target.mkdir()
    script = Script([httpx.Response(200, content=b"%PDF")])
    with pytest.raises(StorageError):
        scripted(script).fetch(URL, target)
    assert script.seen == []
    assert not elsewhere.exists()
    assert target.is_symlink() or target.exists()


@pytest.mark.parametrize(
    "url",
    [
        "http://papers.example.test/label.pdf",
        "http://127.0.0.1/label.pdf",
        "file:///etc/passwd",
        "ftp://papers.example.test/label.pdf",
        "data:application/pdf;base64,JVBERg==",
        "//papers.example.test/label.pdf",
        "https:///label.pdf",
        "https://[/label.pdf",
        "",
    ],
)
def test_fetch_from_an_unsafe_address_is_refused_unasked(papers: Path, url: str) -> None:
    script = Script([httpx.Response(200, content=b"%PDF")])
    with pytest.raises(Refused):
        scripted(script).fetch(url, papers / "a.pdf")
    assert script.seen == []
    assert list(papers.iterdir()) == []


def test_fetch_from_this_machine_is_allowed_where_the_service_is_here_too(papers: Path) -> None:
    script = Script([httpx.Response(200, content=b"%PDF")])
    client = scripted(script, base_url="http://127.0.0.1:8000")
    client.fetch("http://127.0.0.1:8000/label.pdf", papers / "a.pdf")
    with pytest.raises(Refused):
        client.fetch("http://papers.example.test/label.pdf", papers / "b.pdf")


@pytest.mark.parametrize("to", ["/other.pdf", "https://cdn.example.test/label.pdf"])
def test_fetch_follows_redirects_to_the_same_host_or_to_https(papers: Path, to: str) -> None:
    scripted(Script([moved(to), httpx.Response(200, content=b"%PDF")])).fetch(URL, papers / "a.pdf")
    assert (papers / "a.pdf").read_bytes() == b"%PDF"


@pytest.mark.parametrize("to", ["http://papers.example.test/a", "file:///etc/passwd", "https://[", URL])
def test_fetch_redirected_to_danger_or_for_ever_is_refused(papers: Path, to: str) -> None:
    script = Script([lambda _: moved(to)])
    with pytest.raises(ApiError):
        scripted(script).fetch(URL, papers / "a.pdf")
    assert {request.url.scheme for request in script.seen} == {"https"}
    assert len(script.seen) <= 6
    assert list(papers.iterdir()) == []


@pytest.mark.parametrize(
    ("answer", "kind", "attempts"),
    [
        (lambda: httpx.Response(404), Refused, 1),
        (lambda: httpx.Response(410), Refused, 1),
        (lambda: httpx.Response(500), NoAnswer, 3),
        (
            lambda: httpx.Response(200, headers={"Content-Length": "9"}, content=broken(4, OSError())),
            NoAnswer,
            3,
        ),
        (lambda: httpx.Response(200, headers={"Content-Length": "9"}, content=iter([b"x"])), NoAnswer, 3),
        (lambda: httpx.Response(200, content=iter([bytes(2**20)] * 21)), Refused, 1),
    ],
)
def test_fetch_that_fails_leaves_nothing_behind(
    papers: Path, answer: object, kind: type[ApiError], attempts: int
) -> None:
    script = Script([lambda _: answer()])  # type: ignore[operator]  # one of the list above
    with pytest.raises(kind):
        scripted(script).fetch(URL, papers / "a.pdf")
    assert len(script.seen) == attempts
    assert list(papers.iterdir()) == []


def test_fetch_after_a_passing_failure_is_tried_again(papers: Path) -> None:
    script = Script([httpx.ReadError("cut"), httpx.Response(200, content=b"%PDF")])
    scripted(script).fetch(URL, papers / "a.pdf")
    assert (papers / "a.pdf").read_bytes() == b"%PDF"


def test_fetch_of_a_dripping_paper_ends_in_half_a_minute(papers: Path) -> None:
    clock = Steady()

    def drip() -> Iterator[bytes]:
        for _ in range(100):
            clock.seconds += 5
            yield b"x"

    start = clock.seconds
    with pytest.raises(NoAnswer):
        scripted(Script([httpx.Response(200, content=drip())]), clock).fetch(URL, papers / "a.pdf")
    assert clock.seconds - start <= LIMIT_S + 5
    assert list(papers.iterdir()) == []


def test_fetch_of_the_largest_paper_is_whole(papers: Path) -> None:
    scripted(Script([httpx.Response(200, content=bytes(MOST_BYTES))])).fetch(URL, papers / "a.pdf")
    assert (papers / "a.pdf").stat().st_size == MOST_BYTES
