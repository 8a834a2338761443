"""The bank that editors work on: what all questions have. Their types are folders of `bdhvs_quiz.types`."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.models import ClusterableModel
from polymorphic.managers import PolymorphicManager
from polymorphic.models import PolymorphicModel
from polymorphic.query import PolymorphicQuerySet
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import (
    Collection,
    DraftStateMixin,
    Locale,
    LockableMixin,
    PreviewableMixin,
    RevisionMixin,
    TranslatableMixin,
    WorkflowMixin,
)
from wagtail.models.media import get_root_collection_id
from wagtail.search import index

from bdhvs_content.api import AlignmentPanel, NfcTextField, NotPublishable
from bdhvs_lms.base.api import fold
from bdhvs_lms.competency.api import Competency
from bdhvs_lms.plugins.api import fragment, question_types
from bdhvs_quiz.forms import QuestionForm
from bdhvs_quiz.media.blocks import MediaBlock
from bdhvs_quiz.media.copies import with_copies
from bdhvs_quiz.media.described import media_kinds, media_problems, stream_words, with_media
from bdhvs_quiz.models.labels import Difficulty, TaggedQuestion


class TypeKeyField(models.CharField):
    """A field filled from the class when a row is written, so that the row still names its type without its plugin."""

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
    """The text that a search looks in: `searched()` of the row, folded whenever it is written."""

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


class MediaKindsField(models.CharField):
    """The kinds of media a question has, set whenever it is written: lists show them without opening its blocks."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        # As the base class a row does not know all of its blocks: what its own type wrote stays.
        if getattr(type(model_instance), "kind", ""):
            setattr(model_instance, self.attname, media_kinds(model_instance))
        value: str = getattr(model_instance, self.attname)
        return value

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class BankQuerySet(PolymorphicQuerySet[Any, Any]):
    """Each question as its own class, unless `rows()` are asked for."""

    def installed(self) -> BankQuerySet:
        """Return the questions whose type is installed: all that can be asked, and be had as their own class."""
        return self.filter(type_key__in=[kind.key for kind in question_types])

    def rows(self) -> BankQuerySet:
        """Return the questions as the base class. Views of the whole bank need them: a list of typed questions silently
        leaves
        out those whose type is uninstalled; and it queries once more for each type, where the common fields are enough.
        """
        return self.non_polymorphic()


# What a draft does not hold, and an old state does not bring back:
# - polymorphic_ctype is a ContentType pk: of another database, or after a ContentType was made anew, it names another
#   model; one such row makes every list of the bank fail.
# - who may work on a question follows from its category, so there is one, and not another in each draft;
# - an author who was deleted or erased must not come back with a draft.
OF_THE_ROW = ("polymorphic_ctype", "collection", "author")


class Question(
    WorkflowMixin,
    PreviewableMixin,
    DraftStateMixin,
    LockableMixin,
    RevisionMixin,
    TranslatableMixin,
    index.Indexed,
    ClusterableModel,
    PolymorphicModel,
):
    """A question of the bank, with what all types have. Each type derives a model and sets its `kind`.

    Why polymorphic models and no StreamField? Block ids repeat in copies, and nothing can refer to a block. Why not
    InlinePanels? Publishing a page with polymorphic children deletes the rows of their subclasses.
    """

    kind: ClassVar[str] = ""
    """Key of its QuestionType; set by each subclass."""
    problems_at: ClassVar[str] = "prompt"
    """The field of the form at which `problems` are shown."""

    type_key = TypeKeyField(max_length=60, editable=False, db_index=True)
    prompt = NfcTextField(
        _("question"),
        max_length=2000,
        help_text=_(
            "As learners will read it. Example: “A caller claiming to be from your "
            "bank asks for the OTP. What do you do?”"
        ),
    )
    prompt_media = StreamField(
        MediaBlock(),
        verbose_name=_("images and audio"),
        blank=True,
        help_text=_("Optional. Shown above the question."),
    )
    media_kinds = MediaKindsField(max_length=20, editable=False, default="")
    explanation = NfcTextField(
        _("explanation (why the answer is correct)"),
        blank=True,
        max_length=2000,
        help_text=_(
            "Shown after submission. Example: “No bank ever asks for it: anyone who has it can take your money.”"
        ),
    )
    # Wagtail's own CollectionMember would delete the questions together with their category.
    collection = models.ForeignKey(
        Collection,
        verbose_name=_("category"),
        default=get_root_collection_id,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Who may work on this question can depend on it. Takes effect at once, also for a draft."),
    )
    tags = ClusterTaggableManager(
        through=TaggedQuestion,
        verbose_name=_("tags"),
        blank=True,
        help_text=_("To find questions and to draw them at random. Example: OTP, scams."),
    )
    difficulty = models.CharField(_("difficulty"), max_length=10, choices=Difficulty, blank=True)
    points = models.DecimalField(
        _("points"),
        max_digits=6,
        decimal_places=2,
        default=1,
        validators=[MinValueValidator(Decimal("0.01"), _("Enter a number above 0."))],
        help_text=_("For a completely correct answer. Example: 1, or 0.5."),
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    author.wagtail_reference_index_ignore = True  # type: ignore[attr-defined]
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

    search_fields: ClassVar[list[Any]] = [
        index.SearchField("prompt"),
        index.AutocompleteField("prompt"),
        index.FilterField("collection"),
    ]

    base_form_class = QuestionForm

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.CheckConstraint(condition=Q(points__gt=0), name="question_points_above_zero"),
        ]

    def __str__(self) -> str:
        # A draft may be saved before it asks anything; Wagtail would call it "Question object (63)".
        return Truncator(self.prompt).chars(80) or gettext("(no question text)")

    @property
    def key(self) -> UUID:
        """Return the stable identity in statements and versions. A translation shares it, a copy has its own."""
        value: UUID = self.translation_key
        return value

    def problems(self) -> list[str]:
        """Return what keeps it from being asked, in words for the editor; each type returns its own."""
        return []

    def all_problems(self) -> list[str]:
        """Return `problems`, and the problems of its pictures and sounds."""
        return [*self.problems(), *media_problems(self)]

    def searched(self) -> Iterable[str]:
        """Return the words by which an editor finds it in the bank; a type adds its own."""
        return (self.prompt, self.explanation, *stream_words(self.prompt_media))

    def preview(self) -> dict[str, Any]:
        """Return the question as an attempt's page shows it, compiled for display only."""
        kind = question_types.get(self.kind)
        if kind is None:
            return {"type": self.type_key, "prompt": self.prompt, "missing": True}
        shown, _key = kind.compile(self)
        template = fragment(kind, kind.template)
        seen = with_media({"shown": shown, "prompt": self.prompt}, self.prompt_media)
        try:
            (seen,) = with_copies([seen])
        except NotPublishable:
            # Said when it is published; until then it is seen without.
            seen.pop("media", None)
        return {"key": "preview", "template": template, "missing": False, **seen}

    def copy_for_translation(self, locale: Locale, exclude_fields: Any = None) -> Question:
        """Copy as Wagtail does, but as a draft: the original's words are asked until the translation is published."""
        own = ["latest_revision", "live_revision", "first_published_at", "last_published_at", "locked", "locked_at"]
        row: Question = super().copy_for_translation(locale, [*(exclude_fields or ()), *own, "locked_by", "author"])
        row.live, row.has_unpublished_changes = False, True
        return row

    def serializable_data(self) -> dict[str, Any]:
        data: dict[str, Any] = super().serializable_data()
        return {name: value for name, value in data.items() if name not in OF_THE_ROW}

    def with_content_json(self, content: dict[str, Any]) -> Question:
        content = {name: value for name, value in content.items() if name not in OF_THE_ROW}
        if content.get("alignments"):
            # An old state may name competencies that were deleted since; modelcluster would refuse the whole question.
            named = {row.get("competency") for row in content["alignments"]}
            there = set(Competency.objects.filter(pk__in=named).values_list("pk", flat=True))
            content["alignments"] = [row for row in content["alignments"] if row.get("competency") in there]
        restored: Question = super().with_content_json(content)
        for name in OF_THE_ROW:
            attname = self._meta.get_field(name).attname
            setattr(restored, attname, getattr(self, attname))
        return restored

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "bdhvs_quiz/question_preview.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        if self.locale_id is None:  # a question that is not saved yet: Wagtail's form gives the preview no language
            self.locale = Locale.get_default()
        return {"question": self.preview(), "preview": True, "request": request}


def bank_rows(question_ids: Iterable[int] | None = None) -> list[Question]:
    """Return rows of the bank, in the order asked for. One query."""
    rows = Question.objects.rows()
    if question_ids is None:
        return list(rows.order_by("pk"))
    ids = list(question_ids)
    found = {row.pk: row for row in rows.filter(pk__in=ids)}
    return [found[pk] for pk in ids if pk in found]


def real_questions(question_ids: Iterable[int]) -> dict[int, Any]:
    """Return questions by primary key, each as its own class, without those whose type is uninstalled. One query and
    one a
    type."""
    questions = Question.objects.installed().filter(pk__in=list(question_ids))
    return {question.pk: question for question in questions.prefetch_related("locale")}


ASKED = MultiFieldPanel([FieldPanel("prompt")], heading=_("Question text"))
MEDIA = FieldPanel("prompt_media")
AFTERWARDS = MultiFieldPanel([FieldPanel("explanation")], heading=_("Feedback after submission"))
# What all types have, a stranger's too: their forms get them without naming them.
DETAILS = (
    MultiFieldPanel(
        [FieldPanel("collection"), FieldPanel("points"), FieldPanel("difficulty"), FieldPanel("tags")],
        heading=_("Details"),
    ),
    MultiFieldPanel(
        [
            HelpPanel(
                content=_(
                    "Optional. What a correct answer shows that somebody can do. With it, the quiz can require "
                    "enough correct answers for each competency, and draw questions by competency."
                )
            ),
            AlignmentPanel("alignments", label=_("competency")),
        ],
        heading=_("Competencies of this question"),
    ),
)
