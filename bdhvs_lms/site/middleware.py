"""Response headers that Django 5.2 and 6 do not set in the same way, what no cache may keep, and the page for a wrong

method."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string

__all__ = ["ADMIN_PATH", "PrivatePagesMiddleware", "SecurityHeadersMiddleware", "WrongMethodMiddleware"]

# Where urls.py mounts the Wagtail admin.
ADMIN_PATH = "/quan-tri/"

PAGE_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
# Wagtail's admin writes inline scripts and styles (chooser panels, date inputs, Draftail), opens previews in frames,
# and shows pictures being uploaded from blob: addresses. It is for editors, behind a sign-in.
ADMIN_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in ("accelerometer", "camera", "geolocation", "gyroscope", "microphone", "payment", "usb")
)


class SecurityHeadersMiddleware:
    """Sets Content-Security-Policy and Permissions-Policy on every response that has not set its own.

    Learner, teacher and committee pages allow nothing inline and nothing from elsewhere; the admin what Wagtail needs.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = PAGE_POLICY
        if request.path_info.startswith(ADMIN_PATH):
            policy = ADMIN_POLICY
            if response.headers.get("Content-Security-Policy", "").startswith(PAGE_POLICY):
                # The preview of a page, which Wagtail passed through this middleware as the page's own request: as
                # strict as the page itself, but the editor shows it in a frame.
                del response.headers["Content-Security-Policy"]
                policy = PAGE_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
        if settings.SECURE_SSL_REDIRECT:
            policy += "; upgrade-insecure-requests"
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response


class PrivatePagesMiddleware:
    """What was made for somebody who is signed in is kept nowhere: not by a proxy, and not for the back button of a
    telephone that goes round a village hall. Whatever the view says, error pages included.

    Comes after SessionMiddleware. Where nobody asked who is signed in, the answer is the same for everyone (pictures):
    it stays as it is, and costs no query.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.session.accessed and SESSION_KEY in request.session:
            if "no-store" not in response.headers.get("Cache-Control", ""):
                response.headers["Cache-Control"] = "private, no-store"
        return response


class WrongMethodMiddleware:
    """Gives 405 the theme's page 405.html, as Django does for 400, 403, 404 and 500: its own answer is empty, which
    looks like a broken site. Comes last, so that the page knows who asks. Answers with words of their own stay."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content and request.accepts("text/html"):
            try:
                response.content = render_to_string("405.html", request=request)
            except TemplateDoesNotExist:
                pass  # a theme that has no such page
        return response
