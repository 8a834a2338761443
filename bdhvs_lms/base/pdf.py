"""Makes a page of ours a PDF file, by WeasyPrint, in letters that the server need not have.

Of what a page names only this site's own static and media files are read, and nothing is asked of a network. Where
WeasyPrint, the libraries that it loads or the font are missing, pages stay pages: `why_no_pdf` says what is missing.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from ctypes import CDLL
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from subprocess import PIPE, Popen
from threading import Lock, Timer, local
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

logger = logging.getLogger(__name__)

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
# Of a server's process one file at a time, and each has so long.
_ONE = Lock()
SECONDS = 120
_waited = local()
REASONS = {
    "package": gettext_lazy("the Python packages of the extra “pdf” are not installed"),
    "library": gettext_lazy("system libraries are missing (Pango, HarfBuzz)"),
    "failed": gettext_lazy("making this file took too long or too much memory"),
}


class PdfMissing(Exception):
    """No PDF can be made here. `args[0]`: why, a key of REASONS."""


@cache
def why_no_pdf() -> str:
    """Return a key of REASONS; empty: PDF files can be made. Without loading what makes them, which takes half a second
    and 30 MB."""
    if find_spec("weasyprint") is None or find_spec("fontpkg_be_vietnam_pro") is None:
        return "package"
    try:
        for library in LIBRARIES if sys.platform == "linux" else ():
            CDLL(library)
    except OSError:
        return "library"
    return ""


def font_folder() -> Path:
    """Return the folder of the font's files. Raises PdfMissing."""
    if why := why_no_pdf():
        raise PdfMissing(why)
    import fontpkg_be_vietnam_pro  # type: ignore[import-untyped]  # optional

    return Path(fontpkg_be_vietnam_pro.ROOT) / "files"


def file_content(url: str) -> bytes:
    """Read a file that a page names, if it is a static or media file of this site, or the font's.

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


def _faces() -> str:
    return "".join(
        f'@font-face{{font-family:"{FAMILY}";font-style:{style};font-weight:{weight};src:url("{_FONTS}{file}")}}'
        for (style, weight), file in FACES.items()
    )


def _asked_for(url: str) -> bytes | None:
    try:
        return file_content(url)
    except (ValueError, OSError, SuspiciousOperation):
        logger.warning("A file names what is not this site's: %s", url)
        return None


def _asked(child: Popen[bytes], work: object) -> bytes:
    """Send the program its work and the files that it asks for, and return the file that it makes. Raises ValueError
    and OSError when it ends before."""
    assert child.stdin and child.stdout  # noqa: S101  narrowing for the type checker
    child.stdin.write(json.dumps(work).encode() + b"\n")
    child.stdin.flush()
    while (reply := json.loads(child.stdout.readline())).keys() == {"file"}:
        content = _asked_for(reply["file"])
        length = None if content is None else len(content)
        child.stdin.write(json.dumps({"length": length}).encode() + b"\n" + (content or b""))
        child.stdin.flush()
    made = child.stdout.read(reply["length"])
    if len(made) != reply["length"]:
        raise ValueError("The file is not whole")
    return made


def _made(pages: Sequence[str]) -> bytes:
    """Make the first of these documents that is one page; where none is, the shortest. Raises PdfMissing."""
    if why := why_no_pdf():
        raise PdfMissing(why)
    command = [sys.executable, "-I", str(Path(__file__).with_name("pdf_program.py"))]
    try:
        with _ONE, Popen(command, stdin=PIPE, stdout=PIPE) as child:  # noqa: S603
            begun, too_late = time.perf_counter(), Timer(SECONDS, child.kill)
            too_late.start()
            try:
                made = _asked(child, {"pages": pages, "styles": _faces(), "base": _HERE})
            finally:
                too_late.cancel()
                child.kill()
                _waited.seconds = getattr(_waited, "seconds", 0.0) + time.perf_counter() - begun
        return made
    except (OSError, ValueError):
        logger.exception("A PDF file was not made")
    raise PdfMissing("failed")


def seconds_elsewhere() -> float:
    """Return the seconds that this thread, since it was last asked, waited for files: they are work too, of another
    process."""
    seconds, _waited.seconds = getattr(_waited, "seconds", 0.0), 0.0
    return seconds


def pdf_of(html: str) -> bytes:
    """Make a PDF file of the document, by a process of its own that waits behind the pages' work. Half a second of
    processor time, and about 50 ms more a full page of A4. Raises PdfMissing."""
    return _made([html])


def pdf_offer(address: str) -> dict[str, str]:
    """Return the context of `bdhvs_lms/includes/pdf.html`: where the page is as a file, or why it is nowhere."""
    why = why_no_pdf()
    return {"address": "" if why else address, "why": str(REASONS[why]) if why else ""}


def pdf_refused(request: HttpRequest, why: str = "") -> HttpResponse:
    """Show a page (503) that says why there is no file here: a key of REASONS, what is missing unless told."""
    context = {
        "heading": _("PDF files are not available on this site"),
        "text": _("Reason: %(reason)s. Go back and print the page with your browser's print button.")
        % {"reason": REASONS.get(why or why_no_pdf(), "")},
        "link": None,
    }
    return render(request, "bdhvs_lms/message.html", context, status=503)


def pdf_response(request: HttpRequest, template: str, context: Mapping[str, Any], *, name: str) -> HttpResponse:
    """Send the page as a file that the browser shows, prints or keeps; where none can be made, a page (503) that says
    why.

    `name` is ASCII, without an ending.
    """
    return fitting_pdf(request, template, [context], name=name)


def fitting_pdf(
    request: HttpRequest, template: str, contexts: Iterable[Mapping[str, Any]], *, name: str
) -> HttpResponse:
    """Send the `pdf_response` of the first of these that is one page; where none is, of the shortest."""
    if why := why_no_pdf():
        return pdf_refused(request, why)
    try:
        made = _made([render_to_string(template, {**one, "sheet_base": PDF_BASE}, request) for one in contexts])
    except PdfMissing as missing:
        return pdf_refused(request, missing.args[0])
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response
