"""Pages of retests as a browser shows them: the draw, the numbers, and the list of names for whoever needs it."""

from __future__ import annotations

import html
import re
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from bdhvs_lms.audit.models import AccessLog
from bdhvs_lms.base.api import now
from bdhvs_lms.campaign.api import SteeringAssignment
from bdhvs_lms.competency.api import subject_of
from bdhvs_lms.reporting.readings.actions import freeze
from bdhvs_lms.reporting.retest.actions import close
from bdhvs_lms.reporting.retest.models import RetestAbsence, RetestClosing, RetestSample
from bdhvs_lms.reporting.retest.report import figures_of
from tests.bdhvs_lms.reporting.conftest import NOW
from tests.bdhvs_lms.reporting.retesting import Retesting
from tests.support.board import ASKED
from tests.support.loops import for_each
from tests.support.markup import html_of
from tests.support.worlds import made_once

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


made, own = made_once(Retesting.with_six)


@pytest.fixture
def retesting(own: Retesting, settings: Any) -> Any:
    settings.BDHVS_TEST_CLOCK = NOW
    with translation.override("vi"):
        yield own


def words(response: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", html_of(response))).split())


def operator(retesting: Retesting, *names: str) -> Client:
    user = retesting.user("operator")
    rights = names or ("add_retestsample", "view_retestsample")
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return retesting.signed_in(user)


def officer(retesting: Retesting, area: Any = None) -> Client:
    user = retesting.user("officer")
    user.user_permissions.set(Permission.objects.filter(codename="confirm_attainment"))
    SteeringAssignment.objects.create(user=user, area=area or retesting.area)
    return retesting.signed_in(user)


def form_of(retesting: Retesting, **more: Any) -> dict[str, Any]:
    return {
        "offer": f"r{retesting.rule.pk}/{retesting.retest}",
        "area": "10015@2025-07-01",
        "as_of": "2025-11-14",
        "size": "6",
        "method": "stratified",
        "until": "2025-12-15",
        "act_id": str(uuid.uuid4()),
        **more,
    }


def test_an_operator_looks_first_and_then_draws(retesting: Retesting) -> None:
    retesting.named(9)
    client, address = operator(retesting), reverse("bdhvs_lms:retest-draw")
    page = words(client.get(address))
    assert "Người trưởng thành, 2025 – Bài phúc tra" in page
    assert "A1 · Năng lực một, trình độ 1 – Bài phúc tra" in page
    # Half of Wilson's interval around 50 and 90 % of 100 people.
    assert "100 ± 9,6" in page
    seen = words(client.post(address, form_of(retesting, do="review")))
    assert "9 người đã đạt tính đến 14/11/2025" in seen and not RetestSample.objects.exists()
    # All that was chosen, and by which rule.
    assert "Quy tắc Đạt cả hai năng lực" in seen and "Cách bốc phân tầng theo xã" in seen
    sent = form_of(retesting, do="draw")
    answer = client.post(address, sent)
    sample = RetestSample.objects.get()
    assert answer.status_code == 303 and answer["Location"] == reverse("bdhvs_lms:retest", args=[sample.uuid])
    assert client.post(address, sent)["Location"] == answer["Location"] and RetestSample.objects.count() == 1
    shown = words(client.get(answer["Location"]))
    assert "Đã kiểm tra lại: 0/6 người" in shown and sample.seed in shown
    assert "Vừa bốc lại: đúng những người này." in words(client.get(f"{answer['Location']}?kiem-tra=co"))


def test_what_is_wrong_stands_at_its_field(retesting: Retesting) -> None:
    answer = operator(retesting).post(reverse("bdhvs_lms:retest-draw"), form_of(retesting, size="10", do="review"))
    assert answer.status_code == 422 and "Chọn từ 5 đến 6 người." in words(answer)


@for_each("more", [{"as_of": "0001-01-01"}, {"until": "9999-12-31"}])
def test_a_day_far_from_any_record_is_said_at_its_field(retesting: Retesting, more: dict[str, str]) -> None:
    answer = operator(retesting).post(reverse("bdhvs_lms:retest-draw"), form_of(retesting, do="draw", **more))
    assert answer.status_code == 422 and not RetestSample.objects.exists()


def test_without_a_retest_the_page_says_what_to_publish(retesting: Retesting) -> None:
    from bdhvs_lms.courses.api import withdraw_activity

    withdraw_activity(retesting.retest, at=ASKED)
    assert "Chưa có bài phúc tra nào" in words(operator(retesting).get(reverse("bdhvs_lms:retest-draw")))


def closed(retesting: Retesting, still: int, lost: int, people: int) -> RetestSample:
    drawn = retesting.named(people)
    sample = retesting.draw(people)
    retesting.record(*(retesting.sit(one, passed=place < still) for place, one in enumerate(drawn[: still + lost])))
    close(sample, act_id=uuid.uuid4(), by=None, at=ASKED + 20 * DAY)
    return sample


def test_the_committee_reads_numbers_and_no_names(retesting: Retesting) -> None:
    sample = closed(retesting, 10, 5, 20)
    client = retesting.steering()
    address = reverse("bdhvs_lms:retest", args=[sample.uuid])
    page = words(client.get(address))
    assert "10/15 người được kiểm tra lại vẫn đạt" in page
    # 15 of what may be 99 (20 to 99 is told): n' = 15·98/84 = 17.5; Wilson of 66.7 % of 17.5 is 43.4 to 83.9 %.
    assert "66,7 %" in page and "43,4 % đến 83,9 %" in page
    # Worst 10/20, best 15/20.
    assert "50,0 % đến 75,0 %" in page
    file = client.get(reverse("bdhvs_lms:retest-file", args=[sample.uuid, "csv"]))
    text = file.content.decode("utf-8-sig")
    assert "43,4 % đến 83,9 %" in text and "66,7 %" in text
    for told in (page, text, words(client.get(reverse("bdhvs_lms:retests")))):
        assert not any(f"nguoi {number}" in told for number in range(20))
    assert client.get(reverse("bdhvs_lms:retest-list", args=[sample.uuid])).status_code == 403
    assert client.get(reverse("bdhvs_lms:retest-draw")).status_code == 403
    assert client.post(address, {"act_id": str(uuid.uuid4())}).status_code == 403
    # Another area's sample is none of theirs.
    other = retesting.steering(retesting.other_area, name="khac")
    assert other.get(address).status_code == 404
    assert "Chưa bốc mẫu nào" in words(other.get(reverse("bdhvs_lms:retests")))


def test_from_how_many_was_drawn_is_no_second_look_at_the_board(retesting: Retesting) -> None:
    """A reading says 20, the board hides that they are 22: the retest's page and files do not tell it."""
    retesting.people(40)
    retesting.named(20)
    for area in (retesting.area, retesting.province):
        retesting.count_everyone(100, area=area)
    freeze(retesting.province, date(2025, 11, 13), at=now(), by=None)
    retesting.named(2, "mới")
    board = words(retesting.steering().get("/chi-dao/"))
    assert "Kỳ số liệu đến hết ngày 13/11/2025: 20 người đạt" in board and "22" not in board
    sample = retesting.draw(15)
    drawn = [one.learner for one in sample.members.order_by("number").select_related("learner")]
    retesting.record(*(retesting.sit(one, passed=place < 10) for place, one in enumerate(drawn)))
    close(sample, act_id=uuid.uuid4(), by=None, at=ASKED + 20 * DAY)
    assert sample.frame_size == 22
    page = html_of(retesting.steering(name="khác").get(reverse("bdhvs_lms:retest", args=[sample.uuid])))
    page = page.replace(sample.seed, "").replace(sample.frame_digest, "")
    file = retesting.steering(name="nữa").get(reverse("bdhvs_lms:retest-file", args=[sample.uuid, "csv"]))
    for told in (page, file.content.decode("utf-8-sig")):
        assert not re.search(r"\b22\b", told) and "20–99" in told


@pytest.fixture
def twenty(retesting: Retesting) -> Retesting:
    retesting.there = retesting.named(20)
    return retesting


@for_each(
    ("still", "lost", "told", "hidden"),
    [
        (14, 3, "ít nhất 76,4 %", True),
        (3, 14, "nhiều nhất 23,6 %", True),
        (17, 0, "100,0 %", False),
        (3, 1, "Không hiển thị", True),
        (4, 4, "Không hiển thị", True),
    ],
)
def test_one_to_four_people_are_never_told(twenty: Retesting, still: int, lost: int, told: str, hidden: bool) -> None:
    sample = closed(twenty, still, lost, 20)
    page = words(twenty.steering().get(reverse("bdhvs_lms:retest", args=[sample.uuid])))
    assert told in page
    assert ("không còn đạt Không hiển thị" in page) is hidden
    found = figures_of(sample, RetestClosing.objects.get())
    if hidden:
        assert found.still is None and found.lost is None
        exact = f"{100 * still / (still + lost):.1f} %".replace(".", ",")
        assert exact not in page


def test_before_it_is_closed_nobody_is_told_what_people_show(retesting: Retesting) -> None:
    drawn = retesting.named(12)
    sample = retesting.draw(12)
    retesting.record(*(retesting.sit(one, passed=False) for one in drawn[:6]))
    client = operator(retesting)
    address = reverse("bdhvs_lms:retest", args=[sample.uuid])
    page = words(client.get(address))
    assert "Đã kiểm tra lại: 6/12 người" in page and "%" not in page.split("Cách đọc")[0]
    assert client.get(reverse("bdhvs_lms:retest-file", args=[sample.uuid, "csv"])).status_code == 404
    refused = client.post(address, {"act_id": str(uuid.uuid4())})
    assert refused.status_code == 422 and "6 người chưa rõ" in words(refused)
    assert "Chưa chốt được đợt phúc tra" in words(refused)


def test_a_correction_without_a_reason_is_told_at_its_field(retesting: Retesting, settings: Any) -> None:
    sample = closed(retesting, 10, 5, 20)
    settings.BDHVS_TEST_CLOCK = "2025-12-06T10:00:00+07:00"
    client, address = operator(retesting), reverse("bdhvs_lms:retest", args=[sample.uuid])
    refused = client.post(address, {"act_id": str(uuid.uuid4()), "why": "  "})
    page = html_of(refused)
    assert refused.status_code == 422 and "Chưa đính chính số liệu" in page and 'href="#why"' in page
    assert 'id="why_error"' in page and 'aria-describedby="why_error"' in page
    # Above, and at the field.
    assert words(refused).count("Hãy ghi vì sao đính chính") == 2
    same = client.post(address, {"act_id": str(uuid.uuid4()), "why": "Nhập nhầm"})
    assert "không có gì để đính chính" in words(same) and ">Nhập nhầm</textarea>" in html_of(same)


def test_an_officer_lists_own_areas_notes_who_did_not_come_and_is_logged(retesting: Retesting) -> None:
    retesting.named(6)
    sample = retesting.draw(6)
    client = officer(retesting)
    address = reverse("bdhvs_lms:retest-list", args=[sample.uuid])
    page = client.get(address)
    assert all(f"nguoi {number}" in words(page) for number in range(6))
    assert AccessLog.objects.filter(page="retest-list").count() == 1
    members = list(sample.members.order_by("number"))
    sent = {"act_id": str(uuid.uuid4()), "mau": str(sample.uuid), f"nguoi-{members[0].pk}": "moved"}
    assert client.post(address, sent).status_code == 303
    assert "Đã ghi nhận cho 1 người." in words(client.get(address))
    assert list(RetestAbsence.objects.values_list("member", "kind")) == [(members[0].pk, "moved")]
    assert client.post(address, {**sent, "mau": "x"}).status_code == 400
    assert client.post(address, {**sent, f"nguoi-{members[0].pk}": "ốm"}).status_code == 422


def test_an_officer_of_another_area_sees_nobody(retesting: Retesting) -> None:
    retesting.named(6)
    sample = retesting.draw(6)
    page = words(officer(retesting, retesting.other_area).get(reverse("bdhvs_lms:retest-list", args=[sample.uuid])))
    assert "Không có ai ở địa bàn của bạn" in page and "nguoi 1" not in page
    assert not AccessLog.objects.filter(page="retest-list").exists()


def test_a_teacher_sees_members_of_the_own_class_alone(retesting: Retesting) -> None:
    from bdhvs_lms.classes.api import Membership

    people = retesting.named(6)
    for one in people[:2]:
        Membership.objects.create(learner=one, class_group=retesting.class_group, valid_from=date(2025, 9, 1))
    sample = retesting.draw(6)
    client = retesting.teacher()
    address = reverse("bdhvs_lms:class-retest", args=[retesting.class_group.uuid])
    page = words(client.get(address))
    assert "nguoi 0" in page and "nguoi 1" in page and "nguoi 2" not in page
    assert AccessLog.objects.get(page="class-retest").user_label == "teacher"
    outside = sample.members.exclude(learner__in=people[:2]).first()
    assert outside is not None
    sent = {"act_id": str(uuid.uuid4()), "mau": str(sample.uuid), f"nguoi-{outside.pk}": "absent"}
    # A field of somebody who is not in the list is as good as none.
    client.post(address, sent)
    assert not RetestAbsence.objects.exists()
    assert client.get(reverse("bdhvs_lms:retest-list", args=[sample.uuid])).status_code == 403


def test_a_class_asks_the_same_however_many_retests_go_on(retesting: Retesting) -> None:
    from bdhvs_lms.classes.api import Membership

    for one in retesting.named(6):
        Membership.objects.create(learner=one, class_group=retesting.class_group, valid_from=date(2025, 9, 1))
    retesting.draw(6)
    # Of a rule and of a competency: each kind is asked for once.
    retesting.draw(5, subject=subject_of(f"c{retesting.a1.pk}-1"))
    address = reverse("bdhvs_lms:class-retest", args=[retesting.class_group.uuid])
    client = retesting.teacher()
    client.get(address)
    with CaptureQueriesContext(connection) as once:
        assert words(client.get(address)).count("Ngày cuối") == 2
    retesting.draw(5, subject=subject_of(f"c{retesting.a2.pk}-1"))
    with CaptureQueriesContext(connection) as often:
        assert words(client.get(address)).count("Ngày cuối") == 3
    assert len(often) == len(once)


def test_an_operator_finds_the_retests_in_the_admin(retesting: Retesting) -> None:
    found = operator(retesting, "access_admin", "view_retestsample").get(reverse("wagtailadmin_home"))
    assert reverse("bdhvs_lms:retests") in found.content.decode()
    other = retesting.user("editor")
    other.user_permissions.set(Permission.objects.filter(codename="access_admin"))
    page = retesting.signed_in(other).get(reverse("wagtailadmin_home"))
    assert page.status_code == 200 and reverse("bdhvs_lms:retests") not in page.content.decode()


def test_whom_nobody_drew_leaves_the_page_of_a_class_empty(retesting: Retesting) -> None:
    page = words(retesting.teacher().get(reverse("bdhvs_lms:class-retest", args=[retesting.class_group.uuid])))
    assert "Chưa có ai trong lớp này được bốc mẫu" in page


def test_an_operator_puts_the_drawn_into_classes_by_area_and_sees_no_names(retesting: Retesting) -> None:
    from bdhvs_lms.classes.api import Membership, members

    people = retesting.named(6)
    Membership.objects.create(learner=people[0], class_group=retesting.class_group, valid_from=date(2025, 9, 1))
    sample = retesting.draw(6)
    address = reverse("bdhvs_lms:retest", args=[sample.uuid])
    client = operator(retesting, "add_retestsample", "view_retestsample", "add_membership")
    page = client.get(address)
    field = re.findall(r'name="(lop-[0-9]+)"', html_of(page))
    assert len(field) == 1 and f"{retesting.area.name} : 5 người" in words(page) and "nguoi 1" not in words(page)
    refused = client.post(address, {"do": "place", field[0]: "khong-co"}, follow=True)
    assert "Không có lựa chọn này. Hãy chọn trong các danh sách." in words(refused)
    assert Membership.objects.filter(class_group=retesting.class_group).count() == 1
    done = client.post(address, {"do": "place", field[0]: retesting.class_group.code}, follow=True)
    assert "Đã xếp 5 người vào lớp." in words(done) and "Xếp vào lớp để kiểm tra lại" not in words(done)
    assert set(members(retesting.class_group, date(2025, 11, 15))) == set(people)
    listed = words(retesting.teacher().get(reverse("bdhvs_lms:class-retest", args=[retesting.class_group.uuid])))
    assert all(f"nguoi {number}" in listed for number in range(6))
    # Who may draw, and no more, puts nobody anywhere.
    drawer = retesting.user("draws")
    drawer.user_permissions.set(Permission.objects.filter(codename__in=["add_retestsample", "view_retestsample"]))
    assert retesting.signed_in(drawer).post(address, {"do": "place", field[0]: "x"}).status_code == 403
