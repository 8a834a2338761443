"""Reads the campaign's data files: every complaint names the file and the field.

`area_files` and `target_files` say what a file may hold and turn it whole into frozen rows before anything is written,
so that a malformed file changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

from msgspec import Meta, Struct
from msgspec.structs import asdict

from bdhvs_lms.base.api import AnyLine, AnyName, Misfit, fit, read_json

T = TypeVar("T")

Key = Annotated[str, Meta(pattern=r"\S", max_length=40)]
# What was not found is null, or left out: it is not made up.
MaybeText = str | None
MaybeLine = AnyLine | None
MaybeName = AnyName | None


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


def filled(row: Struct, *but: str) -> dict[str, Any]:
    """Return the row's fields as values of model fields: what was not found is an empty text, in all `but` these."""
    return {key: "" if value is None and key not in but else value for key, value in asdict(row).items()}


def read(path: Path, schema: type[T]) -> T:
    """Read the file as the schema says. Raises CampaignFileError, also when there is none."""
    try:
        return read_json(path, schema)
    except FileNotFoundError:
        raise CampaignFileError(path.name, "", f"there is no such file ({path})") from None
    except Misfit as error:
        raise CampaignFileError(path.name, error.place, error.problem) from None


def each(file: str, place: str, values: dict[str, Any], schema: type[T]) -> dict[str, T]:
    """Read the values of an object as the schema says, with the key in the place of what is wrong."""
    try:
        return {key: fit(value, schema, f"{place}.{key}") for key, value in values.items()}
    except Misfit as error:
        raise CampaignFileError(file, error.place, error.problem) from None
