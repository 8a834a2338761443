"""A plugin put in or taken out while a test runs: in production neither can happen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bdhvs_lms.plugins.registry import RegistrationError, Registry


@contextmanager
def plugged_in(registry: Registry[Any], *implementations: type[Any]) -> Iterator[None]:
    """Register these too, meanwhile. Raises RegistrationError for one that the registry would not accept."""
    extended: Registry[Any] = Registry(registry.base, ready=lambda: False)
    for item in registry.registered():
        extended.register(type(item))
    for implementation in implementations:
        extended.register(implementation)
    if extended.problems:
        raise RegistrationError("\n".join(extended.problems))
    with _holding(registry, {item.key: item for item in extended.registered()}):
        yield


@contextmanager
def unplugged(registry: Registry[Any], *keys: str) -> Iterator[None]:
    """Hide these registrations meanwhile. Raises KeyError for a key that is not registered: the test would prove
    nothing."""
    left = {item.key: item for item in registry.registered()}
    for key in keys:
        del left[key]
    with _holding(registry, left):
        yield


@contextmanager
def _holding(registry: Registry[Any], items: dict[str, Any]) -> Iterator[None]:
    before = registry._items
    registry._items = items
    try:
        yield
    finally:
        registry._items = before
