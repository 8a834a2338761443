"""Quiz pages as editors work on them. Learners meet their published versions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import model_from_serializable_data
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable, Page

from bdhvs_content.api import (
    ALIGNMENT_PANEL,
    ActivityPageMixin,
    AlignmentBase,
    NfcCharField,
    NfcTextField,
    page_link,
    versions_of,
)
from bdhvs_lms.tracking.api import question_iri
from bdhvs_quiz.counting import AVERAGE, BEST, FIRST, LAST
from bdhvs_quiz.forms import QuizPageForm
from bdhvs_quiz.models.attempts import QuizVersion
from bdhvs_quiz.models.bank import Question
from bdhvs_quiz.models.compiling import compile_quiz, problems_of, scores_of
from bdhvs_quiz.models.ends import form_problems
from bdhvs_quiz.models.panels import (
    BehindPanel,
    CoveragePanel,
    DetailsPanel,
    DrawsPanel,
    FirstOnlyPanel,
    GainPanel,
    OriginalPanel,
    QuestionsPanel,
    TranslatedQuestionsPanel,
)
from bdhvs_quiz.models.retests import retest_problems
from bdhvs_xapi.api import register_iris


class ShowAnswers(models.TextChoices):
    """The rule for showing a learner the right answers."""

    AFTER_EACH = "after_each", _("after each attempt")
    WHEN_DONE = "when_passed_or_no_attempts_left", _("once passed, or when no attempts are left")
    NEVER = "never", _("never: only points and which questions were correct")


class GradeFrom(models.TextChoices):
    """The one of several attempts that counts."""

    BEST = BEST, _("the best attempt")
    LAST = LAST, _("the last attempt")
    FIRST = FIRST, _("the first attempt")
    AVERAGE = AVERAGE, _("the average of all attempts")


class Role(models.TextChoices):
    """The end of a course that the quiz measures; or that it is a retest, which nobody takes alone."""

    NONE = "", _("neither")
    ENTRY = "entry", _("entry quiz: what people know before")
    EXIT = "exit", _("exit quiz: what people know afterwards")
    RETEST = "retest", _("retest: of a sample, on paper, with a teacher present")


POINTS = _("Enter a number from 0.01 to 1,000.")
TIME_LIMIT = _("Enter a number from 1 to 600.")
WAIT = _("Enter a number from 0 to 43,200.")
PERCENT = _("Enter a number from 0 to 100.")
PASS_MARK = _("Enter a number from 1 to 100.")


class QuizPage(ActivityPageMixin, Page):
    """A quiz as editors work on it. Learners meet its published versions."""

    activity_type_key = "bdhvs_quiz.quiz"
    translation_notice = _(
        "This is a translation. Learners read its title, its introduction and the translated questions. Which "
        "questions are asked, the pass mark, competencies and all settings come from the original, “%(title)s”."
    )

    page_ptr = page_link()
    intro = NfcTextField(
        _("introduction"),
        blank=True,
        help_text=_("Shown before the first question. Example: “Ten questions, as much time as you like.”"),
    )
    pass_percent = models.PositiveSmallIntegerField(
        _("pass mark (percent)"),
        default=80,
        validators=[MinValueValidator(1, PASS_MARK), MaxValueValidator(100, PASS_MARK)],
        help_text=_("Of all points. Example: with 80 and 10 questions of 1 point each, 8 points are needed to pass."),
    )
    attempts_allowed = models.PositiveSmallIntegerField(
        _("attempts allowed"), default=0, help_text=_("0 for unlimited attempts.")
    )
    grade_from = models.CharField(
        _("grade from"),
        max_length=10,
        choices=GradeFrom,
        default=GradeFrom.BEST,
        help_text=_(
            "Which mark counts when somebody takes the quiz several times. “The average”: passed when the average "
            "reaches the pass mark. Whoever has passed stays passed."
        ),
    )
    role = models.CharField(
        _("entry quiz, exit quiz or retest"),
        max_length=10,
        choices=Role,
        default=Role.NONE,
        blank=True,
        help_text=_(
            "For showing what people have gained from the course. An entry quiz comes first in the course, an exit "
            "quiz last, and both have the same competencies. Example: ten questions on safe passwords before the "
            "lessons, ten others of the same kind after them. A retest asks people who have achieved something before; "
            "it changes nobody's competencies, and cannot become another kind of quiz."
        ),
    )
    show_answers = models.CharField(
        _("show correct answers"),
        max_length=40,
        choices=ShowAnswers,
        default=ShowAnswers.WHEN_DONE,
        help_text=_(
            "Learners always see which questions were correct. “After each attempt” reveals the correct "
            "answers even to those who submit nothing, who can then pass the next attempt: use it for "
            "practice. Use “once passed” for quizzes that count."
        ),
    )
    opens_at = models.DateTimeField(
        _("opens"), null=True, blank=True, help_text=_("Nobody can start before. Empty: at once.")
    )
    closes_at = models.DateTimeField(
        _("closes"),
        null=True,
        blank=True,
        help_text=_("Nobody can start after; what is open then is submitted with the saved answers. Empty: never."),
    )
    time_limit = models.PositiveSmallIntegerField(
        _("time limit (minutes)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1, TIME_LIMIT), MaxValueValidator(600, TIME_LIMIT)],
        help_text=_(
            "Empty: as much time as they like. When time is up, the saved answers are submitted. Teachers can give "
            "single learners more time."
        ),
    )
    wait_minutes = models.PositiveIntegerField(
        _("wait between attempts (minutes)"),
        default=0,
        validators=[MaxValueValidator(43_200, WAIT)],
        help_text=_("0: no wait. Example: 1440 for one day."),
    )
    one_per_page = models.BooleanField(
        _("one question per page"), default=False, help_text=_("Off: all questions on one page.")
    )
    shuffle_questions = models.BooleanField(
        _("shuffle the questions"), default=False, help_text=_("Each attempt has its own order and keeps it.")
    )
    shuffle_options = models.BooleanField(
        _("shuffle the options"),
        default=False,
        help_text=_("Leave off where the order matters. Example: the last option is “All of the above”."),
    )

    behind_since = models.DateTimeField(
        null=True, editable=False, help_text="When a question of it was published that it does not ask as it is now."
    )

    shared_fields: ClassVar[tuple[str, ...]] = (
        *("shuffle_questions", "shuffle_options"),
        *("pass_percent", "attempts_allowed", "grade_from", "show_answers", "required", "role"),
        *("opens_at", "closes_at", "time_limit", "wait_minutes", "one_per_page"),
    )
    base_form_class = QuizPageForm
    content_panels: ClassVar[list[Any]] = [
        BehindPanel(),
        MultiFieldPanel([*Page.content_panels, FieldPanel("intro")], heading=_("Overview")),
        TranslatedQuestionsPanel(heading=_("What it contains")),
        OriginalPanel(
            [
                HelpPanel(content=_("Published questions from the question bank, in the order they are asked.")),
                QuestionsPanel("items", label=_("question"), chooser_field_name="question"),
                DrawsPanel(
                    "draws",
                    label=_("random draw"),
                    max_num=20,
                    help_text=_(
                        "Questions of the bank, others for each attempt. Out of which they are drawn is fixed when the "
                        "quiz is published."
                    ),
                ),
                FieldPanel("shuffle_questions"),
                FieldPanel("shuffle_options"),
                FieldPanel("one_per_page"),
            ],
            heading=_("What it contains"),
        ),
        OriginalPanel(
            [
                FieldRowPanel([FieldPanel("opens_at"), FieldPanel("closes_at")]),
                FieldRowPanel([FieldPanel("time_limit"), FieldPanel("wait_minutes")]),
            ],
            heading=_("Timing"),
        ),
        OriginalPanel(
            [
                HelpPanel(content=_("The text of the highest mark that was reached is shown with the result.")),
                InlinePanel("overall_feedback", label=_("feedback"), max_num=10),
            ],
            heading=_("Feedback on the whole quiz"),
        ),
        OriginalPanel([ALIGNMENT_PANEL, CoveragePanel()]),
        OriginalPanel([FieldPanel("role"), GainPanel()], heading=_("Change in people")),
        MultiFieldPanel(
            [
                FieldPanel("pass_percent"),
                FieldPanel("attempts_allowed"),
                FieldPanel("grade_from"),
                FieldPanel("show_answers"),
                FieldPanel("required"),
                FirstOnlyPanel(),
            ],
            heading=_("Completion"),
        ),
    ]
    template = "bdhvs_quiz/quiz_page.html"

    class Meta:
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")
        constraints = [
            models.CheckConstraint(
                condition=Q(pass_percent__gte=1) & Q(pass_percent__lte=100), name="quiz_pass_percent_1_to_100"
            )
        ]

    @property
    def behind(self) -> bool:
        """Tell whether a published question differs by now from what learners are asked."""
        return self.live and self.behind_since is not None

    @property
    def bars_after_first(self) -> bool:
        """Tell whether a learner who fails the first attempt cannot finish the course any more."""
        return bool(self.required and self.grade_from == GradeFrom.FIRST)

    def get_admin_display_title(self) -> str:
        title: str = super().get_admin_display_title()
        return _("%(title)s (questions changed since)") % {"title": title} if self.behind else title

    def with_content_json(self, content: dict[str, Any]) -> Any:
        # An old revision may name questions that were deleted since; modelcluster would refuse the whole page.
        items = content.get("items") or []
        ids = {item.get("question") for item in items}
        there = set(Question.objects.rows().filter(pk__in=ids).values_list("pk", flat=True))
        return super().with_content_json({**content, "items": [row for row in items if row.get("question") in there]})

    # Asked of the rows in a form too, which the page does not hold before it is saved.
    problems_of = staticmethod(problems_of)

    def publish_problems(self) -> list[str]:
        ids = (item.question_id for item in self.items.all())
        found = problems_of(ids, self.draws.all(), self.locale, self.alignments.all())
        return [*found, *form_problems(self), *retest_problems(self)]

    def published_content(self) -> Any:
        return compile_quiz(self)

    def store_version(self, number: int, content: Any, *, at: Any) -> None:
        max_score, pass_score = scores_of(content)
        register_iris(question_iri(UUID(question["key"])) for question in content["shown"]["questions"])
        titles = {p.locale.language_code: p.title for p in versions_of(self.translation_key) if p.live}
        for one in (content, *content.get("translations", {}).values()):
            QuizVersion.objects.create(
                activity_key=self.translation_key,
                number=number,
                language=one["shown"]["language"],
                titles=titles,
                shown=one["shown"],
                key=one["key"],
                max_score=max_score,
                pass_score=pass_score,
                created_at=at,
            )

    def scores(self, content: Any) -> tuple[Any, Any]:
        return scores_of(content)

    def time_limit_of(self, content: Any) -> int | None:
        limit: int | None = content["shown"].get("time_limit")
        return limit

    def measures(self) -> Any:
        return self.role

    def attempts_limit(self, content: Any) -> int:
        return int(content["shown"]["attempts_allowed"])


class QuizItem(Orderable):
    """A question's place in a quiz.

    Do not `select_related("question")`: it silently gives the base class. `bank.real_questions` gives the right one.
    """

    page = ParentalKey(QuizPage, on_delete=models.CASCADE, related_name="items")
    question = models.ForeignKey(
        Question, on_delete=models.PROTECT, related_name="quiz_items", verbose_name=_("question")
    )

    points = models.DecimalField(
        _("points"),
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"), POINTS), MaxValueValidator(1000, POINTS)],
        help_text=_("Empty: as the question says."),
    )

    section = NfcCharField(
        _("a section begins here"), max_length=120, blank=True, help_text=_("Its title. Empty: none begins.")
    )
    section_intro = NfcTextField(_("introduction of the section"), max_length=1000, blank=True)

    panels: ClassVar[list[Any]] = [
        FieldRowPanel([FieldPanel("question"), FieldPanel("points")]),
        # Its heading would stand twice: Wagtail prints that of a panel, and the details have their own.
        DetailsPanel([FieldPanel("section"), FieldPanel("section_intro")], summary=_("A section begins here")),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("quiz question")
        verbose_name_plural = _("quiz questions")
        constraints = [models.UniqueConstraint(fields=["page", "question"], name="quiz_item_once")]

    @classmethod
    def from_serializable_data(cls, data: dict[str, Any], check_fks: bool = True, strict_fks: bool = False) -> Any:
        # modelcluster asks for the question as its type, and crashes where the plugin is missing. Whether it is there,
        # `QuizPage.with_content_json` has asked.
        return model_from_serializable_data(cls, data, check_fks=False)


class QuizFeedback(Orderable):
    """The text shown with the result of learners who reached this percentage of the points."""

    page = ParentalKey(QuizPage, on_delete=models.CASCADE, related_name="overall_feedback")
    percent = models.PositiveSmallIntegerField(
        _("from (percent)"), default=0, validators=[MaxValueValidator(100, PERCENT)]
    )
    text = NfcTextField(_("text"), max_length=1000)

    panels: ClassVar[list[Any]] = [FieldPanel("percent"), FieldPanel("text")]

    class Meta(Orderable.Meta):
        verbose_name = _("feedback on the whole quiz")
        constraints = [models.UniqueConstraint(fields=["page", "percent"], name="quiz_feedback_once")]


class QuizAlignment(AlignmentBase):
    page = ParentalKey(QuizPage, on_delete=models.CASCADE, related_name="alignments")
    pass_percent = models.PositiveSmallIntegerField(
        _("pass mark of its own (percent)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1, PASS_MARK), MaxValueValidator(100, PASS_MARK)],
        help_text=_("Of the points of the questions about this competency. Empty: passing the quiz is enough."),
    )

    panels: ClassVar[list[Any]] = [
        FieldPanel("competency"),
        FieldRowPanel([FieldPanel("level"), FieldPanel("pass_percent")]),
    ]

    class Meta(AlignmentBase.Meta):
        constraints = [
            models.UniqueConstraint(fields=["page", "competency"], name="quiz_alignment_once"),
            models.CheckConstraint(
                condition=Q(pass_percent=None) | Q(pass_percent__gte=1, pass_percent__lte=100),
                name="quiz_alignment_pass_1_to_100",
            ),
        ]
