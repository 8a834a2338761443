"""Words that learners typed: kept in rows of their own, so that a step, which is never changed, holds none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Max

from bdhvs_lms.plugins.api import question_types
from bdhvs_quiz.models import Attempt, TypedAnswer
from bdhvs_quiz.models.attempts import MAX_TYPED

REFERENCE = "typed_answer"
"""A step's response to such a question: {"typed_answer": number of the row}, or that for each text of a mapping."""
ERASED = {"erased": True}
"""The response, or the part of it, once the words are gone."""


def typed_keys(questions: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the keys of the questions whose answers are typed."""
    return {
        question["key"]
        for question in questions
        if (kind := question_types.get(question["type"])) is not None and kind.typed
    }


def check(questions: Iterable[Mapping[str, Any]], responses: Mapping[str, Any]) -> None:
    """Check typed responses. Raises ValueError for one that is neither a text nor texts and lists of ids by their
    places, or
    with a text that is longer than can be kept."""
    for key in typed_keys(questions) & set(responses):
        response = responses[key]
        parts = list(response.values()) if isinstance(response, dict) else [response]
        if not parts or not all(_kept(part) or (part is not response and _ids(part)) for part in parts):
            raise ValueError(f"{key}: a text of at most {MAX_TYPED} characters is needed.")


def _kept(part: Any) -> bool:
    return isinstance(part, str) and 0 < len(part) <= MAX_TYPED


def _ids(part: Any) -> bool:
    return isinstance(part, list) and all(isinstance(one, str) for one in part)


def _words(response: Any) -> list[str]:
    parts = response.values() if isinstance(response, dict) else [response]
    return [part for part in parts if isinstance(part, str)]


def _each(response: Any, words: Callable[[str], Any]) -> Any:
    """Return the response with `words` of each typed text in its place."""
    if isinstance(response, dict):
        return {part: words(text) if isinstance(text, str) else text for part, text in response.items()}
    return words(response) if isinstance(response, str) else response


def store_typed_answers(attempt: Attempt, responses: Mapping[str, Any]) -> dict[str, Any]:
    """Store typed words; return the responses as a step keeps them. In the caller's transaction, under the learner's
    lock:
    numbers are counted.

    The same words again get the number they have: a form that is sent twice stays one act. No query when nothing was
    typed,
    else two and one for each new text, however often the answers were saved before.
    """
    kept = dict(responses)
    typed = {key: words for key in typed_keys(attempt.questions) if (words := _words(kept.get(key)))}
    if not typed:
        return kept
    there = TypedAnswer.objects.filter(attempt=attempt, question_key__in=list(typed)).order_by()
    same = there.filter(text__in={text for words in typed.values() for text in words})
    known = {(str(key), text): number for key, text, number in same.values_list("question_key", "text", "number")}
    last = {str(key): number for key, number in there.values_list("question_key").annotate(Max("number"))}
    for key, words in typed.items():
        for text in words:
            if (key, text) not in known:
                known[key, text] = last[key] = last.get(key, 0) + 1
                TypedAnswer.objects.create(attempt=attempt, question_key=UUID(key), number=last[key], text=text)
        kept[key] = _each(kept[key], lambda text, key=key: {REFERENCE: known[key, text]})  # type: ignore[misc]
    return kept


def _number(part: Any) -> int | None:
    """Return the number of the row that stands for words."""
    return part[REFERENCE] if isinstance(part, dict) and set(part) == {REFERENCE} else None


def _numbers(response: Any) -> list[int]:
    parts = [response, *response.values()] if isinstance(response, dict) else [response]
    return [number for part in parts if (number := _number(part)) is not None]


def load_typed_answers(attempt: Attempt, responses: Mapping[str, Any]) -> dict[str, Any]:
    """Return a step's responses with the words in their places; ERASED for words that are gone. At most one query."""
    return load_typed_answers_of([(attempt, responses)])[0]


def load_typed_answers_of(given: Sequence[tuple[Attempt, Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Return the same for many attempts. At most one query."""
    numbered = [
        {key: found for key, response in responses.items() if (found := _numbers(response))}
        for _attempt, responses in given
    ]
    asked = [attempt for (attempt, _responses), numbers in zip(given, numbered, strict=True) if numbers]
    if not asked:
        return [dict(responses) for _attempt, responses in given]
    keys = {key for numbers in numbered for key in numbers}
    texts = {
        (row.attempt_id, str(row.question_key), row.number): row.text
        for row in TypedAnswer.objects.filter(attempt__in=asked, question_key__in=keys)
    }

    def words(attempt: Attempt, key: str, part: Any) -> Any:
        number = _number(part)
        return part if number is None else texts.get((attempt.pk, key, number), ERASED)

    result = []
    for (attempt, responses), numbers in zip(given, numbered, strict=True):
        loaded = dict(responses)
        for key in numbers:
            response = words(attempt, key, responses[key])
            whole = response is not responses[key]
            loaded[key] = response if whole else {name: words(attempt, key, part) for name, part in response.items()}
        result.append(loaded)
    return result


def unerased(response: Any) -> Any:
    """Return a response without its erased parts: they are unanswered. None: nothing is left."""
    if response == ERASED:
        return None
    if isinstance(response, dict):
        return {name: part for name, part in response.items() if part != ERASED} or None
    return response


def forget_others(attempt: Attempt, responses: Mapping[str, Any]) -> None:
    """Delete typed words that are not in these responses, which are handed in. One query, none where nothing
    is typed."""
    keys = typed_keys(attempt.questions)
    if not keys:
        return
    drafts = TypedAnswer.objects.filter(attempt=attempt)
    for key in keys & set(responses):
        drafts = drafts.exclude(question_key=UUID(key), number__in=_numbers(responses[key]))
    drafts.delete()
