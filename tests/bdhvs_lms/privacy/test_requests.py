"""Asking about one's own data, the two working days, and what staff see and do about it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings as settings_of_django
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bdhvs_lms.audit.api import AccessLog, Consent, PaperConsent, log_access
from bdhvs_lms.base.api import now
from bdhvs_lms.classes.api import add_member, add_teacher, create_class, make_team
from bdhvs_lms.courses.api import Course
from bdhvs_lms.learners.api import Learner, LearnerIdentity, Person, begin_learner_session, identify, link_user
from bdhvs_lms.learners.session_store import SessionStore
from bdhvs_lms.privacy.actions import may_erase
from bdhvs_lms.privacy.api import erase, export
from bdhvs_lms.privacy.models import DataRequest
from bdhvs_lms.privacy.readable import parts_of
from bdhvs_lms.privacy.requests import answer, ask, open_requests, working_days_after
from bdhvs_lms.roles import data_officers, operators, teachers
from tests.bdhvs_lms.learners.making import make_user
from tests.support.markup import html_of
from tests.support.world import T0, World

pytestmark = pytest.mark.django_db
NOW = "2025-11-14T10:00:00+07:00"  # a Friday


@pytest.fixture(autouse=True)
def friday(settings: Any) -> None:
    settings.BDHVS_TEST_CLOCK = NOW


@pytest.fixture
def lan() -> Learner:
    learner = World().learner("Nguyễn Thị Lan")
    link_user(learner, get_user_model().objects.create_user("lan", password="x"))
    return learner


def signed_in(username: str) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(username=username))
    return client


def staff(group: Any) -> Client:
    user = make_user(username=f"nv-{group.pk}")
    user.groups.add(group)
    return signed_in(user.username)


def test_two_working_days_pass_over_weekends_and_holidays(settings: Any) -> None:
    friday = date(2025, 11, 14)
    assert working_days_after(friday, 2) == date(2025, 11, 18)
    assert working_days_after(date(2025, 11, 15), 2) == date(2025, 11, 18)
    settings.BDHVS_HOLIDAYS = ("2025-11-17", "2025-11-18")
    assert working_days_after(friday, 2) == date(2025, 11, 20)


def test_a_person_asks_on_their_own_page_and_reads_the_answer_there(lan: Learner) -> None:
    client = signed_in("lan")
    sent = client.post("/viec-hoc/du-lieu/yeu-cau/", {"kind": "correct", "words": " "})
    page = html_of(sent)
    assert sent.status_code == 422 and not DataRequest.objects.exists()
    assert '<a href="#id_words">Hãy ghi điều gì sai và thế nào là đúng.</a>' in page
    form = {"kind": "correct", "words": "Tôi sinh năm 1961."}
    for _twice in range(2):
        assert client.post("/viec-hoc/du-lieu/yeu-cau/", form).status_code == 303
    row = DataRequest.objects.get()
    assert (row.due, row.entered_by) == (date(2025, 11, 18), None)
    page = html_of(client.get("/viec-hoc/du-lieu/"))
    assert "Sửa thông tin sai" in page and "Hạn trả lời: 18/11/2025" in page
    answer(row, outcome="done", words="Đã sửa.", at=row.received_at + timedelta(hours=1), by=None)
    page = html_of(client.get("/viec-hoc/du-lieu/"))
    assert "đã trả lời ngày 14/11/2025: đã làm." in page and "Đã sửa." in page
    assert client.get("/en/my-learning/my-data/").status_code == 200
    with pytest.raises(ValidationError):
        answer(row, outcome="refused", words="x", at=row.received_at, by=None)


def test_the_list_begins_with_what_is_overdue_and_says_so_in_words(lan: Learner) -> None:
    late = ask(lan, "copy", words="", at=T0)
    ask(lan, "erase", words="", at=T0 + timedelta(days=73))
    done = ask(lan, "correct", words="tên", at=T0 - timedelta(days=90))
    answer(done, outcome="done", words="", at=T0, by=None)
    client = staff(operators())
    page = html_of(client.get(reverse("data-requests:index")))
    table = page[page.index("<tbody", page.index("listing-results")) :]
    places = [table.index(words) for words in ("QUÁ HẠN 72 ngày", "chưa trả lời", "đã làm")]
    assert places == sorted(places)
    home = html_of(client.get("/quan-tri/"))
    assert "2 yêu cầu về dữ liệu cá nhân cần trả lời (1 QUÁ HẠN)" in home
    # Answered on its page.
    address = reverse("data-requests:inspect", args=[late.pk])
    assert client.post(address, {"outcome": "refused", "answer": ""}).status_code == 422
    assert client.post(address, {"outcome": "done", "answer": "Đã đưa."}).status_code == 302
    late.refresh_from_db()
    assert (late.outcome, late.answer) == ("done", "Đã đưa.")
    assert AccessLog.objects.filter(page="data-request", people__members__actor=lan.actor).exists()


def test_somebody_at_the_office_is_found_by_name_and_a_withdrawal_is_done_with_the_answer(lan: Learner) -> None:
    client = staff(operators())
    add = reverse("data-requests:add")
    assert "Nguyễn Thị Lan" in html_of(client.get(add, {"q": "thi lan"}))
    made = client.post(f"{add}?learner={lan.pk}", {"kind": "withdraw", "words": "Bà đến xã"})
    row = DataRequest.objects.get()
    assert made["Location"] == reverse("data-requests:inspect", args=[row.pk])
    assert row.entered_by is not None
    page = html_of(client.get(made["Location"]))
    assert "Bà đến xã" in page and "Rút lại sự đồng ý và trả lời" in page
    client.post(made["Location"], {"do": "withdraw", "answer": "Đã rút."})
    row.refresh_from_db()
    assert (row.outcome, row.answer) == ("done", "Đã rút.")
    assert not Consent.objects.filter(actor=lan.actor).latest("id").given


def by_pictures(learner: Learner, rf: Any) -> Client:
    """A browser in which somebody chose this learner's three pictures."""
    identity = identify(learner, LearnerIdentity.Kind.PIN, str(learner.actor), issuer="class")
    request = rf.post("/")
    request.session, request.user = SessionStore(), AnonymousUser()
    begin_learner_session(request, learner, identity=identity, method="pin", at=now())
    request.session.save()
    client = Client()
    client.cookies[settings_of_django.SESSION_COOKIE_NAME] = request.session.session_key
    return client


def test_what_is_asked_behind_pictures_waits_until_the_person_was_asked(rf: Any) -> None:
    lan = World().learner("Nguyễn Thị Lan")
    shared = by_pictures(lan, rf)
    assert "sẽ gặp hoặc gọi điện hỏi lại trước khi làm" in html_of(shared.get("/viec-hoc/du-lieu/"))
    assert shared.post("/viec-hoc/du-lieu/yeu-cau/", {"kind": "erase", "words": "Xóa"}).status_code == 303
    assert "Sẽ có người hỏi lại trước khi làm" in html_of(shared.get("/viec-hoc/du-lieu/"))
    row = DataRequest.objects.get()
    officer = staff(data_officers())
    erasing = reverse("data-requests:erase", args=[lan.pk])
    page = html_of(officer.get(erasing))
    assert "Hãy hỏi người đó trước" in page and 'name="sure"' not in page
    assert officer.post(erasing, {"sure": "on"}).status_code == 409
    address = reverse("data-requests:inspect", args=[row.pk])
    assert "Đã hỏi: người đó muốn như vậy" in html_of(officer.get(address))
    answered = officer.post(address, {"outcome": "done", "answer": ""})
    assert answered.status_code == 422 and "Hãy hỏi người đó trước và ghi lại là đã hỏi." in html_of(answered)
    assert Person.objects.filter(learner=lan).exists() and open_requests().exists()
    assert officer.post(address, {"do": "confirm"}).status_code == 302
    row.refresh_from_db()
    assert row.confirmed_by is not None and not row.unconfirmed
    assert "Đã hỏi người đó ngày 14/11/2025" in html_of(officer.get(address))
    assert officer.post(erasing, {"sure": "on"}).status_code == 302
    assert not Person.objects.filter(learner=lan).exists()


def test_a_better_way_of_asking_makes_up_for_a_weak_one_and_no_weak_one_changes_its_words(lan: Learner) -> None:
    row = ask(lan, "erase", words="một", at=T0, weak_sign_in=True)
    assert row.unconfirmed
    assert not ask(lan, "withdraw", words="", at=T0, weak_sign_in=True).unconfirmed
    assert ask(lan, "erase", words="hai", at=T0).unconfirmed is False
    ask(lan, "erase", words="ba", at=T0, weak_sign_in=True)
    row.refresh_from_db()
    assert (row.words, row.unconfirmed) == ("hai", False)
    refused = ask(lan, "copy", words="", at=T0, weak_sign_in=True)
    answer(refused, outcome="refused", words="Không phải bà ấy.", at=T0, by=None)


# --- Copy and erasure -------------------------------------------------------------------------------------------------


def test_the_copy_is_in_words_and_as_a_file_and_both_are_logged(lan: Learner) -> None:
    client = staff(operators())
    address = reverse("data-requests:copy", args=[lan.pk])
    page = html_of(client.get(address))
    for words in ("Họ tên và liên hệ", "Nguyễn Thị Lan", "Phường Thử", "Khóa thử", "01/09/2025"):
        assert words in page
    file = client.post(address)
    assert file.json() == export(lan) and "attachment" in file["Content-Disposition"]
    assert set(AccessLog.objects.values_list("page", flat=True)) == {"data-copy", "data-copy-json"}
    own = html_of(signed_in("lan").get("/viec-hoc/du-lieu/ban-sao/"))
    assert "Nguyễn Thị Lan" in own and "Khóa thử" in own


def test_every_word_of_a_copy_is_in_the_readers_language(lan: Learner) -> None:
    labels = {label for part in parts_of(export(lan)) for row in part.rows for label, _text, _vietnamese in row}
    assert not {label for label in labels if "_" in label}
    assert "Năm sinh" in labels or "Họ và tên" in labels


def test_who_answers_for_personal_data_erases_after_a_page_that_says_what_goes(lan: Learner) -> None:
    row = ask(lan, "erase", words="Xóa hết", at=T0)
    address = reverse("data-requests:erase", args=[lan.pk])
    person = Person.objects.get(learner=lan)
    refused = staff(operators())
    assert refused.get(address).status_code == 302 and refused.post(address, {"sure": "on"}).status_code == 302
    about = reverse("people:inspect", args=[person.pk])
    assert address not in html_of(refused.get(about))
    assert reverse("data-requests:copy", args=[lan.pk]) in html_of(refused.get(about))
    officer = staff(data_officers())
    make_team(name="Tổ nhà bà Lan", area=lan.placements.get().area, valid_from=T0.date(), at=T0, by=None)
    page = html_of(officer.get(address))
    assert "<li>Tổ nhà bà Lan</li>" in page
    go, stay = page.split("Những gì còn lại, không có tên")
    assert "Họ tên và liên hệ (1)" in go and "Tài khoản (1)" in go and "Khóa học (1)" in stay
    assert officer.post(address, {}).status_code == 422
    assert Person.objects.filter(learner=lan).exists()
    assert officer.post(address, {"sure": "on"}).status_code == 302
    assert not Person.objects.filter(learner=lan).exists()
    row.refresh_from_db()
    assert (row.outcome, row.words) == ("done", "")
    assert "Không còn gì để xóa" in html_of(officer.post(address, {"sure": "on"}, follow=True))


@pytest.mark.parametrize("rank", ["superuser", "operator", "operator who left", "officer", "teacher"])
def test_an_officer_erases_nobody_whose_account_may_do_more(lan: Learner, rank: str) -> None:
    user = get_user_model().objects.get(username="lan")
    get_user_model().objects.create_superuser("root")
    groups = {"operator": operators, "officer": data_officers, "teacher": teachers}
    if rank == "superuser":
        user.is_superuser = True
    else:
        user.groups.add(groups[rank.split()[0]]())
    user.is_active = rank != "operator who left"
    user.save()
    officer, address = staff(data_officers()), reverse("data-requests:erase", args=[lan.pk])
    page = html_of(officer.get(address))
    if rank in ("officer", "teacher"):
        assert 'name="sure"' in page
        assert officer.post(address, {"sure": "on"}).status_code == 302
        assert not Person.objects.filter(learner=lan).exists()
        return
    assert "có quyền cao hơn tài khoản đang dùng" in page and 'name="sure"' not in page
    assert officer.post(address, {"sure": "on"}).status_code == 403
    # Both roles at once are equal to an operator's.
    both = make_user(username="ca-hai")
    both.groups.add(data_officers(), operators())
    assert may_erase(both, lan) is (rank != "superuser") and Person.objects.filter(learner=lan).exists()
    assert signed_in("root").post(address, {"sure": "on"}).status_code == 302
    assert not Person.objects.filter(learner=lan).exists()


def test_the_last_superuser_is_refused_on_the_page_too(lan: Learner) -> None:
    user = get_user_model().objects.get(username="lan")
    user.is_superuser = user.is_staff = True
    user.save()
    client = signed_in("lan")
    answered = client.post(reverse("data-requests:erase", args=[lan.pk]), {"sure": "on"})
    assert answered.status_code == 409 and "tài khoản duy nhất" in html_of(answered)


# --- Who looked -------------------------------------------------------------------------------------------------------


def test_a_person_reads_who_looked_by_name_or_role_and_never_by_sign_in_name(
    lan: Learner, django_assert_max_num_queries: Any
) -> None:
    hoa = make_user(username="co.hoa", first_name="Hòa", last_name="Trần Thị")
    plain = make_user(username="vanhanh77")
    world = World.existing()
    group = create_class(
        name="Lớp", code="lop", course=Course.objects.get(key=world.course_key), area=lan.placements.get().area,
        starts=T0.date(), at=T0, by=None,
    )  # fmt: skip
    add_teacher(group, hoa, at=T0, by=None)
    neighbour = Learner.objects.create()
    for number in range(60):
        log_access(user=hoa, actors=[lan.actor], page="class-review-xlsx", at=T0 + timedelta(minutes=number))
    log_access(user=plain, actors=[lan.actor, neighbour.actor], page="people", at=T0 + timedelta(days=1))
    log_access(user=plain, actors=[neighbour.actor], page="merge", at=T0 + timedelta(days=2))
    client = signed_in("lan")
    page = html_of(client.get("/viec-hoc/du-lieu/ai-da-xem/"))
    assert "Hòa" in page and "người hướng dẫn" in page and "người vận hành trang" in page
    assert "danh sách người học" in page and "kết quả của lớp, lưu ra tệp" in page
    assert "co.hoa" not in page and "vanhanh77" not in page and "gộp hồ sơ" not in page
    assert page.count('<li class="card">') == 50
    older = page[page.index("?truoc=") : page.index("Những lần trước")].split('"')[0]
    rest = html_of(client.get(f"/viec-hoc/du-lieu/ai-da-xem/{older}"))
    assert rest.count('<li class="card">') == 11
    assert client.get("/viec-hoc/du-lieu/ai-da-xem/?truoc=x").status_code == 200


def test_operators_filter_the_access_log(lan: Learner) -> None:
    other = Learner.objects.create()
    hoa = make_user(username="co.hoa")
    log_access(user=hoa, actors=[lan.actor], page="class-review", at=T0, detail="10-A")
    log_access(user=None, actors=[other.actor], page="merge", at=T0 + timedelta(days=40))
    client = staff(operators())
    index = reverse("accesses:index")

    def found(**asked: str) -> tuple[bool, bool]:
        page = html_of(client.get(index, asked))
        table = page[page.index('id="listing-results"') :]
        return "10-A" in table, "gộp hồ sơ</" in table or "gộp hồ sơ\n" in table

    assert found() == (True, True)
    assert found(who="hoa") == (True, False)
    assert found(whom="nguyen thi lan") == (True, False)
    assert found(whom=str(other.actor)) == (False, True)
    assert found(whom="nobody at all") == (False, False)
    assert found(page="merge") == (False, True)
    assert found(until="2025-09-02") == (True, False)
    assert found(since="2025-09-30") == (False, True)
    assert "Nguyễn Thị Lan" in html_of(client.get(index))
    assert AccessLog.objects.filter(page="access-log", people__members__actor=lan.actor).exists()


def test_the_access_log_costs_the_same_for_more_looks_at_more_people() -> None:
    world = World()
    client = staff(operators())
    people = [world.learner(f"Người {number}") for number in range(30)]

    def cost() -> int:
        client.get(reverse("accesses:index"))  # whoever is named is written down once
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("accesses:index"), {"page": "people"}).status_code == 200
        return len(queries)

    log_access(user=None, actors=[people[0].actor], page="people", at=T0)
    before = cost()
    for number in range(30):
        seen = [one.actor for one in people[: number + 1]]
        log_access(user=None, actors=seen, page="people", at=T0 + timedelta(days=number))
    assert cost() <= before + 3


# --- Paper ------------------------------------------------------------------------------------------------------------


def test_a_teacher_writes_down_who_signed_and_prints_the_form(lan: Learner) -> None:
    world = World.existing()
    area = lan.placements.get().area
    course = Course.objects.get(key=world.course_key)
    group = create_class(name="Lớp", code="lop", course=course, area=area, starts=T0.date(), at=T0, by=None)
    hoa = make_user(username="co.hoa")
    add_teacher(group, hoa, at=T0, by=None)
    child = Learner.objects.create()
    Person.objects.create(learner=child, full_name="Lê Bé", search_name="le be", birth_year=2013)
    for one in (lan, child):
        add_member(group, one, at=T0, by=None)
    client = signed_in("co.hoa")
    address = f"/day/{group.uuid}/dong-y/"
    page = html_of(client.get(address))
    assert "người học và cha, mẹ hoặc người giám hộ" in page and "đã đồng ý" in page
    blank = html_of(client.get(f"{address}mau-giay/"))
    assert (
        "Lê Bé" in blank
        and "Nguyễn Thị Lan" not in blank
        and "Cha mẹ hoặc người giám hộ của người dưới 16 tuổi" in blank
    )
    wrong = client.post(address, {"learner": [child.pk], "signed_on": "", "kept_at": ""})
    assert wrong.status_code == 422 and "Hãy chọn ngày ký giấy." in html_of(wrong)
    assert f'value="{child.pk}" checked' in " ".join(html_of(wrong).split())
    form = {"learner": [child.pk, 999999], "signed_on": "2025-11-13", "kept_at": "Tủ 2"}
    assert client.post(address, form).status_code == 303
    rows = Consent.objects.filter(actor=child.actor).values_list("by_representative", flat=True)
    assert sorted(rows) == [False, True]
    assert PaperConsent.objects.get().by == hoa
    assert signed_in("lan").get(address).status_code == 404


def test_an_operator_writes_down_papers_of_people_found_by_name(lan: Learner) -> None:
    client = staff(operators())
    add = reverse("papers:add")
    assert "Nguyễn Thị Lan" in html_of(client.get(add, {"q": "lan"}))
    form = {"learner": [lan.pk], "signed_on": "2025-11-13", "kept_at": "Tủ 2"}
    assert client.post(f"{add}?q=lan", {**form, "kept_at": ""}).status_code == 422
    assert client.post(f"{add}?q=lan", form).status_code == 302
    listed = html_of(client.get(reverse("papers:index")))
    assert "13/11/2025" in listed and "Tủ 2" in listed
    erase(lan, by=None, at=T0)
    assert PaperConsent.objects.get().kept_at == ""
