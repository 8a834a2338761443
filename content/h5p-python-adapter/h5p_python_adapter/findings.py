"""Findings about a package: coded, each with the rule that it breaks, and the report that holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from h5p_python_adapter.records import LibraryId, PackageFacts
from h5p_python_adapter.vocabulary import CLAUSES, filled

__all__ = ["Broken", "Finding", "Findings", "Report", "Seen", "Severity"]

Severity = Literal["error", "warning"]

# Names come from strangers' archives: findings keep no more of one than a person would read.
_LONGEST_NAME = 300
_LONGEST_VALUE = 120


@dataclass(frozen=True)
class Finding:
    """One fault at one place. An error refuses the package; a warning is only said."""

    code: str
    """A key of vocabulary.CLAUSES: what programs compare. H5P's own code where it has one."""
    severity: Severity
    file: str
    """Path in the archive that it is about; empty when it is about the package as a whole."""
    rule: str
    """Whose rule it is: 'h5p:…' is a clause of H5P's own validator, 'bdhvs:…' one that it lacks."""
    params: Mapping[str, Any] = field(default_factory=dict)
    """What the message's placeholders stand for: strings and integers."""

    @property
    def message(self) -> str:
        """Return the message in English; for other languages pass a translation of CLAUSES[code].message to
        `vocabulary.filled`."""
        return filled(CLAUSES[self.code].message, self.params)


class Broken(Exception):
    """Nothing more can be read from this file, or from this archive. Never leaves the adapter's inspection."""

    def __init__(self, code: str, file: str = "", **params: Any) -> None:
        super().__init__(code, file, params)
        self.code, self.file, self.params = code, file, params


class Findings:
    """A bounded list of findings."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: list[Finding] = []
        self._seen: set[tuple[object, ...]] = set()
        self._errors = 0
        self._left_out = 0

    def add(self, code: str, file: str = "", **params: Any) -> None:
        clause = CLAUSES[code]
        shown = {name: _shown(value) for name, value in params.items()}
        finding = Finding(code, clause.severity, _printable(file, _LONGEST_NAME), clause.rule, shown)
        key = (code, finding.file, *shown.items())
        if key in self._seen:
            return
        if clause.severity == "error":
            self._errors += 1
        if len(self._kept) < self._most:
            self._seen.add(key)
            self._kept.append(finding)
        else:
            self._left_out += 1
            if clause.severity == "error" and self._kept and all(kept.severity == "warning" for kept in self._kept):
                # A refusal is never left without its reason.
                self._kept[-1] = finding

    def take(self, broken: Broken) -> None:
        self.add(broken.code, broken.file, **broken.params)

    @property
    def errors(self) -> int:
        """Return how many errors were added, kept or not."""
        return self._errors

    def all(self) -> tuple[Finding, ...]:
        if not self._left_out:
            return tuple(self._kept)
        clause = CLAUSES["more-findings"]
        rest = Finding("more-findings", clause.severity, "", clause.rule, {"count": self._left_out})
        return (*self._kept, rest)


@dataclass(frozen=True)
class Seen:
    """A package's own statements about itself, as far as they could be read: to name it to people, also when it is
    refused."""

    title: str | None = None
    main: LibraryId | None = None
    libraries: tuple[tuple[LibraryId, int], ...] = ()
    """Libraries without a fault that it brings, each with its patch, sorted."""


@dataclass(frozen=True)
class Report:
    """Result of `inspect` for a package."""

    ok: bool
    """No error among the findings: somebody allowed to install libraries may upload it."""
    package: PackageFacts | None
    """None unless ``ok``: facts about a refused package are nothing to build on."""
    findings: tuple[Finding, ...]
    seen: Seen = Seen()

    def to_json(self) -> dict[str, Any]:
        """Return what `bdhvs h5p check` prints: plain dicts, lists, strings, integers, booleans."""
        return {
            "ok": self.ok,
            "main_library": None if self.seen.main is None else str(self.seen.main),
            "title": self.seen.title,
            "libraries": [
                {"machine_name": id.machine_name, "major": id.major, "minor": id.minor, "patch": patch}
                for id, patch in self.seen.libraries
            ],
            "findings": [
                {
                    "code": finding.code,
                    "severity": finding.severity,
                    "file": finding.file,
                    "rule": finding.rule,
                    "message": finding.message,
                }
                for finding in self.findings
            ],
        }


def _shown(value: Any) -> str | int:
    if isinstance(value, bool) or not isinstance(value, int):
        return _printable(value if isinstance(value, str) else repr(value), _LONGEST_VALUE)
    return value


def _printable(text: str, longest: int) -> str:
    """Remove control characters and lone surrogates, which no terminal, database or JSON reader should meet."""
    text = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text[: longest + 1])
    return text if len(text) <= longest else text[: longest - 1] + "…"
