"""PDF files as tests read them: pages, their texts, and the fonts that are in the file."""

from __future__ import annotations

import os
import re
from typing import Any

import pypdfium2 as pdfium
import pytest

from bdhvs_lms.base.api import why_no_pdf


def texts_of(content: bytes) -> list[str]:
    """The text of each page, white space as single spaces."""
    document: Any = pdfium.PdfDocument(content)
    try:
        return [re.sub(r"\s+", " ", page.get_textpage().get_text_range()) for page in document]
    finally:
        document.close()


def fonts_of(content: bytes) -> set[str]:
    """The names of the fonts that words are written in, without the six letters of a subset."""
    document: Any = pdfium.PdfDocument(content)
    try:
        found = {
            piece.get_font().get_base_name()
            for page in document
            for piece in page.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_TEXT])
        }
    finally:
        document.close()
    return {name.rpartition("+")[2] for name in found}


def smallest_letters(content: bytes) -> float:
    """The size of the smallest of all letters, in points. WeasyPrint writes pixels and draws them at three quarters."""
    document: Any = pdfium.PdfDocument(content)
    try:
        return 0.75 * min(
            pdfium.raw.FPDFText_GetFontSize(text, place)
            for text in (page.get_textpage() for page in document)
            for place in range(text.count_chars())
            if text.get_text_range(place, 1).strip()
        )
    finally:
        document.close()


def text_of(response: Any) -> list[str]:
    """Of a response that has to be a PDF file. Without Pango the test is skipped, unless nothing may be missing."""
    if why_no_pdf() and os.environ.get("BDHVS_REQUIRE_ALL") != "1":
        pytest.skip("No PDF files here: apt install libpangoft2-1.0-0 libharfbuzz-subset0")
    assert response.status_code == 200, response.status_code
    assert response["Content-Type"] == "application/pdf"
    return texts_of(response.content)
