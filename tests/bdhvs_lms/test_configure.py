"""`configure(globals())`: what is there stays, what is missing comes to its place, and twice is once."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from bdhvs_lms.configure import (
    ALLAUTH,
    APPS,
    BACKEND,
    MIDDLEWARE,
    SIGN_IN,
    SQLITE_PRAGMAS,
    configure,
    with_allauth,
    with_apps,
    with_middleware,
)
from bdhvs_lms.site import settings as ready

CSRF = "django.middleware.csrf.CsrfViewMiddleware"
SESSION = "django.contrib.sessions.middleware.SessionMiddleware"
SECOND_FACTOR = "bdhvs_allauth.middleware.SecondFactorMiddleware"
AUTHENTICATION = "django.contrib.auth.middleware.AuthenticationMiddleware"


def host(**more: Any) -> dict[str, Any]:
    return {
        "BASE_DIR": Path("/srv/city"),
        "INSTALLED_APPS": ["home", "wagtail_localize", "wagtail.contrib.forms", "wagtail", "django.contrib.auth"],
        "MIDDLEWARE": [
            SESSION,
            "city.Middleware",
            CSRF,
            AUTHENTICATION,
            "allauth.account.middleware.AccountMiddleware",
        ],
        "TEMPLATES": [{"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {}}],
        "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "city.sqlite3"}},
        **more,
    }


def test_what_the_settings_say_already_stays() -> None:
    said = {
        "LOGIN_URL": "account_login",
        "LANGUAGE_CODE": "fr",
        "TIME_ZONE": "Europe/Paris",
        "AUTHENTICATION_BACKENDS": ["city.Backend"],
        "STORAGES": {"default": {"BACKEND": "city.Storage"}, "bdhvs_h5p": {"BACKEND": "city.Private"}},
        "BDHVS_XAPI_HOME_PAGE": "https://city.example",
        "DATABASES": {
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "CONN_MAX_AGE": 5,
                "OPTIONS": {"timeout": 60, "init_command": "PRAGMA synchronous = NORMAL;"},
            }
        },
    }
    settings = host(**deepcopy(said))
    configure(settings)
    for name in said.keys() - {"DATABASES"}:
        assert settings[name] == said[name], name
    database = settings["DATABASES"]["default"]
    assert (database["CONN_MAX_AGE"], database["OPTIONS"]["timeout"]) == (5, 60)
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert database["OPTIONS"]["init_command"].startswith("PRAGMA synchronous = NORMAL; PRAGMA journal_mode=WAL;")
    assert "synchronous=FULL" not in database["OPTIONS"]["init_command"]
    assert not any(name in settings for name in SIGN_IN.keys() - {"LOGIN_URL"})


def test_each_thing_has_its_place() -> None:
    settings = host()
    configure(settings)
    apps, middleware = settings["INSTALLED_APPS"], settings["MIDDLEWARE"]
    assert apps == ["home", "wagtail_localize", *APPS, "wagtail.contrib.forms", "wagtail", "django.contrib.auth"]
    assert middleware[0].endswith("ContentHostMiddleware")
    assert middleware[1].endswith("RecordStoreMiddleware")
    ours = [one for one in middleware if one.startswith("bdhvs_")]
    assert [one for one in middleware if one not in ours] == host()["MIDDLEWARE"]
    assert middleware.index(AUTHENTICATION) < middleware.index("bdhvs_lms.learners.middleware.LearnerMiddleware")
    for name in ("UploadLimit", "UnreadableForms", "Editing"):
        assert next(n for n, one in enumerate(middleware) if name in one) < middleware.index(CSRF)
    assert settings["STORAGES"]["bdhvs_h5p"]["OPTIONS"]["location"] == Path("/srv/city/private/h5p")
    assert settings["STORAGES"]["staticfiles"]["BACKEND"].startswith("django.contrib.staticfiles.")


def test_every_name_can_be_imported() -> None:
    for place in MIDDLEWARE:
        assert callable(import_string(place.path)), place.path
    for name in (BACKEND, SIGN_IN["WAGTAILADMIN_USER_LOGIN_FORM"]):
        assert import_string(name)


def test_twice_is_once() -> None:
    settings = host()
    configure(settings, sign_in=True, error_pages=True)
    once = deepcopy(settings)
    configure(settings, sign_in=True, error_pages=True)
    assert settings == once


def test_what_changes_the_rest_of_the_site_is_asked_for() -> None:
    settings = host(LANGUAGE_CODE="fr", AUTHENTICATION_BACKENDS=["django.contrib.auth.backends.ModelBackend"])
    configure(settings, sign_in=True, vietnamese=True, error_pages=True)
    assert settings["LANGUAGE_CODE"] == "vi"
    assert settings["LOGIN_URL"] == "bdhvs_lms:sign-in"
    assert settings["AUTHENTICATION_BACKENDS"] == [BACKEND, "django.contrib.auth.backends.ModelBackend"]
    assert "bdhvs_wagtail_vi" in settings["INSTALLED_APPS"]
    (folder,) = settings["TEMPLATES"][0]["DIRS"]
    assert {"403.html", "404.html", "500.html"} <= {file.name for file in folder.iterdir()}


def test_what_is_left_out_takes_with_it_what_is_for_it_only() -> None:
    settings = host()
    configure(settings, without=["bdhvs_h5p", "bdhvs_quiz"])
    apps = settings["INSTALLED_APPS"]
    assert not {"bdhvs_h5p", "h5p_python_adapter", "bdhvs_quiz", "polymorphic"} & set(apps)
    assert {"bdhvs_content", "wagtailmedia", "bdhvs_tasks"} <= set(apps)
    assert "bdhvs_h5p" not in str(settings["MIDDLEWARE"])
    assert "STORAGES" not in settings
    core = host()
    configure(core, without=["bdhvs_content"])
    assert core["BDHVS_THEME_SCOPED"] is True
    bare = host()
    configure(bare, without=["bdhvs_theme"])
    # `check` would not know it.
    assert "BDHVS_THEME_SCOPED" not in bare
    assert [app for app in core["INSTALLED_APPS"] if app.startswith("bdhvs_")] == [
        "bdhvs_theme", "bdhvs_lms", "bdhvs_xapi"
    ]  # fmt: skip


def test_the_second_factor_stands_behind_whoever_says_who_asks() -> None:
    settings = host(MFA_ADAPTER="city.Adapter")
    configure(settings, allauth=True)
    once = deepcopy(settings)
    configure(settings, allauth=True)
    assert settings == once
    order = settings["MIDDLEWARE"]
    places = [order.index(one) for one in (AUTHENTICATION, host()["MIDDLEWARE"][-1], SECOND_FACTOR)]
    assert places == sorted(places) and order.count("allauth.account.middleware.AccountMiddleware") == 1
    assert set(ALLAUTH) <= set(settings["INSTALLED_APPS"])
    assert settings["MFA_ADAPTER"] == "city.Adapter"
    plain = host()
    configure(plain)
    assert not set(ALLAUTH) & set(plain["INSTALLED_APPS"]) and SECOND_FACTOR not in plain["MIDDLEWARE"]


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "fido2" else object())
    with pytest.raises(ImproperlyConfigured, match=r'need fido2: pip install "bdhvs-lms\[allauth\]"'):
        with_allauth(host())


@pytest.mark.parametrize(
    ("settings", "arguments", "said"),
    [
        ({}, {}, "comes after it"),
        (host(TEMPLATES=[]), {}, "no engine of Django's"),
        (host(), {"without": ["bdhvs_lms"]}, "What may be left out"),
    ],
)
def test_what_cannot_be_is_said(settings: dict[str, Any], arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=said):
        configure(settings, **arguments)


def test_a_site_on_postgresql_gets_what_its_search_needs_and_no_options_of_sqlites() -> None:
    settings = host(DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "city"}})
    configure(settings)
    assert "django.contrib.postgres" in settings["INSTALLED_APPS"]
    assert settings["DATABASES"]["default"] == {"ENGINE": "django.db.backends.postgresql", "NAME": "city"}


def test_the_ready_site_has_what_a_site_of_others_is_given() -> None:
    """In the same order, apart from the two that are for other people's pages beside ours."""
    ours = [app for app in ready.INSTALLED_APPS if app in APPS]
    assert ours == list(APPS)
    known = {place.path.replace(".OwnPrivate", ".Private") for place in MIDDLEWARE}
    rest = [one for one in ready.MIDDLEWARE if one not in known]
    given = [
        one.replace(".OwnPrivate", ".Private")
        for one in with_middleware(rest, [*APPS, *ALLAUTH])
        if "ErrorPages" not in one
    ]
    assert sorted(given) == sorted(ready.MIDDLEWARE)
    for before, after in ((SESSION, "Private"), ("UnreadableForms", CSRF), (AUTHENTICATION, "LearnerMiddleware")):
        for named in (given, ready.MIDDLEWARE):
            place = [next(n for n, one in enumerate(named) if what in one) for what in (before, after)]
            assert place == sorted(place)
    pragmas = ready.DATABASES["default"].get("OPTIONS", {}).get("init_command", "")
    assert not pragmas or all(f"{name}={value}" in pragmas for name, value in SQLITE_PRAGMAS.items())


def test_an_app_named_by_its_configuration_is_not_there_twice() -> None:
    assert with_apps(["bdhvs_lms.apps.BdhvsLmsConfig", "wagtail"], ["bdhvs_lms", "bdhvs_xapi"]) == [
        "bdhvs_lms.apps.BdhvsLmsConfig", "bdhvs_xapi", "wagtail"
    ]  # fmt: skip
