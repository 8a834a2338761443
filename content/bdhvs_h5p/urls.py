"""Mounted at /h5p/ without a language: the player's document and every file. What learners do is in `attempts.urls`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [path("", include("bdhvs_h5p.player.urls"))]
