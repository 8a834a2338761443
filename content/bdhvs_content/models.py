"""Living pages of what is taught: catalogue, course, lesson. Learners' results never point here (see `publishing`)."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db import models, transaction
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, HelpPanel, InlinePanel, MultiFieldPanel, get_form_for_model
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page

from bdhvs_content.blocks import LessonBody
from bdhvs_content.fields import NfcTextField
from bdhvs_content.forms import ActivityPageForm, AlignmentForm, FactsPageForm
from bdhvs_content.identity import key_of, original_of
from bdhvs_lms.audit.api import AppendOnly


class PublishedVersion(AppendOnly):
    """One published state of an activity, by number: what evidence names as its revision. Append-only.

    Why no Wagtail revision pk? Because it differs between databases, and a draft that changes nothing has one too.
    Why no foreign key to the page? Because statements outlive pages.
    """

    activity_key = models.UUIDField()
    number = models.PositiveIntegerField()
    # Of content and alignment, keys included: never leaves the database.
    fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["activity_key", "number"], name="published_version_once")]

    def __str__(self) -> str:
        return f"{self.activity_key} · {self.number}"


class FactsPageMixin(models.Model):
    """A page that pushes facts into the core when it is published.

    Wagtail saves, then sends signals, each on its own: the methods below make one transaction of it, so that a page
    is never live without its facts. `wagtail_hooks.py` does the same for the admin's views that call Wagtail's
    actions directly.
    """

    base_form_class = FactsPageForm

    class Meta:
        abstract = True

    @property
    def facts_key(self) -> UUID:
        """The identity that results are kept under: an alias has its original's."""
        return key_of(self)

    def publish_problems(self) -> list[str]:
        """Why this cannot be published as it stands, in words for the editor. Empty: it can."""
        return []

    def publish(self, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            return super().publish(*args, **kwargs)  # type: ignore[misc]

    def unpublish(self, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            return super().unpublish(*args, **kwargs)  # type: ignore[misc]

    def move(self, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            return super().move(*args, **kwargs)  # type: ignore[misc]

    def copy(self, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            return super().copy(*args, **kwargs)  # type: ignore[misc]


class AlignmentBase(Orderable):
    """What one activity teaches: a competency and up to which level. Derive one per page type, with a ParentalKey
    `page` whose related_name is 'alignments'."""

    competency = models.ForeignKey(
        "bdhvs_lms.Competency", on_delete=models.PROTECT, related_name="+", verbose_name=_("competency")
    )
    level = models.PositiveSmallIntegerField(
        _("level"), default=1, help_text=_("As numbered in the framework. Example: 1.")
    )

    panels: ClassVar[list[Any]] = [FieldPanel("competency"), FieldPanel("level")]

    class Meta(Orderable.Meta):
        abstract = True


class AlignmentPanel(InlinePanel):
    """Wagtail's InlinePanel asks no model for its form class; this gives the rows theirs."""

    def get_form_options(self) -> dict[str, Any]:
        options: dict[str, Any] = super().get_form_options()
        given = options["formsets"][self.relation_name]
        given["form"] = get_form_for_model(
            self.db_field.related_model,
            form_class=AlignmentForm,
            fields=given["fields"],
            defer_required_on_fields=self.child_edit_handler.get_form_options().get("defer_required_on_fields", []),
        )
        return options


ALIGNMENT_PANEL = MultiFieldPanel(
    [
        HelpPanel(
            content=_(
                "Choose what a person who has done this can do. Results count for these competencies. "
                "Example: A2 “Use smart devices”, level 1."
            )
        ),
        AlignmentPanel("alignments", label=_("competency")),
    ],
    heading=_("What it teaches"),
)


class ActivityPageMixin(FactsPageMixin):
    """A page that is something to do in a course. Comes before `Page` in the bases.

    A page type of a stranger derives from this too: it says `activity_type_key`, has an `alignments` child relation
    (see AlignmentBase), and overrides what differs: `publish_problems`, `published_content`, `store_version`,
    `scores`.
    """

    activity_type_key: ClassVar[str]
    """Key of its ActivityType."""

    required = models.BooleanField(
        _("needed to finish the course"),
        default=True,
        help_text=_("Untick for something extra. Example: a lesson for those who want to know more."),
    )

    base_form_class = ActivityPageForm
    parent_page_types: ClassVar[list[str]] = ["bdhvs_content.CoursePage"]
    subpage_types: ClassVar[list[str]] = []
    show_in_menus_default = False

    class Meta:
        abstract = True

    def published_content(self) -> Any:
        """Plain JSON of all that a learner meets: a new version is counted when it differs. Raises NotPublishable.

        Called in the publishing transaction; alignment and titles are added by the caller.
        """
        raise NotImplementedError

    def store_version(self, number: int, content: Any, *, at: Any) -> None:
        """Keep what was published as `number`, if the activity needs it kept. In the publishing transaction."""

    def scores(self, content: Any) -> tuple[Any, Any]:
        """(max score, pass score) as Decimals, or (None, None) when nothing is graded."""
        return None, None

    @cached_property
    def course(self) -> Page | None:
        """The course page it stands in (of an alias: its original's)."""
        parent = original_of(self).get_parent()
        return parent if parent is not None and parent.specific_class is CoursePage else None

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from bdhvs_content.queries import activity_context  # queries read these models

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)  # type: ignore[misc]
        context.update(activity_context(self, request))
        return context


class CatalogPage(Page):
    """The site's first page: which courses there are."""

    intro = NfcTextField(
        _("introduction"),
        blank=True,
        help_text=_("One or two sentences for someone who comes for the first time."),
    )

    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("intro")]
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = ["bdhvs_content.CoursePage"]
    template = "bdhvs_content/catalog_page.html"

    class Meta:
        verbose_name = _("course catalogue")
        verbose_name_plural = _("course catalogues")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from bdhvs_content.queries import catalog_context

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context.update(catalog_context(self, request))
        return context


class CoursePage(FactsPageMixin, Page):
    """A course: lessons and quizzes below it, in the order of the page tree."""

    intro = NfcTextField(
        _("what the course is about"),
        help_text=_("For whom it is and what they can do afterwards. Example: “For everyone who has a telephone…”"),
    )

    content_panels: ClassVar[list[Any]] = [
        MultiFieldPanel([*Page.content_panels, FieldPanel("intro")], heading=_("What it is")),
        HelpPanel(
            heading=_("What is in it"),
            content=_(
                "Lessons and quizzes are the pages below this one, in their order there. A course is offered once it "
                "is published; its published lessons and quizzes come with it."
            ),
        ),
    ]
    parent_page_types: ClassVar[list[str]] = ["bdhvs_content.CatalogPage"]
    template = "bdhvs_content/course_page.html"

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")

    @classmethod
    def clean_subpage_models(cls) -> list[type[Page]]:
        # Whatever is an activity, a stranger's page types too: the page type says that it goes into a course.
        return [model for model in super().clean_subpage_models() if issubclass(model, ActivityPageMixin)]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from bdhvs_content.queries import course_context

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context.update(course_context(self, request))
        return context


class LessonPage(ActivityPageMixin, Page):
    """Something to read: text and pictures."""

    activity_type_key = "bdhvs_content.lesson"

    body = StreamField(LessonBody(), verbose_name=_("lesson"))

    content_panels: ClassVar[list[Any]] = [
        MultiFieldPanel([*Page.content_panels], heading=_("What it is")),
        MultiFieldPanel([FieldPanel("body")], heading=_("What is in it")),
        ALIGNMENT_PANEL,
        MultiFieldPanel(
            [
                HelpPanel(content=_("A lesson is done when the learner says: “I have finished this lesson”.")),
                FieldPanel("required"),
            ],
            heading=_("When it is done"),
        ),
    ]
    template = "bdhvs_content/lesson_page.html"

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")

    def publish_problems(self) -> list[str]:
        return [] if len(self.body) else [str(_("The lesson is empty: add text or a picture."))]

    def published_content(self) -> Any:
        return {"body": self.body.get_prep_value()}


class LessonAlignment(AlignmentBase):
    page = ParentalKey(LessonPage, on_delete=models.CASCADE, related_name="alignments")

    class Meta(AlignmentBase.Meta):
        constraints = [models.UniqueConstraint(fields=["page", "competency"], name="lesson_alignment_once")]
