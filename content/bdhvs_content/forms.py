"""Editors' forms: they say beside the field what cannot be published; a draft may be unfinished."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm

from bdhvs_content.addresses import PlainAddressForm
from bdhvs_content.blocks import WORDS_NEEDED
from bdhvs_content.blocks.base import is_blank
from bdhvs_content.identity import is_translation, versions_of
from bdhvs_lms.base.api import language_of
from bdhvs_lms.competency.api import CompetencyField, LevelField, Offer, framework_name, level_name
from bdhvs_lms.courses.api import Activity, activities_of


class FactsPageForm(PlainAddressForm):
    """Page form that leaves out, for a translation, what its source has once for all languages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.shared_fields and is_translation(self.instance):
            for name in self.instance.shared_fields:
                self.fields.pop(name, None)

    def publish_problems(self) -> list[str]:
        """Return the page's problems. Called only when the form is otherwise valid and is not just a draft being
        saved."""
        problems: list[str] = self.instance.publish_problems()
        return problems

    def is_valid(self) -> bool:
        valid: bool = super().is_valid()
        overtaken = self.instance.overtaken_notice
        if overtaken:
            self.add_error(None, overtaken)
            return False
        if valid and not self.is_deferred_validation:
            for problem in self.publish_problems():
                self.add_error(None, problem)
            valid = not self.errors
        return valid


def title_of(row: Activity) -> str:
    return str(row.titles.get(language_of(row.titles), ""))


class CoursePageForm(FactsPageForm):
    """Form of a course: an image has its text alternative, with the error beside its field; the placement quiz is one
    of the course's graded activities."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = self.fields.get("placement")
        if given is not None:
            rows = activities_of(self.instance.translation_key).exclude(max_score=None)
            offered = {str(row.key): title_of(row) for row in rows}
            # That of a copied course, which is not published yet.
            chosen = versions_of(self.instance.placement) if self.instance.placement else []
            offered |= {str(page.translation_key): page.title for page in chosen[:1]}
            self.fields["placement"] = forms.TypedChoiceField(
                choices=[("", _("none")), *offered.items()],
                coerce=lambda value: UUID(str(value)),
                empty_value=None,
                required=False,
                label=given.label,
                help_text=given.help_text,
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not self.is_deferred_validation and cleaned.get("picture") and is_blank(cleaned.get("picture_alt")):
            self.add_error("picture_alt", WORDS_NEEDED)
        return cleaned


class ActivityPageForm(FactsPageForm):
    """Form of an activity, which also refuses the same competency twice."""

    def is_valid(self) -> bool:
        valid = super().is_valid()
        return not refuse_twice(self.formsets.get("alignments")) and valid


def refuse_twice(alignments: Any) -> bool:
    """Return whether a formset of alignments (or None) names a competency twice; the second row gets the error.

    What was sent is read here: the formset itself takes the second out of its row, and says only that something is
    double.
    """
    seen: set[str] = set()
    found = False
    for form in () if alignments is None else alignments.forms:
        given = str(form["competency"].value() or "")
        if not given or "competency" in form.errors or alignments._should_delete_form(form):
            continue
        if given in seen:
            competency = form.fields["competency"].clean(given)
            form.errors.pop(NON_FIELD_ERRORS, None)
            form.add_error(
                "competency", _("“%(competency)s” is selected twice. Remove one.") % {"competency": competency}
            )
            alignments._non_form_errors = alignments.error_class()
            found = True
        seen.add(given)
    return found


class AlignmentForm(WagtailAdminModelForm):
    """Form of one alignment row. `offer`: made once for all rows; a form alone makes its own."""

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["bdhvs_content/admin.css"]}

    def __init__(self, *args: Any, offer: Offer | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer = offer or Offer.load()
        given = self.fields["competency"]
        field = self.fields["competency"] = CompetencyField(offer=self.offer, label=given.label)
        if "level" in self.fields:
            self.fields["level"] = LevelField(
                offer=self.offer,
                competency=self.offer.known.get(str(self._now("competency"))),
                level=self._now("level"),
                label=self.fields["level"].label,
                required=field.required,
            )

    def _now(self, name: str) -> Any:
        """Return the row's current value. Call it before the field is replaced: a bound field would keep the old
        one."""
        if self.is_bound:
            return self.data.get(self.add_prefix(name))
        return self.get_initial_for_field(self.fields[name], name)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        competency, level = cleaned.get("competency"), cleaned.get("level")
        if competency is not None and level is not None:
            levels = {row.number: level_name(row) for row in self.offer.levels_of(competency.framework_id)}
            of = LevelField.framework_in(self["level"].data)
            if level not in levels or of not in (None, competency.framework_id):
                self.add_error(
                    "level",
                    _("“%(framework)s” has these levels: %(levels)s.")
                    % {"framework": framework_name(competency.framework), "levels": ", ".join(levels.values())},
                )
        return cleaned
