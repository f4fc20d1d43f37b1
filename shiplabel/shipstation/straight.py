"""Requests sent straight to their connection, and applications that are called in-process.

A client of the HTTP library has layers that follow redirects, sign in and keep cookies. Here nothing lies
between a request and its connection that could repeat it or send it elsewhere; proxies are the client's.
"""

from __future__ import annotations

import httpx

from shiplabel.baton import waiting


def straight(client: httpx.Client, request: httpx.Request) -> httpx.Response:
    """Send a request once; return its answer, whose body is yet to come. Raises what the connection does.

    Raise RuntimeError for a client that is closed.
    """
    if client.is_closed:
        raise RuntimeError("closed")
    response = client._transport_for_url(request.url).handle_request(request)  # noqa: SLF001  # no public way in
    response.request = request
    return response


class Inside(httpx.BaseTransport):
    """An application that is called in-process: it takes its time as a service does."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Let it answer while others work."""
        with waiting():
            return self._inner.handle_request(request)

    def close(self) -> None:
        """Close it."""
        self._inner.close()
