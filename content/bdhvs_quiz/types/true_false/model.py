"""A sentence that is true or false."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel

from bdhvs_content.api import NfcCharField
from bdhvs_quiz.models.bank import Question


class TrueFalseQuestion(Question):
    """A sentence that is true or false."""

    kind = "bdhvs_quiz.true_false"

    # Empty in a draft: nobody has said yet which it is.
    answer = models.BooleanField(
        _("the statement is"),
        null=True,
        blank=True,
        choices=[(True, _("True")), (False, _("False"))],
    )
    feedback_right = NfcCharField(
        _("feedback for correct answers"), blank=True, max_length=500, help_text=_("Optional.")
    )
    feedback_wrong = NfcCharField(
        _("feedback for incorrect answers"), blank=True, max_length=500, help_text=_("Optional.")
    )

    problems_at = "answer"
    panels: ClassVar[list[Any]] = [
        MultiFieldPanel(
            [
                HelpPanel(
                    content=_(
                        "Write a statement that is either true or false, not a question. "
                        "Example: “Banks ask for the OTP by phone.”"
                    )
                ),
                FieldPanel("prompt"),
            ],
            heading=_("Question text"),
        ),
        MultiFieldPanel([FieldPanel("answer")], heading=_("Correct answers")),
        MultiFieldPanel(
            [FieldPanel("explanation"), FieldPanel("feedback_right"), FieldPanel("feedback_wrong")],
            heading=_("Feedback after submission"),
        ),
    ]

    class Meta:
        verbose_name = _("true/false question")
        verbose_name_plural = _("true/false questions")

    def problems(self) -> list[str]:
        return [] if self.answer is not None else [str(_("Choose whether the statement is true or false."))]
