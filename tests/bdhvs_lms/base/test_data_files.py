"""What a file of data may not hold is said with its place and in words, whatever it is."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct

from bdhvs_lms.base.api import Misfit, fit, read_json
from bdhvs_lms.campaign import api as campaign
from bdhvs_lms.campaign.area_files import AreaData, parse_areas
from bdhvs_lms.campaign.files import read
from bdhvs_lms.campaign.target_files import TargetData, parse_targets
from tests.support.loops import for_each
from tests.support.spoiling import PUT, spoiled


class Inner(Struct):
    name: Annotated[str, Meta(pattern=r"\S", max_length=5)]
    number: int | float = 0
    age: Annotated[int, Meta(ge=1, le=9)] | None = None


class Outer(Struct):
    inner: Inner
    rows: list[Inner] = []
    some: Annotated[list[str], Meta(min_length=1)] | None = None
    kind: Literal["a", "b"] = "a"
    day: date | None = None
    flag: bool = False


GOOD = {"inner": {"name": "x"}}


@for_each(
    ("value", "said"),
    [
        ([], "(whole file): must be an object, not a list"),
        ({}, "inner: is missing"),
        ({"inner": {}}, "inner.name: is missing"),
        ({"inner": {"name": 7}}, "inner.name: must be a text, not a whole number"),
        ({"inner": {"name": None}}, "inner.name: must be a text, not nothing"),
        ({"inner": {"name": " "}}, "inner.name: is empty"),
        ({"inner": {"name": "123456"}}, "inner.name: is longer than 5 characters"),
        ({"inner": {"name": "x", "number": True}}, "inner.number: must be a number, not true or false"),
        ({"inner": {"name": "x", "age": 0}}, "inner.age: must be at least 1"),
        ({"inner": {"name": "x", "age": 10}}, "inner.age: must be at most 9"),
        ({**GOOD, "rows": {}}, "rows: must be a list, not an object"),
        ({**GOOD, "rows": [{"name": "x"}, {}]}, "rows[1].name: is missing"),
        ({**GOOD, "some": []}, "some: is an empty list"),
        ({**GOOD, "kind": "c"}, "kind: cannot be 'c'"),
        ({**GOOD, "day": "31/12/2025"}, "day: must be a day like 2025-12-31"),
        ({**GOOD, "day": 5}, "day: must be a day like 2025-12-31, not a whole number"),
        ({**GOOD, "flag": "no"}, "flag: must be true or false, not a text"),
    ],
)
def test_the_place_comes_first_and_the_problem_is_in_words(value: Any, said: str) -> None:
    with pytest.raises(Misfit) as refused:
        fit(value, Outer)
    assert str(refused.value) == said


def test_a_place_goes_on_from_where_the_value_stands() -> None:
    with pytest.raises(Misfit) as refused:
        fit({}, Inner, "groups.adult")
    assert (refused.value.place, refused.value.problem) == ("groups.adult.name", "is missing")


@pytest.mark.parametrize(("content", "said"), [(b"{", "is no JSON"), (b'{"inner": "\xff"}', "is not UTF-8")])
def test_what_is_no_json_is_said(content: bytes, said: str, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_bytes(content)
    with pytest.raises(Misfit, match=said):
        read_json(file, Outer)


FILES = {
    path.name: (json.loads(path.read_text(encoding="utf-8")), schema, parse)
    for path, schema, parse in (
        (campaign.AREAS_FILE, AreaData, parse_areas),
        (campaign.TARGETS_FILE, TargetData, parse_targets),
    )
}


@given(st.sampled_from(sorted(FILES)), st.randoms(use_true_random=False), PUT)
def test_whatever_is_changed_in_the_campaigns_files_they_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, name: str, chance: Any, value: Any
) -> None:
    data, schema, parse = FILES[name]
    file = tmp_path_factory.getbasetemp() / name
    file.write_text(json.dumps(spoiled(data, chance, value), ensure_ascii=False), encoding="utf-8")
    try:
        parse(name, read(file, schema))
    except campaign.CampaignFileError as error:
        assert error.file == name and error.path and error.problem
