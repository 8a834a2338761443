"""Questions as plain data: those of a published quiz, and those of the bank."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _
from wagtail.models import Collection

from bdhvs_lms.plugins.api import Loss, PlainQuestion, PlainQuiz, QuestionFormat, question_types
from bdhvs_quiz.media.described import references
from bdhvs_quiz.media.plain import plain_media
from bdhvs_quiz.models import Question, QuizVersion, real_questions

# Questions that are read at once.
CHUNK = 500


@dataclass(frozen=True)
class Plain:
    quiz: PlainQuiz
    left_out: tuple[str, ...]
    """Prompts of questions that other systems know nothing like, or whose plugin is missing."""
    drafts: int = 0
    """How many of them are not published: the file has what was saved last."""


def plain_quiz(version: QuizVersion) -> Plain:
    """Return a version as plain data, with the right answers; labels as the bank has them now."""
    shown = version.shown
    labels = _labels_by_key(question["key"] for question in shown["questions"])
    questions, left_out = [], []
    for question in shown["questions"]:
        kind = question_types.get(question["type"])
        plain = None if kind is None else kind.plain(question["shown"], version.key[question["key"]])
        if plain is None:
            left_out.append(question["prompt"])
        else:
            points = Decimal(question.get("points", 1))
            more = {**labels.get(question["key"], {}), "points": points}
            more["media"] = plain_media(question.get("media", ()))
            language = question.get("language", version.language)
            questions.append(replace(plain, key=question["key"], language=language, **more))
    quiz = PlainQuiz(
        title=shown["title"],
        language=version.language,
        questions=tuple(questions),
        intro=shown["intro"],
        pass_percent=_percent(version),
        shuffle_questions=shown["shuffle_questions"],
        shuffle_options=shown["shuffle_options"],
    )
    return Plain(quiz, tuple(left_out))


def _percent(version: QuizVersion) -> int:
    # The highest whole percentage that asks for no more points than the quiz does.
    return int(version.pass_score * 100 // version.max_score)


def plain_bank(rows: Sequence[Question], *, title: str, language: str) -> Plain:
    """Return questions of the bank as they were saved last, in this order. Some queries for each 500 and each type.

    rows: as the base class.
    """
    paths = category_paths()
    questions, left_out, drafts = [], [], 0
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        real = real_questions([row.pk for row in part])
        prefetch_related_objects(list(real.values()), "latest_revision", "tagged_items__tag")
        for row in part:
            plain = _plain_row(real.get(row.pk), paths)
            if plain is None:
                left_out.append(row.prompt)
                continue
            questions.append(plain)
            drafts += not row.live or row.has_unpublished_changes
    return Plain(PlainQuiz(title=title, language=language, questions=tuple(questions)), tuple(left_out), drafts)


def _plain_row(question: Any, paths: Mapping[int, tuple[str, ...]]) -> PlainQuestion | None:
    kind = None if question is None else question_types.get(question.kind)
    if kind is None:
        return None
    newest = question
    if question.has_unpublished_changes and question.latest_revision is not None:
        newest = _newest(question)
    plain = kind.plain(*kind.compile(newest))
    if plain is None:
        return None
    return replace(
        plain,
        key=str(question.key),
        language=question.locale.language_code,
        points=newest.points,
        media=plain_media(references(newest.prompt_media)),
        **_labels(newest, question.collection_id, paths),
    )


def _newest(question: Any) -> Any:
    newest = question.with_content_json(question.latest_revision.content)
    newest.locale = question.locale
    return newest


def _labels(question: Any, category: int, paths: Mapping[int, tuple[str, ...]]) -> dict[str, Any]:
    return {
        "category": paths.get(category, ()),
        "tags": tuple(sorted(item.tag.name for item in question.tagged_items.all())),
        "difficulty": question.difficulty,
    }


def _labels_by_key(keys: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return category, tags and difficulty by the key of a question. Three queries."""
    wanted = [UUID(key) for key in keys]
    rows = (
        Question.objects.rows().filter(translation_key__in=wanted).order_by("pk").prefetch_related("tagged_items__tag")
    )
    paths = category_paths()
    return {str(row.key): _labels(row, row.collection_id, paths) for row in reversed(rows)}


def category_paths() -> dict[int, tuple[str, ...]]:
    """Return each category's names from below the root in. One query."""
    found: dict[int, tuple[str, ...]] = {}
    by_path: dict[str, tuple[str, ...]] = {}
    for category in Collection.objects.order_by("path"):
        above = by_path.get(category.path[: -Collection.steplen])
        names = () if above is None else (*above, category.name)
        found[category.pk] = by_path[category.path] = names
    return found


@dataclass(frozen=True)
class Handed:
    """The questions that a format gets, and the result of writing them."""

    kind: QuestionFormat
    quiz: PlainQuiz
    left_out: tuple[str, ...]
    """Prompts of those that this format alone leaves out."""
    problems: tuple[Any, ...]
    """What keeps the file from being made."""
    losses: tuple[Loss, ...]

    @property
    def lost(self) -> list[tuple[str, list[str]]]:
        """List what the file does not hold, each with the questions concerned."""
        found: dict[str, list[str]] = {}
        for loss in self.losses:
            found.setdefault(str(loss.what), []).append(self.quiz.questions[loss.question].prompt)
        return list(found.items())


def handed(kind: QuestionFormat, quiz: PlainQuiz) -> Handed:
    known = tuple(question for question in quiz.questions if question.kind in kind.kinds)
    others = tuple(question.prompt for question in quiz.questions if question.kind not in kind.kinds)
    given = replace(quiz, questions=known)
    if not known:
        return Handed(kind, given, others, (_("None of the questions can be exported to other systems."),), ())
    return Handed(kind, given, others, tuple(kind.problems(given)), tuple(kind.losses(given)))
