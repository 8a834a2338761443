"""Signed forms on paper: for many in one act, each with whoever has to agree; and the texts that operators write."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from bdhvs_lms.audit.api import AccessLog, Consent, PaperConsent, record_consent, text_in_force
from bdhvs_lms.audit.models import ConsentText
from bdhvs_lms.audit.texts import newest_texts, write_text
from bdhvs_lms.campaign.api import write_site_information
from bdhvs_lms.classes.api import ClassGroup, add_member, add_teacher, create_class
from bdhvs_lms.courses.api import Course
from bdhvs_lms.learners.api import consent_state, guardian_of, name_guardian
from bdhvs_lms.privacy.api import erase
from bdhvs_lms.privacy.papers import record_papers
from bdhvs_lms.roles import operators
from tests.bdhvs_lms.learners.making import AT, DAY, make_learner, make_user
from tests.support.addresses import below
from tests.support.loops import for_each
from tests.support.markup import html_of
from tests.support.pdfs import text_of
from tests.support.world import World

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


def test_one_act_writes_down_each_with_whoever_has_to_agree() -> None:
    old, child, small = make_learner(birth_year=1950), make_learner(birth_year=2012), make_learner(birth_year=2021)
    clerk = make_user("add_paperconsent")
    done = record_papers([old, child, small], signed_on=DAY - WEEK, kept_at=" Tủ  2 ", at=AT, by=clerk)
    assert (done.people, done.paper.kept_at, done.paper.by) == (3, "Tủ 2", clerk)
    rows = Consent.objects.filter(paper=done.paper).order_by("id").values_list("actor", "by_representative")
    assert list(rows) == [(old.actor, False), (child.actor, False), (child.actor, True), (small.actor, True)]
    assert all(consent_state(one, AT).complete for one in (old, child, small))


def test_a_withdrawal_after_the_signature_stays_one() -> None:
    learner = make_learner()
    record_consent(learner.actor, given=False, at=AT - timedelta(days=2))
    record_papers([learner], signed_on=DAY - WEEK, kept_at="Tủ", at=AT, by=None)
    assert not consent_state(learner, AT + WEEK).complete
    record_papers([learner], signed_on=DAY, kept_at="Tủ", at=AT, by=None)
    assert consent_state(learner, AT).complete


@pytest.mark.parametrize("days_later", [0, 1], ids=["keyed in the same day", "the day after"])
def test_a_withdrawal_on_the_day_of_signing_stands_unless_whoever_was_there_says_more(days_later: int) -> None:
    learner, other = make_learner(), make_learner("Lê Văn Hai")
    record_consent(learner.actor, given=False, at=AT - timedelta(hours=1))
    keyed = {"signed_on": DAY, "kept_at": "Tủ", "at": AT + timedelta(days=days_later), "by": None}
    with pytest.raises(ValidationError) as refused:
        record_papers([learner, other], **keyed)
    assert refused.value.message_dict.keys() == {"signed_after"}
    assert not PaperConsent.objects.exists() and not consent_state(other, keyed["at"]).complete
    record_papers([learner, other], signed_after=True, **keyed)
    assert consent_state(learner, keyed["at"]).complete and consent_state(other, keyed["at"]).complete


def test_a_withdrawal_after_the_paper_was_keyed_in_ends_it_the_same_day() -> None:
    learner = make_learner()
    record_papers([learner], signed_on=DAY, kept_at="Tủ", at=AT, by=None)
    record_consent(learner.actor, given=False, at=AT + timedelta(hours=1))
    assert not consent_state(learner, AT + timedelta(hours=2)).complete
    # Of a day that is past by now, the same: who says so last is heard.
    with pytest.raises(ValidationError):
        record_papers([learner], signed_on=DAY, kept_at="Tủ", at=AT + WEEK, by=None)
    done = record_papers([learner], signed_on=DAY - WEEK, kept_at="Tủ", at=AT + WEEK, by=None, signed_after=True)
    assert done.stopped == 1 and not consent_state(learner, AT + WEEK).complete


def make_class() -> ClassGroup:
    world = World()
    course = Course.objects.get(key=world.course_key)
    return create_class(name="Lớp Đoài", code="lop", course=course, area=world.area, starts=DAY, at=AT, by=None)


def teacher_of(group: ClassGroup) -> Client:
    teacher, client = make_user(), Client()
    add_teacher(group, teacher, at=AT, by=None)
    client.force_login(teacher)
    return client


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "",
            ("Giấy đồng ý", "Họ và tên:", "không cần ký", "Người thu phiếu", "Lập ngày 01/09/2025", "Có thể rút lại"),
        ),
        ("/en", ("Consent form", "Full name:", "need not sign", "Collected by", "Made on 1 September 2025")),
    ],
)
def test_the_form_to_sign_is_a_file_too(settings: Any, language: str, words: tuple[str, ...]) -> None:
    settings.BDHVS_TEST_CLOCK = AT.isoformat()
    group = make_class()
    born = {"Nguyễn Thị Cả": 1950, "Lê Văn Tí": 2012, "Đỗ Thị Út": 2021, "Trần Văn Đã": 1940}
    people = [make_learner(name, birth_year=year) for name, year in born.items()]
    for person in people:
        add_member(group, person, at=AT, by=None)
    record_papers(people[-1:], signed_on=DAY, kept_at="Tủ", at=AT, by=None)
    client, address = teacher_of(group), below(language, f"/day/{group.uuid}/dong-y/mau-giay/").rstrip("/")
    page = html_of(client.get(f"{address}/?dong=2"))
    assert f'href="{address}.pdf?dong=2"' in page
    [sheet] = text_of(client.get(f"{address}.pdf?dong=2"))
    for said in (*list(born)[:3], "2012", "Lớp Đoài", "2025-1", *words):
        assert said in sheet and said in page
    # Who has agreed need not; a child of four signs nothing; of the grown-up no guardian is asked; five lines.
    assert "Trần Văn Đã" not in sheet
    assert (sheet.count(words[1]), sheet.count(words[2])) == (4, 2)
    assert AccessLog.objects.filter(page="class-papers").count() == 2
    # What nobody has said is left to be written.
    keeper, whom, until = ("Data kept by", "Contact", "How long") if language else ("Cơ quan lưu", "Liên hệ", "Đến khi")
    for said in (keeper, whom, until):
        assert said in page and said in sheet
    assert page.count("<dd></dd>") == 4
    named = {"agency": "UBND xã Thật", "address": "Thôn 3", "phone": "0000 123 456"}
    rest = dict.fromkeys(("hours_vi", "hours_en", "privacy_vi", "privacy_en"), "")
    write_site_information(**named, **rest, at=AT, by=None)
    page, [sheet] = html_of(client.get(f"{address}/?dong=2")), text_of(client.get(f"{address}.pdf?dong=2"))
    for said in named.values():
        assert said in page and said in sheet
    assert page.count("<dd></dd>") == 1, "who collects it"
    write_text(text_vi="Nội dung mới", text_en="A new text", valid_from=DAY + WEEK, at=AT, by=None)
    settings.BDHVS_TEST_CLOCK = (AT + WEEK).isoformat()
    pages = text_of(teacher_of(group).get(f"{address}.pdf?dong=60"))
    assert len(pages) > 4
    assert ("Nội dung mới" if not language else "A new text") in pages[0]
    assert "2025-2, có hiệu lực từ 08/09/2025" in pages[-1] or "2025-2, in force from 8 September 2025" in pages[-1]
    assert "Trần Văn Đã" in pages[0], "the text is new: everybody is asked again"


def test_the_page_says_who_withdrew_and_asks(settings: Any) -> None:
    settings.BDHVS_TEST_CLOCK = AT.isoformat()
    group = make_class()
    learner = make_learner()
    add_member(group, learner, at=AT, by=None)
    client = teacher_of(group)
    address = reverse("bdhvs_lms:class-papers", args=[group.uuid])
    question = "Người rút lại sự đồng ý trong ngày ký đã ký sau khi rút"
    assert question not in html_of(client.get(address))
    record_consent(learner.actor, given=False, at=AT - timedelta(minutes=5))
    page = html_of(client.get(address))
    assert question in page and "đã rút lại sự đồng ý ngày 01/09/2025" in page
    sent = {"learner": [learner.pk], "signed_on": "2025-09-01", "kept_at": "Tủ"}
    answered = client.post(address, sent)
    assert answered.status_code == 422
    assert '<a href="#id_signed_after">Có 1 người rút lại sự đồng ý trong ngày đó.' in html_of(answered)
    assert client.post(address, {**sent, "signed_after": "on"}).status_code == 303
    assert consent_state(learner, AT).complete
    # The operators' page is the same desk.
    clerk = make_user()
    clerk.groups.add(operators())
    client.force_login(clerk)
    record_consent(learner.actor, given=False, at=AT + timedelta(hours=1))
    address = f"{reverse('papers:add')}?class={group.pk}"
    answered = client.post(address, sent)
    assert answered.status_code == 422, answered.headers
    page = html_of(answered)
    assert question in page and "Có 1 người rút lại sự đồng ý trong ngày đó." in page
    assert not consent_state(learner, AT + WEEK).complete


def test_everybody_who_has_not_answered_is_ticked_at_once(settings: Any) -> None:
    settings.BDHVS_TEST_CLOCK = AT.isoformat()
    group = make_class()
    quiet, child, agreed, withdrew = (make_learner(f"Lê Văn {name}") for name in ("Im", "Tí", "Thuận", "Thôi"))
    for person in (quiet, child, agreed, withdrew):
        add_member(group, person, at=AT, by=None)
    record_papers([agreed], signed_on=DAY - WEEK, kept_at="Tủ", at=AT, by=None)
    record_consent(withdrew.actor, given=False, at=AT - WEEK)
    client, address = teacher_of(group), reverse("bdhvs_lms:class-papers", args=[group.uuid])
    page = html_of(client.get(address))
    assert '<a href="?chon=tat-ca#who-signed">' in page and " checked" not in page
    response = client.get(f"{address}?chon=tat-ca")
    assert html_of(response).count(" checked") == 2
    # Against a withdrawal only who ticks that very person says that they signed.
    assert response.context["ticked"] == {quiet.pk, child.pk}
    sent = {"learner": [agreed.pk], "signed_on": "", "kept_at": "Tủ"}
    answered = client.post(f"{address}?chon=tat-ca", sent)
    assert answered.status_code == 422 and answered.context["ticked"] == {agreed.pk}, "what was sent stays"
    clerk = make_user()
    clerk.groups.add(operators())
    client.force_login(clerk)
    listed = html_of(client.get(f"{reverse('papers:add')}?class={group.pk}"))
    assert listed.count('data-w-bulk-target="all"') == 1 and listed.count('data-w-bulk-target="item"') == 2
    assert 'data-controller="w-bulk"' in listed


def test_the_guardian_who_signed_is_written_down_where_none_is_on_record(settings: Any) -> None:
    settings.BDHVS_TEST_CLOCK = AT.isoformat()
    group = make_class()
    child, other, old = make_learner(birth_year=2014), make_learner("Lê Văn Tí", birth_year=2014), make_learner("Bà Cả")
    for person in (child, other, old):
        add_member(group, person, at=AT, by=None)
    name_guardian(other, full_name="Lê Văn Cha", phone="0912 345 678", relation="father", at=AT)
    client, fields = teacher_of(group), [f"guardian-{one.pk}" for one in (child, other, old)]
    address = reverse("bdhvs_lms:class-papers", args=[group.uuid])
    page = html_of(client.get(address))
    assert [f'name="{field}"' in page for field in fields] == [True, False, False]
    assert "Lê Văn Cha" not in page
    sent = {"signed_on": "2025-09-01", "kept_at": "Tủ", **dict.fromkeys(fields, "Trần  Thị Mẹ")}
    # Nothing that was typed is lost without a word.
    for wrong, words in (
        ({"learner": [other.pk]}, "Đánh dấu người đã ghi tên cha, mẹ hoặc người giám hộ, hoặc xóa tên đó."),
        ({"learner": [child.pk], fields[0]: "Mẹ 0912"}, "“Mẹ 0912” không phải họ tên."),
    ):
        answered = client.post(address, {**sent, **wrong})
        assert answered.status_code == 422 and words in html_of(answered) and not PaperConsent.objects.exists()
    assert 'value="Mẹ 0912"' in html_of(answered)
    # Nobody is asked for the other two; what is sent for them all the same changes nothing.
    assert client.post(address, {**sent, "learner": [child.pk, other.pk, old.pk]}).status_code == 303
    named = [guardian_of(one) for one in (child, other, old)]
    assert [one and (one.full_name, one.phone, one.relation) for one in named] == [
        ("Trần Thị Mẹ", "", "other"),
        ("Lê Văn Cha", "0912 345 678", "father"),
        None,
    ]
    page = html_of(client.get(address))
    assert fields[0] not in page
    assert "phải mang phiên bản nội dung có hiệu lực ngày đó" in page and "(phiên bản nội dung: 2025-1)" in page
    # The operators' page is the same desk.
    third = make_learner("Lê Thị Út", birth_year=2021)
    clerk = make_user()
    clerk.groups.add(operators())
    client.force_login(clerk)
    address, field = f"{reverse('papers:add')}?q=út", f"guardian-{third.pk}"
    assert f'name="{field}"' in html_of(client.get(address))
    assert client.post(address, {**sent, "learner": [third.pk], field: "Lê Văn Bố"}).status_code == 302
    found = guardian_of(third)
    assert found is not None and found.full_name == "Lê Văn Bố"


def test_a_paper_is_a_yes_to_the_text_of_its_day() -> None:
    learner = make_learner()
    write_text(text_vi="Mới", text_en="New", valid_from=DAY + WEEK, at=AT, by=None)
    done = record_papers([learner], signed_on=DAY, kept_at="Tủ", at=AT + 2 * WEEK, by=None)
    assert done.version == "2025-1"
    assert not consent_state(learner, AT + 2 * WEEK).complete


@for_each(
    ("wrong", "field"),
    [
        ({"signed_on": DAY + timedelta(days=1)}, "signed_on"),
        ({"kept_at": " "}, "kept_at"),
        ({"kept_at": "x" * 201}, "kept_at"),
        ({"kept_at": "Cặp của NGUYEN THI THUY, tủ 2"}, "kept_at"),
        ({"kept_at": "Cặp của bà Thúy"}, "kept_at"),
        ({"learners": []}, "people"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(wrong: dict[str, Any], field: str) -> None:
    values = {"learners": [make_learner()], "signed_on": DAY, "kept_at": "Tủ", **wrong}
    with pytest.raises(ValidationError) as refused:
        record_papers(values.pop("learners"), **values, at=AT, by=None)
    assert set(refused.value.message_dict) == {field}
    assert not PaperConsent.objects.exists() and not Consent.objects.exists()


def test_only_whoever_may_or_teaches_them() -> None:
    learner = make_learner()
    with pytest.raises(PermissionDenied):
        record_papers([learner], signed_on=DAY, kept_at="Tủ", at=AT, by=make_user())
    record_papers([learner], signed_on=DAY, kept_at="Tủ", at=AT, by=make_user(), teaches=True)


def test_where_the_papers_lie_is_forgotten_with_the_last_person() -> None:
    first, second = make_learner(), make_learner("Lê Văn Hai")
    paper = record_papers([first, second], signed_on=DAY, kept_at="Tủ 2", at=AT, by=None).paper
    # Somebody else's papers lie there; that nobody signed them is no reason to keep the name.
    other = record_papers([second], signed_on=DAY, kept_at="Nhà cô Thúy", at=AT, by=None).paper
    erase(first, by=None, at=AT)
    paper.refresh_from_db()
    other.refresh_from_db()
    assert (paper.kept_at, other.kept_at) == ("Tủ 2", "Nhà …")
    erase(second, by=None, at=AT)
    paper.refresh_from_db()
    assert paper.kept_at == ""


# --- Texts ------------------------------------------------------------------------------------------------------------


def test_a_text_is_a_draft_until_its_day_and_fixed_from_then_on() -> None:
    draft = write_text(text_vi="Một", text_en="One", valid_from=None, at=AT, by=None)
    assert (draft.version, text_in_force(DAY)) == ("2025-2", None)
    version = draft.version
    write_text(version=version, text_vi="Một hai", text_en="One", valid_from=DAY + WEEK, at=AT, by=None)
    assert text_in_force(DAY) is None
    # Put off: the newest saving speaks.
    write_text(version=version, text_vi="Một hai", text_en="One", valid_from=DAY + 2 * WEEK, at=AT, by=None)
    assert text_in_force(DAY + WEEK) is None
    begun = text_in_force(DAY + 2 * WEEK)
    assert begun is not None and (begun.number, begun.text) == (3, "Một hai")
    with pytest.raises(ValidationError):
        write_text(version=version, text_vi="x", text_en="x", valid_from=None, at=AT + 2 * WEEK, by=None)
    assert ConsentText.objects.count() == 3 and newest_texts().get() == begun
    assert write_text(text_vi="Hai", text_en="Two", valid_from=None, at=AT, by=None).version == "2025-3"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"text_en": " "}, "text_en"), ({"text_vi": "x" * 6001}, "text_vi"), ({"valid_from": DAY - WEEK}, "valid_from")],
)
def test_a_text_that_cannot_be_is_refused(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        write_text(**{"text_vi": "Một", "text_en": "One", "valid_from": None, **wrong}, at=AT, by=None)
    assert set(refused.value.message_dict) == {field}
