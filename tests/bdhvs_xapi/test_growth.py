"""What is checked and answered costs what it is long, whatever it is: nothing in it is gone through once for each part.

Counted are calls of functions and bytes of memory, for something and for four times as much of it.
"""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from bdhvs_xapi.statements.errors import InvalidStatement
from bdhvs_xapi.statements.validate import encode, parse
from bdhvs_xapi.statements.versions import Version
from tests.bdhvs_xapi.lrs.support import HOME, statement


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
