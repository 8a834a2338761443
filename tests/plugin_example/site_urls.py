"""Addresses of a site that has the plugin: its own line, then the ready site's."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from bdhvs_lms.site.urls import urlpatterns as ready_site

urlpatterns = [
    *i18n_patterns(path("", include("plugin_example.urls")), prefix_default_language=False),
    *ready_site,
]
