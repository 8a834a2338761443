"""How many points a package gives, where that can be told; nothing where it cannot."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from h5p_python_adapter.points import MOST, points_of
from h5p_python_adapter.records import LibraryId


def points(name: str, params: Any) -> int | None:
    library = LibraryId.parsed(name)
    assert library is not None
    found = points_of(library, params)
    return None if found is None else int(found)


def choice(*right: bool, **behaviour: Any) -> dict[str, Any]:
    return {"answers": [{"text": "x", "correct": one} for one in right], "behaviour": behaviour}


def question_set(*questions: tuple[str, Any]) -> dict[str, Any]:
    return {"questions": [{"library": name, "params": params} for name, params in questions]}


@pytest.mark.parametrize(
    ("name", "params", "wanted"),
    [
        ("H5P.TrueFalse 1.8", {"correct": "true"}, 1),
        ("H5P.MultiChoice 1.16", choice(True, False), 1),
        ("H5P.MultiChoice 1.16", choice(True, True, False, type="auto"), 2),
        ("H5P.MultiChoice 1.16", choice(True, True, type="single"), 1),
        ("H5P.MultiChoice 1.16", choice(True, True, singlePoint=True), 1),
        ("H5P.MultiChoice 1.16", choice(False, False), 1),
        ("H5P.MultiChoice 1.16", {"answers": [{"correct": True, "weight": 5}]}, None),
        ("H5P.MultiChoice 2.0", choice(True), None),
        ("H5P.SingleChoiceSet 1.11", {"choices": [{"answers": ["a", "b"]}, {"answers": []}, None]}, 1),
        ("H5P.SingleChoiceSet 1.11", {}, None),
        (
            "H5P.QuestionSet 1.20",
            question_set(("H5P.TrueFalse 1.8", {}), ("H5P.MultiChoice 1.16", choice(True, True))),
            3,
        ),
        ("H5P.QuestionSet 1.20", question_set(("H5P.TrueFalse 1.8", {}), ("H5P.Blanks 1.14", {})), None),
        ("H5P.QuestionSet 1.20", {"questions": [None]}, None),
        ("H5P.QuestionSet 1.20", {}, None),
        ("H5P.Blanks 1.14", {"questions": ["*x*"]}, None),
        ("H5P.SingleChoiceSet 1.11", {"choices": [{"answers": ["a"]}] * (MOST + 1)}, None),
    ],
)
def test_points_follow_from_the_content(name: str, params: Any, wanted: int | None) -> None:
    assert points(name, params) == wanted


def test_a_set_within_sets_is_followed_so_far() -> None:
    params: Any = question_set(("H5P.TrueFalse 1.8", {}))
    for _ in range(3):
        params = question_set(("H5P.QuestionSet 1.20", params))
    assert points("H5P.QuestionSet 1.20", params) == 1
    for _ in range(10):
        params = question_set(("H5P.QuestionSet 1.20", params))
    assert points("H5P.QuestionSet 1.20", params) is None


_TREE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["answers", "questions", "choices", "behaviour", "correct", "library"]), inner
        )
    ),
)


@given(st.sampled_from(["H5P.MultiChoice 1.16", "H5P.QuestionSet 1.20", "H5P.SingleChoiceSet 1.11"]), _TREE)
def test_any_content_has_points_or_none(name: str, params: Any) -> None:
    found = points(name, params)
    assert found is None or 0 < found <= MOST
