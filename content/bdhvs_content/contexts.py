"""Registry of template contexts for pages. Modules that read the models register here, so that models need not know
them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from bdhvs_content.above import restrictions_of

Context = Callable[[Any, HttpRequest, dict[str, Any]], dict[str, Any]]

_contexts: dict[type, Context] = {}


def register_context(model: type, context: Context) -> None:
    """Register `context(page, request, given)` for the template of every page of this class; `given` is what the more
    general classes gave. Call it in `AppConfig.ready()`."""
    _contexts[model] = context


class ShownPage:
    """A page with contexts registered for its class or its base classes, the most general first. Comes before `Page` in
    the bases. The pages above it are read once."""

    def get_view_restrictions(self) -> Any:
        return restrictions_of(self)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)  # type: ignore[misc]
        for model in reversed(type(self).__mro__):
            if model in _contexts:
                context.update(_contexts[model](self, request, context))
        return context
