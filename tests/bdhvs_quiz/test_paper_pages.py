"""The teacher's pages of tests on paper: printing, the key apart, keying in with one tap an answer."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.test import Client
from wagtail.models import Locale

from bdhvs_lms.audit.models import AccessLog
from bdhvs_lms.base.api import day_of
from bdhvs_lms.learners.api import link_user
from bdhvs_lms.tracking.api import void
from bdhvs_quiz.grading import field_name
from bdhvs_quiz.models import Attempt, PaperPack, PaperSheet
from bdhvs_quiz.paper.codes import asked_on
from bdhvs_xapi import api as xapi
from tests.bdhvs_content import pages
from tests.bdhvs_quiz import kinds
from tests.bdhvs_quiz.test_paper import Hall
from tests.support.loops import for_each
from tests.support.markup import html_of
from tests.support.pdfs import fonts_of, text_of
from tests.support.worlds import made_once

pytestmark = pytest.mark.django_db
made, own = made_once(lambda: Hall("Trần Thị Lan", "Lê Văn Ân"))
SECRETS = ("Nhận xét kín", "Khen kín", "Chê kín", kinds.EXPLANATION, "Một một năm")


@pytest.fixture
def hall(own: Hall, settings: Any) -> Hall:
    settings.BDHVS_TEST_CLOCK = (pages.AT + timedelta(hours=1)).isoformat()
    return own


@pytest.fixture
def teacher(hall: Hall) -> Client:
    client = Client()
    client.force_login(hall.teacher)
    return client


def base_of(hall: Hall) -> str:
    return f"/day/{hall.group.uuid}/bai-giay/"


def packed(hall: Hall, teacher: Client, **more: Any) -> tuple[PaperPack, str]:
    form = {
        "quiz": hall.quiz.translation_key,
        "codes": "3",
        "spare": "1",
        "held_on": day_of(pages.AT).isoformat(),
        "act_id": uuid.uuid4(),
        **more,
    }
    answer = teacher.post(base_of(hall), form)
    assert answer.status_code == 303, html_of(answer)
    return PaperPack.objects.get(), answer["Location"]


def form_of(hall: Hall, right: int, **more: Any) -> dict[str, Any]:
    fields = {
        field_name(str(row.key)): kinds.answer_to(row, right=place < right) for place, row in enumerate(hall.questions)
    }
    return {**fields, "act_id": str(uuid.uuid4()), "base": "0", **more}


def test_a_pack_is_made_from_the_classs_page_and_printed_without_a_word_of_the_key(hall: Hall, teacher: Client) -> None:
    page = html_of(teacher.get(f"/day/{hall.group.uuid}/"))
    assert f'href="{base_of(hall)}"' in page and "Bài kiểm tra giấy" in page
    assert hall.quiz.title in html_of(teacher.get(base_of(hall)))
    _pack, address = packed(hall, teacher)
    page = html_of(teacher.get(address))
    assert "Đã nhập 0 trong 3 tờ" in page and page.index("Lê Văn Ân") < page.index("Trần Thị Lan")
    for query in ("", "?chu=16"):
        printed = teacher.get(f"{address}in.pdf{query}")
        sheets = text_of(printed)
        whole = " ".join(sheets)
        assert whole.count("Bảng trả lời") == whole.count("Họ và tên") == 3
        for row in hall.questions:
            assert whole.count(row.prompt) == 3
        assert "Mã đề 101" in whole and "Mã đề 103" in whole and "Lê Văn Ân" in whole
        assert not any(secret in whole or secret in html_of(teacher.get(f"{address}in/{query}")) for secret in SECRETS)
        assert fonts_of(printed.content) == {"Be-Vietnam-Pro", "Be-Vietnam-Pro-Bold", "Be-Vietnam-Pro-Italic"}
    assert AccessLog.objects.filter(page="paper-print").exists()


def test_the_key_is_a_page_of_its_own_and_right_for_each_code(hall: Hall, teacher: Client) -> None:
    pack, address = packed(hall, teacher)
    whole = " ".join(text_of(teacher.get(f"{address}dap-an.pdf")))
    page = html_of(teacher.get(f"{address}dap-an/"))
    for code in range(3):
        rows = page.split(f"Mã đề {101 + code}")[1].split("</table>")[0]
        for one in asked_on(pack, code):
            cell = re.search(rf'<th scope="row">{one.place}</th>\s*<td[^>]*>\s*<strong[^>]*>(.*?)</strong>', rows)
            question = next(row for row in hall.questions if str(row.key) == one.question_key)
            if one.boxes:
                right = set(kinds.answer_to(question, right=True))
                assert cell is not None
                assert cell[1].split(", ") == [box.mark for box in one.boxes if box.value in right]
            else:
                assert cell is not None and cell[1] == "115, Một một năm"
    assert "115" in whole and "Mã đề 103" in whole


def test_a_teacher_who_learns_the_course_does_not_see_the_key_before_passing(hall: Hall, teacher: Client) -> None:
    _pack, address = packed(hall, teacher)
    link_user(hall.people[0], hall.teacher)
    assert teacher.get(f"{address}dap-an/").status_code == teacher.get(f"{address}dap-an.pdf").status_code == 403
    sheet = PaperSheet.objects.get(learner=hall.people[0])
    # Nobody keys in their own: a colleague does.
    assert teacher.post(f"{address}to/{sheet.number}/", form_of(hall, 4)).status_code == 400
    colleague = Client()
    colleague.force_login(get_user_model().objects.create_superuser("colleague"))
    assert colleague.post(f"{address}to/{sheet.number}/", form_of(hall, 4)).status_code == 303
    assert teacher.get(f"{address}dap-an/").status_code == 200


def test_sheets_are_keyed_in_one_after_the_other_and_gone_on_with_later(hall: Hall, teacher: Client) -> None:
    pack, address = packed(hall, teacher)
    page = html_of(teacher.get(f"{address}to/1/"))
    assert "Lê Văn Ân" in page and "Lưu và sang tờ sau" in page
    for one in asked_on(pack, 0):
        for box in one.boxes:
            assert f'value="{box.value}"' in page
    assert not any(secret in page for secret in SECRETS)
    saved = teacher.post(f"{address}to/1/", form_of(hall, 4), follow=True)
    assert saved.redirect_chain == [(f"{address}to/2/", 303)]
    assert "Tờ 1: 4/4, đạt." in html_of(saved) and "Trần Thị Lan" in html_of(saved)
    assert "Nhập tiếp" in html_of(teacher.get(address))
    last = teacher.post(f"{address}to/2/", form_of(hall, 1), follow=True)
    # The spare sheet may never have been used.
    assert last.redirect_chain == [(address, 303)]
    page = html_of(last)
    assert "Tờ 2: 1/4, chưa đạt." in page and "Đã nhập 2 trong 3 tờ" in page


def test_what_is_left_out_is_asked_about_and_a_dash_says_blank(hall: Hall, teacher: Client) -> None:
    pack, address = packed(hall, teacher)
    form = form_of(hall, 4)
    first, second = asked_on(pack, 0)[:2]
    for one in (first, second):
        form.pop(one.name)
    answer = teacher.post(f"{address}to/1/", form)
    assert answer.status_code == 422
    assert "Câu 1, 2 chưa có câu trả lời" in html_of(answer) and "Lưu, để trống 2 câu" in html_of(answer)
    # What was tapped is there again, and nothing is kept.
    for one in asked_on(pack, 0)[2:]:
        if one.boxes:
            assert "checked" in html_of(answer).split(f'name="{one.name}"', 1)[1][:900]
    assert Attempt.objects.count() == 0
    said = {**form, "blank": [first.question_key, second.question_key]}
    assert teacher.post(f"{address}to/1/", said).status_code == 303
    assert Attempt.objects.get().raw == 2
    assert teacher.post(f"{address}to/2/", {**form, "confirmed": "1"}).status_code == 303


def test_a_correction_later_and_a_sheet_that_somebody_entered_meanwhile(hall: Hall, teacher: Client) -> None:
    _pack, address = packed(hall, teacher)
    teacher.post(f"{address}to/1/", form_of(hall, 4))
    page = html_of(teacher.get(f"{address}to/1/"))
    assert "Lưu phần sửa" in page and 'name="base" value="2"' in page
    late = teacher.post(f"{address}to/1/", form_of(hall, 2))
    assert late.status_code == 409 and "Đã có người nhập tờ này khác đi" in html_of(late)
    assert Attempt.objects.get().raw == 4
    assert teacher.post(f"{address}to/1/", form_of(hall, 2, base="2")).status_code == 303
    assert Attempt.objects.get().raw == 2


def test_without_consent_the_page_says_so_and_nothing_is_recorded(hall: Hall, teacher: Client) -> None:
    silent = hall.person("Phạm Thị Im", agreed=False)
    _pack, address = packed(hall, teacher)
    number = PaperSheet.objects.get(learner=silent).number
    assert "chưa đồng ý lưu dữ liệu" in html_of(teacher.get(address))
    assert "chưa đồng ý lưu dữ liệu học tập" in html_of(teacher.get(f"{address}to/{number}/"))
    answer = teacher.post(f"{address}to/{number}/", form_of(hall, 4))
    assert answer.status_code == 409 and "Chưa ghi gì" in html_of(answer)
    assert Attempt.objects.count() == 0


@for_each(
    "bad",
    [
        {"quiz": "x"},
        {"quiz": ""},
        {"quiz": str(uuid.uuid4())},
        {"codes": "9"},
        {"codes": "-1"},
        {"codes": "x"},
        {"spare": "9999"},
        {"held_on": "31/02/2026"},
        {"held_on": "2020-01-01"},
        {"act_id": "x"},
    ],
)
def test_a_bad_form_makes_nothing_and_says_what_is_wrong(hall: Hall, teacher: Client, bad: dict[str, str]) -> None:
    form = {
        "quiz": hall.quiz.translation_key,
        "codes": "3",
        "spare": "1",
        "held_on": day_of(pages.AT).isoformat(),
        "act_id": uuid.uuid4(),
        **bad,
    }
    answer = teacher.post(base_of(hall), form)
    assert answer.status_code == 422 and "Chưa tạo được" in html_of(answer)
    assert PaperPack.objects.count() == 0


def test_odd_answers_are_no_error_of_the_server(hall: Hall, teacher: Client) -> None:
    _pack, address = packed(hall, teacher)
    for odd in ("\x00", "x" * 5000, "<script>", str(uuid.uuid4())):
        form = {name: odd if name.startswith("q-") else value for name, value in form_of(hall, 4).items()}
        assert teacher.post(f"{address}to/1/", {**form, "confirmed": "1"}).status_code == 400
    for more in ({"base": "x"}, {"act_id": ""}, {"learner": "x"}, {"learner": str(uuid.uuid4())}):
        assert teacher.post(f"{address}to/1/", form_of(hall, 4, **more)).status_code == 400
    assert Attempt.objects.count() == 0
    assert [teacher.get(f"{address}to/{number}/").status_code for number in (0, 99)] == [404, 404]


def test_another_classs_teacher_finds_nothing(hall: Hall, teacher: Client) -> None:
    _pack, address = packed(hall, teacher)
    other = Client()
    other.force_login(User.objects.create_user("khac"))
    for name in ("", "in/", "in.pdf", "dap-an/", "dap-an.pdf", "to/1/"):
        assert other.get(f"{address}{name}").status_code == 404
    assert other.post(f"{address}to/1/", form_of(hall, 4)).status_code == 404


def test_pages_ask_the_same_however_many_sheets_there_are(
    hall: Hall, teacher: Client, django_assert_max_num_queries: Any
) -> None:
    def asked() -> list[int]:
        counts = []
        for name in ("", "in/", "to/1/"):
            with django_assert_max_num_queries(60) as captured:
                assert teacher.get(f"{address}{name}").status_code == 200
            counts.append(len(captured))
        return counts

    _pack, address = packed(hall, teacher)
    teacher.get(address)
    few = asked()
    PaperPack.objects.get()
    for number in range(12):
        hall.person(f"Người {number}")
    PaperSheet.objects.all().delete()
    PaperPack.objects.all().delete()
    _pack, address = packed(hall, teacher)
    teacher.get(address)
    assert asked() == few


def test_a_sheet_keyed_in_for_the_wrong_person_is_given_away_on_its_page(hall: Hall, teacher: Client) -> None:
    _pack, address = packed(hall, teacher)
    # What is not entered has nothing to take back.
    assert teacher.get(f"{address}to/1/rut-lai/")["Location"] == f"{address}to/1/"
    teacher.post(f"{address}to/1/", form_of(hall, 4))
    assert f'href="{address}to/1/rut-lai/"' in html_of(teacher.get(f"{address}to/1/"))
    page = html_of(teacher.get(f"{address}to/1/rut-lai/"))
    assert "Đang ghi cho:" in page and "Lê Văn Ân" in page and "Nhập nhầm người" in page
    lan, an = hall.people
    fields = dict(re.findall(r'name="(act_id|entered)" value="([^"]+)"', page))
    assert str(lan.actor) in page and str(an.actor) not in page
    refused = teacher.post(f"{address}to/1/rut-lai/", {**fields, "learner": str(lan.actor)})
    assert refused.status_code == 422 and "Hãy chọn lý do." in html_of(refused)
    broken = teacher.post(f"{address}to/1/rut-lai/", {"reason": "wrong-person"})
    assert broken.status_code == 422 and "Biểu mẫu" in html_of(broken)
    form = {**fields, "reason": "wrong-person", "learner": str(lan.actor)}
    # Hers is entered as well: the two can be exchanged.
    teacher.post(f"{address}to/2/", form_of(hall, 1))
    asked = teacher.post(f"{address}to/1/rut-lai/", form)
    assert asked.status_code == 422 and "Đổi tờ 1 và tờ 2" in html_of(asked)
    done = teacher.post(f"{address}to/1/rut-lai/", {**form, "exchange": "on"}, follow=True)
    assert done.redirect_chain == [(address, 303)] and "Tờ 1 đã ghi cho người được chọn." in html_of(done)
    assert [(one.learner, one.attempt.raw) for one in PaperSheet.objects.order_by("number")[:2]] == [(lan, 4), (an, 1)]
    # The old page once more changes nothing; another one is told.
    teacher.post(f"{address}to/1/rut-lai/", {**form, "exchange": "on"})
    stale = teacher.post(f"{address}to/1/rut-lai/", {**form, "act_id": str(uuid.uuid4())}, follow=True)
    assert "vừa được người khác sửa" in html_of(stale)
    assert Attempt.objects.filter(taken_back_at=None).count() == 2
    seen = frozenset().union(*(row.actors for row in AccessLog.objects.filter(page="paper-return")))
    assert seen == {lan.actor, an.actor}
    # Only taken back, it can be keyed in anew.
    fields = dict(
        re.findall(r'name="(act_id|entered)" value="([^"]+)"', html_of(teacher.get(f"{address}to/1/rut-lai/")))
    )
    gone = teacher.post(f"{address}to/1/rut-lai/", {**fields, "reason": "other"}, follow=True)
    assert gone.redirect_chain == [(f"{address}to/1/", 303)]
    assert "không tính cho ai" in html_of(gone) and "Lưu và sang tờ sau" in html_of(gone)


def test_what_an_operator_voided_is_marked_and_saving_it_again_records_it(hall: Hall, teacher: Client) -> None:
    _pack, address = packed(hall, teacher)
    teacher.post(f"{address}to/1/", form_of(hall, 4))
    for fact in xapi.facts(registration=Attempt.objects.get().uuid):
        void(fact.statement_id, by=uuid.uuid4(), reason_code="wrong-result", at=pages.AT + timedelta(hours=1))
    assert "đã vô hiệu: không còn tính" in html_of(teacher.get(address))
    assert "làm vô hiệu kết quả này" in html_of(teacher.get(f"{address}to/1/"))
    teacher.post(f"{address}to/1/", form_of(hall, 4, base="2"))
    assert "vô hiệu" not in html_of(teacher.get(address)) + html_of(teacher.get(f"{address}to/1/"))


def test_a_page_that_names_somebody_else_by_now_keys_nothing_in(hall: Hall, teacher: Client) -> None:
    _pack, address = packed(hall, teacher)
    lan, an = hall.people
    named = re.search(r'name="named" value="([^"]+)"', html_of(teacher.get(f"{address}to/2/")))
    assert named is not None and named[1] == str(lan.actor)
    teacher.post(f"{address}to/1/", form_of(hall, 4, learner=str(lan.actor)))
    late = teacher.post(f"{address}to/2/", form_of(hall, 1, named=named[1]))
    assert late.status_code == 409 and "nay là của người khác" in html_of(late)
    assert not Attempt.objects.filter(learner=an).exists()


def test_a_pack_is_in_the_language_that_was_chosen(hall: Hall, teacher: Client) -> None:
    """Its sheets are graded and stated in it; who may choose among one language is not asked."""
    assert 'name="language"' not in html_of(teacher.get(base_of(hall)))
    english = Locale.objects.create(language_code="en")
    course = hall.quiz.get_parent().specific
    for page in (course.get_parent().specific, course):
        pages.publish(pages.fresh(page).copy_for_translation(english))
    row = hall.questions[0].copy_for_translation(english)
    row.prompt = "A stranger asks for your code."
    row.save()
    pages.publish(row)
    quiz = pages.fresh(hall.quiz).copy_for_translation(english)
    quiz.title = "Final quiz"
    pages.publish(quiz)
    form = html_of(teacher.get(base_of(hall)))
    assert re.search(r'value="vi"\s+checked', form) and re.search(r'value="en"\s*>\s*<span lang="en">English', form)
    refused = teacher.post(base_of(hall), {"language": "de", "quiz": hall.quiz.translation_key, "act_id": uuid.uuid4()})
    assert refused.status_code == 422 and "Hãy chọn một ngôn ngữ." in html_of(refused)

    pack, _address = packed(hall, teacher, language="en", codes="1")
    assert pack.version.language == "en"
    sheets = html_of(teacher.get(f"{base_of(hall)}{pack.uuid}/in/"))
    assert row.prompt in sheets and "Final quiz" in sheets and hall.questions[0].prompt not in sheets
    entered = hall.enter(hall.sheet(pack), hall.answers(4))
    assert (entered.attempt.raw, entered.attempt.references["language"]) == (4, "en")
    assert hall.pack().version.language == "vi"
