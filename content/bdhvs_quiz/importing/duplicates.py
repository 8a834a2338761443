"""Which questions of a file the bank has already, and which the file has twice: the same words and the same choices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bdhvs_lms.base.api import fold
from bdhvs_lms.plugins.api import PlainQuestion, question_types
from bdhvs_quiz.bank.uses import WORD
from bdhvs_quiz.importing.planning import Planned
from bdhvs_quiz.models import Question, real_questions

Signature = tuple[str, tuple[str, ...]]
CHUNK = 500


@dataclass(frozen=True)
class Twin:
    """What a question of a file is the same as."""

    pk: int | None = None
    """Of the bank's question."""
    place: str = ""
    """In the file: the one that stands before it."""


def signature(plain: PlainQuestion) -> Signature:
    """Equal for questions that ask the same with the same choices, in any order, with or without diacritics."""
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
    """By `index` what each question is the same as; who is the same as nothing is not there.

    Reads the words of the whole bank once, and of those that may be the same the questions: a query for each type.
    """
    found: dict[int, Twin] = {}
    first: dict[Signature, Planned] = {}
    for each in planned:
        same = first.setdefault(signature(each.plain), each)
        if same is not each:
            found[each.index] = Twin(place=same.plain.place)
    there = _in_bank({prompt for prompt, _parts in first})
    for known, each in first.items():
        if known in there:
            found[each.index] = Twin(pk=there[known])
    return found


def _in_bank(prompts: set[str]) -> dict[Signature, int]:
    """Of the bank's questions with one of these prompts: signature to primary key, of several the first."""
    candidates = _beginning_with(prompts - {""})
    result: dict[Signature, int] = {}
    for start in range(0, len(candidates), CHUNK):
        for pk, question in sorted(real_questions(candidates[start : start + CHUNK]).items()):
            kind = question_types.get(question.kind)
            plain = None if kind is None else kind.plain(*kind.compile(question))
            result.setdefault((_even(question.prompt), ()) if plain is None else signature(plain), pk)
    return result


def _beginning_with(prompts: Iterable[str]) -> list[int]:
    """Of the bank's questions whose words for a search begin with one of these: their prompt stands first there."""
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
