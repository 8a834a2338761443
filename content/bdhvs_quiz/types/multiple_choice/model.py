"Choose all correct answers."

from __future__ import annotations

from fractions import Fraction
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel

from bdhvs_quiz.types.options import OptionsQuestion, options_panels
from question_files.numbers import stored_share


class Marking(models.TextChoices):
    """The rule by which the mark is earned."""

    ALL = "all", _("only if all correct options and no others are chosen")
    EACH = "each", _("each correct option earns its share, each incorrect one costs one")
    OWN = "own", _("the share of each option, as it says itself")


class MultipleChoiceQuestion(OptionsQuestion):
    """A question with two to eight options, of which several can be right."""

    kind = "bdhvs_quiz.multiple_choice"

    marking = models.CharField(
        _("the mark is earned"),
        max_length=4,
        choices=Marking,
        default=Marking.ALL,
        help_text=_("Never less than nothing. Learners are told which."),
    )

    panels: ClassVar[list[Any]] = options_panels(
        _(
            "Two to eight options, at least one correct and at least one incorrect. Learners are told: “Choose all "
            "correct answers”."
        ),
        FieldPanel("marking"),
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

    def credit_problems(self, rows: list[Any]) -> list[str]:
        if self.marking == Marking.OWN:
            right = sum(bool(row.get("right")) for row in rows)
            shares = [own_share(row.get("credit") or "", bool(row.get("right")), right) for row in rows]
            if sum(share for share in shares if share > 0) < 1:
                return [str(_("The shares of all options together do not make the whole mark."))]
        return []


def own_share(credit: str, right: bool, rights: int) -> Fraction:
    """Return an option's own share; without one, a right option has an equal share of the mark."""
    return stored_share(credit, Fraction(1, rights) if right and rights else Fraction(0))
