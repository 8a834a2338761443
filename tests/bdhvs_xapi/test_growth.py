"""What is checked and answered costs what it is long, whatever it is: nothing in it is gone through once for each part.

Counted are calls of functions and bytes of memory, for something and for four times as much of it.
"""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_xapi.statements.errors import InvalidStatement
from bdhvs_xapi.statements.validate import encode, parse
from bdhvs_xapi.statements.versions import Version
from bdhvs_xapi.store.formats import one_language
from tests.bdhvs_xapi.lrs.support import HOME, statement
from tests.support.calls import calls

pytestmark = pytest.mark.database


def most_memory(work: Callable[[], Any]) -> int:
    """Bytes that Python has asked for at the same time meanwhile."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def long_key(size: int) -> dict[str, Any]:
    """A key as long as the list beneath it, in which one value makes all of them be looked at."""
    return statement(context={"extensions": {f"{HOME}/e": {"k" * size: [1] * size}}})


@pytest.mark.parametrize("version", [Version.V1, Version.V2])
def test_a_long_key_is_not_kept_beside_each_value_under_it(version: Version) -> None:
    def check(size: int) -> int:
        sent = long_key(size)
        sent["context"]["extensions"][f"{HOME}/f"] = "\0"
        return most_memory(lambda: parse(json.dumps(sent).encode(), version))

    assert check(8_000) < 6 * check(2_000)


def test_many_forbidden_characters_are_one_problem() -> None:
    def check(size: int) -> int:
        sent = statement(object={"id": f"{HOME}/a", "definition": {"name": {"k" * size: "\0"} | {"vi": "\0"}}})
        sent["result"] = {"extensions": {f"{HOME}/e": {"k" * size: ["\0"] * size}}}
        raw = json.dumps(sent).encode()

        def refused() -> None:
            with pytest.raises(InvalidStatement) as caught:
                parse(raw)
            assert sum("U+0000" in problem.reason for problem in caught.value.problems) == 1

        return most_memory(refused)

    assert check(8_000) < 6 * check(2_000)


def test_a_null_under_a_long_key_is_written_at_the_cost_of_its_length() -> None:
    def write(size: int) -> int:
        sent = long_key(size)
        sent["context"]["extensions"][f"{HOME}/f"] = None
        return most_memory(lambda: encode(sent))

    assert write(8_000) < 6 * write(2_000)


def by_looking_at_each(texts: dict[str, str], languages: list[str]) -> dict[str, str]:
    by_tag = {tag.lower(): tag for tag in texts}
    for wanted in languages:
        tag = wanted.lower()
        while tag:
            for each in [tag, *by_tag]:
                if each in by_tag and (each == tag or each.startswith(f"{tag}-")):
                    return {by_tag[each]: texts[by_tag[each]]}
            tag = tag.rpartition("-")[0]
    first = next(iter(texts))
    return {first: texts[first]}


PART = st.sampled_from(["vi", "VI", "en", "Latn", "x", "a" * 30, "b" * 30])
TAG = st.lists(PART, min_size=1, max_size=4).map("-".join)


@given(st.dictionaries(TAG, st.text(max_size=1), min_size=1, max_size=6), st.lists(TAG, max_size=4))
def test_one_language_is_the_one_that_looking_at_each_finds(texts: dict[str, str], languages: list[str]) -> None:
    languages = [tag for tag in languages if len(tag) <= 64 or tag.lower() in map(str.lower, texts)]
    assert one_language(texts, languages) == by_looking_at_each(texts, languages)


def test_each_language_of_many_is_looked_at_once_however_many_are_asked_for() -> None:
    def look(size: int) -> int:
        texts = {f"en-x-a{number}": "" for number in range(size)}
        asked = [f"aa-x-b{number}" for number in range(size)]
        return calls(lambda: one_language(texts, asked))

    assert look(400) < 5 * look(100)
    # Of what is asked for no more than a tag can be long.
    assert look_long(4_000) == look_long(1_000)


def look_long(size: int) -> int:
    return calls(lambda: one_language({"vi": ""}, ["b" + "-b" * size]))
