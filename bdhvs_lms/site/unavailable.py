"""What visitors are told while the site can write nothing: a database that is locked, away or full, a full disk, or a
bucket that is away.

None of it is a fault of the code or of the visitor, and it passes: 503 with words and Retry-After, from a page that
asks no database. What exactly it is stays in the log.
"""

import errno
import logging
import sqlite3
import sys
from collections.abc import Iterator

from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.defaults import server_error as django_server_error

__all__ = ["RETRY_SECONDS", "is_unavailable", "server_error", "unavailable"]

logger = logging.getLogger(__name__)

RETRY_SECONDS = 30

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
# Everything else that SQLite calls so is a wrong statement (no such table).
SQLITE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _of_the_bucket(error: BaseException) -> bool:
    """Of a library that is there only where uploads are in a bucket."""
    kinds = {kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "botocore.exceptions"}
    return not kinds.isdisjoint({"ConnectionError", "HTTPClientError"})


def is_unavailable(error: BaseException | None) -> bool:
    """Whether an exception says that the database, the disk or the bucket cannot be used now, and could be later."""
    for each in _chain(error):
        if _of_the_bucket(each):
            return True
        if isinstance(each, OSError) and each.errno in NO_ROOM:
            return True
        if isinstance(each, sqlite3.Error):
            # The low byte is the kind; of what the module raises by itself there is none.
            return getattr(each, "sqlite_errorcode", 0) & 0xFF in SQLITE
        if isinstance(each, OperationalError | InterfaceError) and not isinstance(each.__cause__, sqlite3.Error):
            # PostgreSQL's: no connection, no room, going down, a lock that was waited for in vain.
            return True
        if not isinstance(each, Error | OSError):
            return False
    return False


def unavailable(request: HttpRequest) -> HttpResponse:
    """The answer: a page, or JSON for who takes no page."""
    words = _("The site is very busy or out of storage space. Nothing was saved. Try again in a minute.")
    response: HttpResponse
    if not request.accepts("text/html") or request.headers.get("X-Requested-With") == "XMLHttpRequest":
        response = JsonResponse({"error": words}, status=503)
    else:
        try:
            # Without the request: nobody asks who is signed in.
            response = HttpResponse(render_to_string("503.html"), status=503)
        except Exception:
            # A theme without such a page, or one that cannot be shown now.
            logger.exception("No page for 503.")
            response = HttpResponse(words, status=503, content_type="text/plain; charset=utf-8")
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    response.headers["Cache-Control"] = "no-store"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """``handler500`` of the ready site: 503 where database or disk are the reason, else Django's page of 500."""
    if is_unavailable(sys.exc_info()[1]):
        return unavailable(request)
    return django_server_error(request)
