"""JSON files of packages: strict where readers disagree, and never more than fits into memory."""

from __future__ import annotations

import json
import math
import re
from itertools import islice
from typing import Any, NoReturn

from h5p_python_adapter.findings import Broken, Findings
from h5p_python_adapter.limits import Limits

__all__ = ["Documents"]

# Half a character, which PHP refuses, and NUL, which PostgreSQL does: JSON can write both as "\\u…" only.
_UNSTORABLE = re.compile("[\ud800-\udfff\0]")
_MOST_REPEATED = 10


class _BadNumber(ValueError):
    pass


class Documents:
    """Parser of the JSON files of one package, which counts what of it stays in memory."""

    def __init__(self, limits: Limits, findings: Findings) -> None:
        self._limits, self._findings = limits, findings
        self._kept_values = self._kept_bytes = 0

    def parsed(self, data: bytes, file: str, *, decides: bool = False, kept: bool = True) -> Any:
        """Return the value. Raises Broken: 'unable-to-parse-package' when it is no JSON, else one of the 'json-…'
        codes.

        ``decides``: what it says decides what is installed, so that it must not say a thing twice in two ways
        (elsewhere the last one counts, as in PHP and browsers). ``kept``: the value stays; all that stay together are
        limited.
        """
        self._count(data, file, kept)
        repeated: dict[str, bool] = {}

        def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
            found = dict(pairs)
            if len(found) != len(pairs):
                seen: dict[str, Any] = {}
                for key, value in pairs:
                    if key in seen:
                        repeated[key] = repeated.get(key, True) and seen[key] == value
                    seen[key] = value
            return found

        try:
            text = data.decode("utf-8")
            value = json.loads(
                text, parse_constant=_no_constant, parse_float=_finite, parse_int=_whole, object_pairs_hook=unique
            )
        except UnicodeDecodeError:
            raise Broken("json-not-utf8", file) from None
        except RecursionError:
            raise Broken("json-too-deep", file, most=self._limits.json_depth) from None
        except _BadNumber as error:
            raise Broken("json-number", file, value=str(error)) from None
        except json.JSONDecodeError as error:
            if text.startswith("\ufeff"):
                raise Broken("json-not-utf8", file) from None
            place = {"line": error.lineno, "column": error.colno}
            raise Broken("unable-to-parse-package", file, detail="line %(line)s, column %(column)s", **place) from None
        self._check_depth(value, file)
        if "\\u" in text:
            _check_characters(value, file)
        different = [key for key, same in repeated.items() if not same]
        if decides and different:
            raise Broken("json-duplicate-key", file, key=different[0])
        for key in islice(repeated, _MOST_REPEATED):
            self._findings.add("json-repeated-key", file, key=key)
        return value

    def _count(self, data: bytes, file: str, kept: bool) -> None:
        """Count the values before parsing: Python's form of "[[],[],…" is twenty times as long. The count is quick, and
        too high at worst."""
        count = sum(map(data.count, (b",", b"[", b"{")))
        if count + (self._kept_values if kept else 0) > self._limits.json_values:
            raise Broken("json-too-many-values", file, most=self._limits.json_values)
        if kept:
            self._kept_values += count
            self._kept_bytes += len(data)
            if self._kept_bytes > self._limits.kept_bytes:
                raise Broken("too-much-json", file, most=self._limits.kept_bytes)

    def _check_depth(self, value: Any, file: str) -> None:
        level = [value]
        for _ in range(self._limits.json_depth + 1):
            holders = [one for one in level if isinstance(one, dict | list)]
            if not holders:
                return
            level = [inner for one in holders for inner in (one.values() if isinstance(one, dict) else one)]
        raise Broken("json-too-deep", file, most=self._limits.json_depth)


def _check_characters(value: Any, file: str) -> None:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if _UNSTORABLE.search(one):
                raise Broken("json-character", file)
        elif isinstance(one, dict):
            waiting.extend(one.keys())
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


def _no_constant(text: str) -> NoReturn:
    raise _BadNumber(text)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _BadNumber(text)
    return value


def _whole(text: str) -> int:
    # A browser has no number with more digits; Python itself stops at 4,300.
    if len(text) > 308:
        raise _BadNumber(text)
    return int(text)
