"""Addresses of the ready site. Apps are named as strings: a site that leaves one out leaves out its line.

Errors are Django's handlers with the theme's templates 400.html, 403.html, 404.html and 500.html; where the database or
the disk is the reason, 503.html.
"""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.http import Http404
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.defaults import page_not_found

from bdhvs_lms.site.health import healthz
from bdhvs_lms.site.media import recording, rendition
from bdhvs_lms.site.metrics import metrics

# Whoever mounts the admin elsewhere changes it here; everything else asks for the address by name.
ADMIN_PATH = "quan-tri/"

handler500 = "bdhvs_lms.site.unavailable.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("metrics", metrics, name="metrics"),
    # Originals of pictures carry the camera's place and time, documents have their own permissions: no address here.
    path(f"{settings.MEDIA_URL.strip('/')}/images/<path:name>", rendition, name="rendition"),
    re_path(
        rf"^{settings.MEDIA_URL.strip('/')}/(?P<folder>media|media_thumbnails|speech)/(?P<name>.+)$",
        recording,
        name="recording",
    ),
    # First the words of the admin's scripts, at the address that Wagtail gives them too.
    path(ADMIN_PATH, include("bdhvs_wagtail_vi.urls")),
    # Wagtail's page that fails on purpose, for anybody who asks.
    path(f"{ADMIN_PATH}failwhale/", page_not_found, {"exception": Http404()}),
    path(ADMIN_PATH, include("wagtail.admin.urls")),
    path("documents/", include("wagtail.documents.urls")),
    path("", include("bdhvs_lms.urls.services")),
    # Vietnamese has no prefix, English is below /en/. Wagtail's pages come last: they take every address left.
    # For whoever works on the theme; not on a site that is in use.
    *([path("_components/", include("bdhvs_theme.components.urls"))] if settings.DEBUG else []),
    *i18n_patterns(
        path("", include("bdhvs_lms.urls.pages")),
        path("", include("wagtail.urls")),
        prefix_default_language=False,
    ),
]
