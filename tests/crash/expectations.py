"""What the first run must end in: each fault's kind at each call, when it shows once and while it lasts.

The table follows three rules. Before the purchase no money has moved: passing failures are tried again,
and what stays wrong leads back to the step that mends it. At the purchase only a certain no leads back;
all else is a doubt, which is looked up. After the purchase nothing makes less of the label.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Met:
    """What a run came to: its exit code, the session's or record's status and step, and the charges."""

    code: int
    status: str
    step: str
    charges: int


BOUGHT = Met(0, "bought", "done", 1)
VOIDED = Met(0, "voided", "done", 1)
AT_CONFIRM = Met(1, "open", "confirm", 0)
AT_RATE = Met(1, "open", "rate", 0)
AT_ZIP = Met(1, "open", "to_zip", 0)
KEY_AT_CONFIRM = Met(4, "open", "confirm", 0)
KEY_AT_RATE = Met(4, "open", "rate", 0)
DOUBT = Met(5, "unknown", "purchase", 0)
DOUBT_CHARGED = Met(5, "unknown", "purchase", 1)
KEY_IN_DOUBT = Met(4, "unknown", "purchase", 1)
TWO = Met(0, "bought", "done", 2)
NOT_VOIDED = Met(1, "bought", "done", 1)
KEY_NOT_VOIDED = Met(4, "bought", "done", 1)
VOID_IN_DOUBT = Met(5, "voiding", "done", 1)
KEY_VOID_IN_DOUBT = Met(4, "voiding", "done", 1)

KINDS: dict[str, tuple[str, ...]] = {
    "lost": ("drop-before-head", "drop-in-head", "drop-mid-body", "server-500", "server-502", "server-503",
             "server-504", "truncated", "non-json"),
    "silent": ("hang",),
    "moved": ("redirect",),
    "refused": ("insufficient-funds", "identifier-conflict", "unknown-code", "status-402", "status-422"),
    "missing": ("status-404",),
    "field": ("invalid-address",),
    "key": ("status-401", "status-403"),
    "busy": ("status-429", "status-429-date", "status-429-bare"),
    "conflict": ("status-409",),
    "harmless": ("slow", "unknown-fields", "string-amounts", "hostile-text"),
    "nulls": ("nulls",),
    "done and lost": ("buy-then-drop-before-head", "buy-then-drop-in-head", "buy-then-drop-mid-body",
                      "buy-then-500", "buy-then-502", "buy-then-503", "buy-then-504", "buy-then-truncated",
                      "buy-then-non-json"),
    "done and silent": ("buy-then-hang",),
    "done and conflict": ("buy-then-409",),
    "done later": ("buy-after-hangup",),
    "two labels": ("two-labels",),
    "label": ("label-processing", "price-differs", "label-url"),
    "label error": ("label-error",),
    "rate gone": ("rate-expired",),
    "carrier": ("partial-rates", "carrier-fails", "all-carriers-fail"),
    "patience": ("rates-working", "rates-rise", "carrier-delay", "list-lag", "list-ignores-external-id",
                 "carriers-207"),
    "no paper": ("download-404", "download-410", "download-truncated", "download-wrong-type",
                 "download-too-large", "download-drip"),
    "void refused": ("void-refused",),
    "void silent": ("void-hang",),
    "voided and lost": ("void-then-drop-before-head", "void-then-drop-in-head", "void-then-drop-mid-body",
                        "void-then-500", "void-then-502", "void-then-503", "void-then-504",
                        "void-then-truncated", "void-then-non-json", "void-then-hang"),
}  # fmt: skip
KIND_OF = {fault: kind for kind, faults in KINDS.items() for fault in faults}

_QUOTING = {
    "lost": (BOUGHT, AT_CONFIRM),
    "silent": (AT_CONFIRM, AT_CONFIRM),
    "moved": (AT_CONFIRM, AT_CONFIRM),
    "refused": (AT_CONFIRM, AT_CONFIRM),
    "field": (AT_ZIP, AT_ZIP),
    "key": (KEY_AT_CONFIRM, KEY_AT_CONFIRM),
    "busy": (BOUGHT, AT_CONFIRM),
    "conflict": (AT_CONFIRM, AT_CONFIRM),
    "harmless": (BOUGHT, BOUGHT),
}
_ONE_CARRIER = {
    "lost": (BOUGHT, AT_CONFIRM),
    "silent": (BOUGHT, AT_CONFIRM),
    "moved": (BOUGHT, AT_CONFIRM),
    "refused": (BOUGHT, AT_CONFIRM),
    "field": (BOUGHT, AT_ZIP),
    "key": (BOUGHT, KEY_AT_CONFIRM),
    "busy": (BOUGHT, AT_CONFIRM),
    "conflict": (BOUGHT, AT_CONFIRM),
    "harmless": (BOUGHT, BOUGHT),
    "nulls": (BOUGHT, AT_CONFIRM),
    "done and lost": (BOUGHT, AT_CONFIRM),
    "done and silent": (BOUGHT, AT_CONFIRM),
    "done and conflict": (BOUGHT, AT_CONFIRM),
    "carrier": (BOUGHT, AT_CONFIRM),
    "patience": (BOUGHT, BOUGHT),
}
_BUYING = {
    "lost": (DOUBT, DOUBT),
    "silent": (DOUBT, DOUBT),
    "moved": (DOUBT, DOUBT),
    "refused": (AT_RATE, AT_RATE),
    "field": (AT_ZIP, AT_ZIP),
    "key": (KEY_AT_RATE, KEY_AT_RATE),
    "busy": (BOUGHT, AT_RATE),
    "conflict": (DOUBT, DOUBT),
    "harmless": (BOUGHT, BOUGHT),
    "nulls": (BOUGHT, BOUGHT),
    "done and lost": (BOUGHT, BOUGHT),
    "done and silent": (BOUGHT, BOUGHT),
    "done and conflict": (BOUGHT, BOUGHT),
    "done later": (BOUGHT, BOUGHT),
    "two labels": (TWO, TWO),
    "label": (BOUGHT, BOUGHT),
    "label error": (DOUBT_CHARGED, DOUBT_CHARGED),
}
_NO_MATTER = dict.fromkeys(
    ("lost", "silent", "moved", "refused", "field", "key", "busy", "conflict", "harmless", "nulls"),
    (BOUGHT, BOUGHT),
)
EXPECTED: dict[str, dict[str, tuple[Met, Met]]] = {
    "carriers": _QUOTING | {"nulls": (BOUGHT, BOUGHT), "patience": (BOUGHT, BOUGHT)},
    "shipments": _QUOTING
    | {
        "nulls": (BOUGHT, BOUGHT),
        "done and lost": (BOUGHT, AT_CONFIRM),
        "done and silent": (AT_CONFIRM, AT_CONFIRM),
        "done and conflict": (BOUGHT, AT_CONFIRM),
    },
    "rates": _ONE_CARRIER,
    "re-quote": _ONE_CARRIER | {"key": (BOUGHT, KEY_AT_RATE)},
    "first look": {
        "lost": (BOUGHT, AT_RATE),
        "silent": (AT_RATE, AT_RATE),
        "moved": (AT_RATE, AT_RATE),
        "refused": (AT_RATE, AT_RATE),
        "field": (AT_ZIP, AT_ZIP),
        "key": (KEY_AT_RATE, KEY_AT_RATE),
        "busy": (BOUGHT, AT_RATE),
        "conflict": (AT_RATE, AT_RATE),
        "harmless": (BOUGHT, BOUGHT),
        "nulls": (BOUGHT, BOUGHT),
        "patience": (BOUGHT, BOUGHT),
    },
    "purchase on a rate": _BUYING | {"rate gone": (AT_RATE, AT_RATE)},
    "purchase on a shipment": _BUYING,
    "purchase at once": _BUYING,
    "poll": _NO_MATTER,
    "look-up": {
        "lost": (BOUGHT, DOUBT_CHARGED),
        "silent": (BOUGHT, DOUBT_CHARGED),
        "moved": (BOUGHT, DOUBT_CHARGED),
        "refused": (BOUGHT, DOUBT_CHARGED),
        "field": (BOUGHT, DOUBT_CHARGED),
        "key": (KEY_IN_DOUBT, KEY_IN_DOUBT),
        "busy": (BOUGHT, DOUBT_CHARGED),
        "conflict": (BOUGHT, DOUBT_CHARGED),
        "harmless": (BOUGHT, BOUGHT),
        "nulls": (BOUGHT, BOUGHT),
        "patience": (BOUGHT, BOUGHT),
    },
    "download": _NO_MATTER | {"no paper": (BOUGHT, BOUGHT)},
    "void": {
        "lost": (VOIDED, VOID_IN_DOUBT),
        "silent": (VOID_IN_DOUBT, VOID_IN_DOUBT),
        "moved": (VOID_IN_DOUBT, VOID_IN_DOUBT),
        "refused": (NOT_VOIDED, NOT_VOIDED),
        "field": (NOT_VOIDED, NOT_VOIDED),
        "key": (KEY_NOT_VOIDED, KEY_NOT_VOIDED),
        "busy": (VOIDED, NOT_VOIDED),
        "conflict": (NOT_VOIDED, NOT_VOIDED),
        "harmless": (VOIDED, VOIDED),
        "nulls": (VOIDED, VOIDED),
        "void refused": (NOT_VOIDED, NOT_VOIDED),
        "void silent": (VOID_IN_DOUBT, VOID_IN_DOUBT),
        "voided and lost": (VOIDED, VOIDED),
    },
    "void look-up": {
        "lost": (VOIDED, VOID_IN_DOUBT),
        "silent": (VOIDED, VOID_IN_DOUBT),
        "moved": (VOIDED, VOID_IN_DOUBT),
        "refused": (VOIDED, VOID_IN_DOUBT),
        "field": (VOIDED, VOID_IN_DOUBT),
        "key": (VOIDED, VOID_IN_DOUBT),
        "busy": (VOIDED, VOID_IN_DOUBT),
        "conflict": (VOIDED, VOID_IN_DOUBT),
        "harmless": (VOIDED, VOIDED),
        "nulls": (VOIDED, VOIDED),
    },
}

for _kinds in EXPECTED.values():
    _kinds["missing"] = _kinds["refused"]
EXPECTED["void look-up"]["missing"] = (VOIDED, VOIDED)  # an unknown label is asked to be voided once more
