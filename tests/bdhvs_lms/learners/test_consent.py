"""Whose yes is needed, by age, and at every way in: registering, joining a class, enrolling, an act of a child."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bdhvs_lms.attempts.api import agree
from bdhvs_lms.audit.api import Consent, ConsentMissing, record_consent
from bdhvs_lms.audit.texts import write_text
from bdhvs_lms.campaign.api import write_site_information
from bdhvs_lms.classes.api import ClassGroup, create_class
from bdhvs_lms.conf import app_settings
from bdhvs_lms.courses.api import Course, Enrolment
from bdhvs_lms.learners.api import Consenting, Learner, Person, agreed_among, consent_state, require_consent, who_agrees
from bdhvs_lms.learners.models import Guardian
from bdhvs_lms.privacy.api import withdraw_consent
from bdhvs_lms.tracking.api import merge_records
from tests.bdhvs_content import pages
from tests.bdhvs_lms.learners.making import AT, DAY, make_learner
from tests.bdhvs_quiz.helpers import Taking
from tests.support.loops import for_each
from tests.support.markup import html_of
from tests.support.world import T0, World

pytestmark = [pytest.mark.database, pytest.mark.django_db]

HOUR = timedelta(hours=1)
OWN, BOTH, GUARDIAN = Consenting(), Consenting(own=True, guardian=True), Consenting(own=False, guardian=True)
PARENT = {"guardian_consent": "on", "guardian_name": "Trần Văn Ba", "guardian_relation": "father"}


@for_each(
    ("born", "who"),
    # On 1 September 2025: who was born in 2009 may still be 15, who was born in 2018 may be 7.
    [(None, OWN), (1950, OWN), (2008, OWN), (2009, BOTH), (2018, BOTH), (2019, GUARDIAN), (2025, GUARDIAN)],
)
def test_the_worse_case_of_a_year_of_birth_counts(born: int | None, who: Consenting) -> None:
    assert who_agrees(born, DAY) == who


def given(learner: Learner) -> list[tuple[bool, bool]]:
    rows = Consent.objects.filter(actor=learner.actor).order_by("id")
    return list(rows.values_list("by_representative", "given"))


def refused(learner: Learner, at: Any = AT) -> bool:
    try:
        require_consent(learner, at)
    except ConsentMissing:
        return True
    return False


def test_of_a_child_both_have_to_agree_and_either_ends_it(django_assert_num_queries: Any) -> None:
    child = make_learner(birth_year=2012)
    assert not agree(child, at=AT, own=True)
    assert refused(child)
    assert agree(child, at=AT, own=False, guardian=True)
    with django_assert_num_queries(1):
        require_consent(child, AT)
    assert given(child) == [(False, True), (True, True)]
    # A parent comes to the office: the child's own yes is not enough any more.
    record_consent(child.actor, given=False, at=AT + HOUR, by_representative=True)
    assert refused(child)
    assert consent_state(child, AT + HOUR).missing == Consenting(own=False, guardian=True)
    assert withdraw_consent(child, at=AT + 2 * HOUR)
    assert consent_state(child, AT + 2 * HOUR).missing == BOTH


def test_who_is_sixteen_needs_nobody_and_who_turns_seven_is_asked() -> None:
    small, big = make_learner(birth_year=2019), make_learner("Lê Thị Lớn", birth_year=2009)
    for one in (small, big):
        agree(one, at=AT, own=True, guardian=True)
        require_consent(one, AT)
    assert given(small) == [(True, True)]
    in_2026 = AT.replace(year=2026)
    assert consent_state(small, in_2026).missing == OWN
    withdrawn = AT + HOUR
    record_consent(big.actor, given=False, at=withdrawn, by_representative=True)
    assert refused(big, withdrawn)
    assert not refused(big, in_2026)


def test_a_yes_in_either_record_of_a_person_counts_by_the_age_of_the_one_that_stands() -> None:
    kept, duplicate = make_learner("Lê Văn Tí", birth_year=2012), make_learner("Lê Văn Tí")
    agree(duplicate, at=AT)
    merge_records(duplicate, kept, by=None, reason="một người", at=AT)
    whole = Learner.objects.get(pk=kept.pk)
    assert consent_state(whole, AT).missing == GUARDIAN


def test_a_new_text_asks_everybody_again_from_its_day(django_assert_num_queries: Any) -> None:
    learner = make_learner()
    agree(learner, at=AT)
    write_text(text_vi="Bản hai", text_en="Two", valid_from=DAY + timedelta(days=7), at=AT, by=None)
    require_consent(learner, AT + timedelta(days=6))
    later = AT + timedelta(days=7)
    assert refused(learner, later)
    agree(learner, at=later)
    with django_assert_num_queries(1):
        require_consent(learner, later)
    assert Consent.objects.latest("id").text_version == "2025-2"


# --- Ways in ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def today(settings: Any) -> None:
    settings.BDHVS_TEST_CLOCK = "2025-11-15T10:00:00+07:00"


def typed(born: int, **values: Any) -> dict[str, Any]:
    return {
        "full_name": "Trần Thị Út",
        "birth_year": str(born),
        "area": "elsewhere",
        "consent": "on",
        "text_version": app_settings.CONSENT_VERSION,
        "form": str(uuid.uuid4()),
        **values,
    }


@pytest.mark.usefixtures("today")
def test_a_child_who_registers_brings_a_parent() -> None:
    client = Client()
    assert "guardian" not in html_of(client.get("/tu-dang-ky/"))
    sent = typed(2012)
    answer = client.post("/tu-dang-ky/", sent)
    page = html_of(answer)
    assert answer.status_code == 422
    assert not Learner.objects.exists()
    assert "Dành cho cha, mẹ hoặc người giám hộ" in page
    for field in ("name", "relation", "phone", "consent"):
        assert f'id="id_guardian_{field}"' in page
    for anchor in ("id_guardian_consent", "id_guardian_name"):
        assert f'<a href="#{anchor}">' in page
    # What the child ticked stays ticked, and the name typed stays there.
    wrong = html_of(client.post("/tu-dang-ky/", {**sent, **PARENT, "guardian_relation": ""}))
    assert 'value="Trần Văn Ba"' in wrong and "Chọn quan hệ" in wrong
    assert client.post("/tu-dang-ky/", {**sent, **PARENT}).status_code == 303
    child = Person.objects.get().learner
    assert given(child) == [(False, True), (True, True)]
    assert (Guardian.objects.get().full_name, Guardian.objects.get().relation) == ("Trần Văn Ba", "father")


@pytest.mark.usefixtures("today")
def test_who_is_asked_reads_who_keeps_it_for_what_and_how_long_and_agrees_to_that_alone(settings: Any) -> None:
    client = Client()
    page = html_of(client.get("/tu-dang-ky/"))
    assert "Mục đích" in page and "Đến khi bạn yêu cầu xóa" in page
    assert "Cơ quan lưu dữ liệu" not in page and "Liên hệ" not in page, "nobody has said it"
    said = {"agency": "UBND xã Trần Phú", "address": "Thôn 3", "phone": "0000 123 456", "hours_vi": "giờ hành chính"}
    rest = dict.fromkeys(("hours_en", "privacy_vi", "privacy_en"), "")
    settings.BDHVS_KEEP_DAYS = 730
    write_site_information(at=T0, by=None, **said, **rest)
    asked = client.get("/tu-dang-ky/")
    facts = html_of(asked).split("Cơ quan lưu dữ liệu")[1].split("</dl>")[0]
    for words in (*said.values(), "Sau 2 năm không học và không ở lớp nào"):
        assert words in facts, words
    sent = typed(1990, text_version=asked.context["consent_version"])
    # Said anew in between: what was ticked was another page.
    write_site_information(at=T0 + HOUR, by=None, **{**said, "agency": "UBND xã Khác"}, **rest)
    answer = client.post("/tu-dang-ky/", sent)
    assert answer.status_code == 422 and "Nội dung đã thay đổi" in html_of(answer)
    settings.BDHVS_KEEP_DAYS = 540
    assert "Sau 18 tháng không học" in html_of(client.get("/tu-dang-ky/"))
    assert client.post("/tu-dang-ky/", {**sent, "text_version": answer.context["consent_version"]}).status_code == 422
    settings.BDHVS_KEEP_DAYS = 730
    assert client.post("/tu-dang-ky/", {**sent, "text_version": answer.context["consent_version"]}).status_code == 303
    assert Consent.objects.get().text_version == app_settings.CONSENT_VERSION


@pytest.mark.usefixtures("today")
def test_for_a_child_below_seven_the_parent_agrees_alone() -> None:
    client = Client()
    page = html_of(client.post("/tu-dang-ky/", typed(2020)))
    assert 'id="id_consent"' not in page and 'id="id_guardian_consent"' in page
    assert client.post("/tu-dang-ky/", {**typed(2020), **PARENT}).status_code == 303
    assert given(Person.objects.get().learner) == [(True, True)]


@pytest.mark.usefixtures("today")
def test_a_poster_lets_no_child_in_without_a_parent(stage_class: ClassGroup) -> None:
    address = f"/vao-lop/{stage_class.code}/"
    client = Client()
    assert client.post(address, typed(2012, area=stage_class.area_id)).status_code == 422
    assert client.post(address, {**typed(2012, area=stage_class.area_id), **PARENT}).status_code == 303
    assert given(Person.objects.get(full_name="Trần Thị Út").learner) == [(False, True), (True, True)]


@pytest.fixture
def stage_class() -> ClassGroup:
    world = World()
    return create_class(
        name="Lớp", code="lop", course=Course.objects.get(), area=world.area, starts=T0.date(), at=T0, by=None
    )


def child_of(name: str = "ut") -> Learner:
    learner = pages.person(name, consent=False)
    Person.objects.filter(learner=learner).update(birth_year=2012)
    return learner


@pytest.mark.usefixtures("today")
def test_enrolling_asks_a_child_and_the_parent_and_keeps_who_that_is() -> None:
    course = pages.course(pages.catalog())
    pages.lesson(course)
    child = child_of()
    client = pages.client_of("ut")
    assert 'id="id_guardian_consent"' in html_of(client.get(course.url))
    address = reverse("bdhvs_content:enrol", args=[course.translation_key])
    alone = {"consent": "on", "text_version": app_settings.CONSENT_VERSION}
    answer = client.post(address, alone)
    assert answer.status_code == 400 and 'href="#id_guardian_consent"' in html_of(answer)
    assert not Enrolment.objects.exists() and given(child) == []
    assert client.post(address, {**alone, **PARENT}).status_code == 303
    assert Enrolment.objects.exists() and given(child) == [(False, True), (True, True)]
    # Who it is is on record now: asked again after a withdrawal, the parent ticks only.
    withdraw_consent(child, at=AT.replace(month=12))
    page = html_of(client.get(course.url))
    assert "guardian" not in page, "enrolled already"


@pytest.mark.usefixtures("today")
def test_a_childs_act_is_not_recorded_before_the_parent_has_agreed() -> None:
    taking = Taking(2)
    Person.objects.filter(learner=taking.learner).update(birth_year=2012)
    form = {"act_id": str(uuid.uuid4()), "consent": "on", "text_version": app_settings.CONSENT_VERSION}
    answer = taking.client.post(taking.begin_address(), form)
    page = html_of(answer)
    assert answer.status_code == 400
    assert 'id="id_guardian_consent"' in page and 'id="id_consent"' not in page, "the own yes was given before"
    assert taking.client.post(taking.begin_address(), {**form, **PARENT}).status_code == 303
    withdraw_consent(taking.learner, at=AT.replace(month=12))
    page = html_of(taking.client.get(taking.quiz.url))
    assert 'id="id_guardian_consent"' in page and 'id="id_guardian_name"' not in page, "the parent is on record"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="asked of SQLite's plan")
def test_who_of_many_has_agreed_is_found_by_indexes() -> None:
    """A class of 200 in a commune of 50,000: once all people were read for each answer."""
    learner = make_learner("An")
    with CaptureQueriesContext(connection) as queries:
        agreed_among([learner], AT)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {queries[0]['sql']}")
        plan = [row[3] for row in cursor.fetchall()]
    assert plan and not [line for line in plan if line.startswith("SCAN")], plan
