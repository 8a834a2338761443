"""The command that makes the groups of people who work on the site."""

from __future__ import annotations

from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from bdhvs_content.review import REVIEWERS
from bdhvs_content.roles import EDITORS
from bdhvs_lms.roles import CONFIRMERS, DATA_OFFICERS, OPERATORS, TEACHERS
from tests.bdhvs_content import pages

pytestmark = [pytest.mark.versions, pytest.mark.django_db]


def rights() -> dict[str, set[str]]:
    return {group.name: {str(right) for right in group.permissions.all()} for group in Group.objects.all()}


def test_one_command_makes_editors_and_operators_and_a_second_run_changes_nothing() -> None:
    said = StringIO()
    call_command("roles", stdout=said)
    first = rights()
    assert {EDITORS, OPERATORS} <= set(first)
    assert [line.split(":")[0] for line in said.getvalue().splitlines()] == [
        OPERATORS,
        TEACHERS,
        CONFIRMERS,
        DATA_OFFICERS,
        "Review before publishing",
        "Wagtail's own workflow “Moderators approval” is off",
        EDITORS,
        REVIEWERS,
    ]
    call_command("roles", stdout=StringIO())
    assert rights() == first


def test_editors_get_a_catalogue_that_was_made_since() -> None:
    call_command("roles", stdout=StringIO())
    group = Group.objects.get(name=EDITORS)
    assert not group.page_permissions.exists()
    catalog = pages.catalog()
    call_command("roles", stdout=StringIO())
    assert {row.page_id for row in group.page_permissions.all()} == {catalog.pk}


def test_editors_look_after_every_type_of_question_and_the_bank() -> None:
    call_command("roles", stdout=StringIO())
    held = set(Group.objects.get(name=EDITORS).permissions.values_list("codename", flat=True))
    assert {"view_question", "add_question", "publish_shorttextquestion", "delete_truefalsequestion"} <= held
    assert "delete_user" not in held
    assert "add_area" not in held
