"""System checks of the ready site, registered by `bdhvs` itself, since the site is a project and not an app."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

from bdhvs_lms.conf import app_settings
from bdhvs_lms.site.backups.unfinished import unfinished
from bdhvs_lms.site.schema import lacking_columns, pending_migrations
from bdhvs_xapi.app_settings import reads_settings

__all__ = [
    "LOOPBACK",
    "loopback_only",
    "made_by_this_version",
    "proxy_in_front",
    "restored_whole",
    "serving_problems",
]

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]", "::1"})

# Deployment advice that a server must not start without; Django words it as warnings.
# W009 weak secret, W018 debug pages, W020 no allowed hosts.
ESSENTIAL = frozenset({"security.W009", "security.W018", "security.W020"})
# Follows from http, which BDHVS_INSECURE_LOOPBACK asked for: certificates, HSTS, secure cookies.
HTTP_ONLY = frozenset({"security.W004", "security.W008", "security.W012", "security.W016"})


@checks.register(checks.Tags.security)
@reads_settings
def loopback_only(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """bdhvs_site.E001: plain http was asked for while other machines may reach the site."""
    if not app_settings.INSECURE_LOOPBACK:
        return []
    others = sorted(set(settings.ALLOWED_HOSTS) - LOOPBACK)
    if not others:
        return []
    return [
        checks.Error(
            f"BDHVS_INSECURE_LOOPBACK allows passwords over plain http, and ALLOWED_HOSTS names {', '.join(others)}.",
            hint="Unset BDHVS_INSECURE_LOOPBACK, or remove the host from BDHVS_ALLOWED_HOSTS.",
            id="bdhvs_site.E001",
        )
    ]


@checks.register(checks.Tags.security, deploy=True)
@reads_settings
def proxy_in_front(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """bdhvs_site.W001: no proxy was named. bdhvs_site.I001: what one has to do, which cannot be seen from here."""
    if app_settings.INSECURE_LOOPBACK:
        return []
    duties = (
        "It has to read a request whole before it passes it on: nginx does (proxy_request_buffering on, "
        f"client_max_body_size {app_settings.MAX_UPLOAD // 2**20 + 1}m, client_body_timeout 20s), Caddy with "
        "request_buffers. It must not count connections by address. docs/guide-operator.md has the whole of it."
    )
    if app_settings.CLIENT_ADDRESS_HEADER:
        return [checks.Info("A proxy stands in front of the site.", hint=duties, id="bdhvs_site.I001")]
    return [
        checks.Warning(
            "The site runs without a reverse proxy.",
            hint=f"Put a proxy with a certificate in front of it and set BDHVS_BEHIND_PROXY=1. {duties}",
            id="bdhvs_site.W001",
        )
    ]


@checks.register(checks.Tags.database)
def restored_whole(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """bdhvs_site.E002: a restore was begun and has not ended: what is here is half of a file."""
    if DEFAULT_DB_ALIAS not in (databases or ()) or (file := unfinished(connections[DEFAULT_DB_ALIAS])) is None:
        return []
    return [
        checks.Error(
            f"The restore of {file} was begun and has not ended.",
            hint="Run `bdhvs restore` with the same file, or another, again.",
            id="bdhvs_site.E002",
        )
    ]


@checks.register(checks.Tags.database)
def made_by_this_version(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """bdhvs_site.E003: every migration is recorded, and what they make is not there. `migrate` would find nothing to do
    and every page would fail."""
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    try:
        lacking = [] if pending_migrations() else lacking_columns()
    except DatabaseError:
        return []  # whoever needs the database says that it is away
    if not lacking:
        return []
    named = ", ".join(lacking[:5]) + (f" and {len(lacking) - 5} more" if len(lacking) > 5 else "")
    return [
        checks.Error(
            f"The database lacks {named}, although all migrations are recorded: another version made it, one whose "
            "migrations had the same names.",
            hint="Databases of versions before 0.1.0 cannot be migrated: export what is needed with the version that "
            "made it, and begin with an empty database. Else restore a backup. docs/deploy.md has more.",
            id="bdhvs_site.E003",
        )
    ]


def serving_problems(host: str) -> tuple[list[str], list[str]]:
    """What forbids serving on ``host``, and what an operator should hear of: (problems, warnings), one line each."""
    problems: list[str] = []
    warnings: list[str] = []
    try:
        secret = settings.SECRET_KEY
    except ImproperlyConfigured:  # Django's answer to an empty one
        secret = ""
        problems.append("No secret key: set BDHVS_SECRET_KEY_FILE (or BDHVS_SECRET_KEY) to at least 50 characters.")
    insecure = app_settings.INSECURE_LOOPBACK
    if insecure and host not in LOOPBACK:
        problems.append(f"BDHVS_INSECURE_LOOPBACK serves 127.0.0.1 only, not {host}.")
    # Only a storage with a manifest has such a thing, and an empty one before collectstatic.
    if getattr(staticfiles_storage, "hashed_files", None) == {}:
        problems.append(f"No static files in {Path(settings.STATIC_ROOT)}: run `bdhvs collectstatic` first.")
    expected = (HTTP_ONLY if insecure else frozenset()) | (frozenset() if secret else {"security.W009"})
    for message in checks.run_checks(include_deployment_checks=True, databases=["default"]):
        if message.is_silenced() or message.id in expected:
            continue
        line = f"{message.id}: {message.msg}" + (f" ({message.hint})" if message.hint else "")
        if message.level >= checks.ERROR or message.id in ESSENTIAL:
            problems.append(line)
        elif message.level >= checks.WARNING:
            warnings.append(line)
    return problems, warnings
