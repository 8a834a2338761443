"""Every page type of ours × every kind of visitor. A new page type without an entry fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from wagtail.contrib.routable_page.models import RoutablePageMixin

from bdhvs_content.api import LessonPage
from tests.permissions.conftest import made
from tests.permissions.pages import TYPES, PagesCast, own_probes_of, page_types, probes_of
from tests.permissions.roles import ROLES

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def cast(django_db_setup: None, django_db_blocker: Any) -> Iterator[PagesCast]:
    yield from made(PagesCast, django_db_blocker)


def test_every_page_type_of_ours_has_an_entry() -> None:
    assert page_types() == set(TYPES)
    # Whoever gives a page type addresses of its own adds probes for each of them.
    assert not [model for model in TYPES if issubclass(model, RoutablePageMixin)]


# No learners: they look, and nothing is recorded.
LOOKING = {"confirmer", "teacher", "other_teacher", "steering", "other_steering", "editor", "operator", "superuser"}


def readers(cast: PagesCast) -> set[str]:
    """Who is shown what the lesson says, and not only what it is called."""
    address, said = cast.lesson_page.get_url(), "Dừng lại, gọi số in trên thẻ."
    return {role for role in ROLES if said in cast.client(role).get(address).content.decode()}


def test_a_lesson_is_read_by_whoever_is_enrolled_and_staff_and_an_open_one_by_everybody(cast: PagesCast) -> None:
    assert readers(cast) == {"learner", "pin_learner", *LOOKING}
    with transaction.atomic():
        LessonPage.objects.filter(pk=cast.lesson_page.pk).update(open_to_all=True)
        assert readers(cast) == set(ROLES)
        transaction.set_rollback(True)


# What Wagtail does with every type in the same way is asked of these.
ALWAYS = {"CatalogPage", "LessonPage", "QuizPage", "AnnouncementPage"}


@pytest.mark.versions
@pytest.mark.parametrize(
    "model",
    [
        pytest.param(model, id=model.__name__, marks=[] if model.__name__ in ALWAYS else [pytest.mark.thorough])
        for model in sorted(TYPES, key=lambda model: model.__name__)
    ],
)
def test_who_may_do_what_with_a_page(cast: PagesCast, model: Any) -> None:
    probes = probes_of(model) if model.__name__ in ALWAYS else own_probes_of(model)
    assert {str(probe): differing for probe in probes if (differing := probe.differing(cast))} == {}
