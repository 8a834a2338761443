"""What was answered, in words that the ledger has: every statement describes its question. No plugin is asked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import language_of
from bdhvs_lms.courses.api import Activity, enrolments_in
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.progress.api import results_of, status_of
from bdhvs_lms.tracking.api import VERB_ANSWERED, activity_iri, last_answers_of
from bdhvs_xapi import api as xapi

# How xAPI joins the parts of one response, and the two sides of a pair.
SEPARATOR, PAIR = "[,]", "[.]"
# A typed answer that was none of the accepted ones; what was typed is in no statement.
OTHER = "other"


@dataclass(frozen=True, order=True)
class Words:
    """A text and its language."""

    text: str
    language: str


@dataclass(frozen=True)
class AnswerLine:
    """One question of an attempt, as it was answered."""

    question: Words
    response: str
    success: bool | None


def question_of(statement: Mapping[str, Any]) -> Words:
    """What was asked, in the reader's language where the statement has it."""
    names = statement["object"].get("definition", {}).get("name") or {}
    language = language_of(names)
    return Words(names.get(language, "") or _("Question without words"), language)


def response_of(statement: Mapping[str, Any]) -> str:
    """What was answered: the words of what was chosen; typed words are in no statement."""
    definition = statement["object"].get("definition", {})
    response = str(statement.get("result", {}).get("response", ""))
    if not response:
        return _("no answer")
    kind = definition.get("interactionType", "")
    if kind == "true-false":
        return {"true": pgettext("an answer", "true"), "false": pgettext("an answer", "false")}.get(response, response)
    words = {
        str(one.get("id")): _words_of(one.get("description") or {})
        for name in ("choices", "scale", "source", "target", "steps")
        for one in definition.get(name) or ()
    }
    parts = [
        " → ".join(words.get(side) or side for side in part.split(PAIR)) if part != OTHER else _("another answer")
        for part in response.split(SEPARATOR)
    ]
    return "; ".join(parts)


def _words_of(texts: Mapping[str, str]) -> str:
    return texts.get(language_of(texts), "")


def answers_in(facts: Sequence[xapi.Fact]) -> list[AnswerLine]:
    """Of one attempt: of each question the last answer, in the order in which they were asked first."""
    last: dict[str, xapi.Fact] = {}
    for fact in facts:
        if fact.verb == VERB_ANSWERED and fact.object_id is not None:
            last[fact.object_id] = fact
    return [AnswerLine(question_of(one.statement), response_of(one.statement), one.success) for one in last.values()]


def closed_to(learner: Learner | None, activities: Iterable[Activity]) -> set[UUID]:
    """Of these activities (by key) those in which whoever looks may not see others' answers yet: they learn the course
    themselves and are not done. Of answers with a score the key can be told, whether or not each says it was right.

    `learner`: the account's own; None: it learns nothing. Two queries, none without a learner.
    """
    if learner is None:
        return set()
    listed = list(activities)
    taken = {row.course_id for row in enrolments_in([learner.pk], {one.course_id for one in listed})}
    own = [one for one in listed if one.course_id in taken]
    results = results_of(learner, [one.key for one in own])
    return {one.key for one in own if status_of(one, results.get(one.key)) != "done"}


@dataclass(frozen=True)
class HardQuestion:
    """A question of an activity: of those in the class who answered it, by the last answer of each."""

    activity: Activity
    question: Words
    answered: int
    wrong: int
    chosen: tuple[tuple[str, int], ...]
    """Wrong answers and how many gave them, the most frequent first, and of as many the one that was given first."""


def hardest_questions(learners: Sequence[Learner], activities: Sequence[Activity], most: int) -> list[HardQuestion]:
    """Of the questions that somebody of these answered wrongly so many, those with the largest share first. A question
    that several of the activities ask stands with the one in which it was answered last, for each person.

    Four queries and one for each 500 wrong answers to these: of all other answers only the number is read.
    """
    by_iri = {activity_iri(one.key): one for one in activities}
    answered: Counter[tuple[str, str]] = Counter()
    wrong: dict[tuple[str, str], list[int]] = defaultdict(list)
    for one in last_answers_of(learners, list(by_iri)):
        answered[one.activity, one.question] += 1
        if one.success is False:
            wrong[one.activity, one.question].append(one.seq)

    def hardness(asked: tuple[str, str]) -> tuple[float, int, int]:
        number = len(wrong[asked])
        return -number / answered[asked], -number, by_iri[asked[0]].position

    chosen = sorted(wrong, key=lambda asked: (hardness(asked), asked))[:most]
    seqs = [seq for asked in chosen for seq in wrong[asked]]
    facts: dict[int, xapi.Fact] = {}
    for start in range(0, len(seqs), 500):
        facts |= {fact.seq: fact for fact in xapi.facts(seqs=seqs[start : start + 500], include_voided=True)}
    found = {}
    for asked in chosen:
        statements = [facts[seq].statement for seq in sorted(wrong[asked])]
        found[asked] = HardQuestion(
            by_iri[asked[0]],
            question_of(_for_the_reader(statements)),
            answered[asked],
            len(statements),
            tuple(_given(statements).most_common()),
        )
    return [found[asked] for asked in sorted(found, key=lambda asked: (hardness(asked), found[asked].question.text))]


def _given(statements: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """What was answered and how often. The same option is one answer, in whichever languages it was read."""
    same: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for statement in statements:
        same[str(statement.get("result", {}).get("response", ""))].append(statement)
    given: Counter[str] = Counter()
    for answers in same.values():
        given[response_of(_for_the_reader(answers))] += len(answers)
    return given


def _for_the_reader(statements: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The last of these that describes the question in the reader's language, or else the last."""
    reads = get_language()
    named = [one for one in statements if reads in (one["object"].get("definition", {}).get("name") or {})]
    return (named or list(statements))[-1]
