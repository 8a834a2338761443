"""The demonstration's courses as data: only what was checked is taught, in plain words, in the loader's shape."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import bdhvs_lms.competency
from bdhvs_quiz.types.short_text.sample import FOLDING
from tests.bdhvs_demo.written import DEMO, FACTS, FILES, activities, strings

FRAMEWORKS = Path(bdhvs_lms.competency.__file__).parent / "data"
TITLES = {
    "Bước đầu dùng điện thoại thông minh",
    "Dịch vụ công trực tuyến và VNeID",
    "An toàn trên mạng, nhận biết lừa đảo",
}
TAGS = {"h2", "h3", "p", "b", "i", "ul", "ol", "li"}
TYPES = ("single_choice", "multiple_choice", "true_false", "short_text")
PICTURE_BYTES = 6 * 1024

# What the list of facts says not to teach, or only after somebody has tried it; then units and papers that are gone.
FORBIDDEN = (
    "18001096",
    "canhbao.khonggianmang.vn",
    "dichvucong.bocongan.gov.vn",
    "quantridvc4",
    "vneid.gov.vn",
    "1900.0368",
    "19000368",
    "19001009",
    "024.1022",
    "ntrust",
    "chongluadao",
    "tttb",
    "18.900 tỷ",
    "200.000 đồng",
    "+375",
    "+255",
    "không bao giờ gọi điện",
    "số khẩn cấp chung",
    "sổ sức khỏe điện tử",
    "công an huyện",
    "công an quận",
    "ubnd huyện",
    "ubnd quận",
    "ủy ban nhân dân huyện",
    "ủy ban nhân dân quận",
    "bảo hiểm xã hội huyện",
    "bộ thông tin và truyền thông",
    "cục an toàn thông tin",
    "sở tư pháp",
    "sở giao thông",
    "63 tỉnh",
    "cmnd",
    "chứng minh nhân dân",
    "sổ hộ khẩu",
)
FORBIDDEN_NUMBERS = re.compile(r"(?<![\d.])(156|5656|1414)(?![\d.])")
# No pronoun for the reader; a Vietnamese word exists for each of the others.
PRONOUN = re.compile(r"(?<!kết )(?<!người )\bbạn\b(?! bè| thân| hàng| học)|\bquý vị\b", re.IGNORECASE)
ENGLISH = re.compile(r"\b(links?|click|online|offline|smartphone|password|download|files?|apps|user|website)\b", re.I)


def pictures(lesson: dict[str, Any]) -> list[tuple[str, str]]:
    """(file, words that stand for it) of every picture of a lesson."""
    found = []
    for kind, value in lesson["body"]:
        if kind == "picture":
            found.append((value["picture"], value["alt"]))
        elif kind == "steps":
            found += [(step["picture"], step["alt"]) for step in value["steps"] if step["picture"]]
    return found


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def course(request: pytest.FixtureRequest) -> dict[str, Any]:
    return dict(json.loads(request.param.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def competencies() -> dict[str, tuple[set[str], set[int]]]:
    """Framework to (codes, levels), from the packaged files."""
    known = {}
    for path in FRAMEWORKS.glob("framework-*.json"):
        data = json.loads(path.read_text(encoding="utf-8"))
        codes = {row["code"] for domain in data.get("domains", ()) for row in domain.get("competencies", ())}
        known[data["id"]] = (codes, {row.get("level", row.get("tier")) for row in data.get("levels", ())})
    return known


def test_there_are_the_three_courses() -> None:
    assert {json.loads(path.read_text(encoding="utf-8"))["title"] for path in FILES} == TITLES


def test_lessons_and_quizzes_state_only_what_may_be_taught(course: dict[str, Any]) -> None:
    assert len(activities(course, "lesson")) >= 4
    for activity in activities(course, "lesson") + activities(course, "quiz") + activities(course, "task"):
        marks = {fact: FACTS[fact]["mark"] for fact in activity["facts"]}
        assert marks and set(marks.values()) <= {"DẠY"}, (activity["title"], marks)
        assert date.fromisoformat(activity["checked_on"]) >= date(2026, 11, 24), activity["title"]


def test_quizzes_ask_what_the_lessons_of_their_course_state(course: dict[str, Any]) -> None:
    taught = {fact for lesson in activities(course, "lesson") for fact in lesson["facts"]}
    for quiz in activities(course, "quiz"):
        assert set(quiz["facts"]) <= taught, (quiz["title"], set(quiz["facts"]) - taught)


# What cannot be advice: days, sums, short telephone numbers and addresses.
STATED = re.compile(
    r"\b\d\d/\d\d/\d{4}\b|\b\d[\d.]* (?:triệu )?đồng\b|(?<![\d.])11\d(?![\d.])|\b\w+\.gov\.vn\b"
    r"|\b\d+ (?:xã|hình thức|chữ số|tuổi)\b"
)


def stated(activity: dict[str, Any]) -> Iterator[str]:
    """What an activity says as itself: not the made-up stories that are asked about, nor what is wrong in them."""
    told = {"prompt", "question", "accepted"}

    def inner(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            if value.get("right") is False:
                yield from inner(value.get("feedback", ""))
            else:
                yield from inner([part for name, part in value.items() if name not in told])
        elif isinstance(value, list):
            for part in value:
                yield from inner(part)
        elif isinstance(value, str):
            yield value

    yield from inner(activity.get("body", activity.get("questions", activity.get("steps"))))


def plain_days(text: str) -> str:
    """01/07/2024 as 1/7/2024."""
    return re.sub(r"\b0(\d)/", r"\1/", text)


def test_every_day_sum_number_and_address_stands_in_a_fact_that_is_named(course: dict[str, Any]) -> None:
    found = 0
    for activity in activities(course, "lesson") + activities(course, "quiz") + activities(course, "task"):
        facts = plain_days(" ".join(FACTS[fact]["fact"] for fact in activity["facts"]))
        for string in stated(activity):
            for number in STATED.findall(string):
                found += 1
                assert plain_days(number).removesuffix(" đồng") in facts, (activity["title"], number)
    assert found > 5


# Words that a beginner does not know, and how each course says them where they first stand.
EXPLAINED = {
    "vneid": "chứng minh",
    "đường dẫn": "dòng chữ bấm vào",
    "otp": "dùng một lần",
    "mã qr": "hình vuông",
    "mức 2": "đến công an",
    "sinh trắc học": "khuôn mặt",
    "nfc": "bộ phận đọc thẻ",
    "passcode": "6 chữ số",
}


def test_hard_words_are_explained_in_the_lesson_where_they_first_stand(course: dict[str, Any]) -> None:
    for word, meaning in EXPLAINED.items():
        for activity in activities(course, "lesson") + activities(course, "quiz"):
            said = " ".join(strings(activity)).lower()
            if word in said:
                assert activity["type"] == "lesson" and meaning in said, (activity["title"], word)
                break


def test_one_thing_has_one_name(course: dict[str, Any]) -> None:
    for string in strings(course):
        # “Tắt máy” is both hanging up and switching off.
        assert "tắt máy" not in string.lower(), string
        assert not re.search(r"kẻ lừa(?! đảo)", string), string
        assert not re.search(r"\bgiữ (mình|máy khỏe)\b", string), string


def test_nothing_that_must_not_be_taught_is_said(course: dict[str, Any]) -> None:
    for string in strings(course):
        lowered = string.lower()
        assert [words for words in FORBIDDEN if words in lowered] == [], string
        assert not FORBIDDEN_NUMBERS.search(string), string


def test_words_are_plain(course: dict[str, Any]) -> None:
    for string in strings(course):
        assert string == unicodedata.normalize("NFC", string).strip(), string
        assert not PRONOUN.search(string), string
        assert not ENGLISH.search(string), string
        assert {tag.lower() for tag in re.findall(r"</?([A-Za-z0-9]+)[^>]*>", string)} <= TAGS, string
        assert not re.search(r"<\w+\s", string), string


def test_lessons_have_all_they_need(course: dict[str, Any]) -> None:
    for lesson in activities(course, "lesson"):
        kinds = [kind for kind, _value in lesson["body"]]
        assert {"text", "steps", "callout", "check"} <= set(kinds), (lesson["title"], kinds)
        assert pictures(lesson), lesson["title"]
        for kind, value in lesson["body"]:
            if kind == "callout":
                assert value["kind"] in ("tip", "warning") and value["text"], lesson["title"]
            if kind == "check":
                assert 2 <= len(value["options"]) <= 4, lesson["title"]
                assert sum(option["right"] for option in value["options"]) == 1, lesson["title"]
                wrong = [option for option in value["options"] if not option["right"]]
                assert all(option["feedback"] for option in wrong), lesson["title"]
            if kind == "steps":
                assert len(value["steps"]) >= 2 and all(step["text"] for step in value["steps"]), lesson["title"]


def test_pictures_are_there_and_said_in_words(course: dict[str, Any]) -> None:
    said: dict[str, str] = {}
    for lesson in activities(course, "lesson"):
        for name, alt in pictures(lesson):
            assert len(alt) > 20, (lesson["title"], name)
            assert said.setdefault(name, alt) == alt, name
            drawing = (DEMO / "pictures" / name).read_bytes()
            assert len(drawing) <= PICTURE_BYTES, name
            assert b"viewBox=" in drawing, name
            assert not re.search(rb"<script|<style|<foreignObject|<image|href=|url\(|\son\w+=", drawing), name


def test_every_drawing_is_used() -> None:
    used = {
        name
        for path in FILES
        for lesson in activities(json.loads(path.read_text(encoding="utf-8")), "lesson")
        for name, _alt in pictures(lesson)
    }
    assert {path.name for path in (DEMO / "pictures").iterdir()} == used


def test_the_film_is_said_in_words_and_the_files_are_small() -> None:
    used = set()
    for path in FILES:
        for lesson in activities(json.loads(path.read_text(encoding="utf-8")), "lesson"):
            for kind, value in lesson["body"]:
                if kind == "video":
                    used |= {value["media"], value["captions"], value["media"].replace(".mp4", ".png")}
                    captions = (DEMO / "files" / value["captions"]).read_text(encoding="utf-8")
                    cues = [line for line in captions.splitlines()[1:] if line and "-->" not in line]
                    assert captions.startswith("WEBVTT\n") and len(cues) > 2
                    assert all(f"<li>{cue}</li>" in value["transcript"] for cue in cues), lesson["title"]
                if kind == "document":
                    used.add(value["document"])
                    assert (DEMO / "files" / value["document"]).read_bytes().startswith(b"%PDF-"), lesson["title"]
    files = {path.name: path.stat().st_size for path in (DEMO / "files").iterdir()}
    assert set(files) == used
    assert {name.split(".")[-1] for name in files} == {"mp4", "vtt", "png", "pdf"}
    assert all(size <= (60 if name.endswith(".mp4") else 30) * 1024 for name, size in files.items()), files


def test_quizzes_ask_questions_of_the_right_shape(course: dict[str, Any]) -> None:
    quizzes = activities(course, "quiz")
    assert {question["type"] for quiz in quizzes for question in quiz["questions"]} == set(TYPES)
    for quiz in quizzes:
        # A short one for people of one group is no part of what makes the course done.
        assert len(quiz["questions"]) >= (8 if quiz.get("required", True) else 6), quiz["title"]
        assert 50 <= quiz["pass_percent"] <= 100 and quiz["attempts_allowed"] == 0, quiz["title"]
        for asked in quiz["questions"]:
            check_question({name: value for name, value in asked.items() if name != "teaches"})
        about = [question.get("teaches", []) for question in quiz["questions"]]
        assert all(one in quiz["teaches"] for ones in about for one in ones), quiz["title"]
        # A mark of a competency's own is of the questions about it, and says nothing where there is one.
        counts = Counter(tuple(one) for ones in about for one in ones)
        assert ("mark_percent" in quiz) == bool(counts) and all(count >= 2 for count in counts.values()), counts


def check_question(asked: dict[str, Any]) -> None:
    kind, shape = asked["type"], {"type", "key", "prompt", "explanation"}
    assert asked["prompt"] and asked["explanation"], asked["key"]
    if kind in ("single_choice", "multiple_choice"):
        assert set(asked) == shape | {"options"}, asked["key"]
        options = asked["options"]
        assert all(set(option) <= {"text", "right", "feedback"} and option["text"] for option in options)
        assert len({option["text"].casefold() for option in options}) == len(options) >= 3, asked["key"]
        right = sum(option["right"] for option in options)
        assert right == 1 if kind == "single_choice" else 2 <= right < len(options), asked["key"]
        assert all(option["feedback"] for option in options if not option["right"]), asked["key"]
    elif kind == "true_false":
        assert set(asked) == shape | {"answer"} and isinstance(asked["answer"], bool), asked["key"]
    else:
        assert kind == "short_text", asked["key"]
        assert shape | {"accepted"} <= set(asked) <= shape | {"accepted", *FOLDING}, asked["key"]
        assert asked["accepted"] and all(1 <= len(word.split()) <= 5 for word in asked["accepted"])


def test_practical_tasks_ask_for_what_their_lessons_show(course: dict[str, Any]) -> None:
    taught = {fact for lesson in activities(course, "lesson") for fact in lesson["facts"]}
    drawn = dict(one for lesson in activities(course, "lesson") for one in pictures(lesson))
    for task in activities(course, "task"):
        assert set(task["facts"]) <= taught and len(task["steps"]) >= 2, task["title"]
        assert all(drawn[step["picture"]] == step["alt"] for step in task["steps"] if step["picture"])
        items = task["checklist"]
        assert 3 <= len(items) <= 6 and any(item["required"] for item in items), task["title"]
        assert len({item["key"] for item in items}) == len({item["text"] for item in items}) == len(items)


def test_alignments_are_known(course: dict[str, Any], competencies: dict[str, tuple[set[str], set[int]]]) -> None:
    plan: set[str] = set()
    for kind in ("lesson", "quiz", "task"):
        for activity in activities(course, kind):
            assert activity["teaches"], activity["title"]
            taught = [(framework, code) for framework, code, _level in activity["teaches"]]
            assert len(set(taught)) == len(taught), activity["title"]
            for framework, code, level in activity["teaches"]:
                codes, levels = competencies[framework]
                assert code in codes and level in levels, (activity["title"], framework, code, level)
                plan.add(framework)
    assert {"kh02-chuongmy-2025", "tt02-2025"} <= plan


def test_keys_are_short_and_once(course: dict[str, Any]) -> None:
    lists = [course["sections"], [row for kind in ("lesson", "quiz", "task") for row in activities(course, kind)]]
    lists += [quiz["questions"] for quiz in activities(course, "quiz")]
    for rows in lists:
        keys = [row["key"] for row in rows]
        assert len(set(keys)) == len(keys), keys
        assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key) for key in keys), keys
