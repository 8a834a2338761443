from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from bdhvs_lms.learners.actions import place
from bdhvs_lms.learners.api import (
    Belonging,
    IdentityTaken,
    Learner,
    LearnerIdentity,
    Person,
    belong,
    identify,
    learner_for_actor,
    learner_for_identity,
    learner_for_user,
    learners_for_actors,
    link_user,
    names,
    placement_of,
    register,
    search_by_name,
)
from tests.bdhvs_lms.learners.making import AT, DAY, make_group, make_land, make_learner, make_user
from tests.support.loops import for_each

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_register_writes_everything_that_is_known():
    land, workers, user, actor = make_land(), make_group("worker"), make_user(), uuid4()
    learner = register(
        full_name="  Đỗ  Thị Hòa ",
        at=AT,
        birth_year=2010,
        phone="0912 345 678",
        area=land.north,
        groups=[workers, workers],
        user=user,
        actor=actor,
    )
    person = Person.objects.get(learner=learner)
    assert learner.actor == actor
    assert (person.full_name, person.search_name) == ("Đỗ Thị Hòa", "do thi hoa")
    assert (person.birth_year, person.phone) == (2010, "0912 345 678")
    assert placement_of(learner, DAY).area == land.north
    assert list(learner.belongings.values_list("group__key", "basis", "valid_from")) == [("worker", "list", DAY)]
    assert learner_for_user(user) == learner == learner_for_actor(actor)


def test_the_first_day_is_the_day_where_the_site_is():
    late = datetime(2025, 8, 31, 18, tzinfo=UTC)  # 1 September, one o'clock in the morning in Vietnam
    learner = make_learner(area=make_land().north, at=late)
    assert placement_of(learner, date(2025, 9, 1)) is not None
    assert placement_of(learner, date(2025, 8, 31)) is None


@for_each(
    ("bad", "field"),
    [
        ({"full_name": " \u200b "}, "full_name"),
        ({"full_name": "x" * 121}, "full_name"),
        ({"birth_year": 1899}, "birth_year"),
        ({"birth_year": 2026}, "birth_year"),
        ({"phone": "call me"}, "phone"),
        ({"phone": "1" * 21}, "phone"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(bad, field):
    with pytest.raises(ValidationError) as refused:
        register(**{"full_name": "A", "at": AT, **bad})
    assert list(refused.value.message_dict) == [field]
    assert not Learner.objects.exists()


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        register(full_name="A", at=datetime(2025, 9, 1))  # noqa: DTZ001


def test_a_unit_that_has_ended_or_not_begun_is_refused_and_leaves_nothing():
    land = make_land()
    with pytest.raises(ValidationError):
        make_learner(area=land.whole)
    with pytest.raises(ValidationError):
        make_learner(area=land.north, at=datetime(2025, 6, 1, tzinfo=UTC))
    assert not Learner.objects.exists()
    assert make_learner(area=land.whole, at=datetime(2025, 6, 1, tzinfo=UTC)).pk


def test_one_account_is_one_learner():
    user = make_user()
    first = make_learner(user=user)
    with pytest.raises(IdentityTaken):
        make_learner(user=user)
    assert list(Learner.objects.all()) == [first]
    assert link_user(first, user) == LearnerIdentity.objects.get()


def test_one_actor_is_one_learner():
    first = make_learner()
    with pytest.raises(IdentityTaken):
        make_learner(actor=first.actor)
    assert Learner.objects.count() == 1


def test_an_identity_stands_for_one_learner_and_kinds_and_issuers_are_apart():
    ana, bao = make_learner("Ana"), make_learner("Bảo")
    identify(ana, "oidc", "17", issuer="https://a.example")
    identify(bao, "oidc", "17", issuer="https://b.example")
    identify(bao, "qr", "17")
    assert learner_for_identity("oidc", "17", issuer="https://a.example") == ana
    assert learner_for_identity("oidc", "17", issuer="https://b.example") == bao
    assert learner_for_identity("pin", "17") is None
    with pytest.raises(IdentityTaken):
        identify(bao, "oidc", "17", issuer="https://a.example")
    with pytest.raises(ValueError, match="password"):
        identify(bao, "password", "17")
    with pytest.raises(IntegrityError), transaction.atomic():
        LearnerIdentity.objects.create(learner=ana, kind="qr", subject="17")


def test_visitors_and_staff_are_no_learners():
    assert learner_for_user(AnonymousUser()) is None
    assert learner_for_user(make_user()) is None


def test_staff_place_and_list_people_with_permission_only():
    land, group, learner = make_land(), make_group(), make_learner()
    placer, lister = make_user("add_placement"), make_user("add_belonging")
    place(learner, land.north, valid_from=DAY, at=AT, by=placer)
    belong(learner, group, valid_from=DAY, at=AT, by=lister)
    with pytest.raises(PermissionDenied):
        place(learner, land.south, valid_from=DAY, at=AT, by=lister)
    with pytest.raises(PermissionDenied):
        belong(learner, group, valid_from=DAY, at=AT, by=placer)
    assert placement_of(learner, DAY).area == land.north
    assert Belonging.objects.count() == 1


def test_a_belonging_that_ends_before_it_begins_or_is_by_nothing_is_refused():
    learner, group = make_learner(), make_group()
    with pytest.raises(ValidationError):
        belong(learner, group, valid_from=DAY, valid_to=date(2025, 8, 31), at=AT)
    with pytest.raises(ValidationError):
        belong(learner, group, valid_from=DAY, at=AT, basis="hope")
    assert not Belonging.objects.exists()


def test_names_are_one_query_and_nobody_is_missing(django_assert_num_queries):
    ana, bao = make_learner("Ana"), make_learner("Bảo")
    Person.objects.filter(learner=bao).delete()
    with django_assert_num_queries(1), translation.override("en"):
        found = names([bao.pk, ana.pk, bao.pk, 999_999])
    assert found == {bao.pk: "(no name on record)", ana.pk: "Ana", 999_999: "(no name on record)"}
    assert list(found) == [bao.pk, ana.pk, 999_999]


def test_learners_for_actors_are_in_order_of_their_keys_and_strangers_left_out():
    first, second = make_learner("Z"), make_learner("A")
    assert learners_for_actors([second.actor, uuid4(), first.actor]) == [first, second]


def test_search_finds_without_diacritics_and_case():
    thuy, hoa = make_learner("Nguyễn Thị Thúy"), make_learner("Đỗ Hoà")
    assert list(search_by_name("thị  THUÝ")) == [thuy]
    assert list(search_by_name("do hoa")) == [hoa]
    assert list(search_by_name("%")) == []
    # What no name holds is left out: PostgreSQL takes no NUL.
    assert list(search_by_name("do\x00 hoa")) == [hoa]
    assert list(search_by_name("  ")) == []
