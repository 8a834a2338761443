"""Officers take people who registered without help into the lists, and see who may be the same."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bdhvs_lms.campaign.api import Area
from bdhvs_lms.learners.api import register
from bdhvs_lms.learners.claims import register_self
from bdhvs_lms.learners.queries import is_unclaimed
from bdhvs_lms.roles import operators
from tests.bdhvs_lms.learners.making import AT, make_land
from tests.support.markup import html_of

pytestmark = pytest.mark.django_db
LIST = "/quan-tri/lop-hoc/nguoi-tu-dang-ky/"


@pytest.fixture
def village(settings: Any) -> Area:
    settings.BDHVS_TEST_CLOCK = "2025-11-15T10:00:00+07:00"
    return make_land().village


@pytest.fixture
def officer(village: Area) -> Client:
    user = get_user_model().objects.create_user("officer")
    user.groups.add(operators())
    client = Client()
    client.force_login(user)
    return client


def test_an_officer_sees_who_waits_and_takes_them_into_the_lists(officer: Client, village: Area) -> None:
    known = register(full_name="Nguyen thi lan", birth_year=1960, at=AT)
    learner = register_self(full_name="Nguyễn Thị Lan", birth_year=1960, area=village, at=AT)
    assert "1 người tự đăng ký, chưa được nhận vào danh sách" in html_of(officer.get("/quan-tri/"))
    # Not also among those without an area.
    assert "1 người chưa rõ nơi ở" in html_of(officer.get("/quan-tri/"))
    page = html_of(officer.get(LIST))
    assert "Nguyễn Thị Lan" in page
    assert "1 người có thể trùng" in page
    assert "Nguyễn Thị Lan" not in html_of(officer.get(f"{LIST}?area=none"))
    own = f"{LIST}inspect/{learner.self_registration.pk}/"
    page = html_of(officer.get(own))
    assert "Nguyen thi lan" in page
    merge = f"/quan-tri/lop-hoc/lop/gop-ho-so/{known.pk}/?with={learner.pk}"
    assert f'href="{merge}"' in page
    both = html_of(officer.get(merge))
    assert "Nguyen thi lan" in both and "Nguyễn Thị Lan" in both
    assert officer.post(own).status_code == 302
    assert not is_unclaimed(learner)
    assert "Nguyễn Thị Lan" not in html_of(officer.get(LIST))
    assert officer.get(own).status_code == 404


def test_the_list_costs_the_same_for_any_number(officer: Client, village: Area) -> None:
    counts = []
    for rounds in range(2):
        for number in range(5):
            register_self(full_name=f"Người {rounds} {number}", birth_year=1960, area=village, at=AT)
        officer.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            officer.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1]
