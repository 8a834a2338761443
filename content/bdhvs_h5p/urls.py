"""URLs at /h5p/ without a language: the player's document and every file. Learners' actions are in `attempts.urls`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [path("", include("bdhvs_h5p.player.urls"))]
