"""The page of an H5P activity as editors work on it, and its published versions for learners."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import ROUND_UP, Decimal
from typing import Any, ClassVar, Literal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel, PageChooserPanel
from wagtail.models import Page

from bdhvs_content.api import (
    ALIGNMENT_PANEL,
    ActivityPageMixin,
    AlignmentBase,
    NfcTextField,
    NotPublishable,
    page_link,
    versions_of,
)
from bdhvs_h5p.forms import H5PPageForm
from bdhvs_h5p.frame import framed
from bdhvs_h5p.models.content import H5PContent, H5PVersion
from bdhvs_h5p.panels import AboutPageContentPanel
from bdhvs_lms.attempts.api import VersionBase
from h5p_python_adapter import Reports, reports_of

__all__ = ["Completion", "H5PActivityVersion", "H5PAlignment", "H5PPage"]

PASS_MARK = _("Enter a number from 1 to 100.")


class Completion(models.TextChoices):
    """Ways to finish the activity."""

    EMITTED = "emitted", _("when the activity reports completion")
    VIEWED = "viewed", _("when it is opened")
    BY_HAND = "by_hand", _("when the learner presses “I have finished”")


class H5PActivityVersion(VersionBase):
    """An H5P page as it was published."""

    h5p_version = models.ForeignKey(H5PVersion, on_delete=models.PROTECT, related_name="activity_versions")
    completion = models.CharField(max_length=7, choices=Completion.choices)
    pass_percent = models.PositiveSmallIntegerField(null=True, help_text="Null: nothing has to be reached.")
    language = models.CharField(max_length=35, help_text="Of the page.")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["activity_key", "number"], name="h5p_activity_version_once"),
            models.CheckConstraint(
                condition=Q(pass_percent=None) | Q(pass_percent__gte=1, pass_percent__lte=100),
                name="h5p_activity_version_pass_1_to_100",
            ),
        ]


class H5PPage(ActivityPageMixin, Page):
    """An H5P activity in a course. Learners meet its published versions."""

    activity_type_key = "bdhvs_h5p.h5p"
    translation_notice = _(
        "This is a translation. Learners see its title and introduction. The activity, pass mark and "
        "competencies come from the original, “%(title)s”."
    )

    page_ptr = page_link()
    intro = NfcTextField(
        _("introduction"),
        blank=True,
        help_text=_("Shown above the button. Example: “Five questions about passwords, about three minutes.”"),
    )
    # null: `publish_problems` says in better words that nothing is chosen.
    content = models.ForeignKey(
        H5PContent,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="pages",
        verbose_name=_("H5P activity"),
    )
    # The file that this state of the page shows: a file that is replaced reaches learners when the page is published.
    version = models.ForeignKey(
        H5PVersion, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="pages"
    )
    completion = models.CharField(_("completed"), max_length=7, choices=Completion.choices, default=Completion.EMITTED)
    pass_percent = models.PositiveSmallIntegerField(
        _("pass mark (percent)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1, PASS_MARK), MaxValueValidator(100, PASS_MARK)],
        help_text=_("Leave empty to accept any result. Example: 80."),
    )
    alternative = NfcTextField(
        _("without JavaScript"),
        blank=True,
        help_text=_(
            "What learners miss if their browser cannot show the activity, and what they can do instead. "
            "Example: “Five questions about passwords. The same questions are in the quiz below.”"
        ),
    )
    alternative_page = models.ForeignKey(
        Page,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("alternative lesson or quiz"),
    )

    content_panels: ClassVar[list[Any]] = [
        MultiFieldPanel([*Page.content_panels, FieldPanel("intro")], heading=_("Overview")),
        MultiFieldPanel([FieldPanel("content"), AboutPageContentPanel()], heading=_("What it contains")),
        ALIGNMENT_PANEL,
        MultiFieldPanel(
            [
                HelpPanel(
                    content=_(
                        "Most activities report when they are completed. Those that only present content "
                        "(Dialog Cards, Timeline, Image Slider, a Course Presentation without questions or "
                        "without its summary slide) never do: choose one of the other two ways. What is "
                        "known about this activity is shown above and preselected here."
                    )
                ),
                FieldPanel("completion"),
                FieldPanel("pass_percent"),
                FieldPanel("required"),
            ],
            heading=_("Completion"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("alternative"),
                PageChooserPanel("alternative_page"),
            ],
            heading=_("Alternative"),
        ),
    ]
    template = "bdhvs_h5p/h5p_page.html"
    base_form_class = H5PPageForm

    class Meta:
        verbose_name = _("H5P activity")
        verbose_name_plural = _("H5P activities")
        constraints = [
            models.CheckConstraint(
                condition=Q(pass_percent=None) | Q(pass_percent__gte=1, pass_percent__lte=100),
                name="h5p_page_pass_1_to_100",
            )
        ]

    def clean(self) -> None:
        super().clean()
        # Saving a draft and publishing take the file of today; a course that is published anew leaves it as it is.
        self.version = self.content.latest if self.content is not None else None

    def with_content_json(self, content: dict[str, Any]) -> Any:
        # An old state of the page may name an activity that was deleted since; modelcluster would refuse the page.
        there = H5PContent.objects.filter(pk__in=[content.get("content")]).exists()
        return super().with_content_json(content if there else {**content, "content": None, "version": None})

    def publish_problems(self) -> list[str]:
        if self.content is None:
            return [str(_("No H5P activity is selected. Choose one, or upload it first."))]
        if self.version is None and not hasattr(self.content, "waiting"):
            return [
                _("“%(activity)s” has no file: the last one was not approved. Upload another one first.")
                % {"activity": self.content}
            ]
        if self.version is None:
            return [
                _("“%(activity)s” is awaiting approval. An operator must approve its libraries first.")
                % {"activity": self.content}
            ]
        if self.pass_percent is not None and self.completion != Completion.EMITTED:
            # What is opened or declared finished has no result: nobody would ever pass.
            return [
                str(
                    _("With a pass mark the activity itself has to say when it is finished. Leave the pass mark empty.")
                )
            ]
        return self._never_finished(self.version.main_name)

    def _never_finished(self, library: str) -> list[str]:
        """List what this page waits for and its activity never says."""
        reports = reports_of(library)
        if self.completion != Completion.EMITTED:
            return []
        if self.pass_percent is not None and reports not in (Reports.SCORE, Reports.UNKNOWN):
            return [
                _("%(library)s never reports a score, so no one could reach the pass mark. Leave it empty.")
                % {"library": library}
            ]
        if self.required and reports.ends is False:
            return [
                _(
                    "%(library)s never reports completion, but the course requires it, so no one could "
                    "complete the course. Set completion to when it is opened or when the learner confirms "
                    "it, or make it optional."
                )
                % {"library": library}
            ]
        return []

    def published_content(self) -> Any:
        if self.content is None or self.version is None:
            raise NotPublishable(self.publish_problems())
        return {
            "content": str(self.content.uuid),
            "file": self.version.number,
            "completion": str(self.completion),
            "pass_percent": self.pass_percent,
            "intro": self.intro,
        }

    def store_version(self, number: int, content: Any, *, at: datetime) -> None:
        assert self.version is not None  # noqa: S101  published_content has looked
        H5PActivityVersion.objects.create(
            activity_key=self.translation_key,
            number=number,
            h5p_version=self.version,
            completion=content["completion"],
            pass_percent=content["pass_percent"],
            titles={one.locale.language_code: one.title for one in versions_of(self.translation_key) if one.live},
            language=self.locale.language_code,
            created_at=at,
        )

    def scores(self, content: Any) -> tuple[Decimal | None, Decimal | None]:
        # Of most packages only playing tells.
        most = self.version.max_score if self.version is not None else None
        if most is None or self.pass_percent is None:
            return most, None
        return most, (most * self.pass_percent / 100).quantize(Decimal("0.01"), rounding=ROUND_UP)

    def finishes_on(self, content: Any) -> Literal["completed", "passed"]:
        return "completed" if content["pass_percent"] is None else "passed"

    def make_preview_request(
        self, original_request: Any = None, preview_mode: Any = None, extra_request_attrs: Any = None
    ) -> Any:
        # Wagtail's stand-in is addressed to the host of the Site row; the frame has to come from where the editor is.
        attributes = {**(extra_request_attrs or {}), "asked_by": original_request}
        return super().make_preview_request(original_request, preview_mode, attributes)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> Any:
        response = super().serve_preview(request, mode_name)
        part = (getattr(response, "context_data", None) or {}).get("player")
        return response if part is None else framed(response, part)

    @staticmethod
    def seen_to_end(machine_names: Iterable[str]) -> set[str]:
        """Return those of the main libraries not known to report completion of which a learner here had one that
        reported it. One query at most."""
        unknown = {name for name in machine_names if reports_of(name) is Reports.UNKNOWN}
        finished = H5PActivityVersion.objects.filter(
            h5p_version=OuterRef("pk"), completion=Completion.EMITTED, attempts__completed_at__isnull=False
        )
        rows = H5PVersion.objects.filter(Exists(finished), main_name__in=unknown)
        return set(rows.values_list("main_name", flat=True).distinct())

    @classmethod
    def suggestions(cls) -> dict[int, str]:
        """Return id of each content with a file → what should finish it. Two queries."""
        rows = H5PVersion.objects.order_by("content_id", "number").values_list("content_id", "main_name")
        latest = dict(rows)
        seen = cls.seen_to_end(latest.values())
        return {
            content: str(Completion.EMITTED if reports_of(name).ends or name in seen else Completion.BY_HAND)
            for content, name in latest.items()
        }


class H5PAlignment(AlignmentBase):
    page = ParentalKey(H5PPage, on_delete=models.CASCADE, related_name="alignments")

    class Meta(AlignmentBase.Meta):
        constraints = [models.UniqueConstraint(fields=["page", "competency"], name="h5p_alignment_once")]
