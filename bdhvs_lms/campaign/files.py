"""Reading the campaign's data files: every complaint names the file and the field.

`Node` walks JSON with its address; `area_files` and `target_files` turn a whole file into frozen rows before anything
is written, so that a malformed file changes nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any


class CampaignFileError(ValueError):
    """A data file that cannot be loaded: which file, which field, what is wrong."""

    def __init__(self, file: str, path: str, problem: str) -> None:
        self.file, self.path, self.problem = file, path or "(whole file)", problem
        super().__init__(f"{self.file}: {self.path}: {problem}")


@dataclass(frozen=True)
class ImportFinding:
    """Something that an operator should know about loaded data; it did not stop the import."""

    file: str
    path: str
    text: str


@dataclass(frozen=True)
class Node:
    """A value of a JSON file with its address, e.g. `targets[3].group`."""

    file: str
    value: Any
    path: str = ""

    def wrong(self, problem: str) -> CampaignFileError:
        return CampaignFileError(self.file, self.path, problem)

    def _as(self, kind: type, name: str) -> Any:
        if not isinstance(self.value, kind) or (isinstance(self.value, bool) and kind is not bool):
            raise self.wrong(f"must be {name}, not {json.dumps(self.value, ensure_ascii=False)[:60]}")
        return self.value

    def get(self, key: str) -> Node:
        """The field; raises CampaignFileError when it is missing."""
        mapping = self._as(dict, "an object")
        here = f"{self.path}.{key}" if self.path else key
        if key not in mapping:
            raise CampaignFileError(self.file, here, "is missing")
        return Node(self.file, mapping[key], here)

    def find(self, key: str) -> Node | None:
        """The field, or None when it is missing or null: not found, and not to be made up."""
        mapping = self._as(dict, "an object")
        return None if mapping.get(key) is None else self.get(key)

    def items(self) -> list[Node]:
        values = self._as(list, "a list")
        return [Node(self.file, value, f"{self.path}[{place}]") for place, value in enumerate(values)]

    def entries(self) -> list[tuple[str, Node]]:
        return [(key, self.get(key)) for key in self._as(dict, "an object")]

    def text(self, longest: int | None = None) -> str:
        """The text, never empty."""
        text: str = self._as(str, "a text").strip()
        if not text:
            raise self.wrong("is empty")
        if longest is not None and len(text) > longest:
            raise self.wrong(f"is longer than {longest} characters")
        return text

    def optional_text(self, key: str, longest: int | None = None) -> str:
        """The field's text, '' when it is missing, null or empty."""
        found = self.find(key)
        return "" if found is None or found.value == "" else found.text(longest)

    def flag(self) -> bool:
        return bool(self._as(bool, "true or false"))

    def whole(self) -> int:
        return int(self._as(int, "a whole number"))

    def decimal(self) -> Decimal:
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self.wrong("must be a number")
        return Decimal(str(self.value))

    def day(self) -> date:
        text = self.text()
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise self.wrong(f"must be a day like 2025-12-31, not {text!r}") from None

    def optional_day(self, key: str) -> date | None:
        found = self.find(key)
        return None if found is None else found.day()

    def one_of(self, choices: Any) -> str:
        text = self.text()
        if text not in choices:
            raise self.wrong(f"must be one of {', '.join(map(str, choices))}, not {text!r}")
        return text


def read(path: Path) -> Node:
    """The file as JSON. Raises CampaignFileError when there is none, or it is no JSON in UTF-8."""
    try:
        return Node(path.name, json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise CampaignFileError(path.name, "", f"there is no such file ({path})") from None
    except UnicodeDecodeError as error:
        raise CampaignFileError(path.name, "", f"is not UTF-8: {error}") from None
    except json.JSONDecodeError as error:
        raise CampaignFileError(path.name, f"line {error.lineno}", f"is no JSON: {error.msg}") from None
