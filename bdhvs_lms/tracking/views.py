"""The profile at the address that statements name."""

from __future__ import annotations

import hashlib
import json

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe

from bdhvs_lms.tracking.profile import document
from bdhvs_lms.tracking.vocabulary import PROFILE_VERSION, PROFILE_VERSIONS

HOUR = 3600


def _text() -> bytes:
    return (json.dumps(document(), ensure_ascii=False, indent=2) + "\n").encode()


def _etag(request: HttpRequest, version: str = PROFILE_VERSION) -> str:
    # By how it is labelled, too: the same bytes have two content types.
    return f'"{hashlib.sha256(_text()).hexdigest()[:20]}-{"html" if _in_browser(request) else "ld"}"'


def _in_browser(request: HttpRequest) -> bool:
    """Tell whether a person looks: browsers offer to save what they do not know, and know application/json."""
    return request.get_preferred_type(["application/ld+json", "application/json", "text/html"]) == "text/html"


@require_safe
@condition(etag_func=_etag)
def profile(request: HttpRequest, version: str = PROFILE_VERSION) -> HttpResponse:
    """Send the profile as JSON-LD, to everybody; at the address of an older version the newest, which
    lists them all."""
    if version not in dict(PROFILE_VERSIONS):
        raise Http404
    kind = "application/json" if _in_browser(request) else "application/ld+json"
    response = HttpResponse(_text(), content_type=kind)
    response["Cache-Control"] = f"public, max-age={HOUR}"
    response["Vary"] = "Accept"
    # It is meant to be read by other people's tools, in browsers too.
    response["Access-Control-Allow-Origin"] = "*"
    return response
