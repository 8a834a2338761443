"""Words for people in the reader's language: English, until a program says with `translate_with` how it translates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol


class Text(Protocol):
    """Words whose `str()` is what people read: a `str`, a `Lazy`, or a framework's own lazy text."""

    def __str__(self) -> str: ...

    def __mod__(self, values: Any, /) -> Any: ...


@dataclass(frozen=True)
class _Translator:
    text: Callable[[str], str]
    number: Callable[[int], str]
    language: Callable[[], str]


_ENGLISH = _Translator(str, "{:,}".format, lambda: "en")
_translator = _ENGLISH
_as_written: ContextVar[bool] = ContextVar("as_written", default=False)


def translate_with(text: Callable[[str], str], number: Callable[[int], str], language: Callable[[], str]) -> None:
    """Set for the whole process how a text and a number are said, and the reader's language ('vi')."""
    global _translator
    _translator = _Translator(text, number, language)


@contextmanager
def untranslated() -> Iterator[None]:
    """Inside, texts stay as the code has them: the same file reads the same whoever asks."""
    before = _as_written.set(True)
    try:
        yield
    finally:
        _as_written.reset(before)


def _active() -> _Translator:
    return _ENGLISH if _as_written.get() else _translator


def gettext(text: str) -> str:
    return _active().text(text)


def format_number(number: int) -> str:
    return _active().number(number)


def get_language() -> str:
    """The reader's language: 'vi', 'en-us'."""
    return _active().language()


class Lazy:
    """A text that is translated each time it is read."""

    __slots__ = ("_text", "_values")

    def __init__(self, text: str, values: Any = None) -> None:
        self._text, self._values = text, values

    def __str__(self) -> str:
        text = gettext(self._text)
        return text if self._values is None else text % self._values

    def __mod__(self, values: Any, /) -> Lazy:
        return Lazy(self._text, values)

    def __repr__(self) -> str:
        return f"Lazy({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other) if isinstance(other, (str, Lazy)) else NotImplemented

    def __hash__(self) -> int:
        return hash(str(self))


def gettext_lazy(text: str) -> Lazy:
    return Lazy(text)
