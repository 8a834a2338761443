"""Response headers that Django 5.2 and 6 do not set in the same way, what no cache may keep, and pages for a wrong

method and for a form that cannot be read."""

import codecs
import csv
import io
from collections.abc import Callable, Iterable, Iterator

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from bdhvs_lms.base.api import guarded
from bdhvs_lms.learners.api import LEARNER, tell_ended, to_sign_in

__all__ = [
    "CompressPagesMiddleware",
    "ErrorPagesMiddleware",
    "OwnPrivatePagesMiddleware",
    "PrivatePagesMiddleware",
    "SafeSpreadsheetsMiddleware",
    "SecurityHeadersMiddleware",
    "UnreadableFormsMiddleware",
    "WrongMethodMiddleware",
]

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

PARTS_OF_PAGES = ("text/css", "text/javascript")


class SecurityHeadersMiddleware:
    """Sets Content-Security-Policy and Permissions-Policy on every response that has not set its own.

    Not on style sheets and scripts: no browser applies them there, and they weigh a quarter of a kilobyte each time.

    Learner, teacher and committee pages allow nothing inline and nothing from elsewhere; the admin what Wagtail needs.
    A page that shows a frame names its address in `response.frame_src`, a list: that frame may be there, and no other;
    what it fetches from another host than its own it names in `response.connect_src`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.headers.get("Content-Type", "").startswith(PARTS_OF_PAGES):
            return response
        policy = PAGE_POLICY
        if _in_admin(request):
            policy = ADMIN_POLICY
            if response.headers.get("Content-Security-Policy", "").startswith(PAGE_POLICY):
                # The preview of a page, which Wagtail passed through this middleware as the page's own request: as
                # strict as the page itself, but the editor shows it in a frame.
                del response.headers["Content-Security-Policy"]
                policy = PAGE_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
        frames = getattr(response, "frame_src", None)
        if frames:
            policy += "; frame-src " + " ".join(frames)
        fetched = getattr(response, "connect_src", None)
        if fetched:
            policy += "; connect-src 'self' " + " ".join(fetched)
        if settings.SECURE_SSL_REDIRECT:
            policy += "; upgrade-insecure-requests"
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response


def _in_admin(request: HttpRequest) -> bool:
    """Whether the address is the Wagtail admin's, wherever a project has mounted it."""
    try:
        return request.path.startswith(reverse("wagtailadmin_home"))
    except NoReverseMatch:
        return False


class PrivatePagesMiddleware:
    """What was made for somebody who is signed in, by account, PIN or card, is kept nowhere: not by a proxy, and not
    for the back button of a telephone that goes round a village hall. Whatever the view says, error pages included.

    Comes after SessionMiddleware. Where nobody asked who is signed in, the answer is the same for everyone (pictures):
    it stays as it is, and costs no query.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session = request.session
        signed_in = session.accessed and (SESSION_KEY in session or LEARNER in session)
        if signed_in and self.concerns(request):
            if "no-store" not in response.headers.get("Cache-Control", ""):
                response.headers["Cache-Control"] = "private, no-store"
        return response

    def concerns(self, request: HttpRequest) -> bool:
        """Whether the page is one that must not be kept: on a site of ours every page."""
        return True


class OwnPrivatePagesMiddleware(PrivatePagesMiddleware):
    """The same for our pages alone, on a site that has others: what the site's own pages allow stays theirs to say.

    Ours are those below our addresses, and Wagtail's pages that asked who learns.
    """

    def concerns(self, request: HttpRequest) -> bool:
        return _is_ours(request) or "learner" in request.__dict__


def _is_ours(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and any(name.startswith("bdhvs_") for name in match.app_names)


class CompressPagesMiddleware(GZipMiddleware):
    """Pages and tables go over a village line compressed: a class of forty people is 60 kB of HTML and 6 kB as sent.

    Only what is made anew each time. Files are compressed already or are asked for in ranges, which compressing would
    break. Django pads what it compresses with random bytes, so that its length tells nothing of a token (BREACH).
    """

    TYPES = ("text/html", "text/csv", "application/json")

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.headers.get("Content-Type", "").startswith(self.TYPES):
            return response
        return super().process_response(request, response)


# What a visitor sends: the longest form is that of a registration, with some 30 fields.
VISITORS_BYTES = 100 * 1024
VISITORS_FIELDS = 200
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class _VisitorSends(RequestDataTooBig):
    """More than whoever is not signed in may."""


class UnreadableFormsMiddleware:
    """Answers a form that nobody can read before anybody tries: 413 for one over the site's limits, 400 for one that is
    broken or not UTF-8.

    Of whoever is not signed in a form has at most 100 KB, of which nothing more is read, and 200 fields. Not in the
    admin; of other people's site only at our own addresses. A session that has ended leads to the sign-in page.

    Comes after SessionMiddleware and before CsrfViewMiddleware, which is the first to read a form. Django raises at
    each reading of some of these, and its own error pages read once more: the visitor would get no page at all.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return self.get_response(request)
        length = request.META.get("CONTENT_LENGTH") or "0"
        try:
            if not (length.isascii() and length.isdecimal()):
                raise BadRequest("CONTENT_LENGTH is no number")
            form = request.content_type in FORMS
            if form and int(length) > VISITORS_BYTES and _is_visitors(request):
                raise _VisitorSends
            sent = request.POST
            if form and sum(len(values) for _, values in sent.lists()) > VISITORS_FIELDS and _is_visitors(request):
                raise _VisitorSends
        except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent) as error:
            # From here on it is an empty form: the page asks who is signed in, not what came.
            request._mark_post_parse_error()  # type: ignore[attr-defined]
            visitor = isinstance(error, _VisitorSends)
            if visitor and getattr(request.session, "ended", False):
                response = to_sign_in(request, request.path)
                tell_ended(response)
                return response
            templates = ["bdhvs_content/too_large.html", "bdhvs_theme/errors/413.html", "413.html"]
            kilobytes = (VISITORS_BYTES if visitor else settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) // 1024
            limit = f"{kilobytes // 1024} MB" if kilobytes >= 1024 else f"{kilobytes} KB"
            return render(request, templates, {"limit": limit}, status=413)
        except (BadRequest, MultiPartParserError, UnreadablePostError):
            request._mark_post_parse_error()  # type: ignore[attr-defined]
            return render(request, ["bdhvs_lms/bad_request.html", "400.html"], {"unreadable": True}, status=400)
        return self.get_response(request)


def _is_visitors(request: HttpRequest) -> bool:
    """Whether nobody is signed in, and the address is one of ours outside the admin."""
    session = getattr(request, "session", None)
    if session is None or not {SESSION_KEY, LEARNER}.isdisjoint(session.keys()) or _in_admin(request):
        return False
    if f"{__name__}.{PrivatePagesMiddleware.__name__}" in settings.MIDDLEWARE:
        return True  # the whole site is ours
    try:
        return any(name.startswith("bdhvs_") for name in resolve(request.path_info).app_names)
    except Resolver404:
        return False


class ErrorPagesMiddleware:
    """Our pages have our error pages, on a site whose own pages have others or none: what one of our views refuses
    (403), does not find (404) or cannot read (400) is said in the theme's words. Every other page's errors stay the
    site's, and a site that has all of ours (the ready site) does not need this.
    """

    STATUSES: tuple[tuple[type[Exception], int], ...] = ((PermissionDenied, 403), (Http404, 404), (BadRequest, 400))

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        status = next((status for kind, status in self.STATUSES if isinstance(exception, kind)), None)
        if status is None or not _is_ours(request) or not request.accepts("text/html"):
            return None
        # As Django's own handlers: 404's argument may be a dictionary of the resolver's.
        reason = exception.args[0] if exception.args and isinstance(exception.args[0], str) else ""
        try:
            return render(request, f"bdhvs_theme/errors/{status}.html", {"exception": reason}, status=status)
        except TemplateDoesNotExist:
            return None  # without the theme


class WrongMethodMiddleware:
    """Gives an empty 405, 409, 413 or 429 the theme's page of that number, as Django does for 400, 403, 404 and 500:
    an empty answer looks like a broken site. Comes last, so that the page knows who asks. Answers with words of their
    own stay."""

    STATUSES = (405, 409, 413, 429)

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.streaming or response.content or response.status_code not in self.STATUSES:
            return response
        if request.accepts("text/html"):
            try:
                response.content = render_to_string(f"{response.status_code}.html", request=request)
            except TemplateDoesNotExist:
                pass  # a theme that has no such page
        return response


class SafeSpreadsheetsMiddleware:
    """No cell of a CSV file that Wagtail or a plugin streams begins like a formula, however it came into the title,
    redirect or form that is listed: whoever opens the file would run it. XLSX says of each cell that it is text."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        # A file that somebody uploaded goes out as it is: of those the size and the day are known.
        is_file = not {"Content-Length", "Last-Modified"}.isdisjoint(response.headers)
        if kind == "text/csv" and isinstance(response, StreamingHttpResponse) and not (is_file or response.is_async):
            response.streaming_content = _guarded_lines(response.streaming_content)  # type: ignore[arg-type]
        return response


def _guarded_lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Rows of a CSV file as they come, quoted where they would run. A mark at its beginning stays."""
    out = io.StringIO()
    writer = csv.writer(out)
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    first = True
    # With their ends: what lies between quotes may hold several lines.
    for row in csv.reader(_lines(map(decode, pieces))):
        if first and row and row[0].startswith("\ufeff"):
            yield codecs.BOM_UTF8
            row[0] = row[0].removeprefix("\ufeff")
        first = False
        writer.writerow([guarded(cell) for cell in row])
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()


def _lines(pieces: Iterable[str]) -> Iterator[str]:
    """Lines with one end, whichever they came with: csv refuses a lone carriage return."""
    rest = ""
    for piece in pieces:
        *lines, rest = (rest + piece).split("\n")
        for line in lines:
            yield from (f"{part}\n" for part in line.removesuffix("\r").split("\r"))
    yield from (f"{part}\n" for part in rest.removesuffix("\r").split("\r") if part)
