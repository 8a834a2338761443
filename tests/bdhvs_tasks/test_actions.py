"""Recording what was seen, correcting it and taking it back: what the rows, the ledger and the results say then."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import Client
from django.urls import reverse

from bdhvs_lms.audit.api import ConsentMissing, record_consent
from bdhvs_lms.competency.queries import attainments_of
from bdhvs_lms.courses.api import enrolment_of
from bdhvs_lms.progress.api import Result
from bdhvs_lms.tracking import api as tracking
from bdhvs_tasks.actions import NotInClass, correct, take_back
from bdhvs_tasks.models import Grading, Observation, ObservationNote, TaskAlignment, TaskVersion, passes
from bdhvs_tasks.queries import sights_of
from bdhvs_xapi import api as xapi
from tests.bdhvs_content import pages
from tests.bdhvs_tasks.helpers import CLOCK, ITEMS, Watching, checklist, item_id, statements, verbs
from tests.support.world import uid
from tests.support.worlds import made_once

pytestmark = pytest.mark.django_db
LATER = pages.AT + timedelta(hours=3)


made, own = made_once(Watching)


@pytest.fixture
def watching(own: Watching, settings: Any) -> Watching:
    settings.BDHVS_TEST_CLOCK = CLOCK
    return own


def result(watching: Watching) -> Result:
    return Result.objects.get(learner=watching.lan, activity_key=watching.key)


@pytest.mark.parametrize(
    ("needed", "done", "passed"),
    [
        (0, "012", True),
        (0, "0123", True),
        (0, "013", False),  # three, but a required one is missing
        (4, "012", False),
        (4, "0123", True),
    ],
)
def test_passed_is_every_required_item_and_as_many_as_are_needed(needed: int, done: str, passed: bool) -> None:
    content = {
        "items": [{"id": row["id"], **row["value"]} for row in checklist()],
        "needed": needed,
    }
    assert passes(content, [item_id(int(place)) for place in done]) is passed


def test_any_so_many_of_them() -> None:
    content = {"items": [{"id": r["id"], **r["value"]} for r in checklist(optional=range(4))], "needed": 2}
    assert [passes(content, list(map(item_id, done))) for done in ((), (3,), (3, 1), (0, 1, 2))] == [
        False,
        False,
        True,
        True,
    ]


def test_an_observation_enrols_passes_and_names_its_observer(watching: Watching) -> None:
    assert enrolment_of(watching.lan, watching.course.translation_key) is None
    observed = watching.observe(watching.lan, by=User.objects.get(username="co-hanh"), observer=None)
    assert enrolment_of(watching.lan, watching.course.translation_key) is not None
    said = next(row for row in statements() if verbs([row]) == ["passed"])
    assert said["context"]["instructor"]["account"]["name"] == str(
        tracking.staff_actor(User.objects.get(username="co-hanh"))
    )
    assert said["result"]["response"] == "[,]".join(map(item_id, range(4)))
    assert said["result"]["score"] == {"raw": 4, "min": 0, "max": 4, "scaled": 1}
    assert (result(watching).passed_at, result(watching).trust) == (pages.AT, xapi.Trust.OBSERVED)
    assert observed.observation.version.number == 1
    assert "Lan" not in str(said)


def test_the_same_form_again_is_the_same_act(watching: Watching) -> None:
    act_id = uuid.uuid4()
    first = watching.observe(watching.lan, act_id=act_id)
    again = watching.observe(watching.lan, (0,), act_id=act_id, at=LATER)
    assert (first.already, again.already, again.grading) == (False, True, first.grading)
    assert (Observation.objects.count(), Grading.objects.count()) == (1, 1)


def test_what_was_missing_is_failed_and_the_next_time_it_is_passed(watching: Watching) -> None:
    watching.observe(watching.lan, (0, 1))
    assert (result(watching).failed_at, result(watching).passed_at) == (pages.AT, None)
    watching.observe(watching.lan, at=LATER)
    assert (result(watching).failed_at, result(watching).passed_at) == (pages.AT, LATER)
    assert [row.number for row in Observation.objects.order_by("pk")] == [1, 2]


def test_a_correction_is_a_further_grading_and_voids_the_one_before(watching: Watching) -> None:
    teacher = User.objects.get(username="co-hanh")
    observation = watching.observe(watching.lan, note="Kính mờ").observation
    act_id, three = uuid.uuid4(), frozenset({item_id(0), item_id(1), item_id(3)})
    for _twice in range(2):
        correct(watching.group, observation, three, by=teacher, act_id=act_id, at=LATER, note="Cần chữ to")
    rows = list(Grading.objects.order_by("seq"))
    assert [(row.seq, row.raw, row.success) for row in rows] == [(1, 4, True), (2, 3, False)]
    assert (result(watching).passed_at, result(watching).failed_at) == (None, pages.AT)
    about = [row for row in statements() if row["verb"]["id"].endswith(("passed", "failed"))]
    assert verbs(about) == ["passed", "failed"]
    assert len({row["id"] for row in about}) == 2
    assert {row["timestamp"] for row in about} == {about[0]["timestamp"]}
    voided = {str(fact.statement_id): fact.voided for fact in xapi.facts(after_seq=0, include_voided=True)}
    assert [voided[row["id"]] for row in about] == [True, False]
    assert ObservationNote.objects.get().text == "Cần chữ to"
    # The same items again: words only.
    correct(watching.group, observation, three, by=teacher, act_id=uuid.uuid4(), at=LATER)
    assert (Grading.objects.count(), ObservationNote.objects.count()) == (2, 0)


def test_what_followed_from_a_pass_that_was_none_is_withdrawn(watching: Watching) -> None:
    watching.task.alignments = [TaskAlignment(competency=pages.framework().competencies.get(code="A1"), level=1)]
    watching.task.save_revision().publish()
    observation = watching.observe(watching.lan).observation
    assert [row.status for row in attainments_of(watching.lan)] == ["demonstrated"]
    take_back(watching.group, observation, by=User.objects.get(username="co-hanh"), act_id=uuid.uuid4(), at=LATER)
    assert [row.status for row in attainments_of(watching.lan)] in ([], ["none"])
    assert list(tracking.check()) == []


def test_taken_back_it_is_nobodys_and_may_be_recorded_again(watching: Watching) -> None:
    teacher = User.objects.get(username="co-hanh")
    observation = watching.observe(watching.lan, note="Nhầm người").observation
    record_consent(watching.lan.actor, given=False, at=LATER)
    with pytest.raises(ConsentMissing):
        correct(watching.group, observation, frozenset(), by=teacher, act_id=uuid.uuid4(), at=LATER)
    for _twice in range(2):
        take_back(watching.group, observation, by=teacher, act_id=uuid.uuid4(), at=LATER)
    assert [row.success for row in Grading.objects.order_by("seq")] == [True, None]
    assert not Result.objects.filter(learner=watching.lan, activity_key=watching.key).exists()
    assert not ObservationNote.objects.exists()
    with pytest.raises(ValueError, match="recorded anew"):
        record_consent(watching.lan.actor, given=True, at=LATER + timedelta(minutes=1))
        correct(watching.group, observation, frozenset(), by=teacher, act_id=uuid.uuid4(), at=LATER)
    watching.observe(watching.lan, at=LATER)
    assert result(watching).passed_at == LATER


def test_what_an_operator_voided_meanwhile_is_not_voided_twice(watching: Watching) -> None:
    observed = watching.observe(watching.lan)
    fact = xapi.facts(registration=observed.observation.uuid)[0]
    with transaction.atomic():
        tracking.void(fact.statement_id, by=uid("operator"), reason_code="trial", at=LATER)
    teacher = User.objects.get(username="co-hanh")
    correct(watching.group, observed.observation, frozenset(), by=teacher, act_id=uuid.uuid4(), at=LATER)
    assert result(watching).failed_at == pages.AT


def test_an_observation_stays_with_the_checklist_that_was_ticked(watching: Watching) -> None:
    page = pages.fresh(watching.task)
    page.checklist = checklist([*ITEMS[:3], "Chỉ lại cho người khác"], optional=(3,))
    pages.publish(page)
    assert TaskVersion.objects.count() == 2
    old = watching.observe(watching.lan, version=1)
    new = watching.observe(watching.hoa)
    assert [one.observation.version.number for one in (old, new)] == [1, 2]
    said = {row["actor"]["account"]["name"]: row for row in statements() if verbs([row]) == ["passed"]}
    assert said[str(watching.lan.actor)]["context"]["revision"] == "1"
    assert old.observation.version.items[3]["text"] == "Nói được cách làm"


def test_publishing_the_same_again_is_the_same_version(watching: Watching) -> None:
    pages.publish(pages.fresh(watching.task))
    assert TaskVersion.objects.count() == 1


def test_nothing_is_recorded_without_consent_nor_for_strangers_nor_by_them(watching: Watching) -> None:
    silent = watching.member("Lê Văn Im", consent=False)
    with pytest.raises(ConsentMissing):
        watching.observe(silent)
    assert enrolment_of(silent, watching.course.translation_key) is None
    other = watching.class_of("lop-2", "co-khac")
    outsider = pages.person("ngoai")
    with pytest.raises(NotInClass):
        watching.observe(outsider)
    with pytest.raises(PermissionDenied):
        watching.observe(watching.lan, by=User.objects.get(username="co-khac"), observer=None)
    with pytest.raises(ValueError, match="Not on this checklist"):
        watching.observe(watching.lan, (0, 9))
    with pytest.raises(ValueError, match="No version 7"):
        watching.observe(watching.lan, version=7)
    observation = watching.observe(watching.lan).observation
    with pytest.raises(NotInClass):
        correct(other, observation, frozenset(), by=User.objects.get(username="co-khac"), act_id=uuid.uuid4(), at=LATER)
    assert Observation.objects.count() == 1


def test_a_rebuild_finds_what_was_folded_live(watching: Watching) -> None:
    teacher = User.objects.get(username="co-hanh")
    observation = watching.observe(watching.lan).observation
    correct(watching.group, observation, frozenset({item_id(0)}), by=teacher, act_id=uuid.uuid4(), at=LATER)
    watching.observe(watching.hoa)
    assert list(tracking.check()) == []


def test_an_observation_of_a_merged_record_is_the_persons(watching: Watching) -> None:
    watching.observe(watching.lan, (0,))
    tracking.merge_records(watching.lan, watching.hoa, by=None, reason="một người", at=LATER)
    watching.hoa.refresh_from_db()
    hoa = type(watching.hoa).objects.get(pk=watching.hoa.pk)
    again = watching.observe(hoa, at=LATER)
    assert again.observation.number == 2


def test_what_an_operator_voided_no_longer_counts_and_is_recorded_when_it_is_said_again(
    watching: Watching, client: Client
) -> None:
    teacher = User.objects.get(username="co-hanh")
    observation = watching.observe(watching.lan).observation
    fact = xapi.facts(registration=observation.uuid)[0]
    with transaction.atomic():
        tracking.void(fact.statement_id, by=uid("operator"), reason_code="trial", at=LATER)
    client.force_login(teacher)
    address = reverse("bdhvs_tasks:class-person", args=[watching.group.uuid, watching.key, watching.lan.actor])
    assert "không còn tính" in client.get(address).content.decode()
    [sight] = sights_of(watching.lan, watching.key)
    assert (sight.success, sight.voided, sight.stands) == (True, True, False)
    again = correct(watching.group, observation, sight.grading.done, by=teacher, act_id=uuid.uuid4(), at=LATER)
    assert (again.seq, again.success, result(watching).passed_at) == (2, True, pages.AT)
    assert "không còn tính" not in client.get(address).content.decode()
    assert list(tracking.check()) == []
