from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_xapi.statements.ids import statement_id

SPACE = UUID("0b0b7c7e-6a0e-4c5e-9d62-0a2f1b8f3a11")
PARTS = st.lists(st.text(), min_size=1, max_size=5)


def test_golden() -> None:
    """Ids in existing ledgers depend on this value: it must never change."""
    assert statement_id(SPACE, "attempt", "passed", "1") == UUID("ced78b1f-0c62-588c-bee1-52d1bfd0c722")


KEY = bytes(range(32))


def test_golden_with_a_key() -> None:
    assert statement_id(SPACE, "attempt", "passed", "1", key=KEY) == UUID("327b189a-9f6b-5a54-9edc-b438c01bc044")


@given(PARTS, PARTS, st.binary(min_size=16, max_size=40), st.binary(min_size=16, max_size=40))
def test_with_a_key_equal_only_for_equal_parts_and_keys(
    one: list[str], other: list[str], first: bytes, second: bytes
) -> None:
    same = one == other and first.ljust(64, b"\0") == second.ljust(64, b"\0")
    made = statement_id(SPACE, *one, key=first)
    assert (made == statement_id(SPACE, *other, key=second)) is same
    assert made.version == 5
    assert made != statement_id(SPACE, *one)


def test_a_key_that_could_be_found_by_trying_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 16"):
        statement_id(SPACE, "a", key=b"short")


@given(PARTS, PARTS)
def test_equal_only_for_equal_parts(one: list[str], other: list[str]) -> None:
    assert (statement_id(SPACE, *one) == statement_id(SPACE, *other)) is (one == other)


@given(PARTS)
def test_version_5(parts: list[str]) -> None:
    assert statement_id(SPACE, *parts).version == 5


def test_bounds_between_parts_count() -> None:
    assert len({statement_id(SPACE, *parts) for parts in [("a", "bc"), ("ab", "c"), ("abc",), ("1:a", "bc")]}) == 4


@pytest.mark.parametrize("parts", [(None,), (1,), ("a", SPACE)])
def test_only_text(parts: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError, match="parts are text"):
        statement_id(SPACE, *parts)


def test_no_parts() -> None:
    with pytest.raises(ValueError, match="at least one"):
        statement_id(SPACE)
