"""The page of a practical task as editors work on it. Learners and observers meet its published versions."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from bdhvs_content.api import ALIGNMENT_PANEL, ActivityPageMixin, AlignmentBase, NfcTextField, page_link, versions_of
from bdhvs_tasks.models.blocks import MOST_ITEMS, ChecklistBody, StepsBody
from bdhvs_tasks.models.compiling import compile_task, problems_of, scores_of
from bdhvs_tasks.models.observations import TaskVersion

NEEDED = _("Enter a number from 1 to 15, or leave it empty.")


class TaskPage(ActivityPageMixin, Page):
    """A practical task: something to do while somebody watches."""

    activity_type_key = "bdhvs_tasks.task"
    translation_notice = _(
        "This is a translation. Learners see its words. Which items there are, what is needed to pass and the "
        "competencies come from the original, “%(title)s”; items added here are not shown."
    )

    page_ptr = page_link()
    intro = NfcTextField(
        _("introduction"),
        blank=True,
        help_text=_(
            "What it is good for, and what is needed. Example: “Use your own phone. It takes about ten minutes.”"
        ),
    )
    # blank: `publish_problems` says in better words what is missing.
    steps = StreamField(StepsBody(), blank=True, verbose_name=_("what to do, step by step"))
    checklist = StreamField(ChecklistBody(), blank=True, verbose_name=_("observer's checklist"))
    needed = models.PositiveSmallIntegerField(
        _("items needed to pass"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1, NEEDED), MaxValueValidator(MOST_ITEMS, NEEDED)],
        help_text=_(
            "How many items must be done at least, the required ones included. Leave empty if the required items are "
            "enough. Example: untick “required to pass” at all five items and enter 4: any four of them."
        ),
    )

    content_panels: ClassVar[list[Any]] = [
        MultiFieldPanel([*Page.content_panels, FieldPanel("intro")], heading=_("Overview")),
        MultiFieldPanel([FieldPanel("steps")], heading=_("What learners do")),
        MultiFieldPanel(
            [
                HelpPanel(
                    content=_(
                        "The class's teacher ticks these items while the learner does it, for one person or for a "
                        "whole class. Learners see them beforehand. Three to six items are quickly ticked in a full "
                        "hall. When you reword an item it stays the same; delete it and add another if it becomes a "
                        "different one."
                    )
                ),
                FieldPanel("checklist"),
            ],
            heading=_("What the observer looks at"),
        ),
        ALIGNMENT_PANEL,
        MultiFieldPanel(
            [
                HelpPanel(
                    content=_(
                        "A task is completed when a teacher of the learner's class has seen it done: all required "
                        "items, and as many as you enter here."
                    )
                ),
                FieldPanel("needed"),
                FieldPanel("required"),
            ],
            heading=_("Completion"),
        ),
    ]
    template = "bdhvs_tasks/task_page.html"

    class Meta:
        verbose_name = _("practical task")
        verbose_name_plural = _("practical tasks")
        constraints = [
            models.CheckConstraint(
                condition=Q(needed=None) | Q(needed__gte=1, needed__lte=MOST_ITEMS), name="task_needed_1_to_15"
            )
        ]

    def publish_problems(self) -> list[str]:
        return problems_of(self)

    def published_content(self) -> Any:
        return compile_task(self)

    def store_version(self, number: int, content: Any, *, at: Any) -> None:
        max_score, pass_score = scores_of(content)
        TaskVersion.objects.create(
            activity_key=self.translation_key,
            number=number,
            titles={p.locale.language_code: p.title for p in versions_of(self.translation_key) if p.live},
            shown=content,
            max_score=max_score,
            pass_score=pass_score,
            created_at=at,
        )

    def scores(self, content: Any) -> tuple[Any, Any]:
        return scores_of(content)


class TaskAlignment(AlignmentBase):
    page = ParentalKey(TaskPage, on_delete=models.CASCADE, related_name="alignments")

    class Meta(AlignmentBase.Meta):
        constraints = [models.UniqueConstraint(fields=["page", "competency"], name="task_alignment_once")]
