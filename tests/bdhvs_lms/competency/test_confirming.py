"""Confirming and revoking: what is recorded, what falls, who may, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bdhvs_lms.audit.api import record_consent
from bdhvs_lms.base.api import end_of_day
from bdhvs_lms.campaign.api import Area, SteeringAssignment
from bdhvs_lms.classes.api import ClassTeacher, Membership
from bdhvs_lms.competency import api as competency
from bdhvs_lms.competency.api import Document, Subject, certificates_of, confirm, propose, revoke, subject_of
from bdhvs_lms.competency.confirming.codes import shown, typed
from bdhvs_lms.competency.confirming.models import (
    Confirmation,
    ConfirmationAct,
    ConfirmationProposal,
    ConfirmationRevocation,
)
from bdhvs_lms.competency.confirming.statements import statements_of
from bdhvs_lms.competency.models import Attainment
from bdhvs_lms.courses.api import Course, enrol
from bdhvs_lms.learners.api import Learner, link_user, register
from bdhvs_lms.tracking import api as tracking
from bdhvs_lms.tracking.actions import void
from bdhvs_xapi import api as xapi
from tests.support.board import Board
from tests.support.classes import class_of
from tests.support.world import T0, statuses, uid
from tests.support.worlds import made_once

pytestmark = [pytest.mark.database, pytest.mark.django_db]
AT = T0 + timedelta(days=10)
DOCUMENT = Document(date(2025, 9, 10), "12/XN-UBND", "Trần Văn Cường, Phó Chủ tịch", "UBND phường Thử")


class Desk(Board):
    """A board with a rule of this year, a class with its teacher, and an officer."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.subject = subject_of(f"r{self.rule.pk}")
        assert self.subject is not None
        self.group_of_class = class_of(Course.objects.get(key=self.course_key), self.area, code="lop", at=T0)
        self.teacher = User.objects.create_user("co-hanh")
        ClassTeacher.objects.create(class_group=self.group_of_class, user=self.teacher, valid_from=T0.date())
        self.officer = User.objects.create_user("can-bo")
        self.officer.user_permissions.add(Permission.objects.get(codename="confirm_attainment"))
        SteeringAssignment.objects.create(user=self.officer, area=self.area)

    def attained(self, name: str = "Nguyễn Thị Lan", *, minutes: int = 5, member: bool = True) -> Learner:
        learner = self.learner(name)
        if member:
            Membership.objects.create(learner=learner, class_group=self.group_of_class, valid_from=T0.date())
        self.record(self.act(learner, tracking.VERB_PASSED, self.quiz, minutes=minutes, score=9))
        return learner

    def confirm(self, *learners: Learner, **more: Any) -> competency.Confirmed:
        given: dict[str, Any] = {"act_id": uid("act"), "at": AT, "by": self.officer}
        subject = more.pop("subject", self.subject)
        return confirm(subject, learners, more.pop("document", DOCUMENT), **{**given, **more})


made, desk = made_once(Desk)


def refused(desk: Desk, *learners: Learner, **more: Any) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as error:
        desk.confirm(*learners, **more)
    assert not ConfirmationAct.objects.exists()
    return dict(error.value.message_dict)


def one(confirmed: competency.Confirmed) -> Confirmation:
    [confirmation] = confirmed.confirmations
    return confirmation


def differences() -> list[str]:
    return [str(difference) for difference in tracking.check()]


def test_each_competency_is_confirmed_by_a_statement_of_the_trusted_authority(desk: Desk) -> None:
    lan = desk.attained()
    done = desk.confirm(lan)
    assert done.left == ()
    moment = end_of_day(date(2025, 9, 10))
    assert {name: status for name, (status, _at) in statuses(lan).items()} == {"A1/1": "confirmed", "A2/1": "confirmed"}
    facts = xapi.facts(actor_key=tracking.actor_key(lan), verbs=[tracking.VERB_CONFIRMED])
    assert [(fact.trust, fact.occurred_at, fact.authority) for fact in facts] == [
        (xapi.Trust.CONFIRMED, moment, tracking.CONFIRMER)
    ] * 2
    for row in Attainment.objects.filter(learner=lan):
        assert row.confirmed_at == moment and row.confirmation_id in {fact.statement_id for fact in facts}
    assert differences() == []


def test_no_statement_holds_a_number_a_signer_or_a_name(desk: Desk) -> None:
    desk.confirm(desk.attained())
    for fact in xapi.facts(verbs=[tracking.VERB_CONFIRMED], after_seq=0):
        text = str(fact.statement)
        assert "Lan" not in text and "12/XN" not in text and "Cường" not in text and "UBND" not in text


def test_a_form_that_is_sent_again_confirms_nothing_twice(desk: Desk) -> None:
    lan = desk.attained()
    first, again = desk.confirm(lan), desk.confirm(lan, at=AT + timedelta(minutes=1))
    assert one(first) == one(again) and ConfirmationAct.objects.count() == 1
    assert len(xapi.facts(verbs=[tracking.VERB_CONFIRMED], after_seq=0)) == 2


def test_a_form_confirms_one_thing_only(desk: Desk) -> None:
    lan, hoa = desk.attained(), desk.attained("Đỗ Thị Hoa", minutes=6)
    desk.confirm(lan)
    alone = subject_of(f"c{desk.a1.pk}-1")
    with pytest.raises(PermissionDenied):
        desk.confirm(hoa, subject=alone)
    assert Confirmation.objects.get().learner == lan


def test_a_form_revokes_one_certificate_only(desk: Desk) -> None:
    done = desk.confirm(desk.attained(), desk.attained("Đỗ Thị Hoa", minutes=6))
    first, second = done.confirmations
    revoke(first, "Nhầm", act_id=uid("revoked"), at=AT, by=desk.officer)
    with pytest.raises(PermissionDenied):
        revoke(second, "Nhầm", act_id=uid("revoked"), at=AT, by=desk.officer)
    assert ConfirmationRevocation.objects.get().confirmation == first


def test_a_form_that_broke_off_goes_on_where_it_was_by_the_same_document(desk: Desk) -> None:
    lan, hoa = desk.attained(), desk.attained("Đỗ Thị Hoa", minutes=6)
    desk.confirm(lan)
    done = desk.confirm(lan, hoa, document=Document(date(2025, 9, 9), "khác", "khác", "khác"))
    assert {row.learner for row in done.confirmations} == {lan, hoa}
    assert {row.act.document for row in done.confirmations} == {DOCUMENT.number}


def test_a_form_is_nobody_elses(desk: Desk) -> None:
    lan = desk.attained()
    desk.confirm(lan)
    with pytest.raises(PermissionDenied):
        desk.confirm(lan, by=None)


def test_the_day_is_neither_in_the_future_nor_before_the_attainment(desk: Desk) -> None:
    lan = desk.attained()
    tomorrow = Document(AT.date() + timedelta(days=1), *("12", "Ai", "Nơi"))
    assert refused(desk, lan, document=tomorrow) == {"day": ["Ngày không được sau hôm nay."]}
    before = Document(date(2025, 8, 31), "12", "Ai", "Nơi")
    assert refused(desk, lan, document=before) == {"day": ["1 người đạt sau ngày đó, người cuối vào ngày 01/09/2025."]}


def test_today_counts_from_the_moment_at_which_it_was_recorded(desk: Desk) -> None:
    lan = desk.attained()
    done = desk.confirm(lan, document=Document(AT.date(), "12", "Ai", "Nơi"))
    assert done.act.occurred_at == AT
    assert Attainment.objects.filter(learner=lan).values_list("confirmed_at", flat=True).distinct().get() == AT


def test_number_signer_and_unit_are_needed_and_name_nobody(desk: Desk) -> None:
    lan = desk.attained()
    wrong = refused(desk, lan, document=Document(DOCUMENT.day, " ", "", "x" * 201))
    assert set(wrong) == {"number", "signer", "unit"}
    named = refused(desk, lan, document=Document(DOCUMENT.day, "QĐ nguyen thi lan", "Ai", "Nhà bà Lan"))
    assert set(named) == {"number", "unit"}


def test_whoever_has_not_attained_all_of_it_is_left_out_and_named(desk: Desk) -> None:
    lan = desk.attained()
    hoa = desk.learner("Đỗ Thị Hoa")
    Membership.objects.create(learner=hoa, class_group=desk.group_of_class, valid_from=T0.date())
    done = desk.confirm(lan, hoa)
    assert [(row.learner, row.why) for row in done.left] == [(hoa, "chưa đạt")]
    assert refused_people(desk, hoa) == ["Hãy chọn ít nhất một người."]


def refused_people(desk: Desk, *learners: Learner) -> list[str]:
    with pytest.raises(ValidationError) as error:
        desk.confirm(*learners, act_id=uid("another"))
    return list(error.value.message_dict["people"])


def test_nobody_is_confirmed_without_consent_or_by_themselves(desk: Desk) -> None:
    lan = desk.attained()
    record_consent(lan.actor, given=False, at=AT)
    assert "people" in refused(desk, lan)
    hanh = desk.attained("Vũ Thị Hạnh", minutes=7)
    link_user(hanh, desk.officer)
    assert "people" in refused(desk, hanh)


def test_only_people_of_the_rules_group_are_confirmed_by_it(desk: Desk) -> None:
    outside = register(full_name="Lê Tám", at=T0, area=desk.area, groups=[], actor=uid("outside"))
    record_consent(outside.actor, given=True, at=T0)
    enrol(outside, desk.course_key, at=T0)
    Membership.objects.create(learner=outside, class_group=desk.group_of_class, valid_from=T0.date())
    desk.record(desk.act(outside, tracking.VERB_PASSED, desk.quiz, minutes=9, score=9))
    assert "people" in refused(desk, outside)
    single = Subject((desk.a1,), 1)
    assert one(desk.confirm(outside, subject=single)).attained[0]["code"] == "A1"
    assert statuses(outside)["A1/1"][0] == "confirmed" and statuses(outside)["A2/1"][0] == "demonstrated"


def test_officers_confirm_in_their_areas_others_nowhere(desk: Desk) -> None:
    lan = desk.attained()
    steering = User.objects.create_user("chi-dao")
    SteeringAssignment.objects.create(user=steering, area=desk.area)
    for user in (User.objects.create_user("thay-khac"), desk.teacher, steering):
        with pytest.raises(PermissionDenied):
            desk.confirm(lan, by=user)
    far = Area.objects.create(code="1", name="Xã Xa", kind="commune", valid_from=date(2025, 7, 1))
    SteeringAssignment.objects.update(area=far)
    with pytest.raises(ValidationError):
        desk.confirm(lan)
    SteeringAssignment.objects.update(area=desk.area)
    assert one(desk.confirm(lan)).act.class_group is None


def proposed(desk: Desk, *learners: Learner, **more: Any) -> competency.Checked:
    return propose(desk.subject, learners, **{"class_group": desk.group_of_class, "at": AT, "by": desk.teacher, **more})


def test_a_teacher_proposes_those_of_the_own_class_who_have_achieved_it(desk: Desk) -> None:
    lan, tam = desk.attained(), desk.attained("Lê Văn Tám", member=False)
    hanh = desk.attained("Vũ Thị Hạnh", minutes=7)
    link_user(hanh, desk.teacher)
    done = proposed(desk, lan, tam, hanh)
    assert [*done.ready] == [lan]
    assert {row.learner: row.why for row in done.left} == {
        tam: "không thuộc những người được xác nhận ở đây",
        hanh: "hồ sơ của chính người xác nhận: nhờ đồng nghiệp",
    }
    proposed(desk, lan, at=AT + timedelta(days=1), by=None)
    row = ConfirmationProposal.objects.get()
    assert (row.learner, row.by, row.proposed_at) == (lan, desk.teacher, AT), "twice is once"
    assert not Confirmation.objects.exists() and statuses(lan)["A1/1"][0] == "demonstrated"
    with pytest.raises(ValidationError):
        proposed(desk, tam)
    for user in (desk.officer, User.objects.create_user("thay-khac")):
        with pytest.raises(PermissionDenied):
            proposed(desk, lan, by=user)


def test_a_proposal_goes_when_what_it_proposes_is_confirmed_also_of_a_merged_record(desk: Desk) -> None:
    lan, hoa = desk.attained(), desk.attained("Đỗ Thị Hoa", minutes=6)
    proposed(desk, lan, hoa)
    kept = desk.learner("Nguyễn Lan")
    tracking.merge_records(lan, kept, by=None, reason="cùng một người", at=AT)
    person = Learner.objects.get(pk=kept.pk)
    assert [*competency.proposals_among(desk.subject, [person])] == [person.pk]
    desk.confirm(person, subject=Subject((desk.a1,), 1), act_id=uid("single"))
    assert ConfirmationProposal.objects.count() == 2, "another subject"
    desk.confirm(person)
    assert ConfirmationProposal.objects.get().learner == hoa


def refuse(desk: Desk, *learners: Learner, **more: Any) -> tuple[int, list[competency.Left]]:
    given: dict[str, Any] = {"reason": "Chưa có biên bản", "at": AT, "by": desk.officer}
    return competency.end_proposals(desk.subject, learners, **{**given, **more})


def taken_back(desk: Desk, *learners: Learner, **more: Any) -> tuple[int, list[competency.Left]]:
    given: dict[str, Any] = {"class_group": desk.group_of_class, "at": AT, "by": desk.teacher}
    return competency.end_proposals(desk.subject, learners, **{**given, **more})


def test_an_officer_of_the_area_refuses_in_words_and_it_may_be_proposed_again(desk: Desk) -> None:
    lan, hoa = desk.attained(), desk.attained("Đỗ Thị Hoa", minutes=6)
    proposed(desk, lan)
    for reason in (" ", "x" * 501):
        with pytest.raises(ValidationError):
            refuse(desk, lan, reason=reason)
    for user in (desk.teacher, User.objects.create_user("thay-khac")):
        with pytest.raises(PermissionDenied):
            refuse(desk, lan, by=user)
    far = Area.objects.create(code="1", name="Xã Xa", kind="commune", valid_from=date(2025, 7, 1))
    elsewhere = User.objects.create_user("can-bo-xa")
    elsewhere.user_permissions.add(Permission.objects.get(codename="confirm_attainment"))
    SteeringAssignment.objects.create(user=elsewhere, area=far)
    with pytest.raises(ValidationError):
        refuse(desk, lan, by=elsewhere)
    assert not ConfirmationProposal.objects.exclude(refused_at=None).exists()
    done, left = refuse(desk, lan, hoa)
    assert done == 1 and [(one.learner, one.why) for one in left] == [(hoa, "không còn đề nghị nào")]
    row = ConfirmationProposal.objects.get()
    assert (row.refusal, row.refused_at, row.refused_by) == ("Chưa có biên bản", AT, desk.officer)
    assert not competency.proposals(desk.subject).exists() and not Confirmation.objects.exists()
    # Of two at once the second finds nothing: the first one's words stay.
    with pytest.raises(ValidationError):
        refuse(desk, lan, reason="khác", by=None)
    row.refresh_from_db()
    assert row.refusal == "Chưa có biên bản"
    proposed(desk, lan, at=AT + timedelta(days=1))
    again = ConfirmationProposal.objects.get()
    assert (again.refused_at, again.refusal, again.proposed_at) == (None, "", AT + timedelta(days=1))
    refuse(desk, lan)
    desk.confirm(lan)
    assert not ConfirmationProposal.objects.exists(), "an officer may still confirm"


def test_whoever_proposed_takes_it_back_until_it_is_answered(desk: Desk) -> None:
    lan = desk.attained()
    proposed(desk, lan)
    other = User.objects.create_user("thay-khac")
    with pytest.raises(PermissionDenied):
        taken_back(desk, lan, by=other)
    ClassTeacher.objects.create(class_group=desk.group_of_class, user=other, valid_from=T0.date())
    with pytest.raises(ValidationError):
        taken_back(desk, lan, by=other)
    assert taken_back(desk, lan) == (1, []) and not ConfirmationProposal.objects.exists()
    proposed(desk, lan)
    refuse(desk, lan)
    with pytest.raises(ValidationError):
        taken_back(desk, lan)
    assert ConfirmationProposal.objects.get().refusal, "the answer stays"


def test_what_a_teacher_confirmed_before_stays_and_officers_revoke_it(desk: Desk) -> None:
    lan = desk.attained()
    confirmation = one(desk.confirm(lan))
    ConfirmationAct._base_manager.update(class_group=desk.group_of_class, by=desk.teacher)
    confirmation.refresh_from_db()
    assert [each.state for each in certificates_of(lan)] == ["valid"]
    assert not competency.may_revoke(desk.teacher, confirmation, AT)
    assert competency.may_revoke(desk.officer, confirmation, AT)


def test_a_revocation_takes_the_confirmation_away_and_nothing_else(desk: Desk) -> None:
    lan = desk.attained()
    single = one(desk.confirm(lan, subject=Subject((desk.a1,), 1), act_id=uid("single")))
    confirmation = one(desk.confirm(lan))
    before = dict(Attainment.objects.filter(learner=lan).values_list("competency__code", "attained_at"))
    row = revoke(confirmation, "Sai người", act_id=uid("revoked"), at=AT + timedelta(days=1), by=desk.officer)
    # The other certificate, of one competency alone, still speaks for it.
    assert {name: word for name, (word, _at) in statuses(lan).items()} == {"A1/1": "confirmed", "A2/1": "demonstrated"}
    assert dict(Attainment.objects.filter(learner=lan).values_list("competency__code", "attained_at")) == before
    words = {each.confirmation: each.state for each in certificates_of(lan)}
    assert words == {single: "valid", confirmation: "revoked"}
    assert differences() == []
    assert revoke(confirmation, "Nữa", act_id=uid("x"), at=AT, by=desk.officer) == row, "twice is once"
    assert ConfirmationRevocation.objects.count() == 1
    voidings = [fact for fact in xapi.facts(after_seq=0) if "voided" in fact.verb]
    assert len(voidings) == 2 and all("Sai" not in str(fact.statement) for fact in voidings)


def test_a_revocation_needs_a_reason_and_somebody_who_may(desk: Desk) -> None:
    lan = desk.attained()
    confirmation = one(desk.confirm(lan))
    with pytest.raises(ValidationError):
        revoke(confirmation, " \n ", act_id=uid("r"), at=AT, by=desk.officer)
    for user in (User.objects.create_user("la"), desk.teacher):
        with pytest.raises(PermissionDenied):
            revoke(confirmation, "vì", act_id=uid("r"), at=AT, by=user)
    revoke(confirmation, "vì", act_id=uid("r"), at=AT, by=desk.officer)


def test_after_a_revocation_a_new_confirmation_may_follow(desk: Desk) -> None:
    lan = desk.attained()
    revoke(one(desk.confirm(lan)), "Sai số", act_id=uid("r"), at=AT, by=None)
    again = one(desk.confirm(lan, act_id=uid("second"), at=AT + timedelta(hours=1)))
    assert [each.state for each in certificates_of(lan)] == ["valid", "revoked"]
    assert again.code != Confirmation.objects.exclude(pk=again.pk).get().code


def test_what_an_operator_voids_in_the_ledger_is_revoked_with_its_day(desk: Desk) -> None:
    lan = desk.attained()
    desk.confirm(lan)
    fact = xapi.facts(actor_key=tracking.actor_key(lan), verbs=[tracking.VERB_CONFIRMED])[0]
    with transaction.atomic():
        void(fact.statement_id, by=uid("operator"), reason_code="wrong-person", at=AT + timedelta(days=3))
    [certificate] = certificates_of(lan)
    assert (certificate.state, certificate.revoked_at) == ("revoked", AT + timedelta(days=3))


def test_a_certificate_whose_evidence_was_taken_away_has_lapsed(desk: Desk) -> None:
    lan = desk.attained()
    desk.confirm(lan)
    [passed] = xapi.facts(actor_key=tracking.actor_key(lan), verbs=[tracking.VERB_PASSED])
    with transaction.atomic():
        void(passed.statement_id, by=uid("operator"), reason_code="cheated", at=AT + timedelta(days=3))
    assert not Attainment.objects.filter(learner=lan, attained_at__isnull=False).exists()
    assert [each.state for each in certificates_of(lan)] == ["lapsed"]
    assert differences() == []


def test_what_is_attained_anew_after_that_is_confirmed_by_a_new_act_alone(desk: Desk) -> None:
    lan = desk.attained()
    desk.confirm(lan)
    [passed] = xapi.facts(actor_key=tracking.actor_key(lan), verbs=[tracking.VERB_PASSED])
    with transaction.atomic():
        void(passed.statement_id, by=uid("operator"), reason_code="cheated", at=AT + timedelta(days=3))
    desk.record(desk.act(lan, tracking.VERB_PASSED, desk.quiz, minutes=24 * 60 * 20, score=9, try_no=2))
    assert {word for word, _at in statuses(lan).values()} == {"demonstrated"}
    assert [each.state for each in certificates_of(lan)] == ["lapsed"]
    assert differences() == []
    paper = Document(date(2025, 9, 25), "15/XN", "Ai", "Nơi")
    assert desk.confirm(lan, act_id=uid("anew"), document=paper, at=AT + timedelta(days=20)).left == ()
    assert {word for word, _at in statuses(lan).values()} == {"confirmed"}
    assert [each.state for each in certificates_of(lan)] == ["valid", "lapsed"]
    assert differences() == []


def test_a_merged_record_keeps_its_certificate_and_is_not_confirmed_twice(desk: Desk) -> None:
    lan = desk.attained()
    confirmation = one(desk.confirm(lan))
    kept = desk.learner("Nguyễn Lan")
    Membership.objects.create(learner=kept, class_group=desk.group_of_class, valid_from=T0.date())
    tracking.merge_records(lan, kept, by=None, reason="cùng một người", at=AT)
    person = Learner.objects.get(pk=kept.pk)
    assert [(each.confirmation, each.state) for each in certificates_of(person)] == [(confirmation, "valid")]
    checked = competency.check(desk.subject, [person], at=AT, by=desk.officer)
    assert [row.why for row in checked.left] == ["đã được xác nhận"]
    assert differences() == []


def test_many_are_checked_in_the_same_number_of_queries(desk: Desk) -> None:
    people = [desk.attained(f"Người {number}", minutes=number + 1) for number in range(6)]
    desk.confirm(people[0])
    counts = []
    for listed in (people[:2], people):
        with CaptureQueriesContext(connection) as queries:
            competency.check(desk.subject, listed, at=AT, by=desk.officer)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_what_is_recorded_follows_from_the_rows(desk: Desk) -> None:
    confirmation = one(desk.confirm(desk.attained()))
    row = Confirmation.objects.select_related("act", "learner").get(pk=confirmation.pk)
    with transaction.atomic():
        done = tracking.record(statements_of(row), at=AT + timedelta(days=5))
    assert [each.new for each in done] == [False, False]


@pytest.mark.parametrize("text", ["7k3m 9qxt 4hwd 2pnr", "7K3M-9QXT-4HWD-2PNR", "7k3m9qxt4hwd2pnr"])
def test_a_code_is_read_however_it_is_typed(text: str) -> None:
    assert typed(text) == "7K3M9QXT4HWD2PNR" and shown(typed(text)) == "7K3M-9QXT-4HWD-2PNR"
    assert typed("OIL0 0000 0000 0000") == "0110000000000000"
    assert typed("x") == typed("U" * 16) == typed("") == ""
