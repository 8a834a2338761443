"""Quizzes that do not ask the newest version of their questions: known as soon as a question is published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import ngettext
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.signals import page_published, published

from bdhvs_content.api import NotPublishable, sync_activity
from bdhvs_lms.base.api import now
from bdhvs_lms.plugins.api import Waiting
from bdhvs_quiz.models import Attempt, Question, QuizPage


@dataclass(frozen=True)
class Use:
    """A published quiz that asks a question. `attempts`: the number of submitted ones."""

    page: QuizPage
    attempts: int


def live_uses(question: Question) -> list[Use]:
    """List the published quizzes that ask it, in whichever language it was published. Two queries."""
    pages = list(_asking(question).select_related("locale").order_by("title", "pk"))
    keys = [page.translation_key for page in pages]
    counted = dict(
        Attempt.objects.filter(activity_key__in=keys, taken_back_at=None, submitted_at__isnull=False)
        .order_by()
        .values_list("activity_key")
        .annotate(Count("pk"))
    )
    return [Use(page, counted.get(page.translation_key, 0)) for page in pages]


def _asking(question: Question) -> QuerySet[QuizPage]:
    """Return the published quizzes that hold the question or its original: they ask its translations too."""
    asking: QuerySet[QuizPage] = QuizPage.objects.filter(
        items__question__translation_key=question.translation_key, live=True, alias_of=None
    )
    return asking.distinct()


def refresh(pages: Iterable[QuizPage], *, at: datetime) -> dict[int, list[str]]:
    """Publish these quizzes again with what their questions say now. Drafts of the pages stay drafts.
    Return by primary key the problems of those that could not be published; each quiz is published whole or not at all.
    """
    problems: dict[int, list[str]] = {}
    for page in pages:
        try:
            with transaction.atomic():
                sync_activity(page.translation_key, at=at)
                QuizPage.objects.filter(pk=page.pk).update(behind_since=None, last_published_at=at)
        except NotPublishable as wrong:
            problems[page.pk] = [str(text) for text in wrong.messages]
    return problems


def quizzes_behind(user: Any) -> Iterator[Waiting]:
    """Yield, for the first page of the admin, a notice of quizzes that the user may publish again."""
    mine = PagePermissionPolicy().instances_user_has_permission_for(user, "publish")
    found = QuizPage.objects.filter(behind_since__isnull=False, live=True, pk__in=mine.values("pk"))
    ids = list(found.order_by("behind_since", "pk").values_list("pk", flat=True)[:1])
    if not ids:
        return
    count = found.count()
    text = ngettext(
        "%(count)d quiz does not ask the newest version of its questions",
        "%(count)d quizzes do not ask the newest version of their questions",
        count,
    )
    yield Waiting(text % {"count": count}, reverse("wagtailadmin_pages:edit", args=ids), order=45)


def _question_published(sender: type, instance: Any, **kwargs: Any) -> None:
    if isinstance(instance, Question):
        ids = list(_asking(instance).values_list("pk", flat=True))
        QuizPage.objects.filter(pk__in=ids, behind_since=None).update(behind_since=now())


def _page_published(sender: type, instance: Any, **kwargs: Any) -> None:
    if isinstance(instance, QuizPage):
        QuizPage.objects.filter(pk=instance.pk).update(behind_since=None)


def connect() -> None:
    published.connect(_question_published, dispatch_uid="bdhvs_quiz.question_published")
    page_published.connect(_page_published, dispatch_uid="bdhvs_quiz.page_published")
