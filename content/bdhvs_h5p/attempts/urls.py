"""Addresses of what learners do: with language prefix and session."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from bdhvs_h5p.attempts import views

app_name = "bdhvs_h5p"

urlpatterns: list[URLPattern | URLResolver] = [
    path("hoc-lieu/<uuid:activity_key>/bat-dau/", views.begin, name="begin"),
    path("luot-hoc/<uuid:attempt_uuid>/", views.attempt, name="attempt"),
    path("luot-hoc/<uuid:attempt_uuid>/menh-de/", views.statements, name="statements"),
    path("luot-hoc/<uuid:attempt_uuid>/trang-thai/", views.state, name="state"),
    path("luot-hoc/<uuid:attempt_uuid>/xong/", views.done, name="done"),
]
