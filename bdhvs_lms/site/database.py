"""The site's database by one address in the settings."""

from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from bdhvs_lms.configure import SQLITE_OPTIONS, sqlite_pragmas

__all__ = ["NAME", "configuration"]

NAME = "DATABASE_URL"
ENGINES = ("django.db.backends.postgresql", "django.db.backends.sqlite3")
# Of libpq, which by itself waits for minutes: a server that is gone without a word keeps a process for seconds (to
# connect) or for half a minute or so (for an answer that nobody sends any more).
PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}


def configuration(url: str) -> dict[str, Any]:
    """Of DATABASES["default"], for an address like ``postgres://user:password@host/name`` or ``sqlite:///path``.

    Raises ImproperlyConfigured in words that hold no password.
    """
    try:
        # A connection per request costs a factor of 3 to 5 on both databases.
        found: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    except ValueError:
        raise ImproperlyConfigured(
            f"{NAME} is like postgres://user:password@host/name or sqlite:///path; write @, /, ?, #, [ and % within "
            "the password as %40, %2F, %3F, %23, %5B and %25."
        ) from None
    if found["ENGINE"] not in ENGINES:
        raise ImproperlyConfigured(f"{NAME} begins with neither postgres:// nor sqlite://: the site runs on these two.")
    if not found.get("NAME"):
        raise ImproperlyConfigured(
            f"{NAME} names a server, and no database behind it: postgres://user:password@host/name."
        )
    found["ATOMIC_REQUESTS"] = False
    options = found.get("OPTIONS", {})
    if found["ENGINE"].endswith("sqlite3"):
        found["OPTIONS"] = {**options, **SQLITE_OPTIONS, "init_command": sqlite_pragmas()}
    else:
        # Django's, and not libpq's: for a pooler that gives each transaction another connection.
        if "disable_server_side_cursors" in options:
            found["DISABLE_SERVER_SIDE_CURSORS"] = bool(options.pop("disable_server_side_cursors"))
        found["OPTIONS"] = {**PATIENCE, **options}
    return found
