"""The bank that editors work on: what all questions have, and the built-in types."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from polymorphic.managers import PolymorphicManager
from polymorphic.models import PolymorphicModel
from polymorphic.query import PolymorphicQuerySet
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import (
    DraftStateMixin,
    Locale,
    LockableMixin,
    PreviewableMixin,
    RevisionMixin,
    TranslatableMixin,
    WorkflowMixin,
)
from wagtail.search import index

from bdhvs_content.api import NfcCharField, NfcTextField
from bdhvs_lms.base.api import fold
from bdhvs_lms.plugins.api import question_types
from bdhvs_quiz.blocks import AcceptedBlock, OptionsBlock, accepted_problems, option_problems, several_problems
from bdhvs_quiz.folding import Folding
from bdhvs_quiz.forms import (
    ChoiceQuestionForm,
    MultipleChoiceQuestionForm,
    QuestionForm,
    ShortTextQuestionForm,
    TrueFalseQuestionForm,
)


class TypeKeyField(models.CharField):
    """Filled from the class when a row is written, so that the row still says what it was without its plugin."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        kind: str | None = getattr(type(model_instance), "kind", None)
        if kind:
            setattr(model_instance, self.attname, kind)
        value: str = getattr(model_instance, self.attname)
        return value

    def deconstruct(self) -> Any:
        # The column is a plain one: migrations need nothing of ours.
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class FoldedField(models.TextField):
    """What a search looks in: `searched()` of the row, folded whenever it is written."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        # As the base class a row does not know all of its words: what its own type wrote stays.
        if getattr(type(model_instance), "kind", ""):
            words = model_instance.searched()  # type: ignore[attr-defined]
            setattr(model_instance, self.attname, fold(" \n".join(word for word in words if word)))
        value: str = getattr(model_instance, self.attname)
        return value

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs


class BankQuerySet(PolymorphicQuerySet[Any, Any]):
    """Each question as its own class, unless `rows()` are asked for."""

    def installed(self) -> BankQuerySet:
        """Those whose type is installed: all that can be asked, and be had as their own class."""
        return self.filter(type_key__in=[kind.key for kind in question_types])

    def rows(self) -> BankQuerySet:
        """As the base class. What speaks of the bank needs them: a list of typed questions leaves out, without a word,
        those whose type is uninstalled; and it asks once more for each type, where what all types have is enough."""
        return self.non_polymorphic()


class Question(
    WorkflowMixin,
    PreviewableMixin,
    DraftStateMixin,
    LockableMixin,
    RevisionMixin,
    TranslatableMixin,
    index.Indexed,
    PolymorphicModel,
):
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
    folded = FoldedField(editable=False, default="")
    # Wagtail's own would be `locked_questions` on the user model, and of any other app's Question too.
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=LockableMixin._meta.get_field("locked_by").verbose_name,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    locked_by.wagtail_reference_index_ignore = True  # type: ignore[attr-defined]

    objects = PolymorphicManager.from_queryset(BankQuerySet)()

    search_fields: ClassVar[list[Any]] = [index.SearchField("prompt"), index.AutocompleteField("prompt")]

    base_form_class = QuestionForm

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    def __str__(self) -> str:
        # A draft may be saved before it asks anything; Wagtail would call it "Question object (63)".
        return Truncator(self.prompt).chars(80) or gettext("(no question written yet)")

    @property
    def key(self) -> UUID:
        """Stable identity in statements and versions. A translation shares it, a copy has its own."""
        value: UUID = self.translation_key
        return value

    def problems(self) -> list[str]:
        """What keeps it from being asked, in words for the editor; each type says its own."""
        return []

    def searched(self) -> Iterable[str]:
        """The words by which an editor finds it in the bank; a type adds its own."""
        return (self.prompt, self.explanation)

    def preview(self) -> dict[str, Any]:
        """As an attempt's page shows it, compiled for the eye only: nothing is written."""
        kind = question_types.get(self.kind)
        if kind is None:
            return {"type": self.type_key, "prompt": self.prompt, "missing": True}
        shown, _key = kind.compile(self)
        return {"key": "preview", "template": kind.template, "shown": shown, "prompt": self.prompt, "missing": False}

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
        if self.locale_id is None:  # a question that is not saved yet: Wagtail's form gives the preview no language
            self.locale = Locale.get_default()
        return {"question": self.preview(), "preview": True, "request": request}


def bank_rows(question_ids: Iterable[int] | None = None) -> list[Question]:
    """Rows of the bank, in the order asked for. One query."""
    rows = Question.objects.rows()
    if question_ids is None:
        return list(rows.order_by("pk"))
    ids = list(question_ids)
    found = {row.pk: row for row in rows.filter(pk__in=ids)}
    return [found[pk] for pk in ids if pk in found]


def real_questions(question_ids: Iterable[int]) -> dict[int, Any]:
    """By primary key, each as its own class; without those whose type is uninstalled. One query and one a type."""
    questions = Question.objects.installed().filter(pk__in=list(question_ids))
    return {question.pk: question for question in questions.prefetch_related("locale")}


ASKED = MultiFieldPanel([FieldPanel("prompt")], heading=_("What is asked"))
AFTERWARDS = MultiFieldPanel([FieldPanel("explanation")], heading=_("What is said afterwards"))


class SingleChoiceQuestion(Question):
    """Choose one of two to eight."""

    kind = "bdhvs_quiz.single_choice"

    options = StreamField(OptionsBlock(), verbose_name=_("options"), blank=True)

    base_form_class = ChoiceQuestionForm
    panels: ClassVar[list[Any]] = [
        ASKED,
        MultiFieldPanel(
            [
                HelpPanel(
                    content=_(
                        "Two to eight options, exactly one of them right. Learners see them in this order, unless the "
                        "quiz shuffles them."
                    )
                ),
                FieldPanel("options"),
            ],
            heading=_("What can be chosen"),
        ),
        AFTERWARDS,
    ]

    class Meta:
        verbose_name = _("single choice question")
        verbose_name_plural = _("single choice questions")

    def problems(self) -> list[str]:
        return option_problems(self.options)

    def searched(self) -> Iterable[str]:
        return (*super().searched(), *(str(block.value.get("text") or "") for block in self.options))


class MultipleChoiceQuestion(Question):
    """Choose all that are right of two to eight."""

    kind = "bdhvs_quiz.multiple_choice"

    options = StreamField(OptionsBlock(), verbose_name=_("options"), blank=True)

    base_form_class = MultipleChoiceQuestionForm
    panels: ClassVar[list[Any]] = [
        ASKED,
        MultiFieldPanel(
            [
                HelpPanel(
                    content=_(
                        "Two to eight options, at least one right and at least one not. An answer is right only when "
                        "every right option is chosen and no other. Learners are told: “Choose all that are right”."
                    )
                ),
                FieldPanel("options"),
            ],
            heading=_("What can be chosen"),
        ),
        AFTERWARDS,
    ]

    class Meta:
        verbose_name = _("multiple choice question")
        verbose_name_plural = _("multiple choice questions")

    def problems(self) -> list[str]:
        return several_problems(self.options)

    def searched(self) -> Iterable[str]:
        return (*super().searched(), *(str(block.value.get("text") or "") for block in self.options))


class TrueFalseQuestion(Question):
    """A sentence that is true or false."""

    kind = "bdhvs_quiz.true_false"

    # Empty in a draft: nobody has said yet which it is.
    answer = models.BooleanField(
        _("the sentence is"),
        null=True,
        blank=True,
        choices=[(True, _("True")), (False, _("False"))],
    )
    feedback_right = NfcCharField(
        _("feedback to those who were right"), blank=True, max_length=500, help_text=_("May stay empty.")
    )
    feedback_wrong = NfcCharField(
        _("feedback to those who were not"), blank=True, max_length=500, help_text=_("May stay empty.")
    )

    base_form_class = TrueFalseQuestionForm
    panels: ClassVar[list[Any]] = [
        MultiFieldPanel(
            [
                HelpPanel(
                    content=_(
                        "Write one sentence that is either true or false, and no question. Example: “Banks ask for "
                        "the OTP by telephone.”"
                    )
                ),
                FieldPanel("prompt"),
            ],
            heading=_("What is asked"),
        ),
        MultiFieldPanel([FieldPanel("answer")], heading=_("What is right")),
        MultiFieldPanel(
            [FieldPanel("explanation"), FieldPanel("feedback_right"), FieldPanel("feedback_wrong")],
            heading=_("What is said afterwards"),
        ),
    ]

    class Meta:
        verbose_name = _("true/false question")
        verbose_name_plural = _("true/false questions")

    def problems(self) -> list[str]:
        return [] if self.answer is not None else [str(_("Say whether the sentence is true or false."))]


class ShortTextQuestion(Question):
    """Type a word or two; several answers can be right."""

    kind = "bdhvs_quiz.short_text"

    accepted = StreamField(AcceptedBlock(), verbose_name=_("accepted answers"), blank=True)
    ignore_case = models.BooleanField(
        _("capital and small letters are the same"), default=True, help_text=_("Example: “Otp” is “OTP”.")
    )
    ignore_diacritics = models.BooleanField(
        _("with and without diacritics is the same"), default=True, help_text=_("Example: “mat khau” is “mật khẩu”.")
    )
    ignore_spacing = models.BooleanField(
        _("spaces and punctuation do not count"), default=True, help_text=_("Example: “1 1 5.” is “115”.")
    )

    base_form_class = ShortTextQuestionForm
    panels: ClassVar[list[Any]] = [
        ASKED,
        MultiFieldPanel(
            [
                HelpPanel(
                    content=_(
                        "Write every answer that is right. Example: “115”, “một một năm”. “hòa” and “hoà” are always "
                        "the same."
                    )
                ),
                FieldPanel("accepted"),
                FieldPanel("ignore_case"),
                FieldPanel("ignore_diacritics"),
                FieldPanel("ignore_spacing"),
            ],
            heading=_("What is right"),
        ),
        AFTERWARDS,
    ]

    class Meta:
        verbose_name = _("short text question")
        verbose_name_plural = _("short text questions")

    @property
    def folding(self) -> Folding:
        return Folding(case=self.ignore_case, diacritics=self.ignore_diacritics, spacing=self.ignore_spacing)

    def problems(self) -> list[str]:
        return accepted_problems(self.accepted, self.folding)

    def searched(self) -> Iterable[str]:
        return (*super().searched(), *(str(block.value) for block in self.accepted))
