"""Duplicates: questions of a file that the bank has already, or the file has twice, in the same words and choices."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.exceptions import ObjectDoesNotExist

from bdhvs_lms.base.api import fold
from bdhvs_lms.plugins.api import PlainMedia, PlainQuestion, question_types
from bdhvs_quiz.bank.uses import WORD
from bdhvs_quiz.importing.planning import Planned, media_of
from bdhvs_quiz.importing.staging import place_of
from bdhvs_quiz.media.described import references
from bdhvs_quiz.media.plain import plain_media
from bdhvs_quiz.models import Question, real_questions

Signature = tuple[str, tuple[str, ...]]
CHUNK = 500


@dataclass(frozen=True)
class Twin:
    """The question that is the same as a question of a file."""

    pk: int | None = None
    """Of the bank's question."""
    place: str = ""
    """In the file: the one that stands before it."""


def signature(plain: PlainQuestion) -> Signature:
    """Return a value that is equal for questions that ask the same with the same choices, in any order, with or without
    diacritics."""
    parts = [option.text for option in plain.options]
    parts += [answer.text for answer in plain.answers]
    parts += [f"{pair.left} = {pair.right}" for pair in plain.pairs]
    parts += [*plain.steps, plain.text]
    if plain.kind == "true-false":
        parts.append(str(plain.right))
    for blank in plain.blanks:
        parts += [option.text for option in blank.options] + [answer.text for answer in blank.answers]
    return _even(plain.prompt), tuple(sorted(filter(None, map(_even, parts))))


def _even(text: str) -> str:
    # As the bank finds its own: capitals, diacritics and signs tell no questions apart.
    return " ".join(WORD.findall(fold(text)))


def twins(planned: Sequence[Planned]) -> dict[int, Twin]:
    """Return by `index` the twin of each question; questions without a twin are not there.

    Reads the words of the whole bank once, and of those that may be the same the questions: a query for each type.
    """
    found: dict[int, Twin] = {}
    first: dict[tuple[Signature, tuple[int, ...]], Planned] = {}
    for each in planned:
        # The same words below another picture ask something else.
        asked = signature(each.plain), tuple(sorted(place_of(one) for one in each.media))
        same = first.setdefault(asked, each)
        if same is not each:
            found[each.index] = Twin(place=same.plain.place)
    there = _in_bank({prompt for (prompt, _parts), _places in first})
    for (known, _places), each in first.items():
        pk = next((pk for pk, media in there.get(known, ()) if _same_files(each.media, media)), None)
        if pk is not None:
            found[each.index] = Twin(pk=pk)
    return found


def _same_files(these: Sequence[PlainMedia], those: Sequence[PlainMedia]) -> bool:
    return len(these) == len(those) and sorted(map(_digest, these)) == sorted(map(_digest, those))


def _digest(media: PlainMedia) -> bytes:
    try:
        return hashlib.sha256(media.load()).digest()
    except (OSError, ObjectDoesNotExist):
        return b""


def _in_bank(prompts: set[str]) -> dict[Signature, list[tuple[int, list[PlainMedia]]]]:
    """Return by signature the primary keys and media of the bank's questions with one of these prompts, in order of
    keys."""
    candidates = _beginning_with(prompts - {""})
    result: dict[Signature, list[tuple[int, list[PlainMedia]]]] = defaultdict(list)
    for start in range(0, len(candidates), CHUNK):
        for pk, question in sorted(real_questions(candidates[start : start + CHUNK]).items()):
            kind = question_types.get(question.kind)
            plain = None if kind is None else kind.plain(*kind.compile(question))
            media = [*plain_media(references(question.prompt_media)), *(media_of(plain) if plain else ())]
            known = (_even(question.prompt), ()) if plain is None else signature(plain)
            result[known].append((pk, media))
    return result


def _beginning_with(prompts: Iterable[str]) -> list[int]:
    """List the bank's questions whose search words begin with one of these: their prompt stands first there."""
    lengths: dict[str, set[int]] = defaultdict(set)
    wanted = set(prompts)
    for prompt in wanted:
        lengths[prompt.split(" ", 1)[0]].add(len(prompt))
    if not wanted:
        return []
    found = []
    for pk, folded in Question.objects.rows().values_list("pk", "folded").order_by("pk").iterator(chunk_size=2000):
        words = " ".join(WORD.findall(folded))
        if any(words[:length] in wanted for length in lengths.get(words.split(" ", 1)[0], ())):
            found.append(pk)
    return found
