"""Fetching a label's paper to a new file: from safe addresses, within size and time, never with the key."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import httpx

from shiplabel.errors import ApiError, NoAnswer, Refused, StorageError
from shiplabel.language import phrase
from shiplabel.shipstation.deadline import within
from shiplabel.shipstation.exchange import CONNECT_S, FAILURES, REDIRECTS, is_loopback, led_to, same_place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from shiplabel.workflow.ports import Clock

LIMIT_S: Final = 30.0
MOST_BYTES: Final = 20 * 2**20
ATTEMPTS: Final = 3
FIRST_PAUSE_S: Final = 0.5
_NEW_FILE: Final = (
    os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
)


class Download:
    """One paper on its way; ``local`` allows http on this machine."""

    def __init__(self, http: httpx.Client, clock: Clock, *, local: bool) -> None:
        self._http = http
        self._clock = clock
        self._local = local
        self._until = clock.elapsed_s() + LIMIT_S

    def to(self, url: str, target: Path) -> None:
        """Write the paper to a file that does not exist yet; nothing of it is left after a failure."""
        pause_s = FIRST_PAUSE_S
        for left in range(ATTEMPTS - 1, -1, -1):
            try:
                return self._once(url, target)
            except ApiError as error:
                lasts = self._clock.elapsed_s() + pause_s >= self._until
                if isinstance(error, Refused) or not left or lasts:
                    raise
            self._clock.pause(pause_s)
            pause_s *= 2
        raise AssertionError("the last attempt returns or raises")

    def _once(self, url: str, target: Path) -> None:
        try:
            descriptor = os.open(target, _NEW_FILE, 0o600)
        except OSError as error:
            raise StorageError(
                phrase("The label's file could not be made: {why}.", why=error.strerror)
            ) from error
        try:
            with os.fdopen(descriptor, "wb") as file:
                for chunk in self._chunks(url):
                    file.write(chunk)
        except BaseException as error:
            with suppress(OSError):
                target.unlink()
            if isinstance(error, OSError):
                raise StorageError(
                    phrase("The label's file could not be written: {why}.", why=error.strerror)
                ) from error
            raise

    def _chunks(self, url: str) -> Iterator[bytes]:
        """Yield the paper's bytes; every failure of the way is an ApiError."""
        try:
            with within(max(self._until - self._clock.elapsed_s(), 0.1)):
                response = self._opened(url)
                try:
                    yield from self._checked(response)
                finally:
                    response.close()
        except FAILURES as error:
            raise _told(error) from error

    def _opened(self, url: str) -> httpx.Response:
        """Return the answer that is no redirect; raise Refused for an address that may not be asked."""
        for _ in range(REDIRECTS + 1):
            self._check(url)
            request = self._http.build_request(
                "GET",
                url,
                headers={"Accept-Encoding": "identity"},
                timeout=httpx.Timeout(max(self._until - self._clock.elapsed_s(), 0.1), connect=CONNECT_S),
            )
            response = self._http.send(request, stream=True, follow_redirects=False)
            if not response.has_redirect_location:
                return response
            response.close()
            url = _next(url, response.headers["location"])
        raise Refused(phrase("The label's file was redirected too often."), code="redirects")

    def _check(self, url: str) -> None:
        try:
            parts = urlsplit(url)
        except ValueError:
            parts = urlsplit("")
        local = parts.scheme == "http" and self._local and is_loopback(url)
        if not parts.hostname or not (parts.scheme == "https" or local):
            raise Refused(
                phrase(
                    "The service names an address for the label's file that is not fetched: it is not https."
                ),
                code="unsafe_url",
            )

    def _checked(self, response: httpx.Response) -> Iterator[bytes]:
        if response.status_code != httpx.codes.OK:
            raise _unfetched(response.status_code)
        size = 0
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > MOST_BYTES:
                raise Refused(
                    phrase("The label's file is larger than {most} MiB.", most=MOST_BYTES >> 20),
                    code="too_large",
                )
            if self._clock.elapsed_s() > self._until:
                raise NoAnswer(
                    phrase("The label's file did not arrive in {limit_s:.0f} s.", limit_s=LIMIT_S),
                    code="timeout",
                )
            yield chunk
        announced = response.headers.get("content-length", "")
        plain = response.headers.get("content-encoding", "identity") == "identity"
        if plain and announced.isdigit() and int(announced) != size:
            raise NoAnswer(phrase("The label's file arrived in part only."), code="truncated")


def _next(url: str, location: str) -> str:
    """Return where a redirect leads: the same scheme and host, or https; raise Refused otherwise."""
    there = led_to(url, location)
    if same_place(url, there) or there.lower().startswith("https://"):
        return there
    raise Refused(
        phrase("The label's file was redirected to an address that is not fetched."), code="unsafe_url"
    )


def _unfetched(status: int) -> ApiError:
    if status in {httpx.codes.NOT_FOUND, httpx.codes.GONE}:
        return Refused(phrase("The service no longer has the label's file."), code="file_gone", status=status)
    return NoAnswer(
        phrase("The label's file could not be fetched (HTTP {status}).", status=status), status=status
    )


def _told(error: Exception) -> ApiError:
    return NoAnswer(
        phrase("The label's file could not be fetched ({why}).", why=str(error) or type(error).__name__)
    )
