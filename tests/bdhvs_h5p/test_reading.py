"""Questions are found in H5P packages, wherever they are, and read with their pictures."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Any

import pytest
from django.utils import translation
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from adapter_tests import building
from bdhvs_h5p.formats import H5PFormat
from bdhvs_h5p.formats.kinds import KINDS
from bdhvs_h5p.formats.texts import Plain
from bdhvs_lms.plugins.api import PlainQuestion, Reading, UnreadableFile
from bdhvs_lms.plugins.testing.formats import PICTURE
from tests.support.loops import for_each


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


def read(library: str, params: Any, files: dict[str, bytes] | None = None) -> Reading:
    data = building.package(library, params, files={f"content/{path}": data for path, data in (files or {}).items()})
    return H5PFormat().read(io.BytesIO(data), name="a.h5p", language="vi")


def piece(library: str, params: Any, title: str = "") -> dict[str, Any]:
    return {"library": library, "params": params, "subContentId": "x", "metadata": {"title": title}}


def choice(text: str = "Gì?", *right: bool, **behaviour: Any) -> dict[str, Any]:
    answers = [{"text": f"<div>{place}</div>", "correct": one} for place, one in enumerate(right or (True, False))]
    return {"question": f"<p>{text}</p>", "answers": answers, "behaviour": behaviour}


def only(reading: Reading) -> PlainQuestion:
    (question,) = reading.questions
    return question


def reasons(reading: Reading) -> list[tuple[str, str]]:
    return [(finding.place, str(finding.reason)) for finding in reading.findings]


def test_multiple_choice_with_a_picture_and_feedback() -> None:
    params = choice("Hình <strong>gì</strong>?<br>Xem kỹ.", True, True, False, type="auto", randomAnswers=True)
    params["answers"][0]["tipsAndFeedback"] = {"chosenFeedback": "<p>Phải</p>", "tip": "<p>Gợi ý</p>"}
    params["media"] = {"type": piece("H5P.Image 1.1", {"file": {"path": "images/a.png#tmp"}, "alt": "Mã QR"})}
    params["overallFeedback"] = [
        {"from": 0, "to": 50, "feedback": "Ôn lại"},
        {"from": 51, "to": 100, "feedback": "Giỏi"},
    ]
    reading = read("H5P.MultiChoice 1.16", params, {"images/a.png": PICTURE})
    question = only(reading)
    assert (question.kind, question.prompt) == ("multiple", "Hình gì?\nXem kỹ.")
    assert (question.partial, question.shuffle) == (True, True)
    assert (question.feedback_wrong, question.feedback_right) == ("Ôn lại", "Giỏi")
    assert question.options[0].feedback == "Phải"
    assert [(one.alt, one.load()) for one in question.media] == [("Mã QR", PICTURE)]
    assert reasons(reading) == [
        ("question 1", "Tips, and feedback for options that were not chosen, were left out."),
    ]


def test_words_that_tell_the_score_are_no_feedback() -> None:
    params = choice() | {"overallFeedback": [{"from": 0, "to": 100, "feedback": "Được @score trên @total điểm"}]}
    assert only(read("H5P.MultiChoice 1.16", params)).explanation == ""


def test_a_set_with_an_introduction_and_a_pool() -> None:
    reading = read(
        "H5P.QuestionSet 1.20",
        {
            "introPage": {"introduction": "<p>Chào</p>"},
            "poolSize": 2,
            "questions": [
                piece("H5P.MultiChoice 1.16", choice("Một?"), "Câu về OTP"),
                piece(
                    "H5P.TrueFalse 1.8",
                    {"question": "Hai.", "correct": "false", "behaviour": {"feedbackOnWrong": "Sai"}},
                ),
                piece("H5P.Essay 1.5", {"taskDescription": "Kể"}),
                piece("H5P.MarkTheWords 1.11", {"textField": "*a* b"}),
            ],
        },
    )
    first, second = reading.questions
    assert (first.kind, first.place, first.name) == ("single", "question 1", "Câu về OTP")
    assert (second.right, second.feedback_wrong, second.place) == (False, "Sai", "question 2")
    assert reasons(reading) == [
        ("question 3", "Content of the type H5P.Essay cannot be made into a question here."),
        ("question 4", "Content of the type H5P.MarkTheWords cannot be made into a question here."),
    ]
    assert [str(note) for note in reading.notes] == [
        "Of a question set only 2 questions were asked at a time. All were read.",
        "The introduction of a question set was left out.",
    ]


def test_gaps_that_are_typed_and_words_that_are_dragged() -> None:
    typed = only(
        read(
            "H5P.Blanks 1.14",
            {
                "text": "<p>Điền:</p>",
                "questions": ["<p>Thủ đô {x} là *Hà Nội/Ha Noi:tip*.</p>", "<p>1 + 1 = *2*</p>"],
                "behaviour": {"caseSensitive": False},
            },
        )  # fmt: skip
    )
    assert (typed.kind, typed.prompt, typed.text) == ("blanks", "Điền:", "Thủ đô {{x}} là {1}.\n\n1 + 1 = {2}")
    assert [[one.text for one in blank.answers] for blank in typed.blanks] == [["Hà Nội", "Ha Noi"], ["2"]]
    assert not typed.blanks[0].case and typed.partial
    dragged = only(
        read(
            "H5P.DragText 1.10",
            {
                "taskDescription": "Kéo chữ",
                "textField": "Bấm *Gửi\\+Đúng* rồi *Xem*\nxong.",
                "distractors": "*Xóa* *Gửi*",
            },
        )  # fmt: skip
    )
    assert dragged.text == "Bấm {1} rồi {2}\nxong."
    assert [[(one.text, one.right) for one in blank.options] for blank in dragged.blanks] == [
        [("Gửi", True), ("Xem", False), ("Xóa", False)],
        [("Gửi", False), ("Xem", True), ("Xóa", False)],
    ]


def test_sets_of_choices_cards_and_paragraphs() -> None:
    reading = read(
        "H5P.SingleChoiceSet 1.11",
        {"choices": [{"question": "<p>a?</p>", "answers": ["đúng", "sai"]}, {"question": "b?", "answers": ["một"]}, {},
                     {"question": "c?", "answers": ["x", "y", "z"]}]},
    )  # fmt: skip
    assert [(one.prompt, one.place, one.options[0].right, one.shuffle) for one in reading.questions] == [
        ("a?", "question 1", True, True), ("c?", "question 3", True, True),
    ]  # fmt: skip
    assert reasons(reading) == [("question 2", "It has fewer than two options.")]
    card = only(read("H5P.Flashcards 1.5", {"cards": [{"text": "Thủ đô?", "answer": "Hà Nội/Ha Noi"}]}))
    assert [(one.text, one.credit) for one in card.answers] == [("Hà Nội", Fraction(1)), ("Ha Noi", Fraction(1))]
    order = only(
        read("H5P.SortParagraphs 0.11", {"taskDescription": "Xếp", "paragraphs": ["<p>một</p>", "<p>hai</p>"]})
    )
    assert (order.kind, order.steps) == ("ordering", ("một", "hai"))


def test_questions_are_found_inside_with_their_place() -> None:
    slides = {"presentation": {"slides": [
        {"elements": [{"action": piece("H5P.AdvancedText 1.1", {"text": "x"})}]},
        {"elements": [{"action": piece("H5P.TrueFalse 1.8", {"question": "a", "correct": "true"})},
                      {"action": piece("H5P.MultiChoice 1.16", choice("b"))}]},
    ]}}  # fmt: skip
    reading = read("H5P.CoursePresentation 1.24", slides)
    assert [question.place for question in reading.questions] == ["slide 2", "slide 2, question 2"]
    assert [str(note) for note in reading.notes] == ["Content that is no question was left out: H5P.AdvancedText (1)."]
    asked = piece("H5P.SingleChoiceSet 1.11", {"choices": [{"question": "a", "answers": ["x", "y"]}]})
    video = {"interactiveVideo": {"assets": {"interactions": [
        {"duration": {"from": 75.5}, "action": asked},
    ]}}}  # fmt: skip
    assert only(read("H5P.InteractiveVideo 1.26", video)).place == "at 1:15"
    book = {"chapters": [piece("H5P.Column 1.16", {"content": [
        {"content": piece("H5P.QuestionSet 1.20", {"questions": [piece("H5P.MultiChoice 1.16", choice("c"))]})},
    ]})]}  # fmt: skip
    assert only(read("H5P.InteractiveBook 1.9", book)).place == "chapter 1, part 1, question 1"


def test_what_is_no_package_with_questions_is_refused_in_words() -> None:
    for data in (b"", b"PK\x03\x04", b"x" * 900):
        with pytest.raises(UnreadableFile, match="H5P"):
            H5PFormat().read(io.BytesIO(data), name="a.h5p", language="vi")
    with pytest.raises(UnreadableFile, match=r"type H5P\.Accordion"):
        read("H5P.Accordion 1.0", {"panels": [{"content": piece("H5P.AdvancedText 1.1", {"text": "x"})}]})


def test_pictures_that_are_not_there_or_without_words_are_named() -> None:
    params = choice()
    params["media"] = {"library": "H5P.Image 1.1", "params": {"file": {"path": "images/a.png"}}}
    assert reasons(read("H5P.MultiChoice 1.16", params, {"images/a.png": PICTURE})) == [
        ("question 1", "A picture has no words for those who cannot see it. Describe it.")
    ]
    params["media"]["params"]["file"]["path"] = "https://x.vn/a.png"
    assert "not in the package" in reasons(read("H5P.MultiChoice 1.16", params))[0][1]


@for_each(
    ("html", "text"),
    [
        ("<p>a</p>\n<p>b</p>\n", "a\n\nb"),
        ("<div>a &amp; b &lt;c&gt;</div>", "a & b <c>"),
        ("a<br/>b<br><br>c", "a\nb\n\nc"),
        ("<ul><li>x</li><li>y</li></ul>z", "- x\n- y\n\nz"),
        ("<script>alert(1)</script>a\u0302\u00a0 b", "â b"),
        ("<p> </p>" * 20_000 + "x", "x"),
        (None, ""),
        (5, ""),
    ],
)
def test_html_becomes_plain_text(html: Any, text: str) -> None:
    assert Plain(html).text == text


WORDS = st.sampled_from(["", "*a*", "<p>x", "true", "H5P.Image 1.1", "images/a.png"])
NAMES = (
    "question answers text correct media type library params behaviour cards questions choices file path "
    "overallFeedback feedback from to paragraphs tipsAndFeedback textField distractors metadata title"
).split()
odd = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 99) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=14,
)


@given(name=st.sampled_from(sorted(KINDS)), params=odd)
@settings(phases=[Phase.generate])
def test_whatever_the_content_is_it_is_read_or_named(name: str, params: Any) -> None:
    data = building.package(f"{name} 1.0", params)
    try:
        reading = H5PFormat().read(io.BytesIO(data), name="a.h5p", language="vi")
    except UnreadableFile as refused:
        assert str(refused)
        return
    for finding in reading.findings:
        assert finding.place and str(finding.reason) and (finding.question is not None) == finding.doubtful
    assert all(question.prompt and question.place for question in reading.questions)
