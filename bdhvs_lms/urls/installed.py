"""Addresses of apps by name: parts above the core are known to it as strings only."""

from __future__ import annotations

from django.apps import apps
from django.urls import URLResolver, include, path


def installed(*modules: tuple[str, str, str]) -> list[URLResolver]:
    """Return those of (app, where below the including address, module of addresses) whose app is installed."""
    return [path(at, include(module)) for app, at, module in modules if apps.is_installed(app)]
