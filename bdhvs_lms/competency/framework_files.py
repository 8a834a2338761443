"""Schema of a framework's file, checked whole before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, Struct, field

from bdhvs_lms.base.api import AnyLine, AnyName, Code, Line, Misfit, Text, fit, read_json

Word = Annotated[str, Meta(max_length=120)]
Number = Annotated[int, Meta(ge=0, le=32_767)]
Year = Annotated[int, Meta(ge=2000, le=2100)]


class FrameworkError(ValueError):
    """Error of a file that is not a framework. The text names the place in it, and what is wrong there."""


class Level(Struct, frozen=True):
    """A level, or a tier: a half of a level that bears its name."""

    level: Number | None = None
    tier: Number | None = None
    label_vi: Word | None = None
    label_en: Word | None = None
    level_vi: Annotated[str, Meta(max_length=80)] | None = None
    level_en: Annotated[str, Meta(max_length=80)] | None = None

    @property
    def number(self) -> int:
        return next(number for number in (self.level, self.tier) if number is not None)


class CompetencyEntry(Struct, frozen=True):
    """A competency. `close_…` and the like: codes of other frameworks that speak of nearly the same."""

    code: Code
    label_vi: Line
    label_en: AnyLine = ""
    label_vi_variants: list[str] | None = None
    phrase_of: list[str] | None = None
    close_match_tt02: list[str] | None = field(default=None, name="closeMatch_tt02")
    digcomp22: list[str] | None = None
    digcomp30: list[str] | None = None
    dlgf: list[str] | None = None


class DomainEntry(Struct, frozen=True):
    code: Code
    label_vi: Line
    label_en: AnyLine = ""
    competencies: list[CompetencyEntry] = []


class Source(Struct, frozen=True):
    """A fact, where it was found, and how sure it is."""

    fact: Text
    url: Text
    confidence: str
    fact_vi: str | None = None
    url_vi: str | None = None


class Annex(Struct, frozen=True):
    code: str
    label_vi: Text
    confidence: str
    label_en: str | None = None


class Audience(Struct, frozen=True):
    code: str
    label_vi: Text
    annex_no_confidence: str
    label_en: str | None = None
    annex_no_confidence_vi: str | None = None


class Predecessor(Struct, frozen=True):
    instrument: Text
    note: Text
    source: Text
    confidence: str
    instrument_vi: str | None = None
    note_vi: str | None = None


class PassRuleEntry(Struct, frozen=True):
    group: Text
    year: Year
    all_of: Annotated[list[Code], Meta(min_length=1)]
    level: Number


class PassRules(Struct, frozen=True):
    rules: list[PassRuleEntry] = []
    label_vi: AnyLine = ""
    label_en: AnyLine = ""
    note: str = ""
    note_vi: str | None = None


class FrameworkFile(Struct, frozen=True):
    """A framework's file. Fields not named here are for whoever reads the file. What was not found may be null."""

    id: Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    title_vi: Line
    title_en: AnyLine = ""
    instrument: AnyName = ""
    issued_by: AnyName = ""
    issued_by_en: AnyName = ""
    issued: date | None = None
    effective: date | None = None
    scope: str | None = None
    scope_vi: str | None = None
    source: str = ""
    source_vi: str | None = None
    sources: list[Source] = []
    full_text_at: list[str] = []
    # What is unsure about the file as a whole, under one of these names.
    caveat: str | None = None
    caveat_vi: str | None = None
    why: str | None = None
    why_vi: str | None = None
    status_of_this_file: str | None = None
    status_of_this_file_vi: str | None = None
    levels: list[Level] = []
    levels_confidence: dict[str, str] = {}
    domains: list[DomainEntry] = []
    annexes: list[Annex] = []
    audiences: list[Audience] = []
    predecessor_partial: Predecessor | None = None
    default_pass_rules: PassRules = PassRules()


def read_framework(source: Path | Mapping[str, Any]) -> FrameworkFile:
    """Read a framework's file. Raises FrameworkError, which names the place, and OSError for a file that cannot be
    read."""
    try:
        found = read_json(source, FrameworkFile) if isinstance(source, Path) else fit(source, FrameworkFile)
    except Misfit as error:
        raise FrameworkError(str(error)) from None
    _check(found)
    return found


def _check(found: FrameworkFile) -> None:
    """Check what one field cannot say. Raises FrameworkError."""
    for place, level in enumerate(found.levels):
        if level.level is None and level.tier is None:
            raise FrameworkError(f"levels[{place}]: has neither level nor tier")
        if not (level.label_vi or level.level_vi):
            raise FrameworkError(f"levels[{place}].label_vi: is missing")
    _once("levels", [str(level.number) for level in found.levels])
    _once("domains", [domain.code for domain in found.domains])
    _once("competencies", [each.code for domain in found.domains for each in domain.competencies])
    known = {each.code for domain in found.domains for each in domain.competencies}
    levels = {level.number for level in found.levels}
    for place, rule in enumerate(found.default_pass_rules.rules):
        here = f"default_pass_rules.rules[{place}]"
        missing = sorted(set(rule.all_of) - known)
        if missing:
            raise FrameworkError(f"{here}.all_of: no competency {', '.join(missing)}")
        if rule.level not in levels:
            raise FrameworkError(f"{here}.level: no level {rule.level}")


def _once(what: str, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise FrameworkError(f"{what}: {', '.join(twice)} more than once")
