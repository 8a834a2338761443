"""Questions as plain data to content that H5P plays. The libraries here are stand-ins under H5P's names."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter_tests import building
from adapter_tests.having import ident
from h5p_python_adapter import inspect, opened
from h5p_python_adapter.filesystem.libraries import FolderLibraries
from h5p_python_adapter.load_order import MissingLibrary
from h5p_python_adapter.native import Choice, Native, Option, Quiz, TrueOrFalse, native_params, write_native
from h5p_python_adapter.native_words import native_words
from h5p_python_adapter.nesting import nested

THERE = [
    ident(name)
    for name in ("H5P.MultiChoice 1.14", "H5P.MultiChoice 1.16", "H5P.TrueFalse 1.8", "H5P.QuestionSet 1.20")
]
COLOURS = Choice(
    "Màu nào?\nChọn một.", (Option("Đỏ & <xanh>", True, "Đúng rồi"), Option('"Vàng"', False)), True, "Vì thế.", "q1"
)
SKY = TrueOrFalse("Trời xanh.", True, "Nhìn lên.", "q2")


def built(*questions: Choice | TrueOrFalse, available: Any = THERE, semantics: Any = (), **changes: Any) -> Native:
    return native_params(Quiz("Đố vui", questions, **changes), available, semantics)


def test_one_question_is_that_question_alone() -> None:
    found = built(COLOURS)
    assert str(found.main) == "H5P.MultiChoice 1.16"
    assert found.params["question"] == "<p>Màu nào?<br>Chọn một.</p>\n"
    assert [(each["text"], each["correct"]) for each in found.params["answers"]] == [
        ("<div>Đỏ &amp; &lt;xanh&gt;</div>", True),
        ("<div>&quot;Vàng&quot;</div>", False),
    ]
    assert found.params["answers"][0]["tipsAndFeedback"]["chosenFeedback"] == "<div>Đúng rồi</div>"
    assert found.params["overallFeedback"] == [{"from": 0, "to": 100, "feedback": "Vì thế."}]
    assert found.params["behaviour"]["type"] == "single"
    assert found.params["UI"]["checkAnswerButton"] == "Kiểm tra"
    assert built(SKY).params["correct"] == "true"
    assert built(TrueOrFalse("?", False)).params["correct"] == "false"


def test_several_are_a_question_set_whose_parts_keep_their_ids() -> None:
    found = built(COLOURS, SKY, pass_percent=80, shuffle_questions=True, shuffle_options=True)
    assert str(found.main) == "H5P.QuestionSet 1.20"
    assert [str(piece.id) for piece in nested(found.params)] == ["H5P.MultiChoice 1.16", "H5P.TrueFalse 1.8"]
    ids = [piece.sub_content_id for piece in nested(found.params)]
    assert ids == [piece.sub_content_id for piece in nested(built(SKY, COLOURS).params)][::-1]
    assert len(set(ids)) == 2
    assert (found.params["passPercentage"], found.params["randomQuestions"]) == (80, True)
    assert found.params["questions"][0]["params"]["behaviour"]["randomAnswers"] is True
    assert found.h5p["mainLibrary"] == "H5P.QuestionSet"
    assert found.params["introPage"]["showIntroPage"] is False


def test_an_introduction_needs_a_set() -> None:
    found = built(SKY, intro="Một.\n\nHai <b>.")
    assert str(found.main) == "H5P.QuestionSet 1.20"
    assert found.params["introPage"]["introduction"] == "<p>Một.</p>\n<p>Hai &lt;b&gt;.</p>\n"


def test_a_version_that_the_set_names_is_taken_before_a_newer_one() -> None:
    semantics = [
        {"name": "questions", "field": {"type": "library", "options": ["H5P.MultiChoice 1.14", "H5P.TrueFalse 1.7"]}}
    ]
    found = built(COLOURS, SKY, semantics=semantics)
    assert [str(piece.id) for piece in nested(found.params)] == ["H5P.MultiChoice 1.14", "H5P.TrueFalse 1.8"]
    for strange in ([], [7], [{"name": "questions"}], [{"name": "questions", "field": {"options": [{"name": "X"}]}}]):
        assert str(built(COLOURS, semantics=strange).main) == "H5P.MultiChoice 1.16"


def test_what_lacks_is_named_all_at_once() -> None:
    with pytest.raises(MissingLibrary) as caught:
        built(
            COLOURS,
            SKY,
            available=[ident("H5P.TrueFalse 1.8"), ident("H5P.MultiChoice 2.0"), ident("H5P.QuestionSet 1.5")],
        )
    assert [str(id) for id in caught.value.ids] == ["H5P.MultiChoice 1.10", "H5P.QuestionSet 1.12"]


def test_a_quiz_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="without a question"):
        built()
    with pytest.raises(ValueError, match="no options"):
        built(Choice("?", (), True))


def test_both_languages_say_the_same_things() -> None:
    def keys(words: Any) -> Any:
        return {name: keys(value) for name, value in words.items()} if isinstance(words, dict) else None

    vi, en = native_words("vi"), native_words("en-GB")
    assert keys(vi) == keys(en)
    assert vi is not en and native_words("fr") is en
    for part, name, signs in (
        ("multi_choice", "scoreBarLabel", ":num :total"),
        ("question_set", "jumpToQuestion", "%d %total"),
        ("question_set", "textualProgress", "@current @total"),
        ("true_false", "score", "@score @total"),
        ("end", "scoreBarLabel", "@finals @totals"),
    ):
        assert all(sign in words[part][name] for sign in signs.split() for words in (vi, en))


@given(st.text(), st.text(), st.text())
def test_no_text_becomes_markup(prompt: str, option: str, explanation: str) -> None:
    found = built(
        Choice(prompt, (Option(option, True, explanation),), False, explanation), TrueOrFalse(prompt, True, explanation)
    )
    question, answer = (piece.params for piece in nested(found.params))
    assert question is not None
    assert answer is not None
    texts = [
        question["question"],
        question["answers"][0]["text"],
        question["overallFeedback"][0]["feedback"],
        answer["question"],
    ]
    for text in texts:
        for tag in ("<p>", "</p>", "<div>", "</div>", "<br>"):
            text = text.replace(tag, "")
        assert "<" not in text and ">" not in text and '"' not in text


def test_the_written_package_is_accepted_and_is_the_same_each_time(tmp_path: Path) -> None:
    names = ("H5P.MultiChoice 1.16", "H5P.TrueFalse 1.8", "H5P.QuestionSet 1.20")
    options = [
        {"name": "questions", "type": "list", "field": {"name": "q", "type": "library", "options": list(names[:2])}}
    ]
    store = FolderLibraries(tmp_path)
    files = {"H5P.QuestionSet-1.20/semantics.json": json.dumps(options).encode()}
    with opened(io.BytesIO(building.package(names[2], {}, uses=names[:2], files=files))) as package:
        for library in package.facts.libraries:
            store.add(package, library.id)
    once, twice = io.BytesIO(), io.BytesIO()
    available = [facts.id for facts in store.libraries()]
    for into in (once, twice):
        write_native(into, Quiz("Đố vui", (COLOURS, SKY)), store, available)
    assert once.getvalue() == twice.getvalue()
    report = inspect(once)
    assert report.ok, report.findings
    assert report.package is not None
    assert (report.package.title, str(report.package.main)) == ("Đố vui", names[2])
    assert [str(facts.id) for facts in report.package.libraries] == sorted(names)
