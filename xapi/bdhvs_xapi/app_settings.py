"""An app's own settings: declared once, read when they are used, looked at by `manage.py check`::

    class ShopSettings(AppSettings):
        prefix, error, warning = "SHOP_", "shop.E001", "shop.W001"
        MAX_ITEMS = Setting(number(1, 100), 20, "items in one order")

    app_settings = ShopSettings()

`app_settings.MAX_ITEMS` is what SHOP_MAX_ITEMS says at that moment, or 20. Knows nothing of statements: it stands here
because every package of ours may import this one, and nothing else is below all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import wraps
from typing import Any, ClassVar, Generic, TypeVar

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured

__all__ = ["AppSettings", "Kind", "Setting", "flag", "number", "reads_settings", "text", "texts"]

T = TypeVar("T")


@dataclass(frozen=True)
class Kind(Generic[T]):
    """What a setting may be: `words` for after "must be", and `read`, which makes what code gets of a project's value,
    or raises ImportError, TypeError or ValueError."""

    words: str
    read: Callable[[Any], T]


def number(least: int, most: int | None = None) -> Kind[int]:
    """A whole number within bounds that count themselves; True and False are none."""

    def read(value: Any) -> int:
        if type(value) is not int or value < least or (most is not None and value > most):
            raise ValueError
        return value

    return Kind(f"a whole number, {least} or more" if most is None else f"a whole number from {least} to {most}", read)


def text(words: str, pattern: str) -> Kind[str]:
    """A text that matches the whole pattern; None is the empty one."""

    def read(value: Any) -> str:
        found = "" if value is None else value
        if not re.fullmatch(pattern, found):
            raise ValueError
        return str(found)

    return Kind(words, read)


def texts(words: str, pattern: str) -> Kind[tuple[str, ...]]:
    """A list, tuple or set of such texts; a single text is none."""
    one = text(words, pattern)

    def read(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list | tuple | set | frozenset):
            raise TypeError
        return tuple(one.read(each) for each in value)

    return Kind(words, read)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


flag = Kind("True or False", _flag)


class Setting(Generic[T]):
    """One setting of an app, as a class attribute of its `AppSettings`.

    Args:
        default: as a project would write it.
        about: what it does, in a line of Markdown.
        error: id of the check's message, where it has one of its own.

    Reading raises ImproperlyConfigured for a value that is not of the kind.
    """

    def __init__(self, kind: Kind[T], default: Any, about: str, *, error: str = "") -> None:
        self.kind, self.default, self.about, self.error = kind, default, about, error

    def __set_name__(self, owner: type[AppSettings], name: str) -> None:
        self.name = owner.prefix + name
        self.error = self.error or owner.error

    def __get__(self, instance: AppSettings | None, owner: type[AppSettings] | None = None) -> T:
        # Asked anew every time and kept nowhere: tests and `override_settings` change all of it at once.
        value = getattr(settings, self.name, self.default)
        try:
            return self.kind.read(value)
        except (ImportError, TypeError, ValueError) as error:
            raise ImproperlyConfigured(f"{self.name} is {value!r}, but must be {self.kind.words}.") from error


class AppSettings:
    """Settings whose names begin with `prefix`; `error` and `warning` are the ids of what the check says about them."""

    prefix: ClassVar[str]
    error: ClassVar[str]
    warning: ClassVar[str]

    @classmethod
    def declared(cls) -> list[Setting[Any]]:
        return [each for each in vars(cls).values() if isinstance(each, Setting)]

    def register_checks(self) -> None:
        """Called once, in AppConfig.ready()."""
        register(lambda app_configs, **kwargs: self.check())

    def check(self) -> list[CheckMessage]:
        """Errors for values that are not of their kind, warnings for names not declared, each with the likely one.

        A name is looked at once: by those whose prefix fits best.
        """
        found: list[CheckMessage] = []
        for each in self.declared():
            try:
                each.__get__(self)
            except ImproperlyConfigured as error:
                hint = f"Remove it to use the default, {each.default!r}."
                found.append(Error(str(error), hint=hint, id=each.error))
        owners = AppSettings.__subclasses__()
        known = {each.name for owner in owners for each in owner.declared()}
        for name in sorted(set(dir(settings)) - known):
            fitting = [owner.prefix for owner in owners if name.startswith(owner.prefix)]
            if fitting and max(fitting, key=len) == self.prefix:
                near = get_close_matches(name, sorted(known), 1, cutoff=0.8)
                # A project's own code may well read it: that cannot be known here.
                advice = (
                    "Remove it, or install the app that it is for. A setting of your own needs another prefix than "
                    f"{self.prefix}, or an AppSettings of its own."
                )
                hint = f"Did you mean {near[0]}?" if near else advice
                found.append(Warning(f"{name} is set, but no installed app declares it.", hint=hint, id=self.warning))
        return found


def reads_settings(check: Callable[..., Sequence[CheckMessage]]) -> Callable[..., Sequence[CheckMessage]]:
    """For a system check that reads settings: of a value that is not of its kind the settings' own check speaks."""

    @wraps(check)
    def run(*args: Any, **kwargs: Any) -> Sequence[CheckMessage]:
        try:
            return check(*args, **kwargs)
        except ImproperlyConfigured:
            return []

    return run
