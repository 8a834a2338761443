from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from bdhvs_lms.audit.api import (
    CONSENT_VERSION,
    AccessLog,
    ConsentMissing,
    accesses_to,
    allowed,
    consents_of,
    has_consent,
    latest_consent,
    log_access,
    record_consent,
    require,
    require_consent,
)
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
    assert [row.given for row in consents_of(actor)] == [True, False, True]


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


def test_without_a_version_the_text_shown_now_is_meant():
    actor = uuid4()
    record_consent(actor, given=True, at=AT, by_representative=True)
    answer = latest_consent(actor)
    assert answer is not None
    assert (answer.text_version, answer.by_representative) == (CONSENT_VERSION, True)


def test_recording_requires_a_yes_to_the_text_in_force_in_one_query(django_assert_num_queries):
    actor = uuid4()

    def refused() -> bool:
        try:
            with django_assert_num_queries(1):
                require_consent(actor)
        except ConsentMissing:
            return True
        return False

    assert refused()
    record_consent(actor, given=True, at=AT)
    assert not refused()
    record_consent(actor, given=True, at=AT, text_version="old")
    assert refused()
    record_consent(actor, given=True, at=AT)
    record_consent(actor, given=False, at=AT)
    assert refused()


def test_a_time_without_a_zone_is_refused():
    naive = datetime(2025, 9, 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="zone"):
        record_consent(uuid4(), given=True, at=naive)
    with pytest.raises(ValueError, match="zone"):
        log_access(user=None, actors=[uuid4()], page="x", at=naive)


def test_a_look_at_a_class_is_one_row_a_person_in_one_insert(django_assert_num_queries):
    user = make_user()
    actors = [uuid4() for _ in range(40)]
    # Savepoint, one insert, release.
    with django_assert_num_queries(3):
        assert log_access(user=user, actors=[*actors, actors[0]], page="class-review", at=AT, detail="10-A") == 40
    assert set(AccessLog.objects.values_list("actor", flat=True)) == set(actors)
    row = accesses_to(actors[3]).get()
    assert (row.user_id, row.user_label, row.page, row.detail, row.at) == (
        user.pk,
        user.get_username(),
        "class-review",
        "10-A",
        AT,
    )


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
