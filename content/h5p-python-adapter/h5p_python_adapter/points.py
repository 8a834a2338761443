"""Points of a package, where its content tells without playing. Pure and total."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from h5p_python_adapter.records import LibraryId

__all__ = ["points_of"]

_DEEPEST = 5
MOST = 10_000


def points_of(main: LibraryId, params: Any) -> Decimal | None:
    """Return the most that a learner can get; None: only playing it tells.

    This follows what these content types answer to getMaxScore: a set of which only some questions are asked gives
    fewer.
    """
    found = _of(main, params, 0)
    return Decimal(found) if found is not None and 0 < found <= MOST else None


def _of(library: LibraryId, params: Any, depth: int) -> int | None:
    count = _COUNTED.get((library.machine_name, library.major))
    if count is None or depth > _DEEPEST or not isinstance(params, Mapping):
        return None
    return count(params, depth)


def _rows(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _true_false(params: Mapping[str, Any], depth: int) -> int:
    return 1


def _multi_choice(params: Mapping[str, Any], depth: int) -> int | None:
    """Count one point in all if one answer may be chosen, or the editor wants it so; else one for each right answer."""
    answers = [row for row in _rows(params.get("answers")) if isinstance(row, Mapping)]
    if any("weight" in row for row in answers) or "weight" in params:
        return None
    behaviour = params.get("behaviour")
    behaviour = behaviour if isinstance(behaviour, Mapping) else {}
    right = sum(1 for row in answers if row.get("correct") is True)
    single = behaviour.get("singlePoint") is True or behaviour.get("type") == "single"
    # None is right: leaving all unmarked is.
    return 1 if single or right == 0 else right


def _choice_set(params: Mapping[str, Any], depth: int) -> int:
    return sum(1 for row in _rows(params.get("choices")) if isinstance(row, Mapping) and _rows(row.get("answers")))


def _question_set(params: Mapping[str, Any], depth: int) -> int | None:
    total = 0
    for row in _rows(params.get("questions")):
        named = row.get("library") if isinstance(row, Mapping) else None
        library = LibraryId.parsed(named) if isinstance(named, str) else None
        points = _of(library, row.get("params"), depth + 1) if library is not None else None
        if points is None:
            return None
        total += points
    return total


_COUNTED: Mapping[tuple[str, int], Callable[[Mapping[str, Any], int], int | None]] = {
    ("H5P.TrueFalse", 1): _true_false,
    ("H5P.MultiChoice", 1): _multi_choice,
    ("H5P.SingleChoiceSet", 1): _choice_set,
    ("H5P.QuestionSet", 1): _question_set,
}
