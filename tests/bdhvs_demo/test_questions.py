"""The demonstration's questions: nothing but knowing it tells the right answer, and people may write as they do."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from bdhvs_demo.questions import question, samples
from bdhvs_lms.plugins.api import question_types
from bdhvs_quiz import types
from bdhvs_quiz.folding import Folding
from bdhvs_quiz.models import Question
from tests.bdhvs_demo.written import FILES, activities


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def course(request: pytest.FixtureRequest) -> dict[str, Any]:
    return dict(json.loads(request.param.read_text(encoding="utf-8")))


def test_prompts_leave_it_to_the_page_to_say_how_to_answer(course: dict[str, Any]) -> None:
    for quiz in activities(course, "quiz"):
        for asked in quiz["questions"]:
            assert not re.search(r"chọn (tất cả|một|các)|đúng hay sai", asked["prompt"], re.IGNORECASE), asked["key"]


def test_an_explanation_says_first_whether_the_sentence_is_true(course: dict[str, Any]) -> None:
    for quiz in activities(course, "quiz"):
        for asked in quiz["questions"]:
            if asked["type"] == "true_false":
                verdict = "Câu này đúng." if asked["answer"] else "Câu này sai."
                assert asked["explanation"].startswith(verdict), asked["key"]


def test_options_mean_the_same_in_any_order(course: dict[str, Any]) -> None:
    for quiz in activities(course, "quiz"):
        for asked in quiz["questions"]:
            for option in asked.get("options", ()):
                others = r"\b(cả hai|cả ba|cả bốn|tất cả các (ý|câu)|các (ý|câu) trên|(ý|câu) (trên|khác)|ý nào)\b"
                assert not re.search(others, option["text"], re.IGNORECASE), option["text"]


def test_neither_the_longest_nor_the_shortest_option_gives_the_right_one_away() -> None:
    """Whoever picks by length alone is right in at most two of five, as by chance."""
    lengths: dict[str, list[tuple[float, float]]] = {"check": [], "single_choice": []}
    for path in FILES:
        course = json.loads(path.read_text(encoding="utf-8"))
        checks = [value for lesson in activities(course, "lesson") for kind, value in lesson["body"] if kind == "check"]
        single = [
            asked
            for quiz in activities(course, "quiz")
            for asked in quiz["questions"]
            if asked["type"] == "single_choice"
        ]
        for kind, asked in [("check", row) for row in checks] + [("single_choice", row) for row in single]:
            long = [len(option["text"]) for option in asked["options"]]
            right = next(len(option["text"]) for option in asked["options"] if option["right"])
            # Of several that are equally long, one is picked by chance.
            lengths[kind].append(tuple((right == end) / long.count(end) for end in (max(long), min(long))))
    for kind, picked in lengths.items():
        assert len(picked) > 20, kind
        for end in zip(*picked, strict=True):
            assert sum(end) / len(picked) <= 0.4, (kind, end)


def asked_for(key: str) -> tuple[str, dict[str, Any]]:
    """(course/quiz/key, question) of the demonstration's question of that key."""
    for path in FILES:
        course = json.loads(path.read_text(encoding="utf-8"))
        for quiz in activities(course, "quiz"):
            for asked in quiz["questions"]:
                if asked["key"] == key:
                    return f"{course['key']}/{quiz['key']}/{key}", asked
    raise AssertionError(key)


RIGHT = {
    "dia-chi-cong": ["dichvucong.gov.vn", " DichVuCong.gov.vn ", "http://dichvucong.gov.vn", "https://dichvucong.gov.vn/",
                     "dichvucong.gov.vn/", "http://www.dichvucong.gov.vn/", "www.dichvucong.gov.vn"],
    "chay-goi-so-nao": ["114", "1 1 4", "một một bốn", "gọi số 114", "Gọi số một một bốn.", "so 114"],
    "so-cong-an": ["113", "gọi số 113", "một một ba", "goi 113"],
}  # fmt: skip
WRONG = {
    "dia-chi-cong": ["dich-vu-cong.gov.vn", "dichvucong-gov.vn", "dichvuconggov.vn", "dichvucong.com.vn",
                     "dịchvucong.gov.vn", "dichvucong.gov.vn.com", "dichvucong.gov", "dichvucogn.gov.vn"],
    "chay-goi-so-nao": ["113", "một một ba", "1144"],
    "so-cong-an": ["114", "gọi công an"],
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("key", RIGHT)
def test_short_answers_are_taken_as_people_write_them_and_a_false_address_is_not(key: str) -> None:
    name, asked = asked_for(key)
    made = question(asked, name, by=None)
    assert made.problems() == []
    kind = question_types.get(made.type_key)
    assert kind is not None
    shown, hidden = kind.compile(made)
    for typed in RIGHT[key] + WRONG[key]:
        given = kind.parse(shown, [typed])
        assert kind.grade(shown, hidden, given).correct is (typed in RIGHT[key]), typed


def test_what_makes_no_difference_can_be_said_for_each_question() -> None:
    _name, asked = asked_for("dia-chi-cong")
    assert (asked["ignore_spacing"], asked["ignore_diacritics"]) == (False, False)
    assert Folding()("dich-vu-cong.gov.vn") == Folding()("dichvucong.gov.vn"), "without it, the false one is right"


@pytest.mark.django_db
def test_the_bank_of_the_demonstration_has_a_question_of_every_type() -> None:
    """A type that no course asks is there with the sample from its folder; of the others nothing is added."""
    courses = [json.loads(path.read_text(encoding="utf-8")) for path in FILES]
    asked = {one["type"] for course in courses for quiz in activities(course, "quiz") for one in quiz["questions"]}
    assert {made.kind.split(".")[1] for made in samples(courses, by=None)} == set(types.names()) - asked
    made = samples([], by=None)
    assert [one.kind for one in made] == [f"bdhvs_quiz.{name}" for name in types.names()]
    assert Question.objects.filter(live=True).count() == len(made)
    assert [one.problems() for one in made] == [[]] * len(made)
    assert samples([], by=None) == made, "what is there already is kept"
