"""Whether editors publish themselves or somebody approves: off as long as nobody asked for it, on by one command."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse
from wagtail.models import GroupApprovalTask, Workflow, WorkflowPage

from bdhvs_content.review import REVIEWERS, reviewers
from bdhvs_content.roles import EDITORS, editors
from tests.bdhvs_content import pages
from tests.bdhvs_content.test_admin import lesson_form

pytestmark = pytest.mark.django_db


def roles(**options: str) -> tuple[str, str]:
    """What the command says, and what it warns of."""
    said, warned = StringIO(), StringIO()
    call_command("roles", stdout=said, stderr=warned, **options)
    return said.getvalue(), warned.getvalue()


def account(name: str, *groups: str) -> Any:
    """Signed in, with what these groups may do and no more."""
    user = pages.get_user_model().objects.create_user(name, password="x")
    user.groups.set(Group.objects.filter(name__in=groups))
    return pages.client_of(name)


def buttons(client: Any, page: Any) -> set[str]:
    """What the form of the page offers to do with it."""
    html = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    return {name for name in ("action-publish", "action-submit", 'workflow-action-name="approve"') if name in html}


def test_on_a_new_site_editors_publish_and_nothing_waits_for_nobody() -> None:
    lesson = pages.lesson(pages.course(pages.catalog()), live=False)
    assert Workflow.objects.filter(active=True).exists()  # as Wagtail's migrations leave it
    said, _ = roles()
    assert "Review before publishing: off. Editors publish." in said
    assert not Workflow.objects.filter(active=True).exists()
    assert buttons(account("viet", EDITORS), lesson) == {"action-publish"}
    assert "Wagtail" not in roles()[0]


def test_a_workflow_that_somebody_works_in_stays() -> None:
    group = GroupApprovalTask.objects.get().groups.get()
    account("duyet", group.name)
    roles()
    assert WorkflowPage.objects.filter(page__depth=1, workflow__active=True).exists()


def test_with_review_an_editor_submits_and_a_reviewer_publishes() -> None:
    catalog = pages.catalog()
    lesson = pages.lesson(pages.course(catalog), "Cũ", live=False)
    lesson.save_revision()
    said, warned = roles(review="on")
    assert "Review before publishing: on." in said
    assert "Nobody is a reviewer yet" in warned
    writer, reviewer = account("viet", EDITORS), account("duyet", REVIEWERS)
    assert "Nobody is a reviewer yet" not in roles()[1]

    assert buttons(writer, lesson) == {"action-submit"}
    edit = reverse("wagtailadmin_pages:edit", args=[lesson.pk])
    writer.post(edit, lesson_form("Xin duyệt", **{"action-publish": "1"}))
    assert not pages.fresh(lesson).live
    writer.post(edit, lesson_form("Xin duyệt", **{"action-submit": "1"}))
    assert not pages.fresh(lesson).live
    # It waits where the reviewer comes in first, and is approved in its form.
    assert "Xin duyệt" in reviewer.get(reverse("wagtailadmin_home")).content.decode()
    assert reviewer.get(edit).status_code == 200
    state = pages.fresh(lesson).current_workflow_task_state
    reviewer.post(reverse("wagtailadmin_pages:workflow_action", args=[lesson.pk, "approve", state.pk]), {"comment": ""})
    assert (pages.fresh(lesson).live, pages.fresh(lesson).title) == (True, "Xin duyệt")
    # Who approves mends a word, and neither makes pages nor sees people.
    assert "action-publish" in buttons(reviewer, lesson)
    assert reviewer.get(reverse("wagtailadmin_pages:add_subpage", args=[catalog.pk])).status_code == 302


def test_it_stays_on_when_roles_are_brought_up_to_date_and_is_taken_back() -> None:
    first = pages.catalog()
    roles(review="on")
    second = pages.CatalogPage(title="Khác", slug="khac")
    first.get_parent().add_child(instance=second)
    roles()
    assert set(WorkflowPage.objects.values_list("page", flat=True)) == {first.pk, second.pk}
    assert "publish_page" not in rights(EDITORS)
    # An account that is made meanwhile does not bring it back.
    editors()
    assert "publish_page" not in rights(EDITORS)
    assert {"publish_page", "change_page"} <= rights(REVIEWERS)
    assert "add_page" not in rights(REVIEWERS)

    waiting = pages.lesson(pages.course(first), live=False)
    waiting.save_revision()
    workflow = WorkflowPage.objects.get(page=first).workflow
    workflow.start(waiting, None)
    roles(review="off")
    assert pages.fresh(waiting).current_workflow_state is None
    assert "publish_page" in rights(EDITORS)
    # On again it is the same workflow.
    roles(review="on")
    assert WorkflowPage.objects.get(page=first).workflow == workflow


def test_a_catalogue_with_a_workflow_of_its_own_keeps_it() -> None:
    page = pages.catalog()
    own = Workflow.objects.create(name="Của thành phố")
    WorkflowPage.objects.create(workflow=own, page=page)
    assert f"“{page.title}” keeps the workflow that it has." in roles(review="on")[1]
    assert WorkflowPage.objects.get(page=page).workflow == own


def rights(name: str) -> set[str]:
    return set(Group.objects.get(name=name).page_permissions.values_list("permission__codename", flat=True))


def test_the_role_is_offered_with_the_others_when_an_account_is_made() -> None:
    client = pages.editor()
    html = client.get(reverse("staff:add")).content.decode()
    assert "Người duyệt bài" in html
    assert reviewers().name == REVIEWERS
