"""Which addresses are ours: found in the URL conf, so that a new one cannot be forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any

from django.urls import URLPattern, URLResolver
from wagtail import hooks
from wagtail.admin.viewsets import viewsets

OURS = (
    "bdhvs_lms",
    "bdhvs_content",
    "bdhvs_quiz",
    "bdhvs_h5p",
    "bdhvs_tasks",
    "bdhvs_allauth",
    "bdhvs_theme",
    "bdhvs_xapi",
    "bdhvs_wagtail_vi",
    "bdhvs_demo",
    # The stranger of the tests, whose question type the bank gives addresses to.
    "plugin_example",
)


@dataclass(frozen=True)
class Address:
    name: str
    """With its namespaces, as `reverse` takes it; of an address without a name the route."""
    route: str
    view: Any
    why: str
    """By what it is ours."""

    @property
    def takes_post(self) -> bool:
        """A class says so; of a function nobody knows before it is called."""
        view_class = getattr(self.view, "view_class", None)
        return view_class is None or hasattr(view_class, "post")


def is_ours(thing: Any) -> bool:
    """A module, class, function or instance that one of our packages defines."""
    if isinstance(thing, ModuleType):
        return thing.__name__.split(".")[0] in OURS
    return str(getattr(thing, "__module__", None)).split(".")[0] in OURS


def addresses_of_ours(patterns: Iterable[Any]) -> Iterator[Address]:
    """Every address whose view, viewset, model or URL conf is ours, the admin's included."""
    namespaces = {viewset.url_namespace for viewset in viewsets.viewsets if _our_viewset(viewset)}
    yield from _walk(patterns, "", "", False, namespaces, _hooked())


def _our_viewset(viewset: Any) -> bool:
    return is_ours(viewset) or is_ours(getattr(viewset, "model", None))


def _hooked() -> set[tuple[str, str | None]]:
    """Routes and names that our hooks add to the admin: they may lead to views of Wagtail's or Django's."""
    added = [hook() or [] for hook in hooks.get_hooks("register_admin_urls") if is_ours(hook)]
    return {(str(pattern.pattern), getattr(pattern, "name", None)) for found in added for pattern in found}


def _walk(
    patterns: Iterable[Any],
    prefix: str,
    namespace: str,
    listed: bool,
    namespaces: set[str],
    hooked: set[tuple[str, str | None]],
) -> Iterator[Address]:
    """`listed`: a module of ours has these patterns in it."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            conf = pattern.urlconf_module
            ours = is_ours(conf) if isinstance(conf, ModuleType) else listed
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            within = ours or inner.rstrip(":").rsplit(":", 1)[-1] in namespaces
            yield from _walk(pattern.url_patterns, route, inner, within, namespaces, hooked)
        elif isinstance(pattern, URLPattern):
            why = "listed" if listed else _why(pattern.callback)
            if not why and prefix and (str(pattern.pattern), pattern.name) in hooked:
                why = "hook"
            if why:
                yield Address(f"{namespace}{pattern.name}" if pattern.name else route, route, pattern.callback, why)


def _why(view: Any) -> str:
    """By what the view is ours: itself, what it wraps, its class, or what its class is told ('model' and the like)."""
    while view is not None:
        view_class = getattr(view, "view_class", None)
        if is_ours(view):
            return "view"
        if view_class is not None and any(is_ours(base) for base in view_class.__mro__):
            return "class"
        for name, value in getattr(view, "view_initkwargs", {}).items():
            if is_ours(value) or is_ours(type(value)):
                return str(name)
        view = view.func if isinstance(view, partial) else getattr(view, "__wrapped__", None)
    return ""
