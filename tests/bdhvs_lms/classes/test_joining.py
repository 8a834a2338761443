"""A class's code: what it shows, who is in at once, who asks, and what the teacher says to them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bdhvs_lms.audit.api import has_consent
from bdhvs_lms.audit.models import AccessLog
from bdhvs_lms.base.api import day_of, now
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.classes.api import Membership, members
from bdhvs_lms.classes.models import JoinRequest
from bdhvs_lms.classes.sign_in.queries import listed
from bdhvs_lms.conf import app_settings
from bdhvs_lms.courses.api import enrolments_of
from bdhvs_lms.learners.api import Learner, Person, placement_of, register
from bdhvs_lms.learners.models import Claim, SignInSession
from bdhvs_lms.learners.queries import is_unclaimed
from bdhvs_lms.tracking.api import merge_records
from tests.bdhvs_lms.reporting.conftest import Stage
from tests.support.markup import html_of
from tests.support.world import T0

pytestmark = pytest.mark.django_db
TODAY = "2025-11-15T10:00:00+07:00"


@pytest.fixture
def stage(db: None, settings: Any) -> Stage:
    settings.BDHVS_TEST_CLOCK = TODAY
    return Stage()


def address(stage: Stage) -> str:
    return f"/vao-lop/{stage.class_group.code}/"


def typed(stage: Stage, **values: Any) -> dict[str, Any]:
    return {
        "full_name": "Nguyễn Thị Lan",
        "birth_year": "1960",
        "area": stage.area.pk,
        "consent": "on",
        "text_version": app_settings.CONSENT_VERSION,
        "form": str(uuid4()),
        **values,
    }


def joined(stage: Stage, **values: Any) -> tuple[Client, Learner]:
    client = Client()
    assert client.post(address(stage), typed(stage, **values)).status_code == 303
    return client, Person.objects.latest("pk").learner


def inside(stage: Stage) -> list[Learner]:
    return list(members(stage.class_group, placed_on()))


def placed_on() -> Any:
    return day_of(now())


def newcomers(stage: Stage) -> str:
    return f"/day/{stage.class_group.uuid}/nguoi-moi/"


def test_a_poster_and_what_its_code_opens_name_nobody(stage: Stage) -> None:
    teacher = stage.teacher("co-hanh")
    User.objects.filter(username="co-hanh").update(first_name="Hạnh", last_name="Trần")
    stage.member("Bà Có Tên")
    for page in (
        html_of(Client().get(address(stage))),
        html_of(teacher.get(f"/day/{stage.class_group.uuid}/ap-phich/")).partition("<main")[2],
    ):
        assert "Lớp tối thứ Ba" in page
        assert "Phường Thử" in page
        assert "Bà Có Tên" not in page
        assert "Trần" not in page
    assert '<svg role="img"' in page


def test_a_new_person_is_in_at_once_enrolled_and_in_no_list(stage: Stage) -> None:
    page = html_of(Client().get(address(stage)))
    # Where the class is need not be chosen.
    assert f'<option value="{stage.area.pk}" lang="vi" selected>Phường Thử</option>' in page
    client = Client()
    response = client.post(address(stage), typed(stage))
    learner = Person.objects.get().learner
    # On to the pictures, and after them the first lesson.
    pin = f"/lop/{stage.class_group.uuid}/chon-hinh/"
    assert response.headers["Location"] == f"{pin}?next=%2Fviec-hoc%2Fbai%2F{stage.lesson}%2F"
    assert client.get(response.headers["Location"]).status_code == 200
    assert inside(stage) == [learner]
    assert [one.course for one in enrolments_of(learner)] == [stage.class_group.course]
    assert has_consent(learner.actor)
    assert is_unclaimed(learner)
    assert placement_of(learner, placed_on()) is None


def test_on_the_halls_tablet_who_joins_is_signed_in_for_a_short_time(stage: Stage) -> None:
    assert "Máy dùng chung" in html_of(Client().get(address(stage)))
    tablet, _learner = joined(stage, shared="on")
    assert SignInSession.objects.get().kind == "shared"
    assert tablet.cookies["bdhvs-session"]["max-age"] == ""


def test_who_has_the_code_comes_in_however_many_registered_from_the_address(stage: Stage, settings: Any) -> None:
    settings.BDHVS_SELF_REGISTER_PER_ADDRESS = 1
    assert [Client().post("/tu-dang-ky/", typed(stage)).status_code for _ in range(2)] == [303, 429]
    joined(stage, full_name="Trần Văn Bảy")


def test_sent_twice_is_one_person_who_is_in_once(stage: Stage) -> None:
    sent, client = typed(stage), Client()
    for _each in range(2):
        assert client.post(address(stage), sent).status_code == 303
    Client().post(address(stage), sent)
    assert (Person.objects.count(), Membership.objects.count()) == (1, 1)


def test_new_namesakes_of_one_year_are_told_apart_by_where_they_said_they_live(stage: Stage) -> None:
    other = Area.objects.create(code="khac", name="Thôn Khác", kind=stage.area.kind, parent=stage.area.parent)
    for area in (stage.area.pk, other.pk, "elsewhere"):
        joined(stage, area=area)
    joined(stage, full_name="Trần Văn Một Mình", area=other.pk)
    with CaptureQueriesContext(connection) as queries:
        found = [(one.name, one.birth_year, one.place) for one in listed(stage.class_group, placed_on())]
    assert found == [
        ("Nguyễn Thị Lan", 1960, "Phường Thử"),
        ("Nguyễn Thị Lan", 1960, "Thôn Khác"),
        ("Nguyễn Thị Lan", 1960, ""),
        ("Trần Văn Một Mình", None, ""),
    ]
    assert len(queries) == 2


def test_a_prankster_with_the_posters_code_fills_no_class(stage: Stage, settings: Any) -> None:
    settings.BDHVS_CLASS_NEWCOMERS = 2
    came, first = joined(stage, full_name="Người Một")
    joined(stage, full_name="Người Hai")
    apart = Client()
    apart.post("/tu-dang-ky/", typed(stage, full_name="Người Ba"))
    for client in (Client(), apart):
        assert "Đang có nhiều người chờ" in html_of(client.get(address(stage)))
        refused = client.post(address(stage), typed(stage, full_name="Bà Năm"))
        assert (refused.status_code, "Hãy nhờ người hướng dẫn nhận họ" in html_of(refused)) == (429, True)
        assert ('value="Bà Năm"' in html_of(refused)) == (client is not apart), "what was typed stays"
    assert (Person.objects.count(), len(inside(stage))) == (3, 2)
    # Who is in goes on, and who is on record can ask.
    assert came.post(address(stage)).status_code == 303
    _learner, on_record = stage.learning_user("binh")
    assert on_record.post(address(stage)).status_code == 303
    stage.teacher().post(newcomers(stage), {"learner": first.pk, "do": "accept"})
    page = html_of(Client().get(address(stage)))
    assert "Đang có nhiều người chờ" not in page
    assert apart.post(address(stage)).status_code == 303
    assert len(inside(stage)) == 3
    settings.BDHVS_CLASS_NEWCOMERS = 0
    joined(stage, full_name="Bà Năm")


@pytest.mark.parametrize("code", ["toi-thu-ba", "TOI-THU-BA", " Tối thứ ba "])
def test_a_code_is_found_however_it_is_typed(stage: Stage, code: str) -> None:
    response = Client().post("/vao-lop/", {"code": code})
    assert (response.status_code, response.headers["Location"]) == (303, address(stage))


def test_wrong_codes_are_said_and_right_ones_pass(stage: Stage, settings: Any) -> None:
    settings.BDHVS_CLASS_CODE_TRIES = 3
    for code in ("khong-co", "a\x00", "x" * 500):
        response = Client().post("/vao-lop/", {"code": code})
        assert (response.status_code, "Không có lớp nào có mã này" in html_of(response)) == (404, True)
    refused = Client().get("/vao-lop/khong-co/")
    assert (refused.status_code, "Không có lớp nào có mã này" in html_of(refused)) == (429, True)
    assert Client().get(address(stage)).status_code == 200
    assert Client().post("/vao-lop/", {"code": "toi-thu-ba"}).status_code == 303
    assert Client().post("/vao-lop/", {"code": ""}).status_code == 422


def test_somebody_on_record_asks_and_the_teacher_lets_them_in(stage: Stage) -> None:
    learner, client = stage.learning_user("binh")
    assert client.post(address(stage)).status_code == 303
    assert inside(stage) == []
    assert "Đã xin vào lớp" in html_of(client.get(address(stage)))
    teacher = stage.teacher()
    assert "binh" in html_of(teacher.get(newcomers(stage)))
    teacher.post(newcomers(stage), {"learner": learner.pk, "do": "accept"})
    assert inside(stage) == [learner]
    assert not JoinRequest.objects.exists()


def test_a_teacher_takes_a_newcomer_into_the_lists(stage: Stage) -> None:
    stage.learner("Nguyen thi lan")
    _client, learner = joined(stage)
    teacher = stage.teacher()
    page = html_of(teacher.get(newcomers(stage)))
    # Both were seen by name.
    assert [log.page for log in AccessLog.objects.all() if learner.actor in log.actors and len(log.actors) == 2] == [
        "class-newcomers"
    ]
    assert "Có thể là cùng một người: Nguyen thi lan" in page
    assert teacher.post(newcomers(stage), {"learner": learner.pk, "do": "accept"}).status_code == 303
    placement = placement_of(learner, placed_on())
    assert placement is not None and (placement.area, placement.valid_from) == (stage.area, placed_on())
    assert "Không còn ai chờ." in html_of(teacher.get(newcomers(stage)))


def test_who_is_not_one_of_the_class_is_out_and_asks_next_time(stage: Stage) -> None:
    client, learner = joined(stage)
    teacher = stage.teacher()
    teacher.post(newcomers(stage), {"learner": learner.pk, "do": "away"})
    assert inside(stage) == []
    assert is_unclaimed(learner)
    client.post(address(stage))
    assert (inside(stage), JoinRequest.objects.count()) == ([], 1)
    # Sent away by mistake.
    teacher.post(newcomers(stage), {"learner": learner.pk, "do": "accept"})
    assert inside(stage) == [learner]


def merged(duplicate: Learner, kept: Learner) -> None:
    merge_records(duplicate, kept, by=None, reason="Một người.", at=now())


def test_whose_consent_is_in_a_merged_record_asks_to_come_in(stage: Stage) -> None:
    user = stage.user("binh")
    learner, client = register(full_name="Bình", at=T0, user=user), stage.signed_in(user)
    merged(stage.learner("binh"), learner)
    assert 'name="consent"' not in html_of(client.get(address(stage)))
    assert client.post(address(stage)).status_code == 303
    assert "Đã xin vào lớp" in html_of(client.get(address(stage)))


def test_who_was_merged_since_the_page_was_opened_is_placed_by_nobodys_answer(stage: Stage) -> None:
    client, learner = joined(stage)
    teacher, known = stage.teacher(), register(full_name="Lan", birth_year=1960, area=stage.other_area, at=T0)
    teacher.post(newcomers(stage), {"learner": learner.pk, "do": "away"})
    client.post(address(stage))
    merged(learner, known)
    teacher.post(newcomers(stage), {"learner": learner.pk, "do": "accept"})
    assert inside(stage) == [known]
    assert not Claim.objects.exists()
    placement = placement_of(known, placed_on())
    assert placement is not None and placement.area == stage.other_area


def test_nobody_answers_for_a_class_of_others_nor_about_strangers(stage: Stage) -> None:
    _client, learner = joined(stage)
    other = stage.user("other")
    assert stage.signed_in(other).post(newcomers(stage), {"learner": learner.pk, "do": "accept"}).status_code == 404
    stranger, teacher = stage.learner("Người ngoài"), stage.teacher()
    for sent in ({"learner": stranger.pk, "do": "accept"}, {"learner": "x", "do": "away"}, {"learner": learner.pk}):
        teacher.post(newcomers(stage), sent)
    assert is_unclaimed(learner)
    assert inside(stage) == [learner]


def test_a_class_that_has_ended_takes_nobody(stage: Stage) -> None:
    type(stage.class_group).objects.update(ends=T0.date())
    assert "Lớp này đã kết thúc" in html_of(Client().get(address(stage)))
    assert Client().post(address(stage), typed(stage)).status_code == 409
    assert not Person.objects.exists()


def test_who_comes_in_costs_the_same_for_any_number(stage: Stage, django_assert_max_num_queries: Any) -> None:
    teacher = stage.teacher()
    for number in range(4):
        joined(stage, full_name=f"Người {chr(65 + number)}")
    with django_assert_max_num_queries(16):
        teacher.get(newcomers(stage))


def test_who_comes_from_a_lesson_comes_back_to_it(stage: Stage) -> None:
    """Also after a mistyped code, and for whoever is on record already."""
    client, lesson = Client(), "/bai-mo/?a=1#luu-ket-qua"
    kept = '<input type="hidden" name="next" value="/bai-mo/?a=1#luu-ket-qua">'
    assert kept in html_of(client.get("/vao-lop/", {"next": lesson}))
    assert kept in html_of(client.post("/vao-lop/", {"code": "nothing", "next": lesson}))
    found = client.post("/vao-lop/", {"code": stage.class_group.code, "next": lesson})
    assert found.headers["Location"] == f"{address(stage)}?next=%2Fbai-mo%2F%3Fa%3D1%23luu-ket-qua"
    page = html_of(client.get(found.headers["Location"]))
    assert kept in page
    assert f'?next={address(stage)}%3Fnext%3D%252Fbai-mo%252F%253Fa%253D1%2523luu-ket-qua"' in page
    joined = client.post(address(stage), typed(stage, next=lesson))
    assert joined.headers["Location"].endswith("?next=%2Fbai-mo%2F%3Fa%3D1%23luu-ket-qua")
    assert (
        'name="next"' not in html_of(client.get("/vao-lop/", {"next": "https://other.example/"})).partition("<main")[2]
    )


def test_a_teacher_who_may_merge_is_led_from_a_likely_duplicate_to_both_records(stage: Stage) -> None:
    teacher = stage.teacher("co-hanh")
    known = stage.member("Nguyễn Thị Lan")
    Person.objects.filter(learner=known).update(birth_year=1960)
    _client, new = joined(stage)
    link = f'href="/quan-tri/lop-hoc/lop/gop-ho-so/{known.pk}/?with={new.pk}"'
    assert link not in html_of(teacher.get(newcomers(stage)))
    User.objects.filter(username="co-hanh").update(is_superuser=True)
    assert link in html_of(teacher.get(newcomers(stage)))


def test_the_class_page_marks_who_is_in_no_list_yet(stage: Stage) -> None:
    teacher = stage.teacher()
    stage.member("Trần Thị Cũ")
    _client, new = joined(stage)
    page, mark = f"/day/{stage.class_group.uuid}/", "chưa vào danh sách"
    rows = html_of(teacher.get(page)).partition("<tbody")[2].split("<tr")
    assert [mark in row for row in rows if "Trần Thị Cũ" in row] == [False]
    assert [mark in row for row in rows if "Nguyễn Thị Lan" in row] == [True]
    teacher.post(newcomers(stage), {"learner": new.pk, "do": "accept"})
    assert mark not in html_of(teacher.get(page))
