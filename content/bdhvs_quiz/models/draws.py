"""Random draws of questions: an editor chooses from which of the bank; publishing freezes which questions they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.models import Collection as Category
from wagtail.models import Orderable

from bdhvs_lms.competency.api import Competency
from bdhvs_quiz.models.bank import Question, real_questions
from bdhvs_quiz.models.labels import Difficulty, QuestionTag

MOST = 500
"""Questions of one pool: all of them stand in the published version."""


class QuizDraw(Orderable):
    """A draw of so many questions of the bank that fit all choices made here; they come after those that everybody
    gets."""

    page = ParentalKey("bdhvs_quiz.QuizPage", on_delete=models.CASCADE, related_name="draws")
    count = models.PositiveSmallIntegerField(
        gettext_lazy("number of questions"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    category = models.ForeignKey(
        Category,
        verbose_name=gettext_lazy("category"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=gettext_lazy("With the categories below it. Empty: any."),
    )
    tag = models.ForeignKey(
        QuestionTag,
        verbose_name=gettext_lazy("tag"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    competency = models.ForeignKey(
        Competency,
        verbose_name=gettext_lazy("competency"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=gettext_lazy("Of the question, not of the quizzes that ask it."),
    )
    difficulty = models.CharField(gettext_lazy("difficulty"), max_length=10, choices=Difficulty, blank=True)

    panels: ClassVar[list[Any]] = [
        FieldRowPanel([FieldPanel("count"), FieldPanel("difficulty")]),
        FieldRowPanel([FieldPanel("category"), FieldPanel("tag")]),
        FieldPanel("competency"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = gettext_lazy("random draw")
        verbose_name_plural = gettext_lazy("random draws")

    def chosen(self) -> bool:
        """Tell whether the draw is limited by anything: no quiz draws from the whole bank."""
        return bool(self.category_id or self.tag_id or self.competency_id or self.difficulty)

    def candidates(self, locale: Any) -> QuerySet[Question]:
        """Return the published questions of the language that fit, as rows of the base."""
        found: QuerySet[Question] = Question.objects.installed().rows().filter(live=True, locale=locale)
        if self.category is not None:
            found = found.filter(collection__in=self.category.get_descendants(inclusive=True))
        if self.tag_id:
            found = found.filter(tagged_items__tag=self.tag_id)
        if self.competency_id:
            found = found.filter(alignments__competency=self.competency_id)
        if self.difficulty:
            found = found.filter(difficulty=self.difficulty)
        return found.order_by("pk").distinct()


@dataclass(frozen=True)
class Pool:
    """The questions that a draw is made from, each as its own class; a question is in one pool only."""

    draw: QuizDraw
    questions: list[Any]


def pools_of(draws: Iterable[QuizDraw], locale: Any, without: Collection[UUID]) -> list[Pool]:
    """List the pools in the order of the draws; `without`: keys of what everybody is asked. A question with problems is
    in no
    pool."""
    taken = set(without)
    found = []
    for draw in draws:
        ids = list(draw.candidates(locale).values_list("pk", flat=True)[: MOST + 1]) if draw.chosen() else []
        real = real_questions(ids)
        usable = [real[pk] for pk in ids if pk in real and real[pk].key not in taken and not real[pk].all_problems()]
        taken |= {question.key for question in usable}
        found.append(Pool(draw, usable))
    return found


def draw_problems(pools: Iterable[Pool]) -> list[str]:
    """Return the problems that keep the draws from being published, for the editor."""
    problems = []
    for number, pool in enumerate(pools, start=1):
        if not pool.draw.chosen():
            problems.append(
                _("Random draw %(number)s: choose a category, tag, competency or difficulty.") % {"number": number}
            )
        elif len(pool.questions) > MOST:
            problems.append(
                _("Random draw %(number)s: more than %(most)s questions fit. Choose more narrowly.")
                % {"number": number, "most": MOST}
            )
        elif len(pool.questions) < pool.draw.count:
            problems.append(
                _("Random draw %(number)s: %(count)s questions are to be drawn, and only %(there)s published ones fit.")
                % {"number": number, "count": pool.draw.count, "there": len(pool.questions)}
            )
        elif len({question.points for question in pool.questions}) > 1:
            problems.append(
                _("Random draw %(number)s: the questions count different points. Everybody could reach another total.")
                % {"number": number}
            )
    return problems
