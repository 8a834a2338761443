"""What is noted of each request: a line in the log and numbers for operators, where settings ask for them; and probes,
which know no name of the site."""

import logging
import re
import secrets
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from bdhvs_lms.conf import app_settings
from bdhvs_lms.site import metrics
from bdhvs_lms.site.logs import FAULTS, request_id
from bdhvs_lms.site.paths import address_name, shown_path

__all__ = ["ProbesMiddleware", "RequestsMiddleware", "Waits", "note_refused"]

logger = logging.getLogger("bdhvs_lms.request")
faults = logging.getLogger("bdhvs_lms.faults")

# Asked from inside, by address and over plain http.
PROBES = ("/healthz", "/metrics")
# Of a proxy that gives requests a name; a visitor's own is taken from nobody.
ID_HEADER = "HTTP_X_REQUEST_ID"
_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class ProbesMiddleware:
    """A load balancer and Prometheus ask a machine by its address, which is no name of the site: Django would refuse
    them. For these two addresses any host will do, for they say nothing of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info in PROBES:
            try:
                request.get_host()
            except DisallowedHost:
                names = (name.lstrip(".") for name in settings.ALLOWED_HOSTS if name != "*")
                request.META["HTTP_HOST"] = next(names, "localhost")
        return self.get_response(request)


class Waits:
    """How long a request waited for the database: an execute wrapper."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - start


class RequestsMiddleware:
    """Comes first. With BDHVS_LOG_REQUESTS each request is a line of the log, with BDHVS_METRICS_TOKEN it is counted;
    without both it does nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        logs, numbers = app_settings.LOG_REQUESTS, metrics.numbers()
        if not logs and numbers is None:
            response = self.get_response(request)
            _settle(response)
            return response
        start, waits, identity = time.perf_counter(), Waits(), _identity(request)
        token = request_id.set(identity)
        try:
            with connection.execute_wrapper(waits):
                response = self.get_response(request)
            seconds = time.perf_counter() - start
            if numbers is not None:
                name = _name(request)
                numbers.count(name, request.method or "", response.status_code, seconds, waits.seconds)
                numbers.waited(request.META.get("bdhvs.waited"))
            if logs:
                response.headers["X-Request-ID"] = identity
                if not (request.path_info in PROBES and response.status_code == 200):
                    _note(request, response, seconds, waits.seconds)
            _settle(response)
        finally:
            request_id.reset(token)
        return response


def _settle(response: HttpResponseBase) -> None:
    """Things work again: the log gets the numbers that nobody has said yet."""
    if FAULTS.counting and response.status_code < 500 and (missed := FAULTS.left()):
        faults.warning("Faults that this log has told of came %d times more.", missed)


def _identity(request: HttpRequest) -> str:
    given = request.META.get(ID_HEADER, "") if app_settings.CLIENT_ADDRESS_HEADER else ""
    return given if _ID.fullmatch(given) else secrets.token_hex(8)


def _is_static(request: HttpRequest) -> bool:
    return request.resolver_match is None and request.path.startswith(settings.STATIC_URL)


def _name(request: HttpRequest) -> str:
    return "static" if _is_static(request) else address_name(request)


def _note(request: HttpRequest, response: HttpResponseBase, seconds: float, database: float) -> None:
    static = _is_static(request)
    path = request.path if static and response.status_code < 400 else shown_path(request, response.status_code)
    size = response.headers.get("Content-Length", "")
    if not size and not response.streaming:
        size = str(len(response.content))  # type: ignore[attr-defined]
    _line(
        request.method or "",
        path,
        response.status_code,
        ms=round(seconds * 1000, 1),
        db_ms=round(database * 1000, 1),
        size=int(size) if size.isdecimal() else None,
        view=_name(request),
    )


def _line(method: str, path: str, status: int, **more: Any) -> None:
    fields = {"method": method[:20], "path": path, "status": status, **more, "request_id": request_id.get()}
    logger.info("%s %s %s", fields["method"], path, status, extra={"fields": fields})


def note_refused(method: str, path: str, status: int) -> None:
    """A request that the site was never asked for: it came too slowly, broke off, or there was no room for it."""
    if app_settings.LOG_REQUESTS:
        # Nobody has looked where it leads.
        first = path.lstrip("/").partition("/")[0]
        _line(method, f"/{first[:40]}", status, view="refused")
    if (numbers := metrics.numbers()) is not None:
        numbers.count("refused", method, status, 0, 0)
