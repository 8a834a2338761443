"""The settings of this app, each with its default: the only place that reads them.

Read at each call, so that tests may override them; every function costs well under a microsecond.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import router
from django.utils.module_loading import import_string

from bdhvs_xapi.statements.versions import Version

MEGABYTE: Final = 1024 * 1024
# How long a request that stored statements, and one that reads a list, works on what follows from stored statements.
CATCH_UP_SECONDS: Final = 1.5
CATCH_UP_SECONDS_OF_READERS: Final = 0.2


def database() -> str:
    """Alias of the database that holds the ledger, as the project's routers say."""
    # Models are there once all apps are loaded; settings are read earlier.
    from bdhvs_xapi.store.models import Statement

    return router.db_for_write(Statement)


def home_page() -> str:
    """BDHVS_XAPI_HOME_PAGE: the ``homePage`` of the accounts that stand for credentials.

    An IRI, or the dotted path of a function without arguments that answers one. Raises ``ImproperlyConfigured``
    without it: a credential's authority is written into every statement and cannot be changed later.
    """
    value: Any = getattr(settings, "BDHVS_XAPI_HOME_PAGE", "")
    if isinstance(value, str) and value and ":" not in value:
        value = import_string(value)
    found: Any = value() if callable(value) else value
    if not isinstance(found, str) or not found:
        raise ImproperlyConfigured(
            "Set BDHVS_XAPI_HOME_PAGE to an IRI of your site, or to the dotted path of a function that returns one. "
            "It identifies the authority of each credential, and stays in its statements for good."
        )
    return found


def max_body() -> int:
    """BDHVS_XAPI_MAX_BODY: the largest request body in bytes, attachments included (413 beyond)."""
    return int(getattr(settings, "BDHVS_XAPI_MAX_BODY", 32 * MEGABYTE))


def max_batch() -> int:
    """BDHVS_XAPI_MAX_BATCH: the most statements in one request (413 beyond): one transaction must stay short."""
    return int(getattr(settings, "BDHVS_XAPI_MAX_BATCH", 1_000))


def max_batch_bytes() -> int:
    """BDHVS_XAPI_MAX_BATCH_BYTES: the most bytes that the statements of one request may have together, attachments
    apart (413 beyond): they are written in one transaction."""
    return int(getattr(settings, "BDHVS_XAPI_MAX_BATCH_BYTES", 8 * MEGABYTE))


def max_activities() -> int:
    """BDHVS_XAPI_MAX_ACTIVITIES: the most activities that one statement may name (413 beyond)."""
    return int(getattr(settings, "BDHVS_XAPI_MAX_ACTIVITIES", 200))


def max_agents() -> int:
    """BDHVS_XAPI_MAX_AGENTS: the most agents, members of groups included, that one statement may name (413 beyond)."""
    return int(getattr(settings, "BDHVS_XAPI_MAX_AGENTS", 500))


def max_names() -> int:
    """BDHVS_XAPI_MAX_NAMES: the most activities and agents that the statements of one request may name together (413
    beyond), each counted where it is named: a row each, in one transaction."""
    return int(getattr(settings, "BDHVS_XAPI_MAX_NAMES", 5_000))


def max_attachments() -> int:
    """BDHVS_XAPI_MAX_ATTACHMENTS: the most attachments whose data comes with one request (413 beyond)."""
    return int(getattr(settings, "BDHVS_XAPI_MAX_ATTACHMENTS", 100))


def max_attachment_bytes() -> int:
    """BDHVS_XAPI_MAX_ATTACHMENT_BYTES: the most bytes that the attachments of one request may have together (413
    beyond; a pull rejects such a statement): they are written in the transaction that stores the statements."""
    return int(getattr(settings, "BDHVS_XAPI_MAX_ATTACHMENT_BYTES", 16 * MEGABYTE))


def max_document() -> int:
    """BDHVS_XAPI_MAX_DOCUMENT: bytes of the largest document of a state or profile (413 beyond)."""
    return min(int(getattr(settings, "BDHVS_XAPI_MAX_DOCUMENT", 2 * MEGABYTE)), max_body())


def statements_per_minute() -> int:
    """BDHVS_XAPI_STATEMENTS_PER_MINUTE: of one credential to one process (429 beyond); 0 for no limit.

    One that names more than ten activities and agents counts once for each ten, and a StatementRef as ten.
    """
    return int(getattr(settings, "BDHVS_XAPI_STATEMENTS_PER_MINUTE", 30_000))


def max_statement() -> int:
    """BDHVS_XAPI_MAX_STATEMENT: the largest statement in bytes, attachments apart (413 beyond)."""
    return int(getattr(settings, "BDHVS_XAPI_MAX_STATEMENT", MEGABYTE))


def default_version() -> Version:
    """BDHVS_XAPI_DEFAULT_VERSION: what the answer to a request that names no version, or none of ours, names.

    ``1.0.3`` or ``2.0.0``; such a request is refused whichever it is. Raises ``ImproperlyConfigured`` for others.
    """
    value = str(getattr(settings, "BDHVS_XAPI_DEFAULT_VERSION", Version.V2))
    try:
        return Version(value)
    except ValueError:
        raise ImproperlyConfigured(f"BDHVS_XAPI_DEFAULT_VERSION is {value!r}: use {' or '.join(Version)}.") from None


def page_size() -> int:
    """BDHVS_XAPI_PAGE_SIZE: the most statements in one answer; the rest is behind ``more``."""
    return max(1, int(getattr(settings, "BDHVS_XAPI_PAGE_SIZE", 200)))


def requests_per_minute() -> int:
    """BDHVS_XAPI_REQUESTS_PER_MINUTE: of one credential to one process; 0 for no limit."""
    return int(getattr(settings, "BDHVS_XAPI_REQUESTS_PER_MINUTE", 60_000))


def failures_per_minute() -> int:
    """BDHVS_XAPI_FAILURES_PER_MINUTE: refused sign-ins from one address at one process; 0 for no limit."""
    return int(getattr(settings, "BDHVS_XAPI_FAILURES_PER_MINUTE", 120))


def client_address_header() -> str:
    """BDHVS_XAPI_CLIENT_ADDRESS_HEADER: key of ``request.META`` whose last entry our own proxy wrote."""
    return str(getattr(settings, "BDHVS_XAPI_CLIENT_ADDRESS_HEADER", ""))


def trusted_proxies() -> int:
    """BDHVS_XAPI_TRUSTED_PROXIES: how many proxies of ours stand one behind the other and add to that header."""
    return max(1, int(getattr(settings, "BDHVS_XAPI_TRUSTED_PROXIES", 1)))


def cors_origins() -> Sequence[str]:
    """BDHVS_XAPI_CORS_ORIGINS: origins (``https://player.example.org``) whose scripts may call the endpoint."""
    found: Sequence[str] = getattr(settings, "BDHVS_XAPI_CORS_ORIGINS", ())
    return found


def peer_networks() -> Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """BDHVS_XAPI_PEER_NETWORKS: networks that are not public and in which other record stores may be ("10.0.0.0/8").

    Raises ``ImproperlyConfigured`` for something that is no network.
    """
    found: Sequence[str] = getattr(settings, "BDHVS_XAPI_PEER_NETWORKS", ())
    return _networks(tuple(found))


@cache
def _networks(found: tuple[str, ...]) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    try:
        return tuple(ipaddress.ip_network(each) for each in found)
    except ValueError as error:
        raise ImproperlyConfigured(f"BDHVS_XAPI_PEER_NETWORKS: {error}") from error
