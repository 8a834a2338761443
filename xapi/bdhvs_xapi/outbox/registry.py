"""The registered transports. Loud, like the registries of the plugin contract: nothing overrides anything."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from typing import Any, Final

from django.apps import apps
from django.apps.config import AppConfig
from django.core.checks import CheckMessage, Error
from django.utils.functional import Promise

from bdhvs_xapi.outbox.transport import Transport

MAX_KEY: Final = 60
_KEY: Final = re.compile(r"[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)*", re.ASCII)

_transports: dict[str, type[Transport]] = {}
_problems: list[str] = []


class TransportError(Exception):
    """A transport was registered that cannot work, or too late. Says which class, and what is wrong with it."""


def faults(transport: Any) -> list[str]:
    """What a class lacks to be a transport, in words; empty when nothing."""
    if not isinstance(transport, type) or not issubclass(transport, Transport):
        return ["it is no subclass of Transport"]
    found = []
    key, label = getattr(transport, "key", None), getattr(transport, "label", None)
    if not isinstance(key, str) or len(key) > MAX_KEY or not _KEY.fullmatch(key):
        found.append(f"key has to be dotted words of ASCII letters, digits, _ and -, at most {MAX_KEY} characters")
    if not isinstance(label, str | Promise) or not label:
        found.append("label has to be a text that says something")
    if inspect.isabstract(transport):
        found.append(f"it leaves out {', '.join(sorted(transport.__abstractmethods__))}()")
    return found


def register_transport(transport: type[Transport]) -> type[Transport]:
    """Adds a transport; call it in ``AppConfig.ready()``. Usable as a decorator; the same class again is no news.

    A faulty class, or a key that is taken, is not accepted: ``manage.py check`` says so (bdhvs_xapi.E021), and every
    read of the registry raises ``TransportError``. That is raised at once when all apps are ready already.
    """
    if transport in _transports.values():
        return transport
    if apps.ready:
        raise TransportError(f"{_name(transport)} registers too late: call register_transport() in AppConfig.ready()")
    found = faults(transport)
    if not found and (other := _transports.get(transport.key)) is not None:
        found = [f"its key {transport.key!r} is that of {_name(other)}: rename one of them"]
    if found:
        _problems.append(f"{_name(transport)}: {'; '.join(found)}.")
    else:
        _transports[transport.key] = transport
    return transport


def transports() -> dict[str, type[Transport]]:
    """The registered transports by key. Raises ``TransportError`` if a registration was not accepted."""
    if _problems:
        raise TransportError("\n".join(_problems))
    return dict(_transports)


def check_transports(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    return [Error(problem, id="bdhvs_xapi.E021") for problem in _problems]


def _name(transport: Any) -> str:
    return f"{transport.__module__}.{transport.__qualname__}" if isinstance(transport, type) else repr(transport)
