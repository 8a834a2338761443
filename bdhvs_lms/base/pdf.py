"""A page of ours as a PDF file, by WeasyPrint, in letters that the server need not have.

Of what a page names only this site's own static and media files are read, and nothing is asked of a network. Where
WeasyPrint, the libraries that it loads or the font are missing, pages stay pages: `why_no_pdf` says what is missing.
"""

from __future__ import annotations

import mimetypes
import sys
from collections.abc import Iterable, Mapping
from ctypes import CDLL
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import ImageFile

FAMILY = "Be Vietnam Pro"
# Style and weight of the family to the file that has it.
FACES = {
    ("normal", 400): "BeVietnamPro-Regular.ttf",
    ("italic", 400): "BeVietnamPro-Italic.ttf",
    ("normal", 700): "BeVietnamPro-Bold.ttf",
}
PDF_BASE = "bdhvs_lms/pdf.html"
"""What a page extends, instead of the site's frame, when it becomes a file: `{% extends sheet_base|default:… %}`."""
# No host has this name: what begins with it is ours, and nobody is asked for the rest.
_HERE = "https://this-site.invalid/"
_FONTS = _HERE + "font/"

# What WeasyPrint loads, on Linux; Debian's packages are named in docs/install.md.
LIBRARIES = (
    "libgobject-2.0.so.0",
    "libfontconfig.so.1",
    "libharfbuzz.so.0",
    "libharfbuzz-subset.so.0",
    "libpango-1.0.so.0",
    "libpangoft2-1.0.so.0",
)
# What it loads is not made for threads.
_ONE = Lock()
REASONS = {
    "package": gettext_lazy("the Python packages of the extra “pdf” are not installed"),
    "library": gettext_lazy("system libraries are missing (Pango, HarfBuzz)"),
}


class PdfMissing(Exception):
    """No PDF can be made here. `args[0]`: why, a key of REASONS."""


@cache
def why_no_pdf() -> str:
    """A key of REASONS; empty: PDF files can be made. Without loading what makes them, which takes half a second and
    30 MB."""
    if find_spec("weasyprint") is None or find_spec("fontpkg_be_vietnam_pro") is None:
        return "package"
    try:
        for library in LIBRARIES if sys.platform == "linux" else ():
            CDLL(library)
    except OSError:
        return "library"
    return ""


def font_folder() -> Path:
    """Where the font's files are. Raises PdfMissing."""
    if why := why_no_pdf():
        raise PdfMissing(why)
    import fontpkg_be_vietnam_pro  # type: ignore[import-untyped]  # optional

    return Path(fontpkg_be_vietnam_pro.ROOT) / "files"


def file_content(url: str) -> bytes:
    """What a page names, if it is a static or media file of this site, or the font's.

    Raises ValueError for everything else, and what Django raises for a name that leads out of its folder.
    """
    if url.startswith(_FONTS) and (name := url.removeprefix(_FONTS)) in FACES.values():
        return (font_folder() / name).read_bytes()
    place = urlsplit(url)
    asked = f"{place.scheme}://{place.netloc}{unquote(place.path)}"
    static, media = (urljoin(_HERE, unquote(base)) for base in (settings.STATIC_URL, settings.MEDIA_URL))
    if asked.startswith(static):
        name = asked.removeprefix(static)
        if staticfiles_storage.exists(name):
            with staticfiles_storage.open(name) as file:
                return bytes(file.read())
        found = finders.find(name)
        if isinstance(found, str):
            return Path(found).read_bytes()
    elif settings.MEDIA_URL and asked.startswith(media):
        with default_storage.open(asked.removeprefix(media)) as file:
            return bytes(file.read())
    raise ValueError(f"Not a file of this site: {url}")


def _fetcher() -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # type: ignore[import-untyped]  # optional

    class SiteFiles(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            kind = mimetypes.guess_type(urlsplit(url).path)[0] or "application/octet-stream"
            return URLFetcherResponse(url, file_content(url), {"Content-Type": kind})

    return SiteFiles(allowed_protocols=())


def _faces() -> str:
    return "".join(
        f'@font-face{{font-family:"{FAMILY}";font-style:{style};font-weight:{weight};src:url("{_FONTS}{file}")}}'
        for (style, weight), file in FACES.items()
    )


@cache
def _load() -> None:
    """Loaded, WeasyPrint has Pillow read broken pictures without a word, in the whole process: an upload of which half
    is missing would be taken."""
    as_it_was = ImageFile.LOAD_TRUNCATED_IMAGES
    # Optional; the module in which it says so.
    import weasyprint.images  # type: ignore[import-untyped]  # noqa: F401

    ImageFile.LOAD_TRUNCATED_IMAGES = as_it_was


def _laid_out(html: str) -> Any:
    """Raises PdfMissing."""
    if why := why_no_pdf():
        raise PdfMissing(why)
    _load()
    # Loaded only by who makes a file, and optional.
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration  # type: ignore[import-untyped]

    fonts, fetcher = FontConfiguration(), _fetcher()
    faces = CSS(string=_faces(), font_config=fonts, url_fetcher=fetcher, base_url=_HERE)
    page = HTML(string=html, base_url=_HERE, url_fetcher=fetcher)
    return page.render(stylesheets=[faces], font_config=fonts)


def pdf_of(html: str) -> bytes:
    """The document as a PDF file. About 50 ms of processor time a full page of A4. Raises PdfMissing."""
    with _ONE:
        made: bytes = _laid_out(html).write_pdf()
    return made


def pdf_offer(address: str) -> dict[str, str]:
    """For `bdhvs_lms/includes/pdf.html`: where the page is as a file, or why it is nowhere."""
    why = why_no_pdf()
    return {"address": "" if why else address, "why": str(REASONS[why]) if why else ""}


def pdf_refused(request: HttpRequest) -> HttpResponse:
    """A page (503) that says why there is no file here."""
    context = {
        "heading": _("PDF files are not available on this site"),
        "text": _("Reason: %(reason)s. Go back and print the page with your browser's print button.")
        % {"reason": REASONS.get(why_no_pdf(), "")},
        "link": None,
    }
    return render(request, "bdhvs_lms/message.html", context, status=503)


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def _html(request: HttpRequest, template: str, context: Mapping[str, Any]) -> str:
    return render_to_string(template, {**context, "sheet_base": PDF_BASE}, request)


def pdf_response(request: HttpRequest, template: str, context: Mapping[str, Any], *, name: str) -> HttpResponse:
    """The page as a file that the browser shows, prints or keeps; where none can be made, a page that says why.

    `name` is ASCII, without an ending."""
    if why_no_pdf():
        return pdf_refused(request)
    return _file(pdf_of(_html(request, template, context)), name)


def fitting_pdf(
    request: HttpRequest, template: str, contexts: Iterable[Mapping[str, Any]], *, name: str
) -> HttpResponse:
    """The first of these that is one page; of none that is, the shortest. At least one. Raises PdfMissing."""
    best = None
    with _ONE:
        for context in contexts:
            made = _laid_out(_html(request, template, context))
            if best is None or len(made.pages) < len(best.pages):
                best = made
            if len(best.pages) == 1:
                break
        assert best is not None  # noqa: S101  narrowing for the type checker
        content = best.write_pdf()
    return _file(content, name)
