"""System checks of H5P, before third-party code is served from where it could do harm."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.files.storage import FileSystemStorage, InvalidStorageError
from django.db import connection

from bdhvs_h5p.conf import app_settings
from bdhvs_h5p.models import H5PPage
from bdhvs_h5p.queries import without_end
from bdhvs_h5p.storage import ALIAS, storage
from bdhvs_lms.conf import app_settings as lms_settings
from bdhvs_lms.plugins.api import missing_templates
from bdhvs_xapi.app_settings import reads_settings
from h5p_python_adapter import player_there

__all__ = ["check_ends", "check_h5p", "check_player", "connect"]

HOST = "bdhvs_h5p.player.middleware.ContentHostMiddleware"
LIMIT = "bdhvs_h5p.middleware.UploadLimitMiddleware"
FORMS = "bdhvs_lms.site.middleware.UnreadableFormsMiddleware"
TEMPLATES = ("bdhvs_h5p/attempt_page.html", "bdhvs_h5p/h5p_page.html", "bdhvs_h5p/too_large.html")


def check_h5p(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    return [*_storage(), *_origin(), *_uploads(), *_page(), *missing_templates("bdhvs_h5p", TEMPLATES)]


def _storage() -> list[CheckMessage]:
    try:
        kept = storage()
    except InvalidStorageError as missing:
        return [
            Error(
                f"No storage is configured for H5P files: {missing}",
                hint=f'Configure STORAGES["{ALIAS}"] with a location that is not served.',
                id="bdhvs_h5p.E001",
            )
        ]
    if not isinstance(kept, FileSystemStorage):
        return []
    place = Path(kept.location).resolve()
    served = {"MEDIA_ROOT": settings.MEDIA_ROOT, "STATIC_ROOT": settings.STATIC_ROOT}
    return [
        Error(
            f"H5P files are stored below {name}, which is served from the site's own address: a "
            "package could act as the site.",
            hint=f'Set a location outside it in STORAGES["{ALIAS}"].',
            id="bdhvs_h5p.E002",
        )
        for name, root in served.items()
        if root and place.is_relative_to(Path(root).resolve())
    ]


@reads_settings
def _origin() -> list[CheckMessage]:
    given = app_settings.CONTENT_ORIGIN
    if not given:
        return []
    parts = urlsplit(given)
    found: list[CheckMessage] = []
    own = urlsplit(lms_settings.PUBLIC_URL)
    if (parts.scheme, parts.netloc) == (own.scheme, own.netloc):
        found.append(
            Error(
                "BDHVS_H5P_CONTENT_ORIGIN is the site's own origin.",
                hint=(
                    "Use a host that serves nothing else, or leave it empty: packages are then isolated by headers "
                    "alone."
                ),
                id="bdhvs_h5p.E004",
            )
        )
    elif own.hostname and parts.hostname and parts.hostname.endswith("." + own.hostname):
        found.append(
            Warning(
                "BDHVS_H5P_CONTENT_ORIGIN is a subdomain of the site's host: cookies set for the whole domain are "
                "sent to it.",
                hint="A sibling host (noi-dung.example.vn for hoc.example.vn) is safer.",
                id="bdhvs_h5p.W002",
            )
        )
    if HOST not in settings.MIDDLEWARE:
        found.append(
            Error(
                "BDHVS_H5P_CONTENT_ORIGIN is set, but that host would also serve the whole site.",
                hint=f"Add {HOST} to MIDDLEWARE as the first entry.",
                id="bdhvs_h5p.E007",
            )
        )
    if own.scheme == "https" and parts.scheme != "https":
        found.append(
            Error(
                "BDHVS_H5P_CONTENT_ORIGIN is http and the site is https: browsers block its content.",
                hint="Use an https origin.",
                id="bdhvs_h5p.E005",
            )
        )
    return found


def _page() -> list[CheckMessage]:
    if apps.is_installed("h5p_python_adapter"):
        return []
    return [
        Error(
            "The script of the page around an H5P activity cannot be found.",
            hint='Add "h5p_python_adapter" to INSTALLED_APPS: its static files have it.',
            id="bdhvs_h5p.E009",
        )
    ]


def _uploads() -> list[CheckMessage]:
    named = list(settings.MIDDLEWARE)
    before = named[: named.index(FORMS)] if FORMS in named else named
    if LIMIT in before:
        return []
    return [
        Warning(
            "H5P packages of any size are read completely before they can be refused.",
            hint=f"Add {LIMIT} to MIDDLEWARE, after SessionMiddleware and before {FORMS}.",
            id="bdhvs_h5p.W003",
        )
    ]


def check_player(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check that the player is there, on a site that is to be deployed: elsewhere everything but playing works without
    it."""
    if player_there():
        return []
    return [
        Warning(
            "H5P activities cannot be played: the player's files are missing.",
            hint=(
                "Install a released wheel, which includes them, or run npm ci in the project's folder and build it "
                "again."
            ),
            id="bdhvs_h5p.W001",
        )
    ]


def check_ends(app_configs: Any = None, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Report pages that a course needs and nobody can finish; with `check --database default`."""
    if not databases or "default" not in databases:
        return []
    with connection.cursor() as cursor:
        # `migrate` runs the checks of a database that has no tables yet.
        if H5PPage._meta.db_table not in connection.introspection.table_names(cursor):
            return []
    return [
        Warning(
            f"“{page.title}” ({page.url_path}) is required in its course but cannot be completed: "
            f"{library} never reports completion.",
            hint="Edit the page: choose another way of completion or make it optional, then publish it again.",
            id="bdhvs_h5p.W004",
        )
        for page, library in without_end()
    ]


def connect() -> None:
    app_settings.register_checks()
    register(check_h5p, "bdhvs")
    register(check_player, "bdhvs", deploy=True)
    register(check_ends, Tags.database)
