"""Typed registries that are loud: incomplete, duplicate or late registration is an error that names both owners."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, Generic, TypeVar, get_type_hints

from bdhvs_lms.plugins.bases import ActivityType, PersonalData, QuestionType

T = TypeVar("T", ActivityType, QuestionType, PersonalData)


class RegistrationError(Exception):
    """A plugin was registered that cannot work. The text says which class, whose, what is wrong and what to do."""


class Registry(Generic[T]):
    """The implementations of one extension point, by key, in the order of registration.

    Why no override? Two plugins that answer to one key would make a result depend on the order of INSTALLED_APPS.
    """

    def __init__(self, base: type[T]) -> None:
        self.base = base
        self._items: dict[str, T] = {}
        self._closed = False
        self.problems: list[str] = []

    def register(self, implementation: type[T]) -> type[T]:
        """Add a class. Usable as a decorator. Raises RegistrationError."""
        owner = f"{implementation.__module__}.{implementation.__qualname__}"
        if self._closed:
            raise RegistrationError(
                f"{owner} registers too late: call register() in AppConfig.ready(), before the first request."
            )
        if not issubclass(implementation, self.base):
            raise RegistrationError(f"{owner} is no {self.base.__name__}: derive it from {self.base.__name__}.")
        missing = sorted(self._missing(implementation))
        if missing:
            raise RegistrationError(f"{owner} lacks {', '.join(missing)} (see {self.base.__name__}).")
        key = implementation.key
        other = self._items.get(key)
        if other is not None:
            if type(other) is implementation:
                return implementation
            first = f"{type(other).__module__}.{type(other).__qualname__}"
            raise RegistrationError(f"{owner} and {first} both register the key {key!r}: rename one of them.")
        self._items[key] = implementation()
        return implementation

    def _missing(self, implementation: type[T]) -> set[str]:
        missing = set(getattr(implementation, "__abstractmethods__", ()))
        for name in get_type_hints(self.base):
            if not hasattr(implementation, name):
                missing.add(name)
        if inspect.isabstract(implementation) and not missing:
            missing.add("its abstract methods")
        return missing

    def close(self) -> None:
        """No registration from here on. Called once all apps are ready."""
        self._closed = True

    def get(self, key: str) -> T | None:
        """The implementation, or None: the plugin is missing, and callers must be able to say so."""
        return self._items.get(key)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items.values())

    def __contains__(self, key: Any) -> bool:
        return key in self._items

    def __len__(self) -> int:
        return len(self._items)


activity_types: Registry[ActivityType] = Registry(ActivityType)
question_types: Registry[QuestionType] = Registry(QuestionType)
personal_data: Registry[PersonalData] = Registry(PersonalData)
