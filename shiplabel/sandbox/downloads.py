"""Label papers, fetched without a key: whoever has the link may read."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from shiplabel.sandbox.answers import ApiError
from shiplabel.sandbox.ledger import stamp

if TYPE_CHECKING:
    from shiplabel.sandbox.call import Call

_NAME = re.compile(r"label-(\d{1,18})\.(pdf|png|zpl)")
_TYPES = {"pdf": "application/pdf", "png": "image/png", "zpl": "application/zpl"}
_LIFE_DAYS = 90


def get(call: Call) -> Response:
    """GET /v2/downloads/…: 404 for a link that nobody gave out, 410 for one past its 90 days."""
    from shiplabel.sandbox.papers import draw  # noqa: PLC0415 - drawing is loaded when a paper is wanted

    named = _NAME.fullmatch(call.values["name"])
    label = call.ledger.label_by_number(int(named[1])) if named else None
    if named is None or label is None or not secrets.compare_digest(label.token, call.values["token"]):
        raise ApiError(404)
    if label.status(call.now) in ("processing", "error"):
        raise ApiError(404)
    if label.created_at < stamp(call.now - timedelta(days=_LIFE_DAYS)):
        raise ApiError(410)
    paper = draw(label.paper, named[2], label.body["label_layout"])
    return Response(paper, content_type=_TYPES[named[2]])
