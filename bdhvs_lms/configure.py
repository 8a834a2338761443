"""Settings that a site needs for our apps: `configure(globals())` at the end of its own adds what is missing.

It adds and replaces nothing: what the settings say already stays, and what changes the rest of the site (who signs in
where, its language, its error pages) is done only when asked for. `manage.py check` says what is missing afterwards.
Settings are read before apps, so nothing of Django's that needs them is imported here.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, MutableMapping
from copy import deepcopy
from pathlib import Path
from typing import Any, Final, NamedTuple

from django.conf import global_settings
from django.core.exceptions import ImproperlyConfigured

__all__ = [
    "ALLAUTH",
    "APPS",
    "MAY_BE_LEFT_OUT",
    "MIDDLEWARE",
    "OURS",
    "SQLITE_OPTIONS",
    "THEIRS",
    "WORDS",
    "configure",
    "error_pages_folder",
    "sqlite_pragmas",
    "with_allauth",
]

OURS: Final = (
    "bdhvs_theme",
    "bdhvs_quiz",
    "bdhvs_h5p",
    "bdhvs_tasks",
    "h5p_python_adapter",
    "bdhvs_content",
    "bdhvs_lms",
    "bdhvs_xapi",
)
WORDS: Final = "bdhvs_wagtail_vi"
"""After ours, whose words win; before those whose words it supplies."""
THEIRS: Final = ("polymorphic", "wagtailmedia", "wagtail.contrib.typed_table_block")
APPS: Final = (*OURS, *THEIRS)
"""In this order, before Wagtail's own, whose templates and commands some of ours replace, and after the site's."""

ALLAUTH: Final = ("bdhvs_allauth", "allauth", "allauth.account", "allauth.socialaccount", "allauth.mfa")
"""Signing in by an OpenID Connect provider, and a second factor for staff: only where asked for."""

MAY_BE_LEFT_OUT: Final = ("bdhvs_theme", "bdhvs_quiz", "bdhvs_h5p", "bdhvs_tasks", "bdhvs_content")
NEEDS: Final = {
    "bdhvs_quiz": ("bdhvs_content",),
    "bdhvs_h5p": ("bdhvs_content",),
    "bdhvs_tasks": ("bdhvs_content",),
    "h5p_python_adapter": ("bdhvs_h5p",),
    "polymorphic": ("bdhvs_quiz",),
    "wagtailmedia": ("bdhvs_content",),
    "wagtail.contrib.typed_table_block": ("bdhvs_content",),
}
"""What goes with what: an app is left out where one that it is for, or that it needs, is."""


class Place(NamedTuple):
    """A middleware of `app`, behind all of `after` and before all of `before`; without either, first of all."""

    path: str
    app: str
    after: tuple[str, ...] = ()
    before: tuple[str, ...] = ()


_SESSION = "django.contrib.sessions.middleware.SessionMiddleware"
_AUTHENTICATION = "django.contrib.auth.middleware.AuthenticationMiddleware"
_MESSAGES = "django.contrib.messages.middleware.MessageMiddleware"
_ACCOUNT = "allauth.account.middleware.AccountMiddleware"
_LEARNER = "bdhvs_lms.learners.middleware.LearnerMiddleware"
_CSRF = "django.middleware.csrf.CsrfViewMiddleware"

MIDDLEWARE: Final = (
    # The last of those that come first: a host for H5P packages alone answers nothing else.
    Place("bdhvs_xapi.lrs.middleware.RecordStoreMiddleware", "bdhvs_xapi"),
    Place("bdhvs_h5p.player.middleware.ContentHostMiddleware", "bdhvs_h5p"),
    Place("bdhvs_lms.site.middleware.OwnPrivatePagesMiddleware", "bdhvs_lms", after=(_SESSION,)),
    # Before whoever reads forms, in this order.
    Place("bdhvs_h5p.middleware.UploadLimitMiddleware", "bdhvs_h5p", before=(_CSRF, _AUTHENTICATION)),
    Place("bdhvs_lms.site.middleware.UnreadableFormsMiddleware", "bdhvs_lms", before=(_CSRF, _AUTHENTICATION)),
    Place("bdhvs_content.middleware.EditingMiddleware", "bdhvs_content", before=(_CSRF, _AUTHENTICATION)),
    Place("bdhvs_lms.site.middleware.ErrorPagesMiddleware", "bdhvs_lms", after=(_AUTHENTICATION,)),
    # `request.learner`, for these pages too.
    Place(_LEARNER, "bdhvs_lms", after=(_AUTHENTICATION,)),
    # Behind whoever says who asks, in this order.
    Place(_ACCOUNT, "bdhvs_allauth", after=(_AUTHENTICATION, _LEARNER, _MESSAGES)),
    Place("bdhvs_allauth.middleware.SecondFactorMiddleware", "bdhvs_allauth", after=(_AUTHENTICATION, _ACCOUNT)),
)

SQLITE_PRAGMAS: Final = {
    "journal_mode": "WAL",
    # What was acknowledged is on the disk and survives a power cut, which NORMAL does not promise with WAL.
    "synchronous": "FULL",
    # What is deleted is overwritten: an erased person is in no free page.
    "secure_delete": "ON",
    # A page of answers lies in a hundred places of a large file: 32 MiB a connection, and the file itself mapped.
    "cache_size": "-32768",
    "mmap_size": "2147418112",
}
# IMMEDIATE takes the write lock where a transaction starts: DEFERRED read-then-write fails under load.
SQLITE_OPTIONS: Final = {"transaction_mode": "IMMEDIATE", "timeout": 20}
CONTEXT_PROCESSORS: Final = (
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
)
SIGN_IN: Final = {
    "LOGIN_URL": "bdhvs_lms:sign-in",
    "WAGTAIL_FRONTEND_LOGIN_URL": "bdhvs_lms:sign-in",
    "LOGIN_REDIRECT_URL": "bdhvs_lms:start",
    "LOGOUT_REDIRECT_URL": "bdhvs_lms:sign-in",
    # Staff is signed out when nobody works, learners on a shared device.
    "SESSION_ENGINE": "bdhvs_lms.learners.session_store",
    # Wagtail's own form, in the words of the throttle on guessing.
    "WAGTAILADMIN_USER_LOGIN_FORM": "bdhvs_lms.learners.admin.sign_in.AdminSignInForm",
}
BACKEND: Final = "bdhvs_lms.learners.backends.AccountBackend"
VIETNAMESE: Final = {
    "LANGUAGE_CODE": "vi",
    "LANGUAGES": [("vi", "Tiếng Việt"), ("en", "English")],
    "WAGTAIL_CONTENT_LANGUAGES": [("vi", "Tiếng Việt"), ("en", "English")],
    "WAGTAILADMIN_PERMITTED_LANGUAGES": [("vi", "Tiếng Việt"), ("en", "English")],
    "TIME_ZONE": "Asia/Ho_Chi_Minh",
    # The day first.
    "FORMAT_MODULE_PATH": "bdhvs_wagtail_vi.formats",
    "WAGTAIL_DATE_FORMAT": "%d/%m/%Y",
    "WAGTAIL_DATETIME_FORMAT": "%d/%m/%Y %H:%M",
}

Settings = MutableMapping[str, Any]


def configure(
    settings: Settings,
    *,
    without: Iterable[str] = (),
    sign_in: bool = False,
    vietnamese: bool = False,
    error_pages: bool = False,
    allauth: bool = False,
) -> None:
    """Add to ``settings``, the globals of a settings module, what our apps need; called at its end.

    ``without``: apps of MAY_BE_LEFT_OUT. ``sign_in``: our page is where the site's users sign in, with our throttle on
    guessing passwords and our sessions that end; without it the site's own LOGIN_URL is used and nothing of it changes.
    ``vietnamese``: the site's language, formats and time zone become Vietnam's, and Wagtail's admin speaks Vietnamese;
    these are the only settings that are replaced. ``error_pages``: the theme's pages for 400 to 503 where the
    site has none. ``allauth``: people may sign in by an OpenID Connect provider, and staff shows a second factor, where
    settings of bdhvs_allauth say so; needs the extra `allauth`.

    Called twice it changes nothing more. Raises ImproperlyConfigured for settings that it cannot add to, and for an app
    that cannot be left out.
    """
    left_out = _left_out(without)
    apps = [app for app in APPS if app not in left_out]
    if vietnamese:
        apps.insert(apps.index(OURS[-1]) + 1, WORDS)
        settings.update(deepcopy(VIETNAMESE))
    had_media = "wagtailmedia" in settings.get("INSTALLED_APPS", ())
    settings["INSTALLED_APPS"] = with_apps(list(_asked(settings, "INSTALLED_APPS")), apps)
    settings["MIDDLEWARE"] = with_middleware(list(_asked(settings, "MIDDLEWARE")), apps)
    settings["DATABASES"] = _databases(settings)
    if any("postgresql" in one.get("ENGINE", "") for one in settings["DATABASES"].values()):
        # Wagtail's search needs it there; on SQLite it cannot be loaded without psycopg.
        settings["INSTALLED_APPS"] = with_apps(settings["INSTALLED_APPS"], ["django.contrib.postgres"])
    settings["TEMPLATES"] = _templates(settings, error_pages and "bdhvs_theme" in apps)
    settings.setdefault("BDHVS_XAPI_HOME_PAGE", "bdhvs_lms.tracking.api.home_page")
    if "bdhvs_theme" in apps:
        # What our pages look like ends where the site's own begin.
        settings.setdefault("BDHVS_THEME_SCOPED", True)
    if "bdhvs_h5p" in apps:
        settings["STORAGES"] = _storages(settings)
    if "wagtailmedia" in apps and not had_media:
        settings.setdefault(
            "WAGTAILMEDIA",
            {
                # What every browser on a telephone plays.
                "VIDEO_EXTENSIONS": ["mp4", "webm"],
                "AUDIO_EXTENSIONS": ["mp3", "m4a", "ogg"],
                "MEDIA_FORM_BASE": "bdhvs_content.uploads.RecordingForm",
            },
        )
    if sign_in:
        for name, value in SIGN_IN.items():
            settings.setdefault(name, value)
        backends = list(settings.get("AUTHENTICATION_BACKENDS", ()))
        settings["AUTHENTICATION_BACKENDS"] = backends if BACKEND in backends else [BACKEND, *backends]
    if allauth:
        with_allauth(settings)


def with_allauth(settings: Settings) -> None:
    """Add what signing in by an OpenID Connect provider and a second factor for staff need (`configure(allauth=True)`):
    bdhvs_allauth, django-allauth's apps that are not there, their middlewares, and how secrets are kept.

    Raises ImproperlyConfigured where what the extra brings is not installed."""
    missing = [name for name in ("allauth", "fido2", "oauthlib") if importlib.util.find_spec(name) is None]
    if missing:
        raise ImproperlyConfigured(
            "Signing in by OpenID Connect and two-step verification need "
            f'{", ".join(missing)}: pip install "bdhvs-lms[allauth]".'
        )
    settings["INSTALLED_APPS"] = with_apps(list(_asked(settings, "INSTALLED_APPS")), ALLAUTH)
    settings["MIDDLEWARE"] = with_middleware(list(_asked(settings, "MIDDLEWARE")), ALLAUTH)
    settings.setdefault("MFA_ADAPTER", "bdhvs_allauth.adapters.SealedAdapter")


def _asked(settings: Settings, name: str) -> Iterable[str]:
    if name not in settings:
        raise ImproperlyConfigured(f"configure() adds to {name}, so it comes after it, at the end of the settings.")
    given: Iterable[str] = settings[name]
    return given


def _left_out(without: Iterable[str]) -> set[str]:
    out = set(without)
    unknown = sorted(out - set(MAY_BE_LEFT_OUT))
    if unknown:
        raise ImproperlyConfigured(
            f"configure(without=…) names {', '.join(unknown)}. What may be left out: {', '.join(MAY_BE_LEFT_OUT)}."
        )
    while more := {app for app, needed in NEEDS.items() if out.intersection(needed)} - out:
        out |= more
    return out


def with_apps(installed: list[str], apps: Iterable[str]) -> list[str]:
    """Return ``installed`` with ``apps`` that it has not, together, before the first of Wagtail's own or at the end. An
    app may be there by the path of its configuration."""
    present = {one.partition(".apps.")[0] for one in installed}
    new = [app for app in apps if app not in present]
    at = next((n for n, one in enumerate(installed) if one.split(".")[0] == "wagtail"), len(installed))
    return [*installed[:at], *new, *installed[at:]]


def with_middleware(named: list[str], apps: Iterable[str]) -> list[str]:
    """Return ``named`` with those of MIDDLEWARE whose app is among ``apps``, each at its place; those that are there
    stay.

    What has nothing to be placed by comes last: a check then says what is missing before it.
    """
    wanted = set(apps)
    for place in MIDDLEWARE:
        if place.app not in wanted or place.path in named:
            continue
        if not place.after and not place.before:
            at = 0
        elif place.after:
            at = max((named.index(one) + 1 for one in place.after if one in named), default=len(named))
        else:
            at = min((named.index(one) for one in place.before if one in named), default=len(named))
        named = [*named[:at], place.path, *named[at:]]
    return named


def _databases(settings: Settings) -> dict[str, dict[str, Any]]:
    databases: dict[str, dict[str, Any]] = {alias: dict(one) for alias, one in settings.get("DATABASES", {}).items()}
    default = databases.get("default", {})
    if default.get("ENGINE") == "django.db.backends.sqlite3":
        default.setdefault("CONN_MAX_AGE", 60)
        options = {**SQLITE_OPTIONS, **default.get("OPTIONS", {})}
        options["init_command"] = sqlite_pragmas(options.get("init_command") or "")
        default["OPTIONS"] = options
    return databases


def sqlite_pragmas(given: str = "") -> str:
    """Return an `init_command`: ``given``, and of SQLITE_PRAGMAS those that it does not mention."""
    given = given.rstrip().rstrip(";")
    missing = [f"PRAGMA {name}={value}" for name, value in SQLITE_PRAGMAS.items() if name not in given.lower()]
    return "; ".join([*([given] if given else []), *missing]) + ";"


def _templates(settings: Settings, error_pages: bool) -> list[dict[str, Any]]:
    engines: list[dict[str, Any]] = [dict(engine) for engine in settings.get("TEMPLATES", ())]
    ours = next((one for one in engines if one.get("BACKEND", "").endswith(".DjangoTemplates")), None)
    if ours is None:
        raise ImproperlyConfigured("configure() adds to TEMPLATES, which has no engine of Django's.")
    options = ours["OPTIONS"] = dict(ours.get("OPTIONS", {}))
    given = list(options.get("context_processors", ()))
    options["context_processors"] = [*given, *(one for one in CONTEXT_PROCESSORS if one not in given)]
    if error_pages:
        folder = error_pages_folder()
        folders = list(ours.get("DIRS", ()))
        ours["DIRS"] = folders if folder in folders else [*folders, folder]
    return engines


def error_pages_folder() -> Path:
    """Return the folder of the theme's 400.html to 503.html: in no app's templates, so that no site has
    them unasked."""
    theme = importlib.util.find_spec("bdhvs_theme")
    if theme is None or theme.origin is None:
        raise ImproperlyConfigured("The error pages are the theme's, and bdhvs_theme is not there.")
    return Path(theme.origin).parent / "error_pages"


def _storages(settings: Settings) -> dict[str, Any]:
    storages = dict(settings.get("STORAGES") or deepcopy(global_settings.STORAGES))
    # Where no address leads: packages bring programs of strangers.
    base = settings.get("BASE_DIR") or Path(settings["__file__"]).parent
    place = Path(base) / "private" / "h5p"
    file_system = "django.core.files.storage.FileSystemStorage"
    storages.setdefault("bdhvs_h5p", {"BACKEND": file_system, "OPTIONS": {"location": place, "base_url": None}})
    return storages
