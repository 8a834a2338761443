"""The bank that editors work on, the immutable versions that learners meet, and what learners did with them."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from polymorphic.models import PolymorphicModel
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel, MultipleChooserPanel
from wagtail.fields import StreamField
from wagtail.models import (
    DraftStateMixin,
    Orderable,
    Page,
    PreviewableMixin,
    RevisionMixin,
    TranslatableMixin,
)
from wagtail.search import index

from bdhvs_content.api import ALIGNMENT_PANEL, ActivityPageMixin, AlignmentBase, NfcTextField
from bdhvs_lms.audit.api import AppendOnly
from bdhvs_quiz.blocks import OptionsBlock, option_problems
from bdhvs_quiz.forms import ChoiceQuestionForm, QuestionForm, QuizPageForm


class TypeKeyField(models.CharField):
    """Filled from the class when a row is written, so that the row still says what it was without its plugin."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        kind: str | None = getattr(type(model_instance), "kind", None)
        if kind:
            setattr(model_instance, self.attname, kind)
        value: str = getattr(model_instance, self.attname)
        return value


class Question(PreviewableMixin, DraftStateMixin, RevisionMixin, TranslatableMixin, index.Indexed, PolymorphicModel):
    """A question of the bank: what all types have. Each type derives a model and says its `kind`.

    Why polymorphic models and no StreamField? Block ids repeat in copies, and a block can be the target of nothing.
    Why not InlinePanels? Publishing a page with polymorphic children deletes the rows of their subclasses.
    """

    kind: ClassVar[str] = ""
    """Key of its QuestionType; set by each subclass."""

    type_key = TypeKeyField(max_length=60, editable=False, db_index=True)
    prompt = NfcTextField(
        _("question"),
        max_length=2000,
        help_text=_(
            "As the learner reads it. Example: “A caller who says he is from your bank asks for the OTP. "
            "What do you do?”"
        ),
    )
    explanation = NfcTextField(
        _("explanation (why the answer is right)"),
        blank=True,
        max_length=2000,
        help_text=_("Shown after submitting. Example: “No bank ever asks for it: whoever has it can take your money.”"),
    )

    search_fields: ClassVar[list[Any]] = [index.SearchField("prompt"), index.AutocompleteField("prompt")]

    base_form_class = QuestionForm

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    def __str__(self) -> str:
        return Truncator(self.prompt).chars(80)

    @property
    def key(self) -> UUID:
        """Stable identity in statements and versions. A translation shares it, a copy has its own."""
        value: UUID = self.translation_key
        return value

    def problems(self) -> list[str]:
        """What keeps it from being asked, in words for the editor; each type says its own."""
        return []

    # polymorphic_ctype is a ContentType pk: of another database, or after a ContentType was made anew, it names
    # another model; one such row makes every list of the bank fail.
    def serializable_data(self) -> dict[str, Any]:
        data: dict[str, Any] = super().serializable_data()
        data.pop("polymorphic_ctype", None)
        return data

    def with_content_json(self, content: dict[str, Any]) -> Question:
        content = {name: value for name, value in content.items() if name != "polymorphic_ctype"}
        restored: Question = super().with_content_json(content)
        restored.polymorphic_ctype_id = self.polymorphic_ctype_id
        return restored

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "bdhvs_quiz/question_preview.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        from bdhvs_quiz.compiling import preview_question  # compiling reads these models

        return {"question": preview_question(self), "preview": True, "request": request}


class SingleChoiceQuestion(Question):
    """Choose one of two to eight."""

    kind = "bdhvs_quiz.single_choice"

    options = StreamField(OptionsBlock(), verbose_name=_("options"), blank=True)

    base_form_class = ChoiceQuestionForm
    panels: ClassVar[list[Any]] = [
        MultiFieldPanel([FieldPanel("prompt")], heading=_("What is asked")),
        MultiFieldPanel(
            [
                HelpPanel(
                    content=_("Two to eight options, exactly one of them right. Learners see them in this order.")
                ),
                FieldPanel("options"),
            ],
            heading=_("What can be chosen"),
        ),
        MultiFieldPanel([FieldPanel("explanation")], heading=_("What is said afterwards")),
    ]

    def problems(self) -> list[str]:
        return option_problems(self.options)

    class Meta:
        verbose_name = _("single choice question")
        verbose_name_plural = _("single choice questions")


class QuizPage(ActivityPageMixin, Page):
    """A quiz as editors work on it. Learners meet its published versions."""

    activity_type_key = "bdhvs_quiz.quiz"

    intro = NfcTextField(
        _("introduction"),
        blank=True,
        help_text=_("Shown before the first question. Example: “Ten questions, as much time as you like.”"),
    )
    pass_percent = models.PositiveSmallIntegerField(
        _("pass mark in percent"),
        default=80,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Rounded up to whole questions. Example: 80 with 10 questions: 8 right answers pass."),
    )
    attempts_allowed = models.PositiveSmallIntegerField(
        _("attempts allowed"), default=0, help_text=_("0: as many as the learner likes.")
    )

    base_form_class = QuizPageForm
    content_panels: ClassVar[list[Any]] = [
        MultiFieldPanel([*Page.content_panels, FieldPanel("intro")], heading=_("What it is")),
        MultiFieldPanel(
            [
                HelpPanel(content=_("Published questions of the bank, in the order in which they are asked.")),
                MultipleChooserPanel("items", label=_("question"), chooser_field_name="question"),
            ],
            heading=_("What is in it"),
        ),
        ALIGNMENT_PANEL,
        MultiFieldPanel(
            [FieldPanel("pass_percent"), FieldPanel("attempts_allowed"), FieldPanel("required")],
            heading=_("When it is done"),
        ),
    ]
    template = "bdhvs_quiz/quiz_page.html"

    class Meta:
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")

    def publish_problems(self) -> list[str]:
        from bdhvs_quiz.compiling import problems_of

        return problems_of(item.question_id for item in self.items.all())

    def published_content(self) -> Any:
        from bdhvs_quiz.compiling import compile_quiz

        return compile_quiz(self)

    def store_version(self, number: int, content: Any, *, at: Any) -> None:
        from bdhvs_quiz.compiling import store

        store(self, number, content, at=at)

    def scores(self, content: Any) -> tuple[Any, Any]:
        from bdhvs_quiz.compiling import scores_of

        return scores_of(content)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from bdhvs_quiz.queries import quiz_context

        context = super().get_context(request, *args, **kwargs)
        context.update(quiz_context(self, request, context))
        return context


class QuizItem(Orderable):
    """A question's place in a quiz.

    Do not `select_related("question")`: it silently gives the base class. `queries.real_questions` gives the right one.
    """

    page = ParentalKey(QuizPage, on_delete=models.CASCADE, related_name="items")
    question = models.ForeignKey(
        Question, on_delete=models.PROTECT, related_name="quiz_items", verbose_name=_("question")
    )

    panels: ClassVar[list[Any]] = [FieldPanel("question")]

    class Meta(Orderable.Meta):
        constraints = [models.UniqueConstraint(fields=["page", "question"], name="quiz_item_once")]


class QuizAlignment(AlignmentBase):
    page = ParentalKey(QuizPage, on_delete=models.CASCADE, related_name="alignments")

    class Meta(AlignmentBase.Meta):
        constraints = [models.UniqueConstraint(fields=["page", "competency"], name="quiz_alignment_once")]


class QuizVersion(AppendOnly):
    """A quiz as it was published: the one row from which it is shown, graded, and read again years later.

    `shown` is what may be seen before submitting, `key` what may not; neither is ever mixed with the other.
    Why no foreign key to the page? Because results outlive pages.
    """

    activity_key = models.UUIDField()
    number = models.PositiveIntegerField()
    titles = models.JSONField(encoder=DjangoJSONEncoder, help_text="Language map at the time of publishing.")
    shown = models.JSONField(
        encoder=DjangoJSONEncoder,
        help_text='{"language", "title", "intro", "attempts_allowed", "questions": [{"key", "type", "shown", …}]}',
    )
    key = models.JSONField(encoder=DjangoJSONEncoder, help_text="Question key to what grades and explains it.")
    max_score = models.DecimalField(max_digits=8, decimal_places=2)
    pass_score = models.DecimalField(max_digits=8, decimal_places=2)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity_key", "number"], name="quiz_version_once"),
            models.CheckConstraint(
                condition=Q(pass_score__gt=0) & Q(pass_score__lte=models.F("max_score")),
                name="quiz_version_pass_le_max",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.titles.get('vi') or next(iter(self.titles.values()), self.activity_key)} · {self.number}"


class Attempt(models.Model):
    """One learner's go at one version. Its UUID is the xAPI registration of every statement about it.

    Times twice: the learner's (clamped once at receipt) and the receipt's. Score columns are null until graded.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey("bdhvs_lms.Learner", on_delete=models.PROTECT, related_name="quiz_attempts")
    enrolment = models.ForeignKey("bdhvs_lms.Enrolment", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(QuizVersion, on_delete=models.PROTECT, related_name="attempts")
    # Of the version, repeated here: a constraint cannot look into another table.
    activity_key = models.UUIDField()
    number = models.PositiveIntegerField(help_text="1 for the learner's first attempt at this activity.")
    act_id = models.UUIDField(unique=True, help_text="Idempotency key of the form that opened it.")
    references = models.JSONField(
        encoder=DjangoJSONEncoder, help_text="Frozen for statements: quiz, course, competencies, language."
    )
    opened_at = models.DateTimeField()
    opened_received_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    submitted_received_at = models.DateTimeField(null=True)
    raw = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    success = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "activity_key"], condition=Q(submitted_at=None), name="attempt_one_open"
            ),
            models.UniqueConstraint(fields=["learner", "activity_key", "number"], name="attempt_number_once"),
            models.CheckConstraint(
                condition=Q(submitted_at=None, submitted_received_at=None, raw=None, success=None)
                | Q(
                    submitted_at__isnull=False,
                    submitted_received_at__isnull=False,
                    raw__isnull=False,
                    success__isnull=False,
                ),
                name="attempt_graded_when_submitted",
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class AttemptStep(AppendOnly):
    """What the learner did in an attempt, in order. Never changed; responses are ids of options, never typed words."""

    class Kind(models.TextChoices):
        OPENED = "opened", "opened"
        SAVED = "saved", "saved"
        SUBMITTED = "submitted", "submitted"

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="steps")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=9, choices=Kind.choices)
    data = models.JSONField(
        encoder=DjangoJSONEncoder, default=dict, help_text='{"responses"} and once graded "outcomes".'
    )
    act_id = models.UUIDField(unique=True, help_text="Derived from the form's key and content: see actions.")
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["attempt", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "seq"], name="attempt_step_once"),
            models.UniqueConstraint(fields=["attempt"], condition=Q(kind="submitted"), name="attempt_submitted_once"),
        ]
