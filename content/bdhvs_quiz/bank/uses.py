"""Uses of questions, and questions that say the same: a fixed number of queries for any number of questions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from wagtail.models import Revision

from bdhvs_lms.base.api import fold
from bdhvs_quiz.models import Attempt, Question, QuizItem, QuizPage, QuizVersion, real_questions

WORD = re.compile(r"\w+")
# Of the texts in `Question.folded`.
BETWEEN = " \n"


@dataclass(frozen=True)
class Use:
    """A quiz that holds a question."""

    page: QuizPage
    draft_only: bool
    """Learners do not meet it there: the quiz is not published, or only its draft holds it."""
    attempts: int
    """Attempts whose version asked it."""


def pages_holding(question_ids: Iterable[int]) -> dict[int, set[int]]:
    """Return by question the quizzes whose rows or newest drafts hold it. Two queries and one for each twenty
    drafts."""
    wanted = set(question_ids)
    found: dict[int, set[int]] = defaultdict(set)
    for question_id, page_id in QuizItem.objects.filter(question_id__in=wanted).values_list("question_id", "page_id"):
        found[question_id].add(page_id)
    drafts = QuizPage.objects.filter(has_unpublished_changes=True).values("latest_revision")
    for revision in Revision.objects.filter(pk__in=drafts).iterator(chunk_size=20):
        for item in revision.content.get("items", ()):
            if item.get("question") in wanted:
                found[item["question"]].add(int(revision.object_id))
    return dict(found)


def quizzes_with(question: Question) -> list[QuizPage]:
    """List the quizzes that hold it, in their rows or in a draft: a draft whose question is gone cannot be opened."""
    pages = pages_holding([question.pk]).get(question.pk, set())
    return list(QuizPage.objects.filter(pk__in=pages).order_by("title", "pk"))


def uses_of(question: Question) -> list[Use]:
    """List a question's uses for its page. Four queries, and those of finding drafts."""
    pages = quizzes_with(question)
    live = set(QuizItem.objects.filter(question_id=question.pk, page__live=True).values_list("page_id", flat=True))
    keys = {page.translation_key for page in pages}
    asking = {
        version.pk: version.activity_key
        for version in QuizVersion.objects.filter(activity_key__in=keys).only("activity_key", "shown").iterator()
        if any(asked.get("key") == str(question.key) for asked in version.shown.get("questions", ()))
    }
    counts: dict[Any, int] = defaultdict(int)
    rows = Attempt.objects.filter(version__in=asking).values_list("version").annotate(count=Count("pk"))
    for version, count in rows:
        counts[asking[version]] += count
    return [Use(page, page.pk not in live, counts[page.translation_key]) for page in pages]


def alike(rows: QuerySet[Question], *, options_too: bool = False) -> list[int]:
    """Return the rows whose question another row of the same language asks in the same words; capitals, diacritics and
    signs
    do not count. With `options_too` also type and answers must be the same. One query, then one a type."""
    groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for pk, locale, prompt, folded in rows.order_by().values_list("pk", "locale", "prompt", "folded").iterator():
        # What is searched begins with the question, folded already: to fold thousands again would be felt.
        begins = " ".join(folded.split(BETWEEN)[: prompt.count(BETWEEN) + 1])
        if words := tuple(WORD.findall(begins)):
            groups[locale, words].append(pk)
    same = [pks for pks in groups.values() if len(pks) > 1]
    if options_too:
        same = _same_options(same)
    return [pk for pks in same for pk in pks]


def _same_options(groups: list[list[int]]) -> list[list[int]]:
    real = real_questions(pk for pks in groups for pk in pks)
    finer: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for place, pks in enumerate(groups):
        for pk in pks:
            if (question := real.get(pk)) is not None:
                finer[place, question.type_key, _answers(question)].append(pk)
    return [pks for pks in finer.values() if len(pks) > 1]


def _answers(question: Any) -> tuple[str, ...]:
    """Return the words by which a search finds it beside its question and explanation, sorted."""
    others = (question.prompt, question.explanation)
    return tuple(sorted(" ".join(WORD.findall(fold(text))) for text in question.searched() if text not in others))
