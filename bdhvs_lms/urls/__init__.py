"""Addresses of everything of ours that is installed: `path("", include("bdhvs_lms.urls"))`, before Wagtail's pages.

A site whose addresses begin with a language takes the two halves: `bdhvs_lms.urls.pages` inside `i18n_patterns`, and
`bdhvs_lms.urls.services` outside.
"""

from django.urls import include, path

urlpatterns = [
    path("", include("bdhvs_lms.urls.services")),
    path("", include("bdhvs_lms.urls.pages")),
]
