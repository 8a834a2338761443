"""What is taken from a browser's statement, and what is not."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from adapter_tests.saying import CHILD, CHOICE, GAPS, OTHER_CHILD, SUB_CONTENT, rules, said
from h5p_python_adapter.claims import Score
from h5p_python_adapter.records import LibraryId
from h5p_python_adapter.statements import (
    ACTIVITY,
    MAX_STATEMENT,
    REJECTIONS,
    VERBS,
    Accepted,
    Rejected,
    normalise,
)
from h5p_python_adapter.words import plain

RULES = rules()
D = Decimal


def taken(statement: Any, **changes: Any) -> Accepted:
    found = normalise(statement, rules(**changes) if changes else RULES)
    assert isinstance(found, Accepted), found
    return found


def code(statement: Any) -> str:
    found = normalise(statement, RULES)
    assert isinstance(found, Rejected), found
    assert found.code in REJECTIONS
    return found.code


# --- Verbs ------------------------------------------------------------------------------------------------------------


def test_every_verb_of_h5p_may_be_said_of_a_part() -> None:
    assert {verb for verb in VERBS if taken(said(verb, part=CHILD, score=(1, 1))).verb != verb} == set()


def test_the_whole_is_not_attended_attained_or_enrolled_in_by_a_package() -> None:
    for verb in ("attended", "experienced", "mastered", "registered", "imported"):
        assert code(said(verb)) == "verb_ours"


def test_voiding_and_what_is_on_no_list_are_refused() -> None:
    assert code(said("voided")) == "verb_refused"
    assert code(said("voided", part=CHILD)) == "verb_refused"
    assert code(said("http://adlnet.gov/expapi/verbs/Answered")) == "verb_unknown"
    assert code(said("https://evil.example/verbs/passed")) == "verb_unknown"
    assert code({"object": {"id": ACTIVITY}}) == "verb_missing"
    assert code({"verb": {"id": ["answered"]}, "object": {"id": ACTIVITY}}) == "verb_missing"


# --- Objects ----------------------------------------------------------------------------------------------------------


def test_the_whole_is_its_address_without_a_parent() -> None:
    found = taken(said("completed", score=(3, 4)))
    assert (found.part, found.finishes) == (None, True)


def test_a_part_is_known_from_the_package() -> None:
    found = taken(said("answered", part=CHILD, score=(1, 1)))
    assert found.part is not None
    assert (str(found.part.key), found.part.library) == (CHILD, "Bdhvs.TestQuestion")
    assert (found.name, found.finishes) == ("Câu về mật khẩu", False)


def test_a_part_may_be_named_by_the_extension_alone_and_in_capitals() -> None:
    statement = said("answered", part=CHILD)
    statement["object"]["id"] = ACTIVITY
    statement["object"]["definition"]["extensions"][SUB_CONTENT] = CHILD.upper()
    part = taken(statement).part
    assert part is not None and str(part.key) == CHILD


def test_foreign_objects_are_refused() -> None:
    assert code({**said(), "object": {"id": "https://elsewhere.example/activity"}}) == "object_foreign"
    assert code({**said(), "object": {"id": ACTIVITY + "/more"}}) == "object_foreign"
    assert code({**said(), "object": {"id": ["x"]}}) == "object_foreign"
    assert code(said(part="11111111-1111-4111-8111-111111111111")) == "part_unknown"
    assert code(said(part="")) == "part_unknown"
    for kind in ("StatementRef", "Agent", "Group", "SubStatement", None):
        assert code({**said(), "object": {"objectType": kind, "id": ACTIVITY}}) == "object_kind"


def test_a_child_without_an_id_never_speaks_for_the_whole() -> None:
    by_parent = taken(said("completed", parent=True, score=(1, 1)))
    by_library = taken(said("completed", library="Bdhvs.TestQuestion-1.0", score=(1, 1)))
    nameless = said("completed", score=(1, 1))
    del nameless["object"]["id"]
    for found in (by_parent, by_library, taken(nameless)):
        assert found.part is not None and not found.finishes
    assert taken(said("completed", library="Bdhvs.TestContainer-1.0")).part is None


def test_two_children_without_ids_are_told_apart_by_what_they_ask() -> None:
    first = taken(said(parent=True, definition=CHOICE)).part
    again = taken(said(parent=True, definition=CHOICE)).part
    other = taken(said(parent=True, definition=GAPS)).part
    assert first == again and first != other


# --- Scores -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claimed", "known", "kept"),
    [
        ((3, 4), None, Score(D("0.75"), D(3), D(4))),
        ((2, 3), None, Score(D("0.666666"), D(2), D(3))),
        # Divided and multiplied again it would be 0.99.
        ((1, 3), None, Score(D("0.333333"), D(1), D(3))),
        ((1, 9), D(9), Score(D("0.111111"), D(1), D(9))),
        ((1, 3), D(1), Score(D("0.333333"), D("0.33"), D(1))),
        ((999, 1), None, Score(D(1), D(1), D(1))),
        ((-5, 4), None, Score(D(0), D(0), D(4))),
        ((50, 100), D(10), Score(D("0.5"), D(5), D(10))),
        ((3, 4), D(10), Score(D("0.75"), D(3), D(4))),
        ((10**30, 10**30), None, Score(D(1), D(10000), D(10000))),
        ((1e308, 1e308), D(2), Score(D(1), D(2), D(2))),
        ((10**4000, 2), None, Score(D(1), D(2), D(2))),
        ((1, 0), None, None),
        ((1, -1), None, None),
        ((1, 1e-300), None, None),
        ((None, 4), None, None),
        ((True, 4), None, None),
        (("3", 4), None, None),
        (([3], 4), None, None),
        ((3, {"max": 4}), None, None),
        ((float("nan"), 4), None, None),
        ((3, float("inf")), None, None),
    ],
)
def test_a_score_is_within_what_the_package_gives(claimed: Any, known: Any, kept: Score | None) -> None:
    raw, top = claimed
    statement = {**said("completed"), "result": {"score": {"min": 0, "raw": raw, "max": top}}}
    found = taken(statement, max_score=known).score
    assert found == kept
    if found is not None and found.raw is not None and found.max is not None:
        assert 0 <= found.raw <= found.max


def test_a_share_alone_is_taken_within_0_and_1() -> None:
    def share(scaled: Any, known: Any = None) -> Any:
        return taken({**said("completed"), "result": {"score": {"scaled": scaled}}}, max_score=known).score

    assert share(0.5) == Score(D("0.5"))
    assert share(0.5, D(10)) == Score(D("0.5"), D(5), D(10))
    assert share(7) == Score(D(1))
    assert share(-1) == Score(D(0))
    assert share("1") is None


def test_only_what_finishes_brings_a_score() -> None:
    for verb in ("interacted", "progressed", "attempted", "scored"):
        found = taken(said(verb, score=(4, 4)))
        assert (found.score, found.finishes) == (None, False)


def test_what_only_shows_something_is_finished_by_saying_that_it_was_seen() -> None:
    seen = "http://activitystrea.ms/schema/1.0/consume"
    accordion = {"main": LibraryId("H5P.Accordion", 1, 0)}
    assert taken(said(seen, completion=True), **accordion).finishes
    # A part's is not the whole's, only true is true, and a type that has an end says so otherwise.
    assert not taken(said(seen, part=OTHER_CHILD, completion=True), **accordion).finishes
    for claimed in (False, 1, "true", None):
        assert not taken(said(seen, completion=claimed), **accordion).finishes
    assert not taken(said(seen, completion=True)).finishes
    assert taken(said(seen, score=(4, 4)), **accordion).score is None


# --- Words and responses ----------------------------------------------------------------------------------------------


def test_words_are_those_of_the_package_without_markup() -> None:
    found = taken(said(part=OTHER_CHILD, definition=CHOICE, response="0"))
    assert found.name == "Người lạ hỏi mã OTP. Làm gì?"
    assert found.interaction is not None
    assert found.interaction.components == (("choices", (("0", "Không đọc cho ai"), ("1", "Đọc cho họ"))),)
    assert taken(said(part=OTHER_CHILD, definition=GAPS)).name == "Ngân hàng gọi bằng số __________ trên thẻ."


def test_words_are_known_as_a_browser_joins_them() -> None:
    texts = {
        "text": "<p>Nước là H<sub>2</sub>O.</p>",
        "task": "Điền từ:",
        "gaps": "Mã <b>OTP</b> dùng *một* lần.",
        "sign": "∝\u0338",
    }
    part = {"library": "Bdhvs.TestQuestion 1.0", "subContentId": OTHER_CHILD, "params": texts}

    def name(text: str) -> str:
        definition = {"description": {"vi": text}}
        return taken(said(part=OTHER_CHILD, definition=definition), params={"items": [part]}).name

    assert name("Nước là H2O.") == "Nước là H2O."
    # H5P.Blanks gives its task and its texts as one.
    assert name("<p>Điền từ:</p><p>Mã OTP dùng __________ lần.</p>") == "Điền từ: Mã OTP dùng __________ lần."
    assert name("<p>Điền từ:</p><p>Lan 0912 345 678</p>") == ""
    assert name("<p>Điền từ:</p>" * 1000) == ""
    assert name("<p Nguyễn Thị Lan>\u0338") == ""


@pytest.mark.parametrize(
    "text",
    [
        "Nguyễn Thị Lan, 0912 345 678",
        "mật khẩu của Lan",
        "<script>alert(1)</script>",
        "&lt;img src=x onerror=alert(1)&gt;",
        "mã OT",  # a piece of a word is none
        "\ud800",
        "\x00",
        "<" * 5000,
    ],
)
def test_words_that_the_package_does_not_have_are_left_out(text: str) -> None:
    found = taken(said(part=OTHER_CHILD, definition={**CHOICE, "name": {"vi": text}, "description": {"vi": text}}))
    assert found.name == ""


@pytest.mark.parametrize(
    ("kind", "components", "response"),
    [
        ("choice", ["0", "1"], "0[,]1"),
        ("sequencing", ["0", "1", "2"], "2[,]0[,]1"),
        ("true-false", [], "true"),
        ("choice", [], "0"),
    ],
)
def test_chosen_ids_come_through(kind: str, components: list[str], response: str) -> None:
    definition = {"interactionType": kind, "choices": [{"id": one} for one in components]}
    found = taken(said(part=CHILD, definition=definition, response=response))
    assert (found.response, found.typed) == (response, "")


def test_matching_pairs_come_through() -> None:
    definition = {"interactionType": "matching", "source": [{"id": "0"}, {"id": "1"}], "target": [{"id": "0"}]}
    assert taken(said(part=CHILD, definition=definition, response="0[.]0[,]0[.]1")).response == "0[.]0[,]0[.]1"


@pytest.mark.parametrize(
    ("kind", "response"),
    [
        ("fill-in", "in"),
        ("long-fill-in", "Tôi tên là Lan."),
        ("other", "0"),
        ("numeric", "0912345678"),
        ("choice", "Lan"),
        ("choice", "0[,]7"),
        ("true-false", "yes"),
        (None, "0"),
        ("compound", "true"),
    ],
)
def test_what_may_have_been_typed_is_kept_apart(kind: Any, response: str) -> None:
    definition = {"interactionType": kind, "choices": [{"id": "0"}, {"id": "Lan"}]}
    found = taken(said(part=CHILD, definition=definition, response=response))
    assert (found.response, found.typed) == ("other", response)


def test_ids_are_indexes_uuids_or_of_the_package() -> None:
    ids = ["0", CHILD, "OTP", "Lan", "", "a b", 7, None, "99999"]
    definition = {"interactionType": "choice", "choices": [{"id": one} for one in ids]}
    interaction = taken(said(part=CHILD, definition=definition)).interaction
    assert interaction is not None
    assert [key for key, _text in interaction.components[0][1]] == ["0", CHILD, "OTP"]


def test_typed_words_can_be_stored_anywhere() -> None:
    definition = {"interactionType": "long-fill-in"}
    found = taken(said(part=CHILD, definition=definition, response="a\x00b\ud83d" + "ơ\u0309" + "x" * 20_000))
    assert found.typed.startswith("ab\ufffdở") and len(found.typed) == 10_000
    found.typed.encode()


def test_nothing_answered_is_said_as_such() -> None:
    assert taken(said(part=CHILD, definition=CHOICE, response="")).response == ""
    assert taken(said(part=CHILD, definition=CHOICE)).response is None
    assert taken(said(part=CHILD, definition=CHOICE, response=7)).response is None


@pytest.mark.parametrize(
    ("claimed", "kept"),
    [
        ("PT12.345S", timedelta(seconds=12, milliseconds=340)),
        ("PT1H2M3S", timedelta(hours=1, minutes=2, seconds=3)),
        ("P1DT1S", timedelta(hours=2)),
        ("PT999999999S", timedelta(hours=2)),
        ("PT", None),
        ("P1Y", None),
        ("PT-5S", None),
        ("PT1e5S", None),
        ("PT٣S", timedelta(seconds=3)),
        (5, None),
        ("P" * 100_0, None),
    ],
)
def test_a_duration_is_at_most_since_the_attempt_was_opened(claimed: Any, kept: timedelta | None) -> None:
    found = normalise(said(duration=claimed), RULES, longest=timedelta(hours=2))
    assert isinstance(found, Accepted) and found.duration == kept


def test_right_and_done_are_true_or_false_or_nothing() -> None:
    found = taken(said(success="true", completion=1))
    assert (found.success, found.completion) == (None, None)
    assert taken(said(success=False)).success is False


# --- Bytes ------------------------------------------------------------------------------------------------------------


def test_bytes_are_read_as_a_browser_writes_them() -> None:
    raw = json.dumps(said("completed", score=(3, 4)), ensure_ascii=False).encode()
    assert taken(raw) == taken(said("completed", score=(3, 4)))


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (b"", "not_json"),
        (b"\xff\xfe", "not_json"),
        (b"{'verb': 1}", "not_json"),
        (b"1" * 5000, "not_json"),
        (b'{"a": NaN}', "not_a_number"),
        (b'{"a": -Infinity}', "not_a_number"),
        (b'{"verb": {}, "verb": {}}', "duplicate_keys"),
        (b"[" * 21 + b"]" * 21, "too_deep"),
        (b"[" * 30_000, "too_deep"),
        (b'"' + b"x" * MAX_STATEMENT + b'"', "too_large"),
        (b"[]", "not_an_object"),
        (b"null", "not_an_object"),
        (b"1", "not_an_object"),
    ],
)
def test_other_bytes_are_refused(raw: bytes, wanted: str) -> None:
    assert code(raw) == wanted


def test_limits_hold_for_what_was_parsed_by_somebody_else() -> None:
    deep: Any = said()
    for _ in range(25):
        deep = {"x": deep}
    assert code(deep) == "too_deep"
    assert code({**said(), "extra": "ă" * (MAX_STATEMENT // 2)}) == "too_large"
    assert code({**said(), "extra": {1, 2}}) == "not_json"


def test_parts_without_a_uuid_have_a_key_that_stays() -> None:
    params = {
        "a": [{"library": "H5P.X 1.0", "subContentId": "odd \ud800"}, {"subContentId": "  "}, {"subContentId": 3}]
    }
    made = rules(params=params, main=LibraryId("H5P.Y", 1, 0))
    assert len(made.parts) == 1
    again = rules(params=params, main=LibraryId("H5P.Y", 1, 0))
    assert made.parts == again.parts


@pytest.mark.parametrize(
    ("claimed", "score", "mark", "kept"),
    [
        (True, None, None, None),
        (True, None, 80, None),
        (True, ("NaN", 1), None, None),
        (True, (0, 3), None, None),
        (True, (1, 3), None, True),
        (True, (1, 3), 80, False),
        (False, (3, 3), 80, True),
        (False, None, None, False),
        ("true", (3, 3), None, None),
    ],
)
def test_success_of_the_whole_has_the_points_that_make_it_so(
    claimed: Any, score: Any, mark: int | None, kept: bool | None
) -> None:
    for verb in ("completed", "answered", "passed"):
        found = normalise(said(verb, score=score, success=claimed), rules(), pass_percent=mark)
        assert isinstance(found, Accepted) and found.success is kept


@pytest.mark.parametrize("score", [None, (0, 3), ("NaN", 1)])
def test_a_part_is_passed_by_points_and_by_nothing_else(score: Any) -> None:
    assert normalise(said("passed", part=CHILD, score=score), rules()) == Rejected(
        "verdict_without_score", "result.score"
    )


@pytest.mark.parametrize("marks", ["\u0301\u0323", "\u0f73\u0f75"])
def test_of_very_many_marks_only_some_are_sorted(marks: str) -> None:
    text = f"a{marks * 10_000}b"
    assert len(plain(text)) <= 2 + 31
    assert len(plain("".join(f"&#{ord(char)};" for char in text))) <= 2 + 31
