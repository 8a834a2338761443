"""Competencies that an activity teaches, as its editor states them: rows of a page, and the panel to edit them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.forms import BaseChildFormSet
from wagtail.admin.panels import FieldPanel, HelpPanel, InlinePanel, MultiFieldPanel, get_form_for_model
from wagtail.models import Orderable

from bdhvs_content.forms import AlignmentForm
from bdhvs_lms.competency.api import Offer


class AlignmentBase(Orderable):
    """A competency that one activity teaches, and up to which level. Derive one per page type, with a ParentalKey
    `page` whose related_name is 'alignments'."""

    competency = models.ForeignKey(
        "bdhvs_lms.Competency", on_delete=models.PROTECT, related_name="+", verbose_name=_("competency")
    )
    level = models.PositiveSmallIntegerField(
        _("level"), default=1, help_text=_("As numbered in the framework. Example: 1.")
    )

    panels: ClassVar[list[Any]] = [FieldPanel("competency"), FieldPanel("level")]

    class Meta(Orderable.Meta):
        abstract = True


class RowForms:
    """Mixin that names the form class of an InlinePanel's rows, because Wagtail asks no model for it. Comes before
    InlinePanel in the bases."""

    row_form: ClassVar[type[Any]]
    row_formset: ClassVar[type[Any]] = BaseChildFormSet

    def get_form_options(self) -> dict[str, Any]:
        options: dict[str, Any] = super().get_form_options()  # type: ignore[misc]
        given = options["formsets"][self.relation_name]  # type: ignore[attr-defined]
        given["form"] = get_form_for_model(
            self.db_field.related_model,  # type: ignore[attr-defined]
            form_class=self.row_form,
            fields=given["fields"],
            widgets=given["widgets"],
            defer_required_on_fields=self.child_edit_handler.get_form_options().get(  # type: ignore[attr-defined]
                "defer_required_on_fields", []
            ),
        )
        given["formset"] = self.row_formset
        return options


class OneOffer(BaseChildFormSet):
    """Formset whose rows share their choices: two queries, however many rows."""

    @cached_property
    def offer(self) -> Offer:
        return Offer.load()

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "offer": self.offer}


class AlignmentPanel(RowForms, InlinePanel):
    row_form = AlignmentForm
    row_formset = OneOffer


ALIGNMENT_PANEL = MultiFieldPanel(
    [
        HelpPanel(
            content=_(
                "Select what learners can do after completing this. Results count towards these "
                "competencies. Example: A2 “Use smart devices”, level 1."
            )
        ),
        AlignmentPanel("alignments", label=_("competency")),
    ],
    heading=_("Competencies taught"),
)
