"""Words that learners typed: kept in rows of their own, so that a step, which is never changed, holds none of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Max

from bdhvs_lms.plugins.api import question_types
from bdhvs_quiz.models import Attempt, TypedAnswer
from bdhvs_quiz.models.attempts import MAX_TYPED

REFERENCE = "typed_answer"
"""A step's response to such a question: {"typed_answer": number of the row}."""
ERASED = {"erased": True}
"""The response once the words are gone."""


def typed_keys(questions: Iterable[Mapping[str, Any]]) -> set[str]:
    """Keys of the questions whose answers are typed."""
    return {
        question["key"]
        for question in questions
        if (kind := question_types.get(question["type"])) is not None and kind.typed
    }


def check(questions: Iterable[Mapping[str, Any]], responses: Mapping[str, Any]) -> None:
    """Raises ValueError for a typed response that is no text, or longer than can be kept."""
    for key in typed_keys(questions) & set(responses):
        text = responses[key]
        if not isinstance(text, str) or len(text) > MAX_TYPED:
            raise ValueError(f"{key}: a text of at most {MAX_TYPED} characters is needed.")


def store_typed_answers(attempt: Attempt, responses: Mapping[str, Any]) -> dict[str, Any]:
    """The responses as a step keeps them. In the caller's transaction, under the learner's lock: numbers are counted.

    The same words again get the number they have: a form that is sent twice stays one act. No query when nothing was
    typed, else two and one for each new text, however often the answers were saved before.
    """
    kept = dict(responses)
    keys = [key for key in typed_keys(attempt.questions) if key in kept]
    if not keys:
        return kept
    there = TypedAnswer.objects.filter(attempt=attempt, question_key__in=keys).order_by()
    same = there.filter(text__in={kept[key] for key in keys}).values_list("question_key", "text", "number")
    known = {(str(key), text): number for key, text, number in same}
    last = {str(key): number for key, number in there.values_list("question_key").annotate(Max("number"))}
    for key in keys:
        number = known.get((key, kept[key]))
        if number is None:
            number = last.get(key, 0) + 1
            TypedAnswer.objects.create(attempt=attempt, question_key=UUID(key), number=number, text=kept[key])
        kept[key] = {REFERENCE: number}
    return kept


def load_typed_answers(attempt: Attempt, responses: Mapping[str, Any]) -> dict[str, Any]:
    """A step's responses with the words in their places; ERASED where there are none any more. At most one query."""
    numbers = {
        key: response[REFERENCE]
        for key, response in responses.items()
        if isinstance(response, dict) and set(response) == {REFERENCE}
    }
    if not numbers:
        return dict(responses)
    found = {
        (str(row.question_key), row.number): row.text
        for row in TypedAnswer.objects.filter(attempt=attempt, question_key__in=list(numbers))
    }
    return {**responses, **{key: found.get((key, number), ERASED) for key, number in numbers.items()}}


def forget_others(attempt: Attempt, responses: Mapping[str, Any]) -> None:
    """What was typed on the way is no longer needed once this is handed in. One query, none where nothing is typed."""
    keys = typed_keys(attempt.questions)
    if not keys:
        return
    drafts = TypedAnswer.objects.filter(attempt=attempt)
    for key in keys & set(responses):
        drafts = drafts.exclude(question_key=UUID(key), number=responses[key][REFERENCE])
    drafts.delete()
