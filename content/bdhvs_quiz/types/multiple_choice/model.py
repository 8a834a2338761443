"Choose all correct answers."

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from bdhvs_quiz.types.options import OptionsQuestion, options_panels


class MultipleChoiceQuestion(OptionsQuestion):
    """Choose all that are right of two to eight."""

    kind = "bdhvs_quiz.multiple_choice"

    panels: ClassVar[list[Any]] = options_panels(
        _(
            "Two to eight options, at least one correct and at least one incorrect. An answer is correct "
            "only if all correct options and no others are chosen. Learners are told: “Choose all correct "
            "answers”."
        )
    )

    class Meta:
        verbose_name = _("multiple choice question")
        verbose_name_plural = _("multiple choice questions")

    def right_problems(self, right: int, options: int) -> list[str]:
        if right == 0:
            return [
                str(_("No option is marked as correct. Tick “This is the correct answer” for every correct option."))
            ]
        if right == options:
            return [str(_("All options are marked as correct. Add an incorrect one or untick one."))]
        return []
