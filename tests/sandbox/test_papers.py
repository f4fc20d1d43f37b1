"""Papers are read back: text from the PDF, bars from the picture, commands from the ZPL."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from pypdf import PdfReader

from shiplabel.sandbox.shapes import bars, matrix

if TYPE_CHECKING:
    from tests.sandbox.conftest import Clock, Shop


def paper(shop: Shop, service: str = "ups_ground", form: str = "pdf", layout: str = "4x6") -> bytes:
    label = shop.buy(shop.rate(service, to_address_line2="Apt 4")["rate_id"], label_layout=layout).json()
    answer = shop.http.get(label["label_download"][form], headers={"API-Key": ""})
    assert answer.status_code == 200
    return answer.content


@pytest.mark.parametrize(
    "service", ["usps_priority_mail", "usps_ground_advantage", "ups_ground", "fedex_2day"]
)
def test_pdf_shows_addresses_service_tracking_and_sample(shop: Shop, service: str) -> None:
    (page,) = PdfReader(io.BytesIO(paper(shop, service))).pages
    assert (float(page.mediabox.width), float(page.mediabox.height)) == (288, 432)
    text = page.extract_text()
    tracking = shop.http.get("/v2/labels").json()["labels"][0]["tracking_number"]
    assert tracking in re.sub(r"\s", "", text)
    for words in ("José O'Brien", "SAMPLE", "2 lb 8.0 oz", "Apt 4", "San Jose CA 95128"):
        assert words.lower() in text.lower()


def test_letter_page_holds_the_same_label(shop: Shop) -> None:
    (page,) = PdfReader(io.BytesIO(paper(shop, layout="letter"))).pages
    assert (float(page.mediabox.width), float(page.mediabox.height)) == (612, 792)
    assert "Cut along" in page.extract_text()


def test_png_holds_the_barcode_of_the_tracking_number(shop: Shop) -> None:
    image = Image.open(io.BytesIO(paper(shop, form="png")))
    assert image.size == (812, 1218)
    tracking = shop.http.get("/v2/labels").json()["labels"][0]["tracking_number"]
    row = [image.getpixel((x, 950)) == 0 for x in range(image.width)]
    first, last = row.index(True), image.width - row[::-1].index(True)
    runs = bars(tracking)
    unit = (last - first) // (runs[-1][0] + runs[-1][1])
    drawn = [row[first + start * unit] for start, _, _ in runs]
    assert drawn == [black for _, _, black in runs]


def test_zpl_prints_the_tracking_number_as_code_128(shop: Shop) -> None:
    text = paper(shop, form="zpl").decode()
    tracking = shop.http.get("/v2/labels").json()["labels"][0]["tracking_number"]
    assert text.startswith("^XA")
    assert text.rstrip().endswith("^XZ")
    assert re.search(rf"\^BCN,[^\n]*\^FD{tracking}\^FS", text)
    assert "SAMPLE" in text


def test_zpl_commands_in_an_address_stay_text(shop: Shop) -> None:
    rate_id = shop.rate(to_name="^XZ ~JA _5E")["rate_id"]
    link = shop.buy(rate_id).json()["label_download"]["zpl"]
    text = shop.http.get(link).text
    assert text.count("^XZ") == 1
    assert "~JA" not in text


@pytest.mark.parametrize("name", ["Łódź 😀 بيت", "x" * 100])
def test_odd_names_still_make_papers(shop: Shop, name: str) -> None:
    label = shop.buy(shop.rate(to_name=name)["rate_id"]).json()
    for form in ("pdf", "png", "zpl"):
        assert shop.http.get(label["label_download"][form]).status_code == 200


def test_links_end_after_ninety_days_and_cannot_be_guessed(shop: Shop, clock: Clock) -> None:
    link = shop.bought()["label_download"]["pdf"]
    token = link.rsplit("/", 2)[1]
    assert shop.http.get(link.replace(token, "x" * len(token))).status_code == 404
    assert shop.http.get(link.replace(".pdf", ".exe")).status_code == 404
    clock.forward(days=91)
    assert shop.http.get(link).status_code == 410


def test_label_that_is_processing_has_no_paper(shop: Shop) -> None:
    label = shop.bought()
    shop.app.ledger.do("UPDATE labels SET ready_at = '9'")
    assert shop.http.get(label["label_download"]["pdf"]).status_code == 404


def test_data_matrix_has_its_finder_on_the_left_and_below() -> None:
    rows = matrix("TEST 12345")
    assert all(rows[-1])
    assert all(row[0] for row in rows)
