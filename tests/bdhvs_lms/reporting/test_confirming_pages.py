"""Proposing by a teacher, confirming by an officer, the certificate, and the page on which anybody checks one."""

from __future__ import annotations

import os
import re
from datetime import date, datetime, timedelta
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bdhvs_lms.audit.models import AccessLog
from bdhvs_lms.campaign.api import Plan, SteeringAssignment, write_site_information
from bdhvs_lms.competency.api import Confirmation, confirmed_by, revoke
from bdhvs_lms.competency.confirming.vneid import enter_vneid
from bdhvs_lms.learners.api import Learner, Person
from bdhvs_lms.privacy.actions import erase
from bdhvs_lms.reporting.confirming.checking import NAMES
from bdhvs_lms.roles import confirmers
from bdhvs_lms.tracking import api as tracking
from bdhvs_quiz.testing import SITE, _Browsed
from bdhvs_xapi import api as xapi
from tests.bdhvs_lms.reporting import reading
from tests.bdhvs_lms.reporting.conftest import Stage
from tests.bdhvs_lms.reporting.reading import tables_of
from tests.support.browsing import opened
from tests.support.pdfs import texts_of
from tests.support.world import T0, uid

NAME = "Nguyễn Thị Thanh Hương"
TARGET = "Trên 85% người dân trong độ tuổi trưởng thành"
TARGET_OF = "(mục tiêu năm 2025, nhóm: Người trưởng thành)"
PHONE = "0912 345 678"
DOCUMENT = {
    "number": "12/XN-UBND",
    "day": "2025-11-10",
    "signer": "Trần Văn Cường, Chủ tịch",
    "unit": "UBND phường Thử",
}


@pytest.fixture
def huong(stage: Stage) -> Learner:
    """A member of the class who has attained all that the rule asks for."""
    return attained(stage, NAME)


def text_of(answer: Any) -> str:
    return reading.text_of(answer.content.decode())


def attained(stage: Stage, name: str, *, minutes: int = 5) -> Learner:
    learner = stage.member(name)
    Person.objects.filter(learner=learner).update(phone=PHONE, birth_year=1958)
    stage.record(stage.act(learner, tracking.VERB_PASSED, stage.quiz, minutes=minutes, score=9))
    return learner


def address(stage: Stage, more: str = "") -> str:
    return f"/day/{stage.class_group.uuid}/xac-nhan/{more}"


def send(client: Client, url: str, do: str, *learners: Learner, **more: Any) -> Any:
    data = {"act_id": str(uuid4()), "do": do, "learner": [one.pk for one in learners], **DOCUMENT, **more}
    return client.post(url, data)


def confirmed(stage: Stage, learner: Learner, client: Client | None = None) -> Confirmation:
    assert send(client or officer(stage), "/xac-nhan/", "confirm", learner).status_code == 303
    return Confirmation.objects.get(learner=learner)


def officer(stage: Stage, name: str = "can-bo") -> Client:
    user, new = User.objects.get_or_create(username=name)
    if new:
        user.groups.add(confirmers())
        SteeringAssignment.objects.create(user=user, area=stage.area)
    return stage.signed_in(user)


def test_the_page_lists_who_has_achieved_it_since_when_by_what_and_who_has_not(stage: Stage, huong: Learner) -> None:
    stage.member("Lê Văn Tám")
    text = text_of(stage.teacher().get(address(stage)))
    assert "1 người đã đạt, chưa được xác nhận" in text
    assert f"{NAME}, 1958 đạt từ 01/09/2025; hệ thống chấm" in text, text
    assert "Lê Văn Tám: chưa đạt" in text
    assert f"{TARGET} {TARGET_OF}" in text and "A1 Năng lực một, trình độ 1" in text


def test_a_teacher_proposes_and_confirms_nobody(stage: Stage, huong: Learner) -> None:
    attained(stage, "Lê Văn Tám")
    teacher = stage.teacher()
    page = teacher.get(address(stage)).content.decode()
    assert 'name="number"' not in page and 'value="propose"' in page
    for do in ("review", "confirm"):
        assert send(teacher, address(stage), do, huong).status_code == 400
    assert send(teacher, address(stage), "propose").status_code == 422
    assert send(teacher, address(stage), "propose", huong).status_code == 303
    assert not Confirmation.objects.exists()
    text = text_of(teacher.get(address(stage)))
    assert "Đã đề nghị xác nhận 1 người." in text and "1 người đã đạt, chưa được xác nhận" in text
    assert f"Đang chờ cán bộ xác nhận {NAME}: đề nghị ngày 15/11/2025, lớp" in text, text


def test_whom_teachers_proposed_come_first_in_the_officers_list_with_class_and_teacher(
    stage: Stage, huong: Learner
) -> None:
    attained(stage, "An Văn An")
    teacher, client = stage.teacher(), officer(stage)
    User.objects.filter(username="teacher").update(last_name="Đỗ Thị", first_name="Hạnh")
    assert text_of(client.get("/xac-nhan/")).index("An Văn An") < text_of(client.get("/xac-nhan/")).index(NAME)
    send(teacher, address(stage), "propose", huong)
    listed = text_of(client.get("/xac-nhan/"))
    assert listed.index(NAME) < listed.index("An Văn An")
    group = stage.class_group.name
    assert f"đề nghị ngày 15/11/2025, lớp {group} (" in listed and "Hạnh" in listed
    only = text_of(client.get("/xac-nhan/?de-nghi=1"))
    assert NAME in only and "An Văn An" not in only
    single = f"c{stage.a1.pk}-1"
    assert f'value="{single}"' not in client.get("/xac-nhan/").content.decode()
    send(teacher, f"{address(stage)}?noi-dung={single}", "propose", huong)
    assert f'value="{single}"' in client.get("/xac-nhan/").content.decode()
    assert NAME in text_of(client.get(f"/xac-nhan/?noi-dung={single}&de-nghi=1"))


def test_a_teacher_reads_the_certificate_of_a_member_and_does_not_revoke_it(stage: Stage, huong: Learner) -> None:
    own = f"/giay-xac-nhan/so/{confirmed(stage, huong).uuid}/"
    teacher = stage.teacher()
    page = teacher.get(own)
    assert page.status_code == 200 and "Thu hồi giấy" not in text_of(page)
    assert teacher.post(f"{own}thu-hoi/", {"reason": "vì"}).status_code == 404


def test_an_officer_finds_a_certificate_by_name_to_revoke_it(stage: Stage, huong: Learner) -> None:
    own = f"/giay-xac-nhan/so/{confirmed(stage, huong).uuid}/"
    client = officer(stage)
    assert own in client.get("/xac-nhan/?tim=huong").content.decode()
    for elsewhere in ("", "?tim=lan"):
        assert own not in client.get(f"/xac-nhan/{elsewhere}").content.decode()
    assert f"{own}thu-hoi/" in client.get(own).content.decode()


def test_nothing_is_written_before_it_was_looked_at_once_more(stage: Stage, huong: Learner) -> None:
    client = officer(stage)
    shown = send(client, "/xac-nhan/", "review", huong)
    text = text_of(shown)
    assert shown.status_code == 200 and not Confirmation.objects.exists()
    for said in (
        "Xác nhận 1 người?",
        "12/XN-UBND",
        "10/11/2025",
        "Trần Văn Cường, Chủ tịch",
        "UBND phường Thử",
        f"{NAME}, 1958 A1: trình độ 1, từ 01/09/2025, hệ thống chấm; A2: trình độ 1",
        "Đồng ý xác nhận",
    ):
        assert said in text, said
    changed = send(client, "/xac-nhan/", "change", huong)
    assert changed.status_code == 200 and 'value="12/XN-UBND"' in changed.content.decode()
    assert "checked" in changed.content.decode()


def test_after_a_yes_it_is_confirmed_and_the_list_leads_to_the_certificate(stage: Stage, huong: Learner) -> None:
    client = officer(stage)
    confirmation = confirmed(stage, huong, client)
    assert "Đã xác nhận 1 người." in text_of(client.get("/xac-nhan/"))
    page = stage.teacher().get(address(stage))
    assert f"{NAME}: văn bản số 12/XN-UBND ngày 10/11/2025" in text_of(page)
    assert f"/giay-xac-nhan/so/{confirmation.uuid}/" in page.content.decode()


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(stage: Stage, huong: Learner) -> None:
    refused = send(officer(stage), "/xac-nhan/", "review", huong, day="2025-12-01", number="")
    text = text_of(refused)
    assert refused.status_code == 422 and not Confirmation.objects.exists()
    assert "Nhập số văn bản." in text and "UBND phường Thử" in refused.content.decode()
    nobody = send(officer(stage, "khac"), "/xac-nhan/", "review")
    assert nobody.status_code == 422 and "Hãy chọn ít nhất một người." in text_of(nobody)


def test_an_officer_confirms_in_the_own_areas_and_nowhere_else(stage: Stage, huong: Learner) -> None:
    client = officer(stage)
    text = text_of(client.get("/xac-nhan/"))
    assert NAME in text and "1 người đã đạt, chưa được xác nhận" in text
    assert NAME not in text_of(client.get("/xac-nhan/?tim=Tám"))
    assert NAME in text_of(client.get("/xac-nhan/?tim=huong"))
    done = send(client, "/xac-nhan/", "confirm", huong)
    assert done.status_code == 303 and Confirmation.objects.get().act.class_group is None
    assert NAME not in text_of(client.get("/xac-nhan/"))
    SteeringAssignment.objects.update(area=stage.other_area)
    assert client.get(f"/giay-xac-nhan/so/{Confirmation.objects.get().uuid}/").status_code == 404


def test_whose_certificate_has_lapsed_stands_in_the_officers_list_again(stage: Stage, huong: Learner) -> None:
    """Its evidence was taken away, nobody has revoked it, and the person has achieved it anew."""
    client = officer(stage)
    assert send(client, "/xac-nhan/", "confirm", huong).status_code == 303
    assert NAME not in text_of(client.get("/xac-nhan/"))
    [passed] = xapi.facts(actor_key=tracking.actor_key(huong), verbs=[tracking.VERB_PASSED])
    with transaction.atomic():
        tracking.void(passed.statement_id, by=uid("operator"), reason_code="cheated", at=T0 + timedelta(days=72))
    assert NAME not in text_of(client.get("/xac-nhan/"))
    stage.record(stage.act(huong, tracking.VERB_PASSED, stage.quiz, minutes=24 * 60 * 74, score=9, try_no=2))
    assert NAME in text_of(client.get("/xac-nhan/"))
    assert send(client, "/xac-nhan/", "confirm", huong, number="15/XN-UBND", day="2025-11-15").status_code == 303
    assert NAME not in text_of(client.get("/xac-nhan/"))


def test_who_goes_back_after_a_yes_confirms_others_by_their_own_document(stage: Stage, huong: Learner) -> None:
    """The browser sends the form that was looked at again; what comes back is a form of its own."""
    client, act_id, tam = officer(stage), str(uuid4()), attained(stage, "Lê Văn Tám")
    assert send(client, "/xac-nhan/", "confirm", huong, act_id=act_id).status_code == 303
    shown = send(client, "/xac-nhan/", "review", huong, act_id=act_id).content.decode()
    found = re.search(r'name="act_id" value="([^"]+)"', shown)
    assert found is not None and found[1] != act_id
    assert send(client, "/xac-nhan/", "confirm", tam, act_id=found[1], number="13/XN-UBND").status_code == 303
    assert Confirmation.objects.get(learner=tam).act.document == "13/XN-UBND"


def test_a_form_of_an_officer_that_is_sent_again_confirms_once(stage: Stage, huong: Learner) -> None:
    client, act_id = officer(stage), str(uuid4())
    for _time in range(2):
        assert send(client, "/xac-nhan/", "confirm", huong, act_id=act_id).status_code == 303
    assert Confirmation.objects.count() == 1


def test_the_committee_and_a_teacher_have_no_page_of_an_officer(stage: Stage, huong: Learner) -> None:
    for client in (stage.steering(), stage.teacher()):
        assert client.get("/xac-nhan/").status_code == 403
        assert send(client, "/xac-nhan/", "confirm", huong).status_code == 403
    assert not Confirmation.objects.exists()


def test_every_look_at_names_is_logged(stage: Stage, huong: Learner) -> None:
    client = officer(stage)
    confirmation = confirmed(stage, huong, client)
    client.get(f"/giay-xac-nhan/so/{confirmation.uuid}/")
    officer(stage).get("/xac-nhan/")
    assert list(AccessLog.objects.order_by("pk").values_list("page", flat=True)) == ["area-confirm", "certificate"]


def test_the_learner_sees_and_prints_the_own_certificate(stage: Stage) -> None:
    learner, client = stage.learning_user("Đỗ Thị Hoa")
    _other, stranger = stage.learning_user("Lê Văn Tám")
    stage.record(stage.act(learner, tracking.VERB_PASSED, stage.quiz, minutes=5, score=9))
    assert send(officer(stage), "/xac-nhan/", "confirm", learner).status_code == 303
    confirmation = Confirmation.objects.get()
    results = client.get("/viec-hoc/ket-qua/")
    assert f"Đã được xác nhận: {TARGET} {TARGET_OF}, văn bản số 12/XN-UBND ngày 10/11/2025" in text_of(results)
    own = f"/giay-xac-nhan/so/{confirmation.uuid}/"
    assert own in results.content.decode()
    page = client.get(own)
    assert page.status_code == 200 and "Đỗ Thị Hoa" in text_of(page) and "Thu hồi giấy" not in text_of(page)
    assert stranger.get(own).status_code == 404
    assert Client().get(own).status_code == 302
    assert not AccessLog.objects.filter(page="certificate").exists(), "one's own paper is nobody's look"


def test_the_file_says_who_what_by_which_document_and_no_birth_or_telephone(stage: Stage, huong: Learner) -> None:
    client = officer(stage)
    confirmation = confirmed(stage, huong, client)
    answer = client.get(f"/giay-xac-nhan/so/{confirmation.uuid}/giay.pdf")
    assert answer["Content-Type"] == "application/pdf"
    [text] = texts_of(answer.content)
    for said in (
        "GIẤY XÁC NHẬN",
        NAME,
        TARGET,
        "mục tiêu năm 2025, nhóm: Người trưởng thành",
        "A1 Năng lực một Sử dụng được",
        "A2 Năng lực hai",
        "12/XN-UBND",
        "10/11/2025",
        "UBND phường Thử",
        "Trần Văn Cường, Chủ tịch",
        "/giay-xac-nhan/",
    ):
        assert said.lower() in text.lower(), (said, text)
    assert "1958" not in text and PHONE not in text and PHONE.replace(" ", "") not in text


def test_no_page_and_no_paper_prints_what_the_rule_calls_itself(stage: Stage, huong: Learner) -> None:
    """The shipped ones are called "Quy tắc tạm thời, chờ đối chiếu …", which confirms nothing."""
    client, rule = officer(stage), stage.rule.label_vi
    listed, shown = client.get("/xac-nhan/"), send(client, "/xac-nhan/", "review", huong)
    confirmation = confirmed(stage, huong, client)
    own = f"/giay-xac-nhan/so/{confirmation.uuid}/"
    for page in (listed, shown, client.get(own), check(confirmation)):
        text = text_of(page)
        assert f"{TARGET} {TARGET_OF}" in text and rule not in text, text
    [paper] = texts_of(client.get(f"{own}giay.pdf").content)
    assert rule not in paper


def test_a_refused_proposal_says_why_to_the_teacher_who_proposes_again_or_takes_it_back(
    stage: Stage, huong: Learner
) -> None:
    teacher, client = stage.teacher(), officer(stage)
    User.objects.filter(username="can-bo").update(last_name="Phạm Văn", first_name="Bộ")
    assert 'value="refuse"' not in client.get("/xac-nhan/").content.decode(), "nobody is proposed"
    send(teacher, address(stage), "propose", huong)
    assert 'value="refuse"' in client.get("/xac-nhan/").content.decode()
    wordless = send(client, "/xac-nhan/", "refuse", huong, reason=" ")
    assert wordless.status_code == 422 and "Hãy ghi lý do trước." in text_of(wordless)
    assert "Hãy chọn ít nhất một người." in text_of(send(client, "/xac-nhan/", "refuse", reason="vì"))
    assert send(client, "/xac-nhan/", "refuse", huong, reason="Chưa có <biên bản>").status_code == 303
    answer = client.get("/xac-nhan/")
    listed = text_of(answer)
    words = "không được chấp nhận ngày 15/11/2025 (Bộ Phạm Văn): Chưa có <biên bản>"
    assert "Đã từ chối đề nghị của 1 người." in listed and words in listed, listed
    assert NAME not in text_of(client.get("/xac-nhan/?de-nghi=1"))
    assert 'value="refuse"' not in answer.content.decode()
    page = teacher.get(address(stage))
    assert words in text_of(page) and "Đang chờ cán bộ xác nhận" not in text_of(page)
    assert "<biên bản>" not in page.content.decode()
    assert send(teacher, address(stage), "propose", huong).status_code == 303
    page = teacher.get(address(stage))
    assert words not in text_of(page) and 'value="take-back"' in page.content.decode()
    assert send(teacher, address(stage), "take-back", huong).status_code == 303
    text = text_of(teacher.get(address(stage)))
    assert "Đã rút lại đề nghị của 1 người." in text and "1 người đã đạt, chưa được xác nhận" in text
    late = send(client, "/xac-nhan/", "refuse", huong, reason="vì")
    assert late.status_code == 422 and "Không còn đề nghị nào" in text_of(late)
    # Each on their own page alone.
    assert send(teacher, address(stage), "refuse", huong, reason="vì").status_code == 400
    assert send(client, "/xac-nhan/", "take-back", huong).status_code == 400


def test_plans_that_word_the_target_otherwise_leave_group_and_year(stage: Stage, huong: Learner) -> None:
    other = Plan.objects.create(
        key="other", title_vi="Kế hoạch khác", issued_by="Ban khác", area=stage.other_area, source="tests",
        confidence="A",
    )  # fmt: skip
    stage.add_target("T3-2025", 2025, plan=other, name_vi="Người lớn dùng được điện thoại")
    text = text_of(check(confirmed(stage, huong)))
    assert "Mục tiêu năm 2025, nhóm: Người trưởng thành" in text and "điện thoại" not in text and TARGET not in text


def test_the_agency_of_the_site_is_printed_and_nobody_types_another(stage: Stage, huong: Learner) -> None:
    client = officer(stage)
    assert 'name="unit"' in client.get("/xac-nhan/").content.decode()
    empty = dict.fromkeys(("address", "phone", "hours_vi", "hours_en", "privacy_vi", "privacy_en"), "")
    write_site_information(at=T0, by=None, agency="UBND xã Thật", **empty)
    assert 'name="unit"' not in client.get("/xac-nhan/").content.decode()
    shown = send(client, "/xac-nhan/", "review", huong)
    assert "UBND xã Thật" in text_of(shown) and DOCUMENT["unit"] not in text_of(shown)
    assert confirmed(stage, huong, client).act.unit == "UBND xã Thật"


def test_a_long_name_and_a_long_rule_stay_on_one_sheet(stage: Stage, huong: Learner) -> None:
    Person.objects.filter(learner=huong).update(full_name=" ".join(["Công", "Tằng", "Tôn", "Nữ"] * 6)[:120])
    client = officer(stage)
    long = {"unit": "Ủy ban nhân dân phường " + "Chương Mỹ " * 17, "signer": "Nguyễn Hoàng " * 11}
    assert send(client, "/xac-nhan/", "confirm", huong, **long).status_code == 303
    answer = client.get(f"/giay-xac-nhan/so/{Confirmation.objects.get().uuid}/giay.pdf")
    assert len(texts_of(answer.content)) == 1


def check(confirmation: Confirmation, **more: Any) -> Any:
    return Client().get(f"/giay-xac-nhan/{confirmation.code}/", **more)


def test_anybody_with_the_code_is_told_that_it_is_valid_and_little_else(stage: Stage, huong: Learner) -> None:
    confirmation = confirmed(stage, huong)
    answer = check(confirmation)
    text = text_of(answer)
    assert answer.status_code == 200 and "Giấy xác nhận còn hiệu lực" in text
    assert "N. T. T. Hương" in text and NAME not in text
    assert "12/XN-UBND" in text and "10/11/2025" in text and f"{TARGET} {TARGET_OF}" in text
    raw = answer.content.decode()
    for hidden in ("1958", PHONE, PHONE.replace(" ", ""), "Cường", str(huong.actor), "Thanh"):
        assert hidden not in raw, hidden
    assert answer["X-Robots-Tag"] == "noindex, nofollow" and "no-store" in answer["Cache-Control"]


def test_the_name_on_the_paper_can_be_compared(stage: Stage, huong: Learner) -> None:
    address = f"/giay-xac-nhan/{confirmed(stage, huong).code}/"
    yes, no = (Client().post(address, {"name": name}) for name in (f"  {NAME.upper()} ", "Nguyễn Thị Hương"))
    assert "Đúng: giấy đã cấp cho người mang đúng họ tên này." in text_of(yes)
    assert "Không đúng" in text_of(no)
    assert Client().post(address, {"name": ""}).status_code == 422


def test_on_a_telephone_each_fact_of_a_certificate_stands_below_its_name(
    stage: Stage, huong: Learner, chromium: str
) -> None:
    confirmation = confirmed(stage, huong)
    site = _Browsed(stage.user("nguoi-xem"))
    with opened(chromium) as browser, mock.patch.dict(os.environ, DJANGO_ALLOW_ASYNC_UNSAFE="1"):
        context = site.opened_in(browser, script=False)
        page = context.new_page()
        page.goto(f"{SITE}/giay-xac-nhan/{confirmation.code}/")
        names, facts = page.locator(".facts dt"), page.locator(".facts dd")
        for place in range(names.count()):
            name, fact = names.nth(place).bounding_box(), facts.nth(place).bounding_box()
            assert fact["x"] == name["x"] and fact["y"] >= name["y"] + name["height"] - 1
        assert names.count() == 5
        context.close()
    assert site.problems == []


def test_a_code_is_typed_as_it_is_read(stage: Stage, huong: Learner) -> None:
    code = confirmed(stage, huong).code
    typed = f"{code[:4]} {code[4:8]} {code[8:12]} {code[12:]}".lower()
    answer = Client().post("/giay-xac-nhan/", {"code": typed})
    assert (answer.status_code, answer["Location"]) == (303, f"/giay-xac-nhan/{code}/")
    assert Client().post("/giay-xac-nhan/", {"code": ""}).status_code == 422


@pytest.mark.parametrize("code", ["0" * 16, "7K3M-9QXT-4HWD-2PNR", "x", "so"])
def test_a_forged_code_says_so(stage: Stage, code: str) -> None:
    answer = Client().get(f"/giay-xac-nhan/{code}/")
    assert answer.status_code == 404
    assert "Không có giấy xác nhận nào mang mã này." in text_of(answer)


def test_a_revoked_certificate_says_so_with_its_day_on_paper_page_and_check(stage: Stage, huong: Learner) -> None:
    client = officer(stage)
    confirmation = confirmed(stage, huong, client)
    own = f"/giay-xac-nhan/so/{confirmation.uuid}/"
    assert "Thu hồi giấy xác nhận này" in text_of(client.get(own))
    assert client.post(f"{own}thu-hoi/", {"act_id": str(uuid4()), "reason": " "}).status_code == 422
    assert client.post(f"{own}thu-hoi/", {"act_id": str(uuid4()), "reason": "Sai tên"}).status_code == 303
    assert "Giấy xác nhận đã bị thu hồi ngày 15/11/2025" in text_of(check(confirmation))
    page = text_of(client.get(own))
    assert "ĐÃ THU HỒI ngày 15/11/2025" in page and "Sai tên" not in page
    [paper] = texts_of(client.get(f"{own}giay.pdf").content)
    assert "ĐÃ THU HỒI ngày 15/11/2025" in paper
    listed = text_of(client.get("/xac-nhan/"))
    assert "1 người đã đạt, chưa được xác nhận" in listed, "it may be confirmed anew"


def test_whoever_may_not_revoke_finds_no_page_for_it(stage: Stage, huong: Learner) -> None:
    confirmation = confirmed(stage, huong)
    for client in (stage.steering(), stage.signed_in(stage.user("khac"))):
        for method in ("get", "post"):
            found = getattr(client, method)(f"/giay-xac-nhan/so/{confirmation.uuid}/thu-hoi/", {"reason": "vì"})
            assert found.status_code == 404
    assert not hasattr(Confirmation.objects.get(), "revocation")


def test_guessing_the_name_is_stopped_for_this_certificate_and_reading_it_never(stage: Stage, huong: Learner) -> None:
    client = officer(stage)
    confirmation = confirmed(stage, huong, client)
    address = f"/giay-xac-nhan/{confirmation.code}/"
    for _guess in range(NAMES):
        assert Client().post(address, {"name": "Trần Thị Hoa"}).status_code == 200
    rests = Client().post(address, {"name": huong.person.full_name})
    assert (rests.status_code, "đúng họ tên này" in text_of(rests)) == (429, False)
    assert re.search(r"Nhập sai tên quá nhiều lần\. Hãy thử lại sau \d\d:\d\d\.", text_of(rests))
    assert check(confirmation).status_code == 200
    other = confirmed(stage, attained(stage, "Lê Văn Tám", minutes=9), client)
    same = Client().post(f"/giay-xac-nhan/{other.code}/", {"name": "Lê Văn Tám"})
    assert (same.status_code, "đúng họ tên này" in text_of(same)) == (200, True)


def test_after_an_erasure_the_certificate_is_gone_and_says_why(stage: Stage, huong: Learner) -> None:
    client = officer(stage)
    confirmation = confirmed(stage, huong, client)
    erase(huong, by=None, at=T0 + timedelta(days=80))
    answer = check(confirmation)
    assert answer.status_code == 410 and "không còn kiểm tra được" in text_of(answer)
    assert "Hương" not in answer.content.decode() and "12/XN" not in answer.content.decode()
    assert client.get(f"/giay-xac-nhan/so/{confirmation.uuid}/").status_code == 404


def test_the_board_counts_who_is_confirmed_and_no_longer_after_a_revocation(stage: Stage, huong: Learner) -> None:
    at = datetime.fromisoformat("2025-12-31T23:59:00+07:00")
    people = [huong, *(attained(stage, f"Người {number}", minutes=number + 9) for number in range(5))]
    client = officer(stage)
    assert send(client, "/xac-nhan/", "confirm", *people).status_code == 303
    assert confirmed_by(stage.rule, at).count() == 6
    heads, target = tables_of(stage.steering(stage.province).get("/chi-dao/"))[0]
    assert target[heads.index("Trong đó: đã được xác nhận")] == "6"
    revoke(Confirmation.objects.get(learner=huong), "vì", act_id=uuid4(), at=at, by=None)
    assert confirmed_by(stage.rule, at).count() == 5
    assert not list(tracking.check())


def test_vneid_stands_beside_ours_with_its_source(stage: Stage, huong: Learner) -> None:
    enter_vneid(
        huong, confirmed=True, confirmed_on=date(2025, 10, 1), as_of=date(2025, 10, 31), source="Công an phường",
        at=T0 + timedelta(days=70), by=None,
    )  # fmt: skip
    text = text_of(stage.teacher().get(f"/day/{stage.class_group.uuid}/nguoi/{huong.actor}/"))
    assert "Đã xác nhận trên VNeID ngày 01/10/2025" in text and "nguồn: Công an phường, đến ngày 31/10/2025" in text
    assert "Đã được xác nhận" not in text


def test_a_larger_class_costs_no_more_queries(stage: Stage) -> None:
    teacher, counts = stage.teacher(), []
    for size in (2, 6):
        for number in range(size):
            attained(stage, f"Người {size} {number}", minutes=10 * size + number)
        with CaptureQueriesContext(connection) as queries:
            assert teacher.get(address(stage)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 40, counts


def test_the_role_has_this_permission_and_no_other(db: None) -> None:
    assert [right.codename for right in confirmers().permissions.all()] == ["confirm_attainment"]
    assert Group.objects.get(name="Người xác nhận kết quả") == confirmers()
