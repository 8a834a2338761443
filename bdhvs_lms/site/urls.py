"""Addresses of the ready site. Apps are named as strings: a site that leaves one out leaves out its line.

Errors are Django's handlers with the theme's templates 400.html, 403.html, 404.html and 500.html.
"""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from bdhvs_lms.site.health import healthz
from bdhvs_lms.site.media import rendition
from bdhvs_lms.site.middleware import ADMIN_PATH

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    # Only renditions are public: originals carry the camera's place and time, documents have their own permissions.
    path(f"{settings.MEDIA_URL.strip('/')}/images/<path:name>", rendition, name="rendition"),
    path(ADMIN_PATH.lstrip("/"), include("wagtail.admin.urls")),
    path("documents/", include("wagtail.documents.urls")),
    # Vietnamese has no prefix, English is below /en/. Wagtail's pages come last: they take every address left.
    *i18n_patterns(
        path("", include("bdhvs_lms.urls")),
        path("", include("bdhvs_quiz.urls")),
        path("", include("bdhvs_content.urls")),
        path("", include("wagtail.urls")),
        prefix_default_language=False,
    ),
]
