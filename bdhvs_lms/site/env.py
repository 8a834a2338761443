"""Read settings from environment variables, and say what is wrong with one in words an operator can act on."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

__all__ = ["flag", "integer", "items", "one_of", "path", "secret", "text"]

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"", "0", "false", "no", "off"}


def text(name: str, default: str = "") -> str:
    """The variable's value without surrounding blanks; ``default`` when unset or blank."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool = False) -> bool:
    """True for 1/true/yes/on, False for 0/false/no/off.

    Raises ImproperlyConfigured for anything else: a mistyped security switch must not silently mean "off".
    """
    if name not in os.environ:
        return default
    value = os.environ[name].strip().lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is neither yes nor no: use 1 or 0.")


def integer(name: str, default: int) -> int:
    """A whole number. Raises ImproperlyConfigured when the value is not one."""
    value = text(name)
    if not value:
        return default
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number.") from None


def items(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """A comma-separated list, blanks and empty items dropped; ``default`` when unset or blank."""
    found = [item.strip() for item in os.environ.get(name, "").split(",") if item.strip()]
    return found or list(default)


def one_of(name: str, words: tuple[str, ...]) -> str:
    """One of ``words``, the first when unset or blank. Raises ImproperlyConfigured for another."""
    value = text(name, words[0]).lower()
    if value not in words:
        raise ImproperlyConfigured(f"{name}={value!r} is none of {', '.join(words)}.")
    return value


def path(name: str, default: str | Path) -> Path:
    """An absolute path; a relative one counts from the current directory, ``~`` is the user's home."""
    return Path(text(name, str(default))).expanduser().resolve()


def secret(name: str) -> str:
    """The value of ``name``, or the content of the file that ``name`` + ``_FILE`` names; empty when neither is set.

    Raises ImproperlyConfigured when both are set, or when the file is unreadable, empty, or readable by every user
    of the machine.
    """
    value, file = text(name), text(f"{name}_FILE")
    if value and file:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE, not both.")
    if not file:
        return value
    try:
        mode = os.stat(file).st_mode
        content = Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}_FILE={file!r} cannot be read: {error}") from None
    if mode & 0o004:
        raise ImproperlyConfigured(f"{name}_FILE={file!r} is readable by everyone on this machine: chmod 600 it.")
    if not content:
        raise ImproperlyConfigured(f"{name}_FILE={file!r} is empty.")
    return content
