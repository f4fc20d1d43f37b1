"""A bought label as the service tells of it, and the file kept of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from shiplabel.domain.money import Money

LabelFormat = Literal["pdf", "png", "zpl"]
LabelLayout = Literal["4x6", "letter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A label; ``cost`` is the bill, insurance included; ``status`` is the service's own word.

    ``downloads`` maps a format (or ``href``) to where its file can be fetched: a secret, never logged.
    """

    label_id: str
    status: str
    shipment_id: str
    external_shipment_id: str | None = None
    carrier_id: str = ""
    carrier_code: str = ""
    service_code: str = ""
    tracking_number: str = ""
    cost: Money | None = None
    created_at: datetime | None = None
    voided: bool = False
    ship_to_name: str = ""
    label_format: str = ""
    tracking_status: str = ""
    trackable: bool = True
    test_label: bool = False
    downloads: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def is_active(self) -> bool:
        """Whether this label can still be used: not voided, not ended in an error."""
        return not self.voided and self.status not in {"voided", "error"}


@dataclass(frozen=True, slots=True)
class LabelFile:
    """A label's paper on disk; ``path`` is absolute."""

    path: str
    format: LabelFormat
    layout: LabelLayout


@dataclass(frozen=True, slots=True)
class VoidAnswer:
    """What the service said to the wish to void; a refusal carries its reason."""

    approved: bool
    message: str = ""
    reason_code: str = ""


@dataclass(frozen=True, slots=True)
class Tracking:
    """Where a parcel is: the service's code (``IT``, ``DE`` …) and its words."""

    tracking_number: str
    status_code: str
    status_description: str = ""
    estimated_delivery_date: datetime | None = None
    actual_delivery_date: datetime | None = None
