"""Compilation of a quiz from the living bank to one immutable row. Visible and hidden content are separated
here, once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext as _

from bdhvs_content.api import NotPublishable, versions_of
from bdhvs_lms.plugins.api import question_types
from bdhvs_quiz.counting import BEST, METHOD
from bdhvs_quiz.grading import decimal, pass_points, points_of
from bdhvs_quiz.media.copies import unreadable, with_copies
from bdhvs_quiz.media.described import references
from bdhvs_quiz.models.attempts import QuizVersion
from bdhvs_quiz.models.bank import Question, bank_rows, real_questions
from bdhvs_quiz.models.draws import Pool, QuizDraw, draw_problems, pools_of
from bdhvs_quiz.models.marks import Aligned
from bdhvs_quiz.models.translating import translated


def problems_of(
    question_ids: Iterable[int], draws: Iterable[QuizDraw] = (), locale: Any = None, alignments: Iterable[Any] = ()
) -> list[str]:
    """Return what keeps these questions from being published as a quiz, one sentence each, for the editor. `locale`: of
    the
    page, for what is drawn. `alignments`: of the quiz, with their pass marks."""
    ids = list(question_ids)
    real, pools = _found(ids, draws, locale)
    return [*_problems(ids, real, pools), *_aligned(alignments, ids, real, pools).problems()]


def _aligned(alignments: Iterable[Any], ids: Sequence[int], real: Mapping[int, Any], pools: Sequence[Pool]) -> Aligned:
    """Collect the pass marks of competencies; without one nothing is asked of the database."""
    return Aligned([row for row in alignments if row.pass_percent], [real[pk] for pk in ids if pk in real], pools)


def _found(ids: Sequence[int], draws: Iterable[QuizDraw], locale: Any) -> tuple[dict[int, Any], list[Pool]]:
    """Return the questions everybody gets, by primary key, and the pools that are drawn from."""
    real = real_questions(ids)
    return real, pools_of(draws, locale, {question.key for question in real.values()})


def _problems(ids: Sequence[int], real: Mapping[int, Any], pools: Sequence[Pool]) -> list[str]:
    if not ids and not pools:
        return [str(_("The quiz has no questions. Add at least one."))]
    return [*_problems_of_fixed(ids, real), *draw_problems(pools)]


def _problems_of_fixed(ids: Sequence[int], real: Mapping[int, Any]) -> list[str]:
    rows = bank_rows(ids)
    problems = _twice(rows)
    for row in rows:
        kind = question_types.get(row.type_key)
        if kind is None or row.pk not in real:
            problems.append(
                _("“%(question)s” cannot be used because its plugin “%(key)s” is not installed.")
                % {"question": row, "key": row.type_key}
            )
        elif not row.live:
            problems.append(
                _("“%(question)s” is not published. Publish it in the question bank first.") % {"question": row}
            )
        else:
            # A question that nobody can answer rightly must not be asked, however it came into the bank.
            problems.extend(
                _("“%(question)s”: %(problem)s") % {"question": row, "problem": problem}
                for problem in (*real[row.pk].all_problems(), *unreadable(real[row.pk]))
            )
    return problems


def _twice(rows: Iterable[Question]) -> list[str]:
    """Report a question and its translation in one quiz: they are one question, and results could not tell
    them apart."""
    first: dict[UUID, Question] = {}
    return [
        _("“%(one)s” and “%(other)s” are the same question in two languages. Remove one.")
        % {"one": first[row.key], "other": row}
        for row in rows
        if first.setdefault(row.key, row).pk != row.pk
    ]


def compile_quiz(page: Any) -> dict[str, Any]:
    """Return the page's content as plain JSON: {"shown", "key", "pass_percent"}, and where it has published
    translations
    {"translations": {language: {"shown", "key"}}}. Raises NotPublishable.

    Reads published questions only: the rows of a bank with drafts hold what is live, revisions hold the drafts. In
    each language the same questions are asked in the same order, by the same rules: the page's own.
    """
    ids = [item.question_id for item in page.items.all()]
    real, pools = _found(ids, page.draws.all(), page.locale)
    aligned = _aligned(page.alignments.all(), ids, real, pools)
    if problems := [*_problems(ids, real, pools), *aligned.problems()]:
        raise NotPublishable(problems)
    questions = [real[pk] for pk in ids]
    drawn_by = {question.key: number for number, pool in enumerate(pools, 1) for question in pool.questions}
    points = {
        real[item.question_id].key: real[item.question_id].points if item.points is None else item.points
        for item in page.items.all()
    }
    points |= {question.key: question.points for pool in pools for question in pool.questions}
    questions += [question for pool in pools for question in pool.questions]
    about = {question.key: iris for question in questions if (iris := aligned.iris(question))}
    counting = _Counting(points, drawn_by, about)
    rules = {
        **_rules(page, real),
        **({"draws": [{"count": pool.draw.count} for pool in pools]} if pools else {}),
        **({"marks": marks} if (marks := aligned.marks()) else {}),
    }
    content = {**_in_language(page, page, questions, counting, rules), "pass_percent": page.pass_percent}
    others = [one for one in versions_of(page.translation_key) if one.live and one.pk != page.pk]
    if others:
        content["translations"] = {
            one.locale.language_code: _in_language(page, one.specific, questions, counting, rules) for one in others
        }
    return content


@dataclass(frozen=True)
class _Counting:
    """The quiz's rules for its questions, by their keys: the points of each, the number of its draw, and the
    competencies with
    a pass mark of their own that it counts for (their IRIs)."""

    points: Mapping[UUID, Decimal]
    draws: Mapping[UUID, int]
    competencies: Mapping[UUID, list[str]]


def _in_language(
    source: Any, page: Any, questions: list[Any], counting: _Counting, rules: Mapping[str, Any]
) -> dict[str, Any]:
    """Return {"shown", "key"} with the words of `page`, and of the questions' translations where there are any."""
    language = page.locale.language_code
    shown, key = [], {}
    for one in translated(questions, page.locale):
        question = one.asked
        kind = question_types.get(question.type_key)
        assert kind is not None  # noqa: S101  problems_of has looked
        seen, hidden = kind.compile(question)
        spoken = question.locale.language_code
        shown.append(
            {
                "key": str(question.key),
                "type": question.type_key,
                "plugin": question._meta.app_label,
                # Outside what the type compiled, so that it can be read when the type is gone.
                "prompt": question.prompt,
                "shown": seen,
                **({"media": media} if (media := references(question.prompt_media)) else {}),
                **({"language": spoken} if spoken != language else {}),
                **_counts(counting.points[question.key]),
                **({"draw": counting.draws[question.key]} if question.key in counting.draws else {}),
                **({"competencies": about} if (about := counting.competencies.get(question.key)) else {}),
                **({"parts": True} if kind.gives_parts(seen, hidden) else {}),
            }
        )
        key[str(question.key)] = hidden
    return {
        "shown": {
            "language": language,
            "title": page.title,
            "intro": page.intro,
            "attempts_allowed": source.attempts_allowed,
            "shuffle_questions": source.shuffle_questions,
            "shuffle_options": source.shuffle_options,
            "show_answers": str(source.show_answers),
            **rules,
            "questions": with_copies(shown),
        },
        "key": key,
    }


def _rules(source: Any, real: Mapping[int, Any]) -> dict[str, Any]:
    """Return the settings beside the questions, for all languages; an unset one is left out, so that it changes no
    version.
    `real`: the questions by primary key."""
    sections = [
        {"title": item.section, "intro": item.section_intro, "first": str(real[item.question_id].key)}
        for item in source.items.all()
        if item.section
    ]
    rules = {
        "one_per_page": source.one_per_page,
        "opens_at": source.opens_at,
        "closes_at": source.closes_at,
        "time_limit": source.time_limit,
        "wait_minutes": source.wait_minutes,
        METHOD: _method(source),
        "sections": sections,
        "overall": sorted(
            ({"percent": one.percent, "text": one.text} for one in source.overall_feedback.all()),
            key=lambda one: -one["percent"],
        ),
    }
    return {name: value for name, value in rules.items() if value}


def _method(source: Any) -> str:
    """Return the method if it is not the best. Return the best too if a version before had a method: attempts then were
    weighed against each other."""
    if source.grade_from != BEST:
        return str(source.grade_from)
    method = KeyTextTransform(METHOD, "shown")
    before = QuizVersion.published(source.translation_key).values_list(method, flat=True).first()
    return BEST if before else ""


def _counts(points: Decimal) -> dict[str, str]:
    """Return the points in the form of the version: nothing for a question that counts 1."""
    return {} if points == 1 else {"points": format(points.normalize(), "f")}


def scores_of(content: dict[str, Any]) -> tuple[Decimal, Decimal]:
    """Return (max score, pass score) in points. The pass mark rounds up: to a whole point where only whole points can
    be
    earned, else to a hundredth."""
    questions = content["shown"]["questions"]
    most = sum((points_of(question) for question in questions if "draw" not in question), Fraction(0))
    for number, draw in enumerate(content["shown"].get("draws", ()), start=1):
        # All of one draw count the same: `draw_problems` has looked.
        most += draw["count"] * next(points_of(question) for question in questions if question.get("draw") == number)
    return decimal(most, places=2), pass_points(most, content["pass_percent"], questions)
