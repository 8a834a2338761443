"""URLs of the player and of files: no language, no session."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from bdhvs_h5p.player import views

app_name = "bdhvs_h5p_player"

_HASH = r"[0-9a-f]{64}"

urlpatterns: list[URLPattern | URLResolver] = [
    path("choi/<str:token>/", views.document, name="document"),
    path("tep/<str:token>/<path:path>", views.content, name="content"),
    path("thu-vien/<str:folder>/<str:tree_hash>/<path:path>", views.library, name="library"),
    re_path(rf"^goi/(?P<sha256>{_HASH})\.(?P<kind>js|css)$", views.joined, name="joined"),
]
