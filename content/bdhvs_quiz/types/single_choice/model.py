"""The model of questions with one right option."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from bdhvs_quiz.types.numbers import share_of
from bdhvs_quiz.types.options import OptionsQuestion, options_panels


class SingleChoiceQuestion(OptionsQuestion):
    """A question with two to eight options, of which one is right."""

    kind = "bdhvs_quiz.single_choice"

    panels: ClassVar[list[Any]] = options_panels(
        _(
            "Two to eight options, exactly one correct. Learners see them in this order unless the quiz shuffles them. "
            "Another option can earn a share of the mark."
        )
    )

    class Meta:
        verbose_name = _("single choice question")
        verbose_name_plural = _("single choice questions")

    def right_problems(self, right: int, options: int) -> list[str]:
        if right == 0:
            return [str(_("No option is marked as correct. Tick “This is the correct answer” for one option."))]
        if right > 1:
            return [str(_("More than one option is marked as correct. Keep only one ticked."))]
        return []

    def credit_problems(self, rows: list[Any]) -> list[str]:
        if any(row.get("right") and share_of(row) != 1 for row in rows):
            return [str(_("The correct option has to earn the whole mark. Leave its share empty."))]
        return []
