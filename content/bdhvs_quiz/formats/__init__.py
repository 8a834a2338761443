"""Built-in kinds of files with questions, a folder each, whose `format` registers it. Modules beside are shared."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Any


def names() -> list[str]:
    """Of the folders beside this file."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)


def load() -> list[Any]:
    """The module `format` of every one: what is defined there is registered."""
    return [import_module(f"{__name__}.{name}.format") for name in names()]
