"""Middleware for editors and pages: an editor whose act failed is sent back with the reasons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from wagtail.views import serve

from bdhvs_content.above import find_route
from bdhvs_content.errors import NotPublishable
from bdhvs_content.sites import answering
from bdhvs_content.touched import touched_notice


class EditingMiddleware:
    """Redirect after NotPublishable from a view that has no hook (approving on the dashboard): back to where the editor
    came from, with the reasons. What raised it was one transaction, so the page is unchanged.

    Before pages are deleted, unpublished or moved the editor is told what people have done there.

    The page of an address is found in a few queries (`above.find_route`).

    While a request is answered, addresses of pages know on which Site the visitor is (`sites`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with answering(request):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        """Find the page of the address before Wagtail looks for it."""
        if view is serve:
            find_route(request, *args, **kwargs)

    def process_template_response(self, request: HttpRequest, response: Any) -> Any:
        """Warn what people have done there before pages are deleted, unpublished or moved."""
        if request.method == "GET" and response.context_data:
            text = touched_notice(request, response.context_data)
            if text:
                messages.warning(request, text)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if not isinstance(exception, NotPublishable):
            return None
        try:
            home = reverse("wagtailadmin_home")
        except NoReverseMatch:
            return None
        if not request.path.startswith(home):
            return None  # not an editor at work: whoever called publish has to say what now
        for text in exception.messages:
            messages.error(request, text)
        target = request.headers.get("Referer", "")
        if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
            target = home
        if request.headers.get("X-Requested-With") == "XMLHttpRequest":
            # What Wagtail's workflow dialog understands: close, and load this page.
            return JsonResponse({"step": "success", "redirect": target})
        return redirect(target)
