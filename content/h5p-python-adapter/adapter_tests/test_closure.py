"""What content needs, in preload order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter_tests.having import Having, ident, made
from h5p_python_adapter.load_order import MissingLibrary, closure
from h5p_python_adapter.nesting import MAX_DEPTH, TooDeep, nested
from h5p_python_adapter.records import LibraryFacts


def order(
    main: str, params: Any, *libraries: tuple[LibraryFacts, dict[str, bytes]], named: tuple[str, ...] = ()
) -> str:
    found = closure(ident(main), params, Having(*libraries), named=map(ident, named))
    return " ".join(facts.id.machine_name for facts in found)


def test_what_is_needed_comes_before_what_needs_it_and_once() -> None:
    libraries = [made("Main", needs=["A", "B"]), made("A", needs=["C"]), made("B", needs=["C", "A"]), made("C")]
    assert order("Main", {}, *libraries) == "C A B Main"


def test_libraries_in_content_come_before_the_one_that_holds_them_inner_ones_first() -> None:
    params = {
        "parts": [
            {"library": "Outer 1.0", "params": {"one": {"library": "Inner 1.0", "params": {"x": 1}}}},
            {"library": "Other 1.0", "params": {}},
        ]
    }
    libraries = [
        made("Main", needs=["Base"]),
        made("Outer", needs=["Base"]),
        made("Inner"),
        made("Other"),
        made("Base"),
    ]
    assert order("Main", params, *libraries) == "Inner Base Outer Other Main"


def test_a_cycle_is_cut_where_it_closes() -> None:
    assert order("A", {}, made("A", needs=["B"]), made("B", needs=["C"]), made("C", needs=["A"])) == "C B A"
    assert order("A", {}, made("A", needs=["A"])) == "A"


def test_all_that_is_missing_is_named_at_once() -> None:
    libraries = [made("Main", needs=["Gone 2.3", "A"]), made("A", needs=["Lost"])]
    params = {"x": {"library": "Never 1.4", "params": {"text": "…"}}}
    with pytest.raises(MissingLibrary) as caught:
        order("Main", params, *libraries)
    assert [str(id) for id in caught.value.ids] == ["Gone 2.3", "Lost 1.0", "Never 1.4"]


def test_a_main_library_that_is_missing_is_named() -> None:
    with pytest.raises(MissingLibrary, match=r"missing: Main 1\.0"):
        order("Main", {})


def test_one_version_of_a_machine_name_is_loaded_the_first_that_is_met() -> None:
    libraries = [made("Main", needs=["A", "Q 1.5"]), made("A", needs=["Q 1.4"]), made("Q 1.4"), made("Q 1.5")]
    found = closure(ident("Main"), {}, Having(*libraries))
    assert [str(facts.id) for facts in found] == ["Q 1.4", "A 1.0", "Main 1.0"]


def test_another_version_plays_what_content_names_in_one_that_is_gone() -> None:
    params = {"picture": {"library": "Image 1.0", "params": {"alt": "…"}}}
    assert order("Main", params, made("Main", needs=["Image 1.1"]), made("Image 1.1")) == "Image Main"


def test_a_place_left_empty_needs_nothing() -> None:
    assert order("Main", {"media": {"library": "Video 1.6", "params": {}}}, made("Main")) == "Main"
    assert order("Main", {"media": {"library": "Video 1.6"}}, made("Main")) == "Main"


@pytest.mark.parametrize(
    "text", ["H5P.Image", "H5P.Image-1.1", "no library 1", "", "H5P.Image 1.1 ", 7, None, ["A 1.0"]]
)
def test_what_names_no_library_is_none(text: object) -> None:
    assert list(nested({"library": text, "params": {"x": 1}})) == []


def test_dynamic_dependencies_are_loaded_when_the_content_uses_them_and_editors_never() -> None:
    libraries = [made("Main", dynamic=["D", "Unused"], editor=["Editor"]), made("D"), made("Unused"), made("Editor")]
    assert order("Main", {"x": {"library": "D 1.0", "params": {"y": 1}}}, *libraries) == "D Main"


def test_an_add_on_that_h5p_json_names_comes_last_and_another_name_there_adds_nothing() -> None:
    add_on = made("Maths", needs=["Fonts"], metadata={"addTo": {"content": {"types": [{"text": {"regex": "/x/"}}]}}})
    libraries = [made("Main"), add_on, made("Fonts"), made("Old")]
    assert order("Main", {}, *libraries, named=("Old", "Maths", "Gone")) == "Main Fonts Maths"
    assert order("Main", {}, *libraries) == "Main"


def test_pieces_carry_their_sub_content_ids() -> None:
    params = {
        "a": [{"library": "A 1.0", "params": {"b": {"library": "B 1.2", "subContentId": "two"}}, "subContentId": "one"}]
    }
    assert [(str(piece.id), piece.sub_content_id, piece.params is None) for piece in nested(params)] == [
        ("B 1.2", "two", True),
        ("A 1.0", "one", False),
    ]


def test_a_long_chain_and_deep_params_need_no_stack() -> None:
    chain = [made(f"L{n}", needs=[f"L{n + 1}"] if n < 3_000 else []) for n in range(3_001)]
    assert len(closure(ident("L0"), {}, Having(*chain))) == 3_001
    deep: Any = {}
    for _ in range(MAX_DEPTH + 1):
        deep = [deep]
    with pytest.raises(TooDeep):
        list(nested(deep))
    assert list(nested(deep[0])) == []


def core(main: str, params: Any, having: Having) -> list[str]:
    """H5P core's own way, written down again from its rules: a table of preloaded libraries by machine name, weights
    given after the recursion, order by weight."""
    table: dict[str, list[Any]] = {}
    weight = 1

    def find(facts: LibraryFacts) -> None:
        nonlocal weight
        for need in facts.preloaded:
            if need.machine_name not in table:
                table[need.machine_name] = [having.library(need), None]
                find(table[need.machine_name][0])
                table[need.machine_name][1] = weight
                weight += 1

    def content(name: str, params: Any) -> None:
        nonlocal weight
        for piece in params:
            content(piece["library"], piece["params"])
        facts = having.library(ident(name))
        if facts.id.machine_name not in table:
            table[facts.id.machine_name] = [facts, None]
            find(facts)
            table[facts.id.machine_name][1] = weight
            weight += 1

    content(main, params)
    return [facts.id.machine_name for facts, _weight in sorted(table.values(), key=lambda row: row[1])]


NAMES = "ABCDEFG"
GRAPHS = st.fixed_dictionaries({name: st.lists(st.sampled_from(NAMES), max_size=4, unique=True) for name in NAMES})
CONTENT = st.recursive(
    st.just([]),
    lambda inner: st.lists(
        st.builds(lambda name, params: {"library": f"{name} 1.0", "params": params}, st.sampled_from(NAMES), inner),
        max_size=3,
    ),
    max_leaves=6,
)


@given(graph=GRAPHS, params=CONTENT)
def test_the_order_is_that_of_h5p_core(graph: dict[str, list[str]], params: list[Any]) -> None:
    having = Having(*(made(name, needs=needs) for name, needs in graph.items()))
    found = closure(ident("A"), {"parts": params}, having)
    assert [facts.id.machine_name for facts in found] == core("A", params, having)
