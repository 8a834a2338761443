"""The settings of this app, and what follows from them."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from functools import cache
from typing import Any, Final, cast

from django.db import router
from django.utils.module_loading import import_string

from bdhvs_xapi.app_settings import AppSettings, Kind, Setting, number, text, texts
from bdhvs_xapi.statements.versions import Version

MEGABYTE: Final = 1024 * 1024
# How long a request that stored statements, and one that reads a list, works on what follows from stored statements.
CATCH_UP_SECONDS: Final = 1.5
CATCH_UP_SECONDS_OF_READERS: Final = 0.2

Networks = tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]


def _home_page(value: Any) -> Callable[[], Any]:
    if isinstance(value, str) and (":" in value or not value):
        return lambda: value
    try:
        found: Any = value if callable(value) else import_string(str(value))
    except Exception as error:
        # A project's module may raise anything while it is loaded: that ends no `check` in a traceback.
        raise ImportError(str(error)) from error
    if isinstance(found, str) and ":" in found:
        return lambda: found
    if not callable(found):
        raise TypeError
    return cast("Callable[[], Any]", found)


@cache
def _networks(value: tuple[str, ...]) -> Networks:
    return tuple(ipaddress.ip_network(str(each)) for each in value)


class XapiSettings(AppSettings):
    prefix = "BDHVS_XAPI_"
    error, warning = "bdhvs_xapi.E007", "bdhvs_xapi.W001"

    HOME_PAGE = Setting(
        Kind("an IRI, or the dotted path of one or of a function without arguments that returns one", _home_page),
        "",
        "home page of the accounts that stand for credentials, for good: it stays in the authority of every statement. "
        "Making a credential asks for it",
    )
    MAX_BODY = Setting(
        number(1),
        32 * MEGABYTE,
        "bytes of the largest request, attachments included (413 beyond); Django's own limit of forms does not count",
    )
    MAX_STATEMENT = Setting(
        number(1), MEGABYTE, "bytes of one statement, attachments apart (413 beyond): an answer holds many"
    )
    MAX_BATCH = Setting(number(1), 1_000, "statements in one request (413 beyond): one transaction must stay short")
    MAX_BATCH_BYTES = Setting(
        number(1),
        8 * MEGABYTE,
        "bytes of the statements of one request together, attachments apart (413 beyond; a pull stores them in several "
        "transactions)",
    )
    MAX_ACTIVITIES = Setting(number(1), 200, "activities that one statement may name (413 beyond; a pull rejects it)")
    MAX_AGENTS = Setting(
        number(1),
        500,
        "agents that one statement may name, members of its groups included (413 beyond; a pull rejects it)",
    )
    MAX_NAMES = Setting(
        number(1),
        5_000,
        "activities and agents that the statements of one request may name together, each counted where it is named "
        "(413 beyond): a row each, in one transaction",
    )
    MAX_ATTACHMENTS = Setting(number(0), 100, "attachments whose data comes with one request (413 beyond)")
    MAX_ATTACHMENT_BYTES = Setting(
        number(0),
        16 * MEGABYTE,
        "bytes of the attachments of one request together (413 beyond; a pull rejects such a statement): they are "
        "written with the statements",
    )
    MAX_DOCUMENT = Setting(
        number(1),
        2 * MEGABYTE,
        "bytes of one document of a state or a profile (413 beyond), and never more than `BDHVS_XAPI_MAX_BODY`",
    )
    PAGE_SIZE = Setting(number(1, 1_000), 200, "statements in one answer; the rest is behind `more`")
    REQUESTS_PER_MINUTE = Setting(
        number(0), 60_000, "requests of one credential to one process (429 beyond); 0: no limit"
    )
    STATEMENTS_PER_MINUTE = Setting(
        number(0),
        30_000,
        "statements of one credential to one process (429 beyond); one that names more than ten things counts once for "
        "each ten, a StatementRef as ten; 0: no limit",
    )
    FAILURES_PER_MINUTE = Setting(
        number(0),
        120,
        "refused sign-ins of one address at one process before they get 429; right ones pass; 0: no limit",
    )
    CLIENT_ADDRESS_HEADER = Setting(
        text('a key of `request.META` like "HTTP_X_FORWARDED_FOR", or empty', "[A-Z0-9_]*"),
        "",
        "as `BDHVS_CLIENT_ADDRESS_HEADER`, whose value the ready site gives it",
    )
    TRUSTED_PROXIES = Setting(number(1, 10), 1, "as `BDHVS_TRUSTED_PROXIES`, whose value the ready site gives it")
    DEFAULT_VERSION = Setting(
        Kind(" or ".join(Version), Version),
        "2.0.0",
        "the version that the refusal of a request without a version header, or with one of another version, names; "
        '`"1.0.3"` for clients and suites of that version',
    )
    CORS_ORIGINS = Setting(
        # An app on a telephone has a scheme of its own (capacitor://localhost), or comes from a file ("null").
        texts(
            'a list of origins like "https://player.example.org", without "/" at the end',
            r"[a-z][a-z0-9+.-]*://[^/?#\s]+|null",
        ),
        (),
        "origins whose scripts may call the record store",
    )
    PEER_NETWORKS = Setting(
        Kind('a list of networks like "10.20.0.0/16"', lambda value: _networks(tuple(value))),
        (),
        "networks that are not public and to which targets and sources may lead",
    )


app_settings = XapiSettings()


def database() -> str:
    """Alias of the database that holds the ledger, as the project's routers say."""
    # Models are there once all apps are loaded; settings are read earlier.
    from bdhvs_xapi.store.models import Statement

    return router.db_for_write(Statement)
