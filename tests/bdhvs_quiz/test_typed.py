"""What a learner types: in one table that can be erased, and nowhere else."""

from __future__ import annotations

import json
import unicodedata
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core import serializers
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_lms.privacy.api import erase, export
from bdhvs_quiz.actions import open_attempt, save_answers, submit
from bdhvs_quiz.folding import Folding
from bdhvs_quiz.models import Attempt, AttemptStep, TypedAnswer
from bdhvs_quiz.personal import QuizPersonalData
from bdhvs_quiz.typed import store_typed_answers
from bdhvs_xapi import api as xapi
from tests.bdhvs_content import pages
from tests.bdhvs_quiz import kinds
from tests.bdhvs_quiz.helpers import address
from tests.support.calls import calls
from tests.support.loops import for_each
from tests.support.worlds import made_once

WORDS = "Hỏi bác Tư 0912345678"


@dataclass
class Typing:
    """A quiz with one short-text and one choice question, and an open attempt."""

    def __post_init__(self) -> None:
        self.course = pages.course(pages.catalog())
        self.learner = pages.enrolled(self.course)
        self.client = pages.client_of("lan")
        self.short, self.choice = kinds.short(), pages.question()
        self.attempt = self.begin(self.short, self.choice)

    def begin(self, *questions: Any) -> Attempt:
        quiz = pages.quiz(
            pages.fresh(self.course), questions, f"Bài {len(questions)}", pass_percent=50, show_answers="after_each"
        )
        return open_attempt(self.learner, quiz.translation_key, act_id=uuid.uuid4(), at=pages.AT)

    def save(self, text: str | None, act_id: uuid.UUID | None = None) -> None:
        given = {} if text is None else {str(self.short.key): text}
        save_answers(self.attempt.uuid, self.learner, given, act_id=act_id or uuid.uuid4(), at=pages.AT)

    def texts(self) -> list[str]:
        return [row.text for row in TypedAnswer.objects.order_by("number")]

    def newest(self) -> Any:
        return AttemptStep.objects.order_by("-seq")[0].data["responses"].get(str(self.short.key))


made, typing = made_once(Typing)


@pytest.mark.django_db
def test_steps_and_statements_hold_no_typed_word_and_the_table_does(typing: Typing) -> None:
    typing.save(WORDS)
    form = {f"q-{typing.short.key}": WORDS, f"q-{typing.choice.key}": pages.option_id(typing.choice, 1)}
    typing.client.post(address(typing.attempt), {**form, "do": "submit", "act_id": str(uuid.uuid4())})
    assert Attempt.objects.get().raw == 1
    steps = serializers.serialize("json", [*AttemptStep.objects.all(), *Attempt.objects.all()])
    said = json.dumps([fact.statement for fact in xapi.facts(after_seq=0)], ensure_ascii=False)
    for word in WORDS.split():
        assert word not in steps
        assert word not in said
    assert '"response": "other"' in said
    assert typing.texts() == [WORDS]
    assert WORDS in typing.client.get(address(typing.attempt, "result")).content.decode()


@pytest.mark.django_db
def test_the_first_accepted_answer_is_shown_as_the_right_one_and_others_after_it(typing: Typing) -> None:
    submit(typing.attempt.uuid, typing.learner, {str(typing.short.key): "113"}, act_id=uuid.uuid4(), at=pages.AT)
    page = typing.client.get(address(typing.attempt, "result")).content.decode()
    answer = page.split("<dt>Đáp án đúng</dt>")[1].split("</dd>")[0]
    assert answer.index('<span lang="vi">115</span>') < answer.index("Cũng được:") < answer.index("Một một năm")


@pytest.mark.django_db
def test_the_same_words_again_are_one_step_and_others_come_back_when_the_page_opens(typing: Typing) -> None:
    first = uuid.uuid4()
    for text, act_id in (("một", first), ("một", first), ("hai", None), ("một", uuid.uuid4())):
        typing.save(text, act_id)
    assert AttemptStep.objects.filter(kind="saved").count() == 3
    assert typing.texts() == ["một", "hai"]
    assert 'value="một"' in typing.client.get(address(typing.attempt)).content.decode()
    typing.save(None)
    assert typing.newest() is None


@pytest.mark.django_db
def test_what_was_typed_on_the_way_is_not_read_again_each_time_something_is_saved(typing: Typing) -> None:
    """Answers save themselves every few seconds, while the learner waits for the lock."""
    key = str(typing.short.key)

    def typed(numbers: range) -> None:
        TypedAnswer.objects.bulk_create(
            TypedAnswer(attempt=typing.attempt, question_key=typing.short.key, number=number, text=f"{number}")
            for number in numbers
        )

    typed(range(1, 4))
    store_typed_answers(typing.attempt, {key: "2"})  # fills what Django keeps
    few = calls(lambda: store_typed_answers(typing.attempt, {key: "2"}))
    typed(range(4, 300))
    assert calls(lambda: store_typed_answers(typing.attempt, {key: "2"})) == few
    assert store_typed_answers(typing.attempt, {key: "2"}) == {key: {"typed_answer": 2}}
    assert store_typed_answers(typing.attempt, {key: "new"}) == {key: {"typed_answer": 300}}


@pytest.mark.django_db
def test_what_was_typed_on_the_way_is_deleted_on_handing_in(typing: Typing) -> None:
    for text in ("một", "hai", "115"):
        typing.save(text)
    graded = submit(typing.attempt.uuid, typing.learner, None, act_id=uuid.uuid4(), at=pages.AT)
    assert graded.attempt.raw == 1
    assert typing.texts() == ["115"]


@pytest.mark.django_db
def test_a_text_that_is_too_long_is_said_beside_its_question_and_not_lost(typing: Typing) -> None:
    long = "dài " * 60
    form = {f"q-{typing.short.key}": long, "do": "save", "act_id": str(uuid.uuid4())}
    answer = typing.client.post(address(typing.attempt), form)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Câu trả lời này dài 239 ký tự, nhiều nhất được 200: hãy viết ngắn lại." in page
    assert long in page
    assert f'id="q-{typing.short.key}-error"' in page
    with pytest.raises(ValueError, match="at most 200"):
        typing.save("a" * 201)
    assert not TypedAnswer.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "shown"), [("1 1 5", "115"), (WORDS, "(đã xóa)")])
def test_after_an_erasure_the_result_says_what_it_matched(typing: Typing, text: str, shown: str) -> None:
    submit(typing.attempt.uuid, typing.learner, {str(typing.short.key): text}, act_id=uuid.uuid4(), at=pages.AT)
    [row] = export(typing.learner)["data"]["bdhvs_quiz.TypedAnswer"]
    assert row["text"] == text
    get_user_model().objects.create_superuser("van-hanh")
    before = [step.data for step in AttemptStep.objects.all()]

    # The account is closed by the whole erasure; here the page is read by somebody who still may.
    QuizPersonalData().erase(typing.learner)
    page = typing.client.get(address(typing.attempt, "result"))
    assert page.status_code == 200
    answer = page.content.decode().split("Câu trả lời")[1]
    assert shown in answer
    assert text not in page.content.decode()
    assert [step.data for step in AttemptStep.objects.all()] == before

    erase(typing.learner, by=None, at=pages.AT)
    assert not TypedAnswer.objects.exists()


@pytest.mark.django_db
def test_erased_words_of_an_open_attempt_are_unanswered_on_handing_in(typing: Typing) -> None:
    typing.save("115")
    TypedAnswer.objects.all().delete()
    graded = submit(typing.attempt.uuid, typing.learner, None, act_id=uuid.uuid4(), at=pages.AT)
    assert graded.attempt.raw == 0
    assert typing.newest() is None


@pytest.mark.django_db
def test_words_in_the_gaps_of_a_text_are_kept_apart_and_erased_like_others(typing: Typing) -> None:
    fill = kinds.blanks(text="Gọi [[115]], [[*113|114]] hoặc [[114]].")
    learner, client, attempt = typing.learner, typing.client, typing.begin(fill)
    ids = fill.identified()
    one, lists, other = (known for _text, known in ids["gaps"].values())
    chosen = ids[lists]["0"][1]
    form = {f"q-{fill.key}": [WORDS, chosen, "114"], "do": "save", "act_id": str(uuid.uuid4())}
    client.post(address(attempt), form)
    step = AttemptStep.objects.order_by("-seq")[0]
    assert step.data["responses"][str(fill.key)] == {
        one: {"typed_answer": 1},
        lists: [chosen],
        other: {"typed_answer": 2},
    }
    page = client.get(address(attempt)).content.decode()
    assert f'value="{WORDS}"' in page
    assert f'value="{chosen}" lang="vi" selected' in " ".join(page.split())
    # What was taken back on the way is gone once it is handed in.
    form = {f"q-{fill.key}": ["một", chosen, WORDS], "do": "submit", "act_id": str(uuid.uuid4())}
    client.post(address(attempt), {**form, "base": str(step.seq)})
    assert sorted(row.text for row in TypedAnswer.objects.all()) == sorted([WORDS, "một"])
    said = json.dumps([fact.statement for fact in xapi.facts(after_seq=0)], ensure_ascii=False)
    assert '"response": "other[,]113[,]other"' in said
    assert "0912345678" not in said + serializers.serialize("json", AttemptStep.objects.all())
    result = client.get(address(attempt, "result")).content.decode()
    assert WORDS in result
    assert "Đúng một phần" in result
    QuizPersonalData().erase(learner)
    erased = client.get(address(attempt, "result")).content.decode()
    assert WORDS not in erased
    assert erased.count("(đã xóa)") == 2
    assert "113" in erased


@pytest.mark.django_db
def test_erased_gaps_of_an_open_attempt_are_unanswered_and_others_stay(typing: Typing) -> None:
    fill = kinds.blanks(text="Gọi [[115]] hoặc [[*113|114]].")
    learner, attempt = typing.learner, typing.begin(fill)
    ids = fill.identified()
    one, lists = (known for _text, known in ids["gaps"].values())
    given = {str(fill.key): {one: "115", lists: [ids[lists]["0"][1]]}}
    save_answers(attempt.uuid, learner, given, act_id=uuid.uuid4(), at=pages.AT)
    TypedAnswer.objects.all().delete()
    graded = submit(attempt.uuid, learner, None, act_id=uuid.uuid4(), at=pages.AT)
    assert graded.attempt.raw == Decimal("0.5")


@pytest.mark.django_db
@for_each("response", [{"b": ""}, {"b": 1}, {"b": "a" * 201}, {"b": {"c": "d"}}, {}, ["a"], {"b": [1]}])
def test_what_cannot_be_kept_is_refused_before_anything_is_written(typing: Typing, response: Any) -> None:
    with pytest.raises(ValueError, match="at most 200"):
        save_answers(
            typing.attempt.uuid, typing.learner, {str(typing.short.key): response}, act_id=uuid.uuid4(), at=pages.AT
        )
    assert not AttemptStep.objects.filter(kind="saved").exists()


# --- What is the same answer -----------------------------------------------------------------------------------------

ALL = [Folding(case=a, diacritics=b, spacing=c) for a in (True, False) for b in (True, False) for c in (True, False)]
letters = st.text(st.sampled_from("aAăâđĐêôơưòóọ̣̀́hzTÚúý .,-–“”@+15\u200b\u0301ıİß"), max_size=12)


@given(letters, st.sampled_from(ALL))
def test_folding_is_idempotent_and_blind_to_unicodes_forms(text: str, folding: Folding) -> None:
    folded = folding(text)
    assert folding(folded) == folded
    for form in ("NFC", "NFD"):
        assert folding(unicodedata.normalize(form, text)) == folded


@for_each("folding", ALL)
def test_both_places_of_a_tone_are_one_word_whatever_is_set(folding: Folding) -> None:
    for one, other in (("hòa", "hoà"), ("thúy", "thuý"), ("Khỏe", "Khoẻ"), ("HÒA", "HOÀ"), ("a  b", " a b ")):
        assert folding(one) == folding(other)


@pytest.mark.parametrize(
    ("one", "other", "setting"),
    [("OTP", "otp", "case"), ("mật khẩu", "mat khau", "diacritics"), ("Đà Nẵng", "Da Nang", "diacritics"),
     ("1-1-5.", "115", "spacing")],
)  # fmt: skip
def test_each_setting_alone_decides_its_own_difference(one: str, other: str, setting: str) -> None:
    off = {"case": False, "diacritics": False, "spacing": False}
    assert Folding(**off)(one) != Folding(**off)(other)
    assert Folding(**{**off, setting: True})(one) == Folding(**{**off, setting: True})(other)
    on = dict.fromkeys(off, True)
    assert Folding(**{**on, setting: False})(one) != Folding(**{**on, setting: False})(other)
