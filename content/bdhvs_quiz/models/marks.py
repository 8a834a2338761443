"""Questions of a quiz by the competencies that they are about: for pass marks of their own, and for the editor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from bdhvs_lms.competency.api import Competency, competency_ref
from bdhvs_quiz.models.bank import bank_rows
from bdhvs_quiz.models.draws import Pool, pools_of
from bdhvs_quiz.models.labels import QuestionAlignment


@dataclass(frozen=True)
class Coverage:
    """The questions of an attempt about one competency of the quiz: at least and at most, where questions are drawn."""

    competency: Competency
    level: int
    percent: int | None
    """Of its own pass mark; None: it has none."""
    least: int
    most: int
    least_points: Decimal
    most_points: Decimal

    @property
    def iri(self) -> str:
        return competency_ref(self.competency, self.level).iri


class Aligned:
    """The questions of a quiz with the competencies of each: one query for all, one for the competencies. A question
    counts
    for a competency at its own level and at lower ones, as evidence does."""

    def __init__(self, alignments: Iterable[Any], questions: Iterable[Any], pools: Sequence[Pool]) -> None:
        self.rows = [row for row in alignments if row.competency_id is not None]
        self.fixed, self.pools = list(questions), pools
        ids = [question.pk for question in [*self.fixed, *(one for pool in pools for one in pool.questions)]]
        self.levels: dict[int, dict[int, int]] = defaultdict(dict)
        wanted = {row.competency_id for row in self.rows}
        if wanted and ids:
            found = QuestionAlignment.objects.filter(question__in=ids, competency__in=wanted)
            for question, competency, level in found.values_list("question", "competency", "level"):
                self.levels[question][competency] = level
        self.competencies = Competency.objects.select_related("framework").in_bulk(wanted) if wanted else {}

    def is_about(self, question: Any, row: Any) -> bool:
        level = self.levels.get(question.pk, {}).get(row.competency_id)
        return level is not None and level >= row.level

    def coverage(self, points_of: Callable[[Any], Decimal] = lambda question: question.points) -> list[Coverage]:
        """Return the coverage of each competency of the quiz. `points_of`: the points of a question that everybody
        gets."""
        return [self._of(row, points_of) for row in self.rows]

    def _of(self, row: Any, points_of: Callable[[Any], Decimal]) -> Coverage:
        own = [question for question in self.fixed if self.is_about(question, row)]
        least = most = len(own)
        least_points = most_points = sum((points_of(question) for question in own), Decimal(0))
        for pool in self.pools:
            about = [question for question in pool.questions if self.is_about(question, row)]
            if about:
                surely = max(0, pool.draw.count - (len(pool.questions) - len(about)))
                perhaps = min(pool.draw.count, len(about))
                # All of one draw count the same.
                each = about[0].points
                least, most = least + surely, most + perhaps
                least_points, most_points = least_points + surely * each, most_points + perhaps * each
        return Coverage(
            self.competencies[row.competency_id], row.level, row.pass_percent, least, most, least_points, most_points
        )

    def problems(self) -> list[str]:
        """Return the problems that keep pass marks from being published, for the editor."""
        return [problem for one in self.coverage() if one.percent and (problem := _problem(one))]

    def marks(self) -> list[dict[str, Any]]:
        """Return the pass marks in the form of the version: {"competency": IRI, "names", "percent"}, only where there
        is one."""
        found = []
        for row in self.rows:
            if row.pass_percent:
                ref = competency_ref(self.competencies[row.competency_id], row.level)
                found.append({"competency": ref.iri, "names": dict(ref.names), "percent": row.pass_percent})
        return found

    def iris(self, question: Any) -> list[str]:
        """Return the IRIs of the competencies with a pass mark of their own that the question counts for."""
        return [
            competency_ref(self.competencies[row.competency_id], row.level).iri
            for row in self.rows
            if row.pass_percent and self.is_about(question, row)
        ]


def coverage_of(page: Any) -> list[Coverage]:
    """Return the coverage of a quiz as its editor has it now, even with errors. No query without competencies."""
    alignments = page.alignments.all()
    if not alignments:
        return []
    items = {item.question_id: item for item in page.items.all()}
    rows = bank_rows(items)
    pools = pools_of(page.draws.all(), page.locale, {row.key for row in rows})

    def points_of(question: Any) -> Decimal:
        own: Decimal | None = items[question.pk].points
        return question.points if own is None else own

    return Aligned(alignments, rows, pools).coverage(points_of)


def _problem(one: Coverage) -> str:
    if one.least:
        return ""
    if one.most:
        text = _(
            "“%(competency)s” has a pass mark of its own, but an attempt may draw no question about it. Add a question "
            "that everybody gets, or draw by this competency."
        )
    else:
        text = _(
            "“%(competency)s” has a pass mark of its own, but no question here is aligned with it at level %(level)s "
            "or higher. Align questions in the question bank, or leave the pass mark empty."
        )
    return text % {"competency": one.competency, "level": one.level}
