"""Things that wait for somebody who works in the admin: each app says them, and the admin's first page shows all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from bdhvs_lms.plugins.registry import RegistrationError


@dataclass(frozen=True)
class Waiting:
    """One thing to do. `text` is a whole phrase in the reader's language, the number in it; `url` leads to where it is
    done."""

    text: str
    url: str
    order: int = 100
    """Small ones first: what stops others before what can wait."""


Provider = Callable[[Any], Iterable[Waiting]]

_providers: dict[str, Provider] = {}


def register_waiting(key: str, provider: Provider) -> None:
    """Register `provider(user)`, which is asked whenever the admin's first page is opened.

    key: with the app's name before it, e.g. "bdhvs_h5p.approval". The provider asks for the user's permissions itself,
    says nothing where nothing waits, and asks a number of queries that does not grow with what it counts. Raises
    RegistrationError when the key is taken.
    """
    if _providers.setdefault(key, provider) is not provider:
        raise RegistrationError(f"“{key}” is registered twice: by {_providers[key]} and by {provider}.")


def what_waits(user: Any) -> list[Waiting]:
    """Return everything that waits for this account, in order."""
    found = [item for provider in _providers.values() for item in provider(user)]
    return sorted(found, key=lambda item: item.order)
