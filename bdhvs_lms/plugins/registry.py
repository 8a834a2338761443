"""Typed registries that are loud: incomplete, duplicate or late registration is an error that names both owners."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from django.apps import apps

from bdhvs_lms.plugins.bases import (
    ActivityType,
    PersonalData,
    QuestionType,
    SignInMethod,
    SpeechEngine,
)
from bdhvs_lms.plugins.completeness import faults
from question_files.base import QuestionFormat

T = TypeVar("T", ActivityType, QuestionType, QuestionFormat, PersonalData, SignInMethod, SpeechEngine)


class RegistrationError(Exception):
    """A plugin was registered that cannot work. The text says which class, whose, what is wrong and what to do."""


def name_of(implementation: Any) -> str:
    """Return 'package.module.Class': who to write to."""
    if not isinstance(implementation, type):
        return repr(implementation)
    return f"{implementation.__module__}.{implementation.__qualname__}"


def _all_ready() -> bool:
    return apps.ready


class Registry(Generic[T]):
    """The implementations of one extension point, by key, in the order of registration.

    A faulty registration does not raise where it happens, because that would end `manage.py check` in a traceback
    of the first fault. It is kept in `problems`: the system check bdhvs_lms.E004 reports each, and so do `migrate`
    and every other command that runs checks; a server that runs none raises RegistrationError at every read.

    Why no override? Two plugins that answer to one key would make a result depend on the order of INSTALLED_APPS.
    """

    def __init__(self, base: type[T], *, ready: Callable[[], bool] = _all_ready) -> None:
        """`ready`: whether all apps are ready, after which registration is late."""
        self.base: type[T] = base
        self.problems: list[str] = []
        self._items: dict[str, T] = {}
        self._ready = ready

    def register(self, implementation: type[T]) -> type[T]:
        """Add a class; call it in `AppConfig.ready()`. Usable as a decorator. The same class again is no news.

        Raises RegistrationError when all apps are ready already: who has read the registry meanwhile would never know.
        """
        owner = name_of(implementation)
        if any(type(item) is implementation for item in self._items.values()):
            return implementation
        if self._ready():
            raise RegistrationError(
                f"{owner} registers too late: call register() in AppConfig.ready(), before the first request."
            )
        found = faults(self.base, implementation)
        if found:
            self.problems.append(f"{owner}: {'; '.join(found)} (see {self.base.__name__}).")
            return implementation
        other = self._items.get(implementation.key)
        if other is not None:
            self.problems.append(
                f"{owner} and {name_of(type(other))} both register the key {implementation.key!r}: rename one of them."
            )
            return implementation
        self._items[implementation.key] = implementation()
        return implementation

    def registered(self) -> tuple[T, ...]:
        """Return what was accepted, problems or not: for system checks, which must say more than one thing."""
        return tuple(self._items.values())

    def _read(self) -> dict[str, T]:
        if self.problems and self._ready():
            raise RegistrationError("\n".join(self.problems))
        return self._items

    def get(self, key: str) -> T | None:
        """Return the implementation, or None: the plugin is missing, and callers must be able to say so."""
        return self._read().get(key)

    def __iter__(self) -> Iterator[T]:
        return iter(tuple(self._read().values()))

    def __contains__(self, key: Any) -> bool:
        return key in self._read()

    def __len__(self) -> int:
        return len(self._read())


activity_types: Registry[ActivityType] = Registry(ActivityType)
question_types: Registry[QuestionType] = Registry(QuestionType)
question_formats: Registry[QuestionFormat] = Registry(QuestionFormat)
personal_data: Registry[PersonalData] = Registry(PersonalData)
sign_in_methods: Registry[SignInMethod] = Registry(SignInMethod)
speech_engines: Registry[SpeechEngine] = Registry(SpeechEngine)
