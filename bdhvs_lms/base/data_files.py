"""Files of data, each by one schema: read whole, and what is wrong is said with its place and in words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec

T = TypeVar("T")

# Of schemas: texts that say something, and those that may be empty.
Text = Annotated[str, msgspec.Meta(pattern=r"\S")]
Line = Annotated[str, msgspec.Meta(pattern=r"\S", max_length=300)]
Name = Annotated[str, msgspec.Meta(pattern=r"\S", max_length=200)]
Code = Annotated[str, msgspec.Meta(pattern=r"\S", max_length=20)]
AnyLine = Annotated[str, msgspec.Meta(max_length=300)]
AnyName = Annotated[str, msgspec.Meta(max_length=200)]

MOST_BYTES, MOST_VALUES = 20 * 1024 * 1024, 1_000_000

_MISSING = re.compile(r"Object missing required field `(.+)`")
_KIND = re.compile(r"Expected `(.+)`, got `(.+)`")
_LONG = re.compile(r"Expected `str` of length <= (\d+)")
_LEAST = re.compile(r"Expected `(?:int|float)` >=? (-?[\d.]+)")
_MOST = re.compile(r"Expected `(?:int|float)` <=? (-?[\d.]+)")
_NO_CHOICE = re.compile(r"Invalid enum value (.+)")
_KINDS = {
    "array": "a list",
    "bool": "true or false",
    "date": "a day like 2025-12-31",
    "float": "a number",
    "int": "a whole number",
    "int | float": "a number",
    "null": "nothing",
    "object": "an object",
    "str": "a text",
}


class Misfit(ValueError):
    """A value that the schema has no place for. `place` is like `targets[3].group`, empty for the whole file."""

    def __init__(self, place: str, problem: str) -> None:
        self.place, self.problem = place, problem
        super().__init__(f"{place or '(whole file)'}: {problem}")


def read_json(path: Path, schema: type[T]) -> T:
    """Read the file as `schema` says. Raises Misfit, and OSError for a file that cannot be read."""
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES or sum(map(content.count, (b"[", b"{", b","))) > MOST_VALUES:
        raise Misfit("", "is larger than any file of data.")
    try:
        found = msgspec.json.decode(content)
    except RecursionError:
        raise Misfit("", "is nested too deeply.") from None
    except UnicodeDecodeError as error:
        raise Misfit("", f"is not UTF-8: {error}") from None
    except msgspec.DecodeError as error:
        raise Misfit("", f"is no JSON: {error}") from None
    return fit(found, schema)


def fit(value: Any, schema: type[T], place: str = "") -> T:
    """Convert the value as `schema` says; `place` is where it stands. Raises Misfit."""
    try:
        return msgspec.convert(value, schema)
    except msgspec.ValidationError as error:
        raise _misfit(place, str(error)) from None


def _misfit(place: str, message: str) -> Misfit:
    """Make a Misfit of msgspec's words: "Expected `str`, got `int` - at `$.domains[0].code`"."""
    text, _, inside = message.partition(" - at `$")
    inside = inside.removesuffix("`")
    missing = _MISSING.fullmatch(text)
    if missing:
        inside, text = f"{inside}.{missing[1]}", "is missing"
    return Misfit(f"{place}{inside}".removeprefix("."), _in_words(text))


def _in_words(text: str) -> str:
    if found := _KIND.fullmatch(text):
        wanted = [_KINDS.get(kind, kind) for kind in (found[1].removesuffix(" | null"), found[2])]
        return f"must be {wanted[0]}, not {wanted[1]}"
    if found := _LONG.fullmatch(text):
        return f"is longer than {found[1]} characters"
    if text.startswith(("Expected `str` of length >= 1", "Expected `str` matching regex '\\\\S'")):
        return "is empty"
    if text == "Expected `array` of length >= 1":
        return "is an empty list"
    if found := _LEAST.fullmatch(text):
        return f"must be at least {found[1]}"
    if found := _MOST.fullmatch(text):
        return f"must be at most {found[1]}"
    if found := _NO_CHOICE.fullmatch(text):
        return f"cannot be {found[1]}"
    if text == "Invalid RFC3339 encoded date":
        return f"must be {_KINDS['date']}"
    return text
