"""Living pages: catalogue, course, section, lesson. Learners' results never point here (see `publishing`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Literal
from uuid import UUID

from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from bdhvs_content.addresses import NumberedCopyForm, PlainAddressForm
from bdhvs_content.alignments import ALIGNMENT_PANEL, AlignmentBase

# Django looks for models here only.
from bdhvs_content.announcement_models import AnnouncementIndexPage as AnnouncementIndexPage
from bdhvs_content.announcement_models import AnnouncementPage as AnnouncementPage
from bdhvs_content.blocks import WORDS_NEEDED, LessonBody, problems_of
from bdhvs_content.contexts import ShownPage
from bdhvs_content.copies import follow
from bdhvs_content.course_facts import FACTS_PANELS, SHARED, CourseFacts
from bdhvs_content.course_panels import OpenLessonsPanel
from bdhvs_content.fields import NfcCharField, NfcTextField, page_link
from bdhvs_content.forms import ActivityPageForm, CoursePageForm, FactsPageForm
from bdhvs_content.identity import Place, key_of, original_of, place_of
from bdhvs_content.search import FOLDED, folded_title
from bdhvs_lms.base.append_only import AppendOnly


class PublishedVersion(AppendOnly):
    """One published state of an activity, by number: evidence names it as its revision. Append-only.

    Why no Wagtail revision pk? Because it differs between databases, and a draft that changes nothing has one too. Why
    no foreign key to the page? Because statements outlive pages.
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


class FactsPageMixin(ShownPage, models.Model):
    """A page that pushes facts into the core when it is published.

    Wagtail saves, then sends signals, each on its own: the methods below make one transaction of it, so that a page
    is never live without its facts. `wagtail_hooks.py` does the same for the admin's views that call Wagtail's
    actions directly.
    """

    base_form_class = FactsPageForm
    copy_form_class = NumberedCopyForm
    # The explorer's: of the tree, which is the order of learning.
    admin_default_ordering = "path"
    search_fields = FOLDED
    folded_title = property(folded_title)
    shared_fields: ClassVar[tuple[str, ...]] = ()
    """Fields that this has once, whatever languages it is in: the page it was translated from has them."""
    activity_key_fields: ClassVar[tuple[str, ...]] = ()
    """Fields that hold the key of an activity, for a copy of its course (see `copies`)."""

    overtaken_notice: str = ""
    """Set for one request: why what was sent may not replace what somebody else has saved (see `editing`)."""

    class Meta:
        abstract = True

    @property
    def facts_key(self) -> UUID:
        """Return the identity that results are kept under: an alias has its original's."""
        return key_of(self)

    def publish_problems(self) -> list[str]:
        """Return the reasons why this cannot be published as it stands, in words for the editor; empty: it can."""
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
            made = super().copy(*args, **kwargs)  # type: ignore[misc]
            follow(self, made)
            return made


class ActivityPageMixin(FactsPageMixin):
    """A page that is something to do in a course. Comes before `Page` in the bases.

    A third-party page type derives from this too: it sets `activity_type_key`, has an `alignments` child relation (see
    AlignmentBase), and overrides `publish_problems` and the methods below where it differs.
    """

    activity_type_key: ClassVar[str]
    """Key of its ActivityType."""
    translation_notice: ClassVar[Any] = ""
    """What to tell an editor who publishes a translation of which learners meet only a part; `%(title)s` is the
    original's."""

    required = models.BooleanField(
        _("required for course completion"),
        default=True,
        help_text=_("Untick for optional content. Example: a lesson for those who want to know more."),
    )

    base_form_class = ActivityPageForm
    parent_page_types: ClassVar[list[str]] = ["bdhvs_content.CoursePage", "bdhvs_content.SectionPage"]
    subpage_types: ClassVar[list[str]] = []
    show_in_menus_default = False

    class Meta:
        abstract = True

    def published_content(self) -> Any:
        """Return all that a learner meets as plain JSON: a new version is counted when it differs. Raises
        NotPublishable.

        Called in the publishing transaction; alignment and titles are added by the caller.
        """
        raise NotImplementedError

    def store_version(self, number: int, content: Any, *, at: Any) -> None:
        """Keep what was published as `number`, if the activity needs it kept. In the publishing transaction."""

    def scores(self, content: Any) -> tuple[Any, Any]:
        """Return (max score, pass score) as Decimals, or (None, None) when nothing is graded."""
        return None, None

    def attempts_limit(self, content: Any) -> int:
        """Return how many attempts it allows; 0: any number."""
        return 0

    def time_limit_of(self, content: Any) -> int | None:
        """Return the minutes of an attempt; None: no limit."""
        return None

    def finishes_on(self, content: Any) -> Literal["completed", "passed"] | None:
        """Return which statement finishes this very page; None: as its ActivityType says."""
        return None

    def measures(self) -> Literal["", "entry", "exit"]:
        return ""  # Which end of the course it measures.

    @cached_property
    def place(self) -> Place:
        """Return the course and section that it stands in (of an alias: where it is shown itself). One query."""
        return place_of(self)

    @cached_property
    def course(self) -> Page | None:
        """Return the course page in which its results count: of an alias, its original's."""
        original = original_of(self)
        return self.place.course if original is self else place_of(original).course

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        # Wagtail serves a live page below one that was unpublished; here nobody could have come to it.
        if not getattr(request, "is_preview", False) and not self.place.offered:
            raise Http404(_("This content is not available at the moment."))
        return super().serve(request, *args, **kwargs)  # type: ignore[misc]


class CatalogPage(ShownPage, Page):
    """The catalogue of courses: a site's first page, or a page below the one that a site has already."""

    page_ptr = page_link()
    heading = NfcCharField(
        _("heading for visitors"),
        max_length=80,
        blank=True,
        help_text=_(
            "Optional, instead of the title. What people can learn here. Example: “Use your phone, step by step”."
        ),
    )
    intro = NfcTextField(_("introduction"), blank=True, help_text=_("One or two sentences for first-time visitors."))

    base_form_class = PlainAddressForm
    copy_form_class = NumberedCopyForm
    admin_default_ordering = "path"
    search_fields = FOLDED
    folded_title = property(folded_title)
    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        MultiFieldPanel([FieldPanel("heading"), FieldPanel("intro")], heading=_("What visitors read first")),
    ]
    subpage_types: ClassVar[list[str]] = ["bdhvs_content.CoursePage", "bdhvs_content.AnnouncementIndexPage"]
    template = "bdhvs_content/catalog_page.html"

    class Meta:
        verbose_name = _("course catalogue")
        verbose_name_plural = _("course catalogues")


class CoursePage(FactsPageMixin, CourseFacts, Page):
    """A course: lessons and quizzes below it, in the order of the page tree."""

    page_ptr = page_link()
    intro = NfcTextField(
        _("course description"),
        help_text=_("Who the course is for and what they can do afterwards. Example: “For everyone who has a phone…”"),
    )

    base_form_class = CoursePageForm
    content_panels: ClassVar[list[Any]] = [
        MultiFieldPanel([*Page.content_panels, FieldPanel("intro")], heading=_("Overview")),
        *FACTS_PANELS,
        HelpPanel(
            heading=_("What it contains"),
            content=_(
                "Lessons and quizzes are the child pages of this page, in the order shown there. Longer "
                "courses group them into sections, which are also child pages. A course becomes available "
                "when it is published and has published content."
            ),
        ),
        OpenLessonsPanel(heading=_("Open to everyone")),
    ]
    shared_fields: ClassVar[tuple[str, ...]] = SHARED
    activity_key_fields: ClassVar[tuple[str, ...]] = ("placement",)
    place_kind = "course"
    parent_page_types: ClassVar[list[str]] = ["bdhvs_content.CatalogPage"]
    template = "bdhvs_content/course_page.html"

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")

    def publish_problems(self) -> list[str]:
        return [str(WORDS_NEEDED)] if self.picture_id and not self.picture_alt.strip() else []

    @classmethod
    def clean_subpage_models(cls) -> list[type[Page]]:
        # Whatever is an activity, a stranger's page types too: the page type says that it goes into a course.
        fitting = (ActivityPageMixin, SectionPage)
        return [model for model in super().clean_subpage_models() if issubclass(model, fitting)]


class SectionPage(FactsPageMixin, Page):
    """A part of a course: a heading over some of its lessons and quizzes. It has no facts and no page of its own: its
    address leads to its place on the course's page."""

    page_ptr = page_link()
    intro = NfcTextField(
        _("section description"),
        blank=True,
        help_text=_("Optional. One sentence below the heading."),
    )

    content_panels: ClassVar[list[Any]] = [
        MultiFieldPanel([*Page.content_panels, FieldPanel("intro")], heading=_("Overview")),
        HelpPanel(
            heading=_("What it contains"),
            content=_(
                "The lessons and quizzes of this section are the child pages of this page, in the order "
                "shown there. While the section is unpublished, learners cannot see its content."
            ),
        ),
    ]
    place_kind = "section"
    parent_page_types: ClassVar[list[str]] = ["bdhvs_content.CoursePage"]
    # The course page shows it; there is nothing of its own to look at.
    preview_modes: ClassVar[list[Any]] = []
    show_in_menus_default = False

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")

    @classmethod
    def clean_subpage_models(cls) -> list[type[Page]]:
        return [model for model in super().clean_subpage_models() if issubclass(model, ActivityPageMixin)]

    @property
    def anchor(self) -> str:
        """Return the anchor of its heading on the course's page."""
        return f"phan-{self.pk}"

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseRedirect:
        course = self.get_parent()
        if not course.live:
            raise Http404(_("This content is not available at the moment."))
        return HttpResponseRedirect(f"{course.get_url(request)}#{self.anchor}")


class LessonPage(ActivityPageMixin, Page):
    """A lesson: something to read, look at, listen to and try."""

    page_ptr = page_link()

    activity_type_key = "bdhvs_content.lesson"

    # blank: `publish_problems` says in better words that a lesson is empty.
    body = StreamField(LessonBody(), blank=True, verbose_name=_("lesson"))
    facts_checked_on = models.DateField(
        _("last checked on"),
        null=True,
        blank=True,
        help_text=_(
            "When the facts in this lesson (fees, phone numbers, screens) were last checked against their "
            "source. Shown to learners. Example: 24/11/2026."
        ),
    )
    facts_source = NfcCharField(
        _("source of the facts"),
        max_length=200,
        blank=True,
        help_text=_("Shown beside the date. Example: “Thông tư 02/2025/TT-BGDĐT”."),
    )

    open_to_all = models.BooleanField(
        _("open to everyone"),
        default=False,
        help_text=_(
            "Anyone can read this lesson without an account; nothing about them is recorded. The rest of the course "
            "stays closed. Example: the first lesson, as a taste of the course."
        ),
    )

    shared_fields: ClassVar[tuple[str, ...]] = ("open_to_all",)
    content_panels: ClassVar[list[Any]] = [
        MultiFieldPanel([*Page.content_panels], heading=_("Overview")),
        MultiFieldPanel([FieldPanel("body")], heading=_("What it contains")),
        MultiFieldPanel([FieldPanel("open_to_all")], heading=_("Who may read it")),
        MultiFieldPanel([FieldPanel("facts_checked_on"), FieldPanel("facts_source")], heading=_("Fact check")),
        ALIGNMENT_PANEL,
        MultiFieldPanel(
            [
                HelpPanel(content=_("A lesson is completed when the learner presses “I have finished this lesson”.")),
                FieldPanel("required"),
            ],
            heading=_("Completion"),
        ),
    ]
    template = "bdhvs_content/lesson_page.html"

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")

    @classmethod
    def opened(cls, keys: Iterable[UUID]) -> set[UUID]:
        """Return the keys of those that are lessons open to anybody; the page that they were translated from decides.
        One query."""
        older = Page.objects.filter(translation_key=OuterRef("translation_key"), alias_of=None, pk__lt=OuterRef("pk"))
        rows = cls.objects.filter(~Exists(older), translation_key__in=set(keys), open_to_all=True, alias_of=None)
        return set(rows.live().values_list("translation_key", flat=True))

    def publish_problems(self) -> list[str]:
        if not len(self.body):
            return [str(_("The lesson is empty. Add text or an image."))]
        return problems_of(self.body)

    def published_content(self) -> Any:
        # Not the date of the last check: the lesson is no other one because somebody found it still right.
        return {"body": self.body.stream_block.get_prep_value(self.body)}


class LessonAlignment(AlignmentBase):
    page = ParentalKey(LessonPage, on_delete=models.CASCADE, related_name="alignments")

    class Meta(AlignmentBase.Meta):
        constraints = [models.UniqueConstraint(fields=["page", "competency"], name="lesson_alignment_once")]


class Speech(models.Model):
    """A text spoken by a machine, made from one block and used wherever the same words stand.

    Why no foreign key to the page? Because the same words stand on several, and versions come and go.
    """

    # SHA-256 of engine, its version, language and text: what is there is never spoken again.
    key = models.CharField(max_length=64, unique=True)
    file = models.FileField(max_length=200)
    bytes = models.PositiveIntegerField()
    engine = models.CharField(max_length=60)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.file)
