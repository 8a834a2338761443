"""Every address of ours × every kind of visitor. A new address without an entry fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from django.urls import get_resolver

from bdhvs_lms.audit.models import AccessedPeople
from bdhvs_lms.campaign.api import Area
from tests.permissions.addresses import MACHINES, SITE
from tests.permissions.admin import admin_entries
from tests.permissions.answers import ACCESS_LOG, HIDDEN, METHOD, OPEN, REFUSED, Probe, changed_in, tables_written
from tests.permissions.discovery import addresses_of_ours
from tests.permissions.roles import ROLES, Cast
from tests.support.loops import for_each

pytestmark = pytest.mark.django_db

MATRIX: dict[str, list[Probe]] = {
    name: [replace(probe, address=name) for probe in probes]
    for name, probes in {**SITE, **MACHINES, **admin_entries()}.items()
}

# Outside the admin: 200, 403, 404 and 405.
AT_ONCE = {OPEN, REFUSED, HIDDEN, METHOD}


def test_every_address_of_ours_has_an_entry_and_every_entry_an_address() -> None:
    assert {address.name for address in addresses_of_ours(get_resolver().url_patterns)} == set(MATRIX)


def test_every_entry_asks_for_the_page_and_sends_a_form_where_one_is_taken() -> None:
    for address in addresses_of_ours(get_resolver().url_patterns):
        methods = {"GET", "POST"} if address.takes_post else {"GET"}
        assert {probe.method for probe in MATRIX[address.name]} == methods, address.name


# The admin of every type of question is made by the same code; these two are always asked.
TYPES = re.compile("wagtailsnippets_(?!bdhvs_quiz_singlechoicequestion|plugin_example).+question:")
PORTION = 60


def portions() -> Iterator[Any]:
    """The entries in portions of some seconds, with all of a type of questions in one."""
    names: list[str] = []
    for name in sorted(MATRIX, key=lambda name: (TYPES.match(name) is not None, name)):
        if names and (size_of(names) >= PORTION or (TYPES.match(name) and namespace(name) != namespace(names[-1]))):
            yield portion(names)
            names = []
        names.append(name)
    yield portion(names)


def namespace(name: str) -> str:
    return name.partition(":")[0]


def size_of(names: list[str]) -> int:
    return sum(len(MATRIX[name]) for name in names)


def portion(names: list[str]) -> Any:
    return pytest.param(names, id=names[0], marks=[pytest.mark.thorough] if TYPES.match(names[-1]) else [])


@pytest.mark.versions
@pytest.mark.parametrize("names", list(portions()))
def test_who_may_open_what(cast: Cast, names: list[str]) -> None:
    # Role by role what it got and what it should have got.
    probes = [probe for name in names for probe in MATRIX[name]]
    assert {str(probe): differing for probe in probes if (differing := probe.differing(cast))} == {}


def test_what_is_taken_back_is_not_written_and_people_without_a_look_are() -> None:
    with tables_written() as written:
        Area.objects.filter(pk=0).update(name="A")
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            AccessedPeople.objects.create(digest="a")
            raise ZeroDivisionError
    assert written == {Area._meta.db_table}
    with tables_written() as written, transaction.atomic():
        AccessedPeople.objects.create(digest="a")
    assert changed_in(written) == written == {AccessedPeople._meta.db_table}
    assert not changed_in({*written, ACCESS_LOG})


@for_each("role", ROLES)
def test_the_admin_opens_for_editors_operators_and_superusers_only(cast: Cast, role: str) -> None:
    response = cast.client(role).get("/quan-tri/", follow=True)
    inside = response.status_code == 200 and not response.redirect_chain
    assert inside is (role in ("editor", "operator", "superuser"))


def test_nobody_is_sent_round_in_a_circle(cast: Cast) -> None:
    """Those who are sent anywhere, to each place once. That the others are answered at once is what
    test_who_may_open_what asks."""
    followed = 0
    for role in ROLES:
        places: set[str] = set()
        for name in SITE:
            for probe in MATRIX[name]:
                if probe.method != "GET" or probe.answers[role] in AT_ONCE:
                    continue
                response = cast.client(role).get(probe.url(cast))
                place = response.headers.get("Location")
                if place is not None and place not in places:
                    response = cast.client(role).get(probe.url(cast), follow=True)
                    places.add(place)
                    place = None
                assert place or response.status_code in (200, 403, 404, 405), (role, str(probe))
                followed += 1
    assert followed > 200
