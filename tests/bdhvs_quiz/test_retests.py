"""A quiz that is a retest: nobody takes it alone, on paper it measures, and it changes nobody's competencies."""

from __future__ import annotations

import html
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from bdhvs_content.errors import NotPublishable
from bdhvs_lms.competency.api import RetestMark
from bdhvs_lms.competency.models import Attainment, Evidence
from bdhvs_lms.courses.api import Activity, RetestActivity
from bdhvs_lms.tracking.api import check
from bdhvs_quiz.actions import open_attempt
from bdhvs_quiz.crossing import OnPaperOnly
from bdhvs_quiz.models import Attempt
from bdhvs_quiz.paper.returning import WRONG_PERSON, take_back
from tests.bdhvs_content import pages
from tests.bdhvs_quiz.helpers import Taking
from tests.bdhvs_quiz.test_paper import Hall
from tests.support.markup import html_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _vietnamese() -> Any:
    with translation.override("vi"):
        yield


def words(response: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", html_of(response))).split())


def retest() -> Taking:
    a1 = pages.framework().competencies.get(code="A1")
    return Taking(3, {"role": "retest", "required": False}, [(a1, 1)])


def test_nobody_takes_it_alone_and_the_page_says_why() -> None:
    taking = retest()
    page = taking.client.get(taking.quiz.url)
    assert "làm bài này trên giấy" in words(page) and taking.begin_address() not in page.content.decode()
    answer = taking.client.post(taking.begin_address(), {"act_id": str(uuid.uuid4())})
    assert answer.status_code == 409 and "làm bài này trên giấy" in words(answer)
    with pytest.raises(OnPaperOnly):
        open_attempt(taking.learner, taking.key, act_id=uuid.uuid4(), at=pages.AT)
    assert not Attempt.objects.exists()


def test_on_paper_it_is_a_mark_and_no_evidence() -> None:
    hall = Hall(role="retest", required=False)
    pack = hall.pack()
    attempt = hall.enter(hall.sheet(pack), hall.answers(4)).attempt
    mark = RetestMark.objects.get()
    assert (mark.learner, mark.competency, mark.success, mark.trust) == (hall.people[0], hall.a1, True, 2)
    assert not Evidence.objects.exists() and not Attainment.objects.exists()
    # Keyed in anew, wrongly answered; then taken back.
    hall.enter(hall.sheet(pack), hall.answers(0), base=2)
    assert [one.success for one in RetestMark.objects.all()] == [False]
    given = {
        "by": hall.teacher,
        "at": pages.AT,
        "reason": WRONG_PERSON,
        "to": hall.person("Ân"),
        "act_id": uuid.uuid4(),
    }
    take_back(hall.sheet(pack), attempt.uuid, **given)
    assert {one.learner.person.full_name for one in RetestMark.objects.all()} == {"Ân"}
    assert list(check()) == []


def test_it_is_a_retest_from_the_beginning_and_for_good() -> None:
    taking = retest()
    assert Activity.objects.get(key=taking.key).role == "retest"
    assert RetestActivity.objects.get().key == taking.key
    taking.quiz.role = ""
    with pytest.raises(NotPublishable, match="luôn là bài phúc tra"):
        pages.publish(taking.quiz)
    assert Activity.objects.get(key=taking.key).role == "retest"


def test_what_people_have_taken_becomes_no_retest() -> None:
    a1 = pages.framework().competencies.get(code="A1")
    taking = Taking(2, {"required": False}, [(a1, 1)])
    taking.open()
    taking.quiz.role = "retest"
    with pytest.raises(NotPublishable, match="Đã có người làm bài này"):
        pages.publish(taking.quiz)
    assert not RetestActivity.objects.exists()


def test_a_retest_has_competencies_and_finishes_no_course() -> None:
    taking = Taking(2, {"required": False})
    taking.quiz.role, taking.quiz.required = "retest", True
    with pytest.raises(NotPublishable) as refused:
        pages.publish(taking.quiz)
    assert "bỏ chọn" in str(refused.value) and "cần có năng lực" in str(refused.value)


def test_the_form_offers_it() -> None:
    taking = retest()
    page = words(pages.editor().get(reverse("wagtailadmin_pages:edit", args=[taking.quiz.pk])))
    assert "bài phúc tra: cho mẫu được bốc" in page
    # Of the two ends of a course it says nothing.
    assert "Khóa học này chưa có" not in page


def test_sheets_are_for_those_who_were_drawn_and_not_tested_yet(settings: Any) -> None:
    from django.apps import apps

    hall = Hall("Trần Thị Lan", "Lê Văn Ân", "Phạm Thị Bình", role="retest", required=False)
    settings.BDHVS_TEST_CLOCK = pages.AT.isoformat()
    client = Client()
    client.force_login(hall.teacher)
    key = hall.quiz.translation_key
    address = reverse("bdhvs_quiz:class-papers", args=[hall.group.uuid])
    # Nobody was drawn: everybody, as of every quiz.
    assert len(hall.pack(spare=0).sheets.all()) == 3 and "được bốc mẫu" not in words(client.get(address))
    sample = apps.get_model("bdhvs_lms.RetestSample").objects.create(
        act_id=uuid.uuid4(), competency=hall.a1, level=1, area=hall.group.area, as_of=pages.AT.date(),
        activity_key=key, until=pages.AT.date() + timedelta(days=9), method="simple", seed="00" * 32,
        frame_size=3, frame_digest="00" * 32, nameless=0, size=2, drawn_at=pages.AT,
    )  # fmt: skip
    member = apps.get_model("bdhvs_lms.RetestMember").objects
    for number, one in enumerate(hall.people[:2], start=1):
        member.create(sample=sample, learner=one, number=number, area=hall.group.area)
    page = client.get(address, {"bai": str(key)})
    assert "in cho 2 người được bốc mẫu" in words(page) and re.search(r'value="[-0-9a-f]{36}" checked', html_of(page))
    pack = hall.pack(spare=1)
    assert {one.learner for one in pack.sheets.all()} == {*hall.people[:2], None}
    hall.enter(hall.sheet(pack), hall.answers(4))
    again = hall.pack(spare=0)
    assert len(again.sheets.all()) == 1 and again.sheets.get().learner != pack.sheets.get(number=1).learner
