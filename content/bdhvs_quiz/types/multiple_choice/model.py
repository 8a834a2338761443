"""Choose all that are right."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from bdhvs_quiz.types.options import OptionsQuestion, options_panels


class MultipleChoiceQuestion(OptionsQuestion):
    """Choose all that are right of two to eight."""

    kind = "bdhvs_quiz.multiple_choice"

    panels: ClassVar[list[Any]] = options_panels(
        _(
            "Two to eight options, at least one right and at least one not. An answer is right only when "
            "every right option is chosen and no other. Learners are told: “Choose all that are right”."
        )
    )

    class Meta:
        verbose_name = _("multiple choice question")
        verbose_name_plural = _("multiple choice questions")

    def right_problems(self, right: int, options: int) -> list[str]:
        if right == 0:
            return [str(_("No option is marked as right: tick “This is the right answer” at every right one."))]
        if right == options:
            return [str(_("Every option is marked as right: add one that is not, or take a tick away."))]
        return []
