"""A broken framework file is refused whole, with the place in it; a good one may be loaded again without harm."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_lms.competency.framework_files import FrameworkError, read_framework
from bdhvs_lms.competency.loading import load_framework, packaged
from bdhvs_lms.competency.models import Competency, Framework
from tests.support.loops import for_each
from tests.support.spoiling import PUT, spoiled

AT = datetime(2025, 9, 1, tzinfo=UTC)
FILES = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in packaged()}
GOOD: dict[str, Any] = {
    "id": "mine-2025",
    "title_vi": "Khung của tôi",
    "levels": [{"level": 1, "label_vi": "Một"}],
    "domains": [{"code": "A", "label_vi": "Miền", "competencies": [{"code": "A1", "label_vi": "Năng lực"}]}],
    "default_pass_rules": {"rules": [{"group": "adult", "year": 2025, "all_of": ["A1"], "level": 1}]},
}


def put(*path: Any, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        inner: Any = data
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = value

    return change


def without(*path: Any) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        inner: Any = data
        for step in path[:-1]:
            inner = inner[step]
        del inner[path[-1]]

    return change


FIRST = ("domains", 0, "competencies", 0)
RULE = ("default_pass_rules", "rules", 0)


@for_each(
    ("change", "place"),
    [
        (without("id"), "id: is missing"),
        (put("id", value="có dấu"), "id: "),
        (put("title_vi", value=""), "title_vi: "),
        (put("title_vi", value=" "), "title_vi: is empty"),
        (put("title_vi", value="x" * 301), "title_vi: "),
        (put("title_en", value=None), "title_en: "),
        (put("issued", value="24/01/2025"), "issued: "),
        (put("levels", value={"1": "Một"}), "levels: "),
        (put("levels", 0, value={"label_vi": "Một"}), "levels[0]: has neither"),
        (put("levels", 0, "level", value="1"), "levels[0].level: "),
        (put("levels", 0, "level", value=True), "levels[0].level: "),
        (put("levels", 0, "label_vi", value=""), "levels[0].label_vi: is missing"),
        (put("levels", value=[{"level": 1, "label_vi": "Một"}, {"tier": 1, "label_vi": "Hai"}]), "levels: 1 more than"),
        (put("domains", 0, value="A"), "domains[0]: "),
        (without("domains", 0, "code"), "domains[0].code: is missing"),
        (without(*FIRST, "label_vi"), "domains[0].competencies[0].label_vi: is missing"),
        (put(*FIRST, "code", value="A" * 21), "domains[0].competencies[0].code: "),
        (put(*FIRST, "dlgf", value="1.1"), "domains[0].competencies[0].dlgf: "),
        (
            put("domains", 0, "competencies", value=[{"code": "A1", "label_vi": "Một"}] * 2),
            "competencies: A1 more than",
        ),
        (put("sources", value=[{"fact": "x"}]), "sources[0].url: is missing"),
        (put("annexes", value=[{"label_vi": "x"}]), "annexes[0].code: is missing"),
        (put(*RULE, "all_of", value=["A1", "Z9"]), "default_pass_rules.rules[0].all_of: no competency Z9"),
        (put(*RULE, "level", value=7), "default_pass_rules.rules[0].level: no level 7"),
        (put(*RULE, "year", value=99_999), "default_pass_rules.rules[0].year: "),
        (put(*RULE, "group", value="nobody"), "default_pass_rules.rules[0].group: no group 'nobody'"),
    ],
)
@pytest.mark.django_db
def test_the_place_of_what_is_wrong_is_said_and_nothing_is_written(
    change: Callable[[dict[str, Any]], None], place: str
) -> None:
    data = deepcopy(GOOD)
    change(data)
    with pytest.raises(FrameworkError) as refused:
        load_framework(data, at=AT)
    assert str(refused.value).startswith(place)
    assert not Framework.objects.exists()


@pytest.mark.parametrize("content", [b"", b"[]", b'{"id": "x"', b"\xff\xfe", b'"text"', b'{"id": "\xc3"}'])
def test_what_is_no_framework_at_all(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "framework-x.json"
    file.write_bytes(content)
    with pytest.raises(FrameworkError):
        read_framework(file)


@given(st.sampled_from(sorted(FILES)), st.randoms(use_true_random=False), PUT)
def test_whatever_is_changed_a_file_is_read_or_refused(name: str, chance: Any, value: Any) -> None:
    try:
        read_framework(spoiled(FILES[name], chance, value))
    except FrameworkError as error:
        assert str(error).partition(": ")[1:] != ("", "")


@pytest.mark.django_db
def test_what_was_not_found_may_be_null() -> None:
    data = deepcopy(GOOD) | dict.fromkeys(("issued", "scope", "source_vi", "caveat", "why_vi"))
    nothing = ("label_vi_variants", "phrase_of", "dlgf", "closeMatch_tt02")
    data["domains"][0]["competencies"][0] |= dict.fromkeys(nothing)
    data["levels"][0] |= dict.fromkeys(("tier", "label_en", "level_vi"))
    load_framework(data | {"default_pass_rules": {}}, at=AT)
    competency = Competency.objects.get()
    assert (competency.variants_vi, competency.phrase_of, competency.close_to) == ([], [], [])
    assert (competency.framework.caveat, competency.framework.caveat_vi) == ("", "")


@pytest.mark.django_db
def test_loading_again_changes_nothing() -> None:
    data = {**deepcopy(GOOD), "default_pass_rules": {}}
    for _ in range(2):
        load_framework(data, at=AT)
    assert Competency.objects.values_list("framework__key", "code").get() == ("mine-2025", "A1")
