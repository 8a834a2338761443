"""Addresses of the ready site. Apps are named as strings: a site that leaves one out leaves out its line."""

from importlib.util import find_spec

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from bdhvs_lms.site.health import healthz
from bdhvs_lms.site.media import rendition
from bdhvs_lms.site.middleware import ADMIN_PATH


def _pages(*modules: str) -> list[URLPattern | URLResolver]:
    return [path("", include(module)) for module in modules if find_spec(module) is not None]


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    # Only renditions are public: originals carry the camera's place and time, documents have their own permissions.
    path(f"{settings.MEDIA_URL.strip('/')}/images/<path:name>", rendition, name="rendition"),
    path(ADMIN_PATH.lstrip("/"), include("wagtail.admin.urls")),
    path("documents/", include("wagtail.documents.urls")),
    # Vietnamese has no prefix, English is below /en/. Wagtail's pages come last: they take every address left.
    *i18n_patterns(
        *_pages("bdhvs_lms.urls", "bdhvs_quiz.urls", "bdhvs_content.urls", "wagtail.urls"),
        prefix_default_language=False,
    ),
]
