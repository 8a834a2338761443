"""URLs of learners' actions: with language prefix and session."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from bdhvs_h5p.attempts import views
from bdhvs_lms.base.api import worded_path

app_name = "bdhvs_h5p"

urlpatterns: list[URLPattern | URLResolver] = [
    worded_path(
        "hoc-lieu/<uuid:activity_key>/bat-dau/", views.begin, name="begin", en="materials/<uuid:activity_key>/start/"
    ),
    worded_path("luot-hoc/<uuid:attempt_uuid>/", views.attempt, name="attempt", en="runs/<uuid:attempt_uuid>/"),
    worded_path(
        "luot-hoc/<uuid:attempt_uuid>/menh-de/",
        views.statements,
        name="statements",
        en="runs/<uuid:attempt_uuid>/statements/",
    ),
    worded_path(
        "luot-hoc/<uuid:attempt_uuid>/trang-thai/", views.state, name="state", en="runs/<uuid:attempt_uuid>/state/"
    ),
    worded_path("luot-hoc/<uuid:attempt_uuid>/xong/", views.done, name="done", en="runs/<uuid:attempt_uuid>/done/"),
]
