"""Fields of editors' forms by which a competency and its level are chosen: always with the framework, by their names.

A grouped select with everything in it, which works as it is. `competencies.js` makes a field to type in out of it.
Plain Django: whoever has such a form need not be Wagtail's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_lms.base.api import fold, in_language, row_number
from bdhvs_lms.competency.models import Competency, Domain, Framework, FrameworkLevel

NONE = ("", "---------")


def framework_name(framework: Framework) -> str:
    """Return the framework's title in the reader's language."""
    return in_language(framework.title_vi, framework.title_en)


def domain_name(domain: Domain) -> str:
    return f"{domain.code}. {in_language(domain.label_vi, domain.label_en)}"


def competency_name(competency: Competency) -> str:
    """Return code and name; the framework has to stand beside it: codes repeat."""
    return f"{competency.code} · {in_language(competency.label_vi, competency.label_en)}"


def level_name(level: FrameworkLevel) -> str:
    return f"{level.number} · {in_language(level.label_vi, level.label_en)}"


@dataclass(frozen=True)
class Offer:
    """All competencies and levels there are, in the frameworks' order; made once for all rows of a form."""

    competencies: tuple[Competency, ...]
    levels: tuple[FrameworkLevel, ...]

    @classmethod
    def load(cls, only: Iterable[int] | None = None) -> Offer:
        """Load all in two queries. `only`: of these competencies."""
        rows = Competency.objects.select_related("framework", "domain")
        if only is not None:
            rows = rows.filter(pk__in=only)
        return cls(
            tuple(rows.order_by("framework", "domain__position", "domain", "position", "pk")),
            tuple(FrameworkLevel.objects.select_related("framework").order_by("framework", "number")),
        )

    @cached_property
    def known(self) -> dict[str, Competency]:
        """Return the competencies by what a form sends."""
        return {str(one.pk): one for one in self.competencies}

    @cached_property
    def searched(self) -> dict[str, str]:
        """Return, by what a form sends, the words that it is found by."""
        return {str(one.pk): searched_by(one) for one in self.competencies}

    def grouped(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Group the choices by framework and domain."""
        return [
            (
                f"{framework_name(domain.framework)} › {domain_name(domain)}",
                [(str(one.pk), competency_name(one)) for one in rows],
            )
            for domain, rows in groupby(self.competencies, key=_domain)
        ]

    def levels_of(self, framework_id: int) -> list[FrameworkLevel]:
        return [level for level in self.levels if level.framework_id == framework_id]


def _domain(competency: Competency) -> Domain:
    # Fetched along, without its framework.
    competency.domain.framework = competency.framework
    return competency.domain


def searched_by(competency: Competency) -> str:
    """Return the folded words that find it: without diacritics, in either language, by the code or by words of the
    framework."""
    domain, framework = competency.domain, competency.framework
    return fold(
        " ".join(
            (
                competency.code,
                *(competency.label_vi, competency.label_en, *competency.variants_vi),
                *(domain.label_vi, domain.label_en),
                *(framework.title_vi, framework.title_en, framework.instrument),
            )
        )
    )


class CompetencySelect(forms.Select):
    """A select whose options say by what each is found, and its framework, whose levels are offered beside it."""

    class Media:
        js = ("bdhvs_lms/competencies.js",)
        css = {"all": ("bdhvs_lms/competencies.css",)}  # noqa: RUF012  as Django has it

    offer: Offer | None = None

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        attributes = {
            "data-controller": "bdhvs-competency",
            "data-bdhvs-competency-hint-value": _("Type a word, with or without diacritics, or a code"),
            "data-bdhvs-competency-none-value": _("No competency matches."),
            "data-bdhvs-competency-found-value": _("Matching competencies:"),
        }
        context: dict[str, Any] = super().get_context(name, value, {**attributes, **(attrs or {})})
        return context

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        found = self.offer.known.get(str(value)) if self.offer is not None else None
        if self.offer is not None and found is not None:
            search = self.offer.searched[str(value)]
            option["attrs"] |= {"data-framework": str(found.framework_id), "data-search": search}
        return option


class CompetencyField(forms.TypedChoiceField):
    """One of the competencies of `offer`."""

    def __init__(self, *, offer: Offer, **kwargs: Any) -> None:
        super().__init__(
            choices=[NONE, *offer.grouped()],
            coerce=lambda value: offer.known[str(value)],
            empty_value=None,
            widget=CompetencySelect,
            **kwargs,
        )
        self.widget.offer = offer


class LevelSelect(forms.Select):
    """A select whose option's value is 'framework-number': numbers repeat, and the choice says of which framework it
    is."""

    framework_id: int | None = None
    """Of the competency beside it, by which a number alone is read."""

    def format_value(self, value: Any) -> list[str]:
        text = "" if value is None else str(value)
        if text.isdecimal():
            text = f"{self.framework_id}-{text}" if self.framework_id else ""
        return [text]


class LevelField(forms.IntegerField):
    """A level of a framework. Cleans to the number; `framework_in` what was sent says whose."""

    default_error_messages = {"required": gettext_lazy("Choose a level.")}  # noqa: RUF012  as Django has it

    def __init__(self, *, offer: Offer, competency: Competency | None, level: Any = None, **kwargs: Any) -> None:
        """Offer the levels. `competency`: chosen beside it, None: none yet. `level`: as it is now; one that the
        framework no longer has is offered too, and refused with the levels that there are."""
        super().__init__(min_value=0, widget=LevelSelect, **kwargs)
        choices: list[Any] = [
            (framework_name(framework), [(f"{framework.pk}-{row.number}", level_name(row)) for row in rows])
            for framework, rows in groupby(offer.levels, key=lambda row: row.framework)
        ]
        self.widget.framework_id = competency.framework_id if competency is not None else None
        number = row_number(str(level).rpartition("-")[2])
        if (
            competency is not None
            and number
            and number not in {row.number for row in offer.levels_of(competency.framework_id)}
        ):
            named = _("%(level)s (not in the framework)") % {"level": number}
            choices.append((framework_name(competency.framework), [(f"{competency.framework_id}-{number}", named)]))
        self.widget.choices = [NONE, *choices]

    def to_python(self, value: Any) -> int | None:
        framework, _dash, number = str(value if value is not None else "").rpartition("-")
        found: int | None = super().to_python(number if framework.isdecimal() or not framework else value)
        return found

    @staticmethod
    def framework_in(value: Any) -> int | None:
        """Return of which framework the level was sent; None: it was a number alone."""
        return row_number(str(value or "").rpartition("-")[0]) or None
