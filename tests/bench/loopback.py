"""One server for every program that is compared: it waits, counts, and speaks just enough of each interface.

    python -m tests.bench.loopback LATENCY_S [REQUESTS/SECONDS]

Its first line on stdout is its address. ``GET /bench/told`` answers what came in so far and forgets it.
Each answer is sent LATENCY_S after its request came. With a limit, requests beyond so many in any window
of so many seconds are answered with 429 and Retry-After, at once and without a label. Papers, which are
fetched without a key, are beyond the limit.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import math
import sys
import time
from collections import deque
from typing import Any

from tests.bench import answers

_NUMBERS = itertools.count(1)


class Told:
    """What came in: how many requests of each kind, and when the first and last of some kinds were."""

    def __init__(self) -> None:
        kinds = ("requests", "purchases", "quotes", "papers", "refused", "connections")
        self.counts = dict.fromkeys(kinds, 0)
        self._spans: dict[str, tuple[float, float]] = {}

    def answered(self, kind: str, came_at: float) -> None:
        """Count a request that is answered now."""
        self.counts["requests"] += 1
        if kind in self.counts:
            self.counts[kind] += 1
        for name, kinds in SPANS.items():
            if kind in kinds:
                first, _ = self._spans.get(name, (came_at, 0))
                self._spans[name] = min(first, came_at), time.monotonic()

    def document(self) -> dict[str, Any]:
        """Return it as a JSON document; a span is from the first request's coming to the last answer."""
        return {**self.counts, **{name: self._span_s(name) for name in SPANS}}

    def _span_s(self, name: str) -> float:
        first, last = self._spans.get(name, (0.0, 0.0))
        return last - first


SPANS = {
    "span_s": {"purchases"},
    "rated_and_bought_s": {"purchases", "quotes"},
    "asked_s": {"purchases", "quotes", "others"},
}
"""The seconds that are told, and the kinds of requests that each is about."""


class Budget:
    """At most ``limit`` requests in any ``window_s`` seconds; refused ones count as well."""

    def __init__(self, limit: int, window_s: float) -> None:
        self._limit, self._window_s = limit, window_s
        self._taken: deque[float] = deque()

    def refuses(self, now: float) -> int:
        """Count a request; return the whole seconds to wait when there were too many, else 0."""
        while self._taken and self._taken[0] <= now - self._window_s:
            self._taken.popleft()
        if self._limit and len(self._taken) >= self._limit:
            return max(1, math.ceil(self._taken[0] + self._window_s - now))
        self._taken.append(now)
        return 0


class Line(asyncio.Protocol):
    """One connection: requests are taken apart as they come and answered in turn."""

    told = Told()
    latency_s = 0.0
    budget = Budget(0, 0)

    def connection_made(self, transport: Any) -> None:
        """Begin."""
        self._transport = transport
        self._came = b""
        Line.told.counts["connections"] += 1

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
        self._came += data
        while b"\r\n\r\n" in self._came:
            head, _, rest = self._came.partition(b"\r\n\r\n")
            length = _length(head)
            if len(rest) < length:
                return
            self._came = rest[length:]
            self._take(head, rest[:length])

    def _take(self, head: bytes, body: bytes) -> None:
        method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ", 2)
        if path.startswith("/bench/"):
            document, Line.told = Line.told.document(), Told()
            self._send(200, json.dumps(document).encode(), answers.JSON)
            return
        now = time.monotonic()
        kind, answer = answers.answer_to(method, path, body, next(_NUMBERS))
        wait_s = 0 if kind == "papers" else Line.budget.refuses(now)
        if wait_s:
            Line.told.counts["refused"] += 1
            self._send(429, _REFUSAL, answers.JSON, f"Retry-After: {wait_s}\r\n")
            return
        asyncio.get_running_loop().call_later(self.latency_s, self._answer, kind, answer, now)

    def _answer(self, kind: str, answer: answers.Answer, came_at: float) -> None:
        Line.told.answered(kind, came_at)
        self._send(*answer)

    def _send(self, status: int, content: bytes, form: str, more: str = "") -> None:
        head = f"HTTP/1.1 {status} OK\r\nContent-Type: {form}\r\nContent-Length: {len(content)}\r\n{more}\r\n"
        self._transport.write(head.encode() + content)


_REFUSAL = json.dumps(
    {
        "request_id": "00000000-0000-4000-8000-000000000000",
        "errors": [
            {
                "error_source": "ShipStation",
                "error_type": "system",
                "error_code": "rate_limit_exceeded",
                "message": "Too many requests",
            }
        ],
    }
).encode()


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    return 0


async def _serve(latency_s: float, limit: str) -> None:
    requests, _, window_s = limit.partition("/")
    Line.latency_s, Line.budget = latency_s, Budget(int(requests), float(window_s))
    server = await asyncio.get_running_loop().create_server(Line, "127.0.0.1", 0, backlog=256)
    answers.HERE = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    print(answers.HERE, flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "0/1"))
