from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.management import call_command

from bdhvs_lms.audit.api import (
    Consent,
    forget_accesses,
    has_consent,
    latest_consent,
    log_access,
    record_consent,
)
from bdhvs_lms.audit.models import AccessedPeople, AccessedPerson, AccessLog
from bdhvs_lms.base.api import allowed, require
from bdhvs_lms.conf import app_settings
from tests.bdhvs_lms.learners.making import AT, make_user

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_nobody_consented_before_an_answer():
    assert not has_consent(uuid4())


def test_the_last_answer_speaks_whatever_order_it_was_written_in():
    actor = uuid4()
    record_consent(actor, given=False, at=AT + HOUR)
    record_consent(actor, given=True, at=AT)
    assert not has_consent(actor)
    record_consent(actor, given=True, at=AT + 2 * HOUR)
    assert has_consent(actor)
    assert list(Consent.objects.filter(actor=actor).order_by("at").values_list("given", flat=True)) == [
        True,
        False,
        True,
    ]


def test_of_two_answers_at_one_moment_the_later_written_speaks():
    actor = uuid4()
    record_consent(actor, given=True, at=AT)
    record_consent(actor, given=False, at=AT)
    assert not has_consent(actor)


def test_consent_is_per_person_and_per_purpose():
    actor = uuid4()
    record_consent(actor, given=True, at=AT, purpose="photo")
    assert has_consent(actor, purpose="photo")
    assert not has_consent(actor)
    assert not has_consent(uuid4(), purpose="photo")


def test_a_new_text_has_to_be_asked_again():
    actor = uuid4()
    record_consent(actor, given=True, at=AT, text_version="old")
    assert has_consent(actor)
    assert has_consent(actor, text_version="old")
    assert not has_consent(actor, text_version="new")


def test_a_new_version_in_the_settings_is_what_is_agreed_to_from_then_on(settings):
    actor = uuid4()
    settings.BDHVS_CONSENT_VERSION = "2026-1"
    record_consent(actor, given=True, at=AT)
    assert Consent.objects.get(actor=actor, text_version="2026-1").given


def test_without_a_version_the_text_shown_now_is_meant():
    actor = uuid4()
    record_consent(actor, given=True, at=AT, by_representative=True)
    answer = latest_consent(actor)
    assert answer is not None
    assert (answer.text_version, answer.by_representative) == (app_settings.CONSENT_VERSION, True)


def test_a_time_without_a_zone_is_refused():
    naive = datetime(2025, 9, 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="zone"):
        record_consent(uuid4(), given=True, at=naive)
    with pytest.raises(ValueError, match="zone"):
        log_access(user=None, actors=[uuid4()], page="x", at=naive)


def seen(actor: UUID) -> list[AccessLog]:
    """Every look at this learner's record, newest first."""
    return list(AccessLog.objects.filter(people__members__actor=actor).order_by("-at"))


def test_a_look_at_a_class_is_one_row_and_its_people_are_written_once(django_assert_num_queries):
    user = make_user()
    actors = [uuid4() for _ in range(40)]
    assert log_access(user=user, actors=[*actors, actors[0]], page="class-review", at=AT, detail="10-A") == 40
    # Savepoint, the people, the look, release: whatever their order.
    with django_assert_num_queries(4):
        assert log_access(user=user, actors=reversed(actors), page="class-review", at=AT + HOUR) == 40
    assert (AccessLog.objects.count(), AccessedPeople.objects.count(), AccessedPerson.objects.count()) == (2, 1, 40)
    assert {look.actors for look in AccessLog.objects.all()} == {frozenset(actors)}
    second, first = seen(actors[3])
    assert second.at == AT + HOUR
    assert (first.user_id, first.user_label, first.page, first.detail, first.at) == (
        user.pk,
        user.get_username(),
        "class-review",
        "10-A",
        AT,
    )
    # Another selection of them, and nobody.
    log_access(user=user, actors=actors[:3], page="class-review", at=AT)
    assert [len(seen(actor)) for actor in (actors[0], actors[3], uuid4())] == [3, 2, 0]
    assert log_access(user=user, actors=[], page="class-review", at=AT) == 0
    assert AccessLog.objects.count() == 3


def test_looks_that_were_kept_long_enough_go_piece_by_piece_and_nothing_else(settings):
    old, new = [uuid4() for _ in range(3)], uuid4()
    for days in range(7):
        log_access(user=None, actors=old, page="class-review", at=AT + timedelta(days=days))
    log_access(user=None, actors=[new, old[0]], page="class-review", at=AT + timedelta(days=9))
    assert forget_accesses(AT, most=2) == 0
    assert [forget_accesses(AT + timedelta(days=9), most=5) for _piece in range(3)] == [5, 2, 0]
    assert [look.actors for look in AccessLog.objects.all()] == [frozenset([new, old[0]])]
    assert (AccessedPeople.objects.count(), AccessedPerson.objects.count()) == (1, 2)
    settings.BDHVS_TEST_CLOCK = (AT + timedelta(days=400)).isoformat()
    settings.BDHVS_ACCESS_LOG_DAYS = 0
    call_command("forget_accesses", verbosity=0)
    assert AccessLog.objects.count() == 1
    settings.BDHVS_ACCESS_LOG_DAYS = 30
    call_command("forget_accesses", verbosity=0)
    assert not AccessLog.objects.exists() and not AccessedPeople.objects.exists()


def test_require_asks_for_the_permission():
    able, unable = make_user("add_placement"), make_user("add_belonging")
    require(able, "add_placement")
    with pytest.raises(PermissionDenied, match="bdhvs_lms.add_placement"):
        require(unable, "add_placement")


def test_visitors_and_closed_accounts_may_nothing_and_the_machine_may():
    closed = make_user("add_placement")
    closed.is_active = False
    closed.save()
    assert not allowed(closed, "add_placement")
    assert not allowed(AnonymousUser(), "add_placement")
    assert allowed(None, "add_placement")
