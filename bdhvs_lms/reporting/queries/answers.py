"""What was answered, in words that the ledger has: every statement describes its question. No plugin is asked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bdhvs_lms.base.api import language_of
from bdhvs_lms.courses.api import Activity
from bdhvs_lms.learners.api import Learner
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


@dataclass(frozen=True)
class HardQuestion:
    """A question of an activity: of those in the class who answered it, by the last answer of each."""

    activity: Activity
    question: Words
    answered: int
    wrong: int
    chosen: tuple[tuple[str, int], ...]
    """Wrong answers and how many gave them, the most frequent first."""


def hardest_questions(learners: Sequence[Learner], activities: Sequence[Activity]) -> list[HardQuestion]:
    """Questions that somebody of these answered wrongly, those with the largest share first. Five queries: of right
    answers only the number is read, and a question's words once."""
    by_iri = {activity_iri(one.key): one for one in activities}
    answered: Counter[tuple[str, str]] = Counter()
    wrong: dict[tuple[str, str], list[int]] = defaultdict(list)
    for one in last_answers_of(learners, list(by_iri)):
        answered[one.activity, one.question] += 1
        if one.success is False:
            wrong[one.activity, one.question].append(one.seq)
    seqs = [seq for listed in wrong.values() for seq in listed]
    facts: dict[int, xapi.Fact] = {}
    for start in range(0, len(seqs), 500):
        facts |= {fact.seq: fact for fact in xapi.facts(seqs=seqs[start : start + 500], include_voided=True)}
    found = []
    for (activity, question), listed in wrong.items():
        statements = [facts[seq].statement for seq in listed]
        chosen = Counter(response_of(statement) for statement in statements)
        found.append(
            HardQuestion(
                by_iri[activity],
                question_of(statements[-1]),
                answered[activity, question],
                len(listed),
                tuple(chosen.most_common()),
            )
        )
    return sorted(
        found, key=lambda one: (-one.wrong / one.answered, -one.wrong, one.activity.position, one.question.text)
    )
