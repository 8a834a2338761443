"""Built-in question types, a folder each: model, type, fragments, sample, test. Other types live in apps of
their own."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Any

# As editors choose among them, the commonest first; any other follows by its name.
COMMONEST = (
    "single_choice",
    "multiple_choice",
    "true_false",
    "short_text",
    "blanks",
    "numeric",
    "matching",
    "ordering",
)


def names() -> list[str]:
    """List the names of the folders beside this file."""
    found = [module.name for module in pkgutil.iter_modules(__path__) if module.ispkg]
    return sorted(found, key=lambda name: (COMMONEST.index(name) if name in COMMONEST else len(COMMONEST), name))


def load(module: str) -> list[Any]:
    """Import this module ('model', 'type', 'sample') of every type, so that Django knows or registers its
    definitions."""
    return [import_module(f"{__name__}.{name}.{module}") for name in names()]


def samples_of_types() -> dict[str, Any]:
    """Return by the name of each type a sample question: `MODEL`, `ASKED`, and the `fields(asked, id_of)` of that
    model."""
    return dict(zip(names(), load("sample"), strict=True))
