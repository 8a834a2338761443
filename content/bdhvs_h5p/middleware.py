"""Refusal of uploads that are too large, in words, before anything of them is kept.

Django counts what a form says in text, never its files; and code that reads a form first reads all of it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import get_user
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from bdhvs_content.api import size_words
from bdhvs_h5p.conf import app_settings

__all__ = ["UploadLimitMiddleware"]

# What a form has beside its file: names, boundaries, a title.
BESIDE = 64 * 1024
_PIECE = 256 * 1024


class UploadLimitMiddleware:
    """Limit on uploads. Comes after SessionMiddleware and before middleware that reads forms
    (UnreadableFormsMiddleware, CsrfViewMiddleware)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or not request.path.startswith(_uploads()):
            return self.get_response(request)
        # Who may not enter the admin uploads nothing, and is told so by the view: learners are many.
        inside = SESSION_KEY in request.session and get_user(request).has_perm("wagtailadmin.access_admin")
        most = app_settings.MAX_UPLOAD + BESIDE if inside else settings.DATA_UPLOAD_MAX_MEMORY_SIZE or BESIDE
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        if length <= most:
            return self.get_response(request)
        if inside and length <= 4 * most:
            # Read to its end and thrown away: a browser that is cut off while sending shows its own error page.
            # A server that took it in has done so already, and of what it has not kept nothing can be read.
            with suppress(RequestDataTooBig):
                while request.read(_PIECE):
                    pass
        request._mark_post_parse_error()  # type: ignore[attr-defined]
        text = _("Nothing was saved: the file is larger than the limit of %(size)s.") % {
            "size": size_words(app_settings.MAX_UPLOAD)
        }
        if request.headers.get("X-Requested-With") == "XMLHttpRequest":
            return JsonResponse({"errors": [text]}, status=413)
        return render(request, "bdhvs_h5p/too_large.html", {"text": text}, status=413)


def _uploads() -> str:
    try:
        return reverse("wagtailsnippets_bdhvs_h5p_h5pcontent:list")
    except NoReverseMatch:
        return "\0"  # the site has no admin
