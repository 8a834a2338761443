"""Built-in question types, a folder each: model, type, fragments, sample, test. A stranger's live in their own app."""

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
    """Of the folders beside this file."""
    found = [module.name for module in pkgutil.iter_modules(__path__) if module.ispkg]
    return sorted(found, key=lambda name: (COMMONEST.index(name) if name in COMMONEST else len(COMMONEST), name))


def load(module: str) -> list[Any]:
    """That module ('model', 'type', 'sample') of every type: what is defined there is known to Django or registered."""
    return [import_module(f"{__name__}.{name}.{module}") for name in names()]


def samples_of_types() -> dict[str, Any]:
    """By the name of each type a question of it: `MODEL`, `ASKED`, and the `fields(asked, id_of)` of that model."""
    return dict(zip(names(), load("sample"), strict=True))
