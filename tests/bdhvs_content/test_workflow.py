"""Draft, approval, schedule: a refused publication is a message, the page stays as it was, and others do not wait."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupApprovalTask, Page, Revision, Workflow, WorkflowPage, WorkflowState, WorkflowTask

from bdhvs_content.api import LessonPage, editors
from bdhvs_lms.courses.api import Enrolment, activity
from tests.bdhvs_content import pages
from tests.bdhvs_content.test_admin import lesson_form
from tests.support.worlds import made_once

pytestmark = [pytest.mark.versions, pytest.mark.django_db]


class Moderated:
    """Everything below the catalogue is approved by somebody; Lan writes, the superuser approves."""

    def __init__(self) -> None:
        self.catalog = pages.catalog()
        self.course = pages.course(self.catalog)
        self.approver = pages.editor()
        group = Group.objects.create(name="Người duyệt")
        self.boss = pages.get_user_model().objects.get(username="bien-soan")
        self.boss.groups.add(group)
        task = GroupApprovalTask.objects.create(name="Duyệt")
        task.groups.add(group)
        self.workflow = Workflow.objects.create(name="Duyệt bài")
        WorkflowTask.objects.create(workflow=self.workflow, task=task)
        WorkflowPage.objects.create(workflow=self.workflow, page=self.catalog)
        role = editors()
        role.page_permissions.filter(permission__codename="publish_page").delete()
        self.writer = pages.get_user_model().objects.create_user("viet", password="x")
        self.writer.groups.add(role)

    def submitted(self, page: Any) -> Any:
        page.save_revision(user=self.writer, clean=False)
        self.workflow.start(page, self.writer)
        return pages.fresh(page)

    def broken(self) -> Any:
        """A lesson that was sent for approval by a way without a form, and cannot be published."""
        lesson = pages.lesson(self.course, "Hỏng", live=False)
        lesson.body = [("callout", {"kind": "tip", "heading": "", "text": ""})]
        return self.submitted(lesson)

    def approve(self, page: Any, **more: Any) -> Any:
        state = page.current_workflow_task_state
        address = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk])
        return self.approver.post(address, {"comment": ""}, **more)


made, site = made_once(Moderated)


def test_a_lesson_a_section_a_course_and_a_quiz_go_through_approval(site: Moderated) -> None:
    course = pages.course(site.catalog, "Khóa mới", live=False)
    section = pages.section(course, live=False)
    lesson = pages.lesson(section, "Bài mới", live=False)
    quiz = pages.quiz(section, [pages.question()], live=False)
    for page in (course, section, lesson, quiz):
        assert site.approve(site.submitted(page)).status_code == 302
        assert pages.fresh(page).live
    assert [activity(page.translation_key).active for page in (lesson, quiz)] == [True, True]


def test_a_writer_may_not_publish_but_sends_for_approval_with_the_same_form(site: Moderated) -> None:
    client = pages.client_of("viet")
    lesson = pages.lesson(site.course, "Cũ", live=False)
    lesson.save_revision()
    address = reverse("wagtailadmin_pages:edit", args=[lesson.pk])
    client.post(address, lesson_form("Sai cách", **{"action-publish": "1"}))
    assert not pages.fresh(lesson).live
    # Sent for approval it has to be complete, as if it were published.
    refused = client.post(address, lesson_form("Trống", body=[], **{"action-submit": "1"}))
    assert "Bài học đang trống" in refused.content.decode()
    assert not WorkflowState.objects.exists()
    client.post(address, lesson_form("Xin duyệt", **{"action-submit": "1"}))
    site.approve(pages.fresh(lesson))
    assert activity(lesson.translation_key).titles == {"vi": "Xin duyệt"}


def unchanged(page: Any) -> None:
    page = pages.fresh(page)
    assert not page.live
    assert page.current_workflow_state.status == WorkflowState.STATUS_IN_PROGRESS
    assert activity(page.translation_key) is None


def test_approving_on_the_dashboard_what_cannot_be_published_says_why_and_changes_nothing(site: Moderated) -> None:
    lesson = site.broken()
    home = reverse("wagtailadmin_home")
    response = site.approve(lesson, headers={"Referer": f"http://testserver{home}"})
    assert (response.status_code, response["Location"]) == (302, f"http://testserver{home}")
    assert "Hãy viết mẹo hoặc điều cần chú ý." in site.approver.get(home).content.decode()
    unchanged(lesson)

    # The dialog's request wants JSON: it closes and loads the page with the message.
    answer = site.approve(lesson, headers={"X-Requested-With": "XMLHttpRequest", "Referer": "https://evil.example/"})
    assert answer.json() == {"step": "success", "redirect": home}
    unchanged(lesson)


def test_approving_in_the_editor_says_it_in_the_form_and_keeps_what_was_typed(site: Moderated) -> None:
    lesson = site.broken()
    form = lesson_form(
        "Sửa dở",
        body=[],
        **{"action-workflow-action": "1", "workflow-action-name": "approve", "workflow-action-extra-data": "{}"},
    )
    response = site.approver.post(reverse("wagtailadmin_pages:edit", args=[lesson.pk]), form)
    html = response.content.decode()
    assert response.status_code == 200
    assert "Bài học đang trống" in html
    assert 'value="Sửa dở"' in html
    unchanged(lesson)


def test_publishing_many_at_once_with_a_broken_one_changes_none_and_says_why(site: Moderated) -> None:
    good, broken = pages.lesson(site.course, "Tốt", live=False), site.broken()
    good.save_revision()
    target = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    answer = site.approver.post(f"{target}?id={good.pk}&id={broken.pk}", {"include_descendants": ""}, follow=True)
    assert "Hãy viết mẹo hoặc điều cần chú ý." in answer.content.decode()
    assert not pages.fresh(good).live
    unchanged(broken)


def due(page: Any, *, ago: timedelta) -> Revision:
    """A revision whose publication was approved for a moment that has passed."""
    revision = page.save_revision(clean=False)
    Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=timezone.now() - ago)
    return revision


def test_the_schedule_goes_on_after_a_refusal_says_what_it_was_and_tries_again(site: Moderated) -> None:
    first, broken, last = (pages.lesson(site.course, title, live=False) for title in ("Một", "Hỏng", "Ba"))
    for hours, page in enumerate((first, broken, last)):
        if page is broken:
            page.body = []
        due(page, ago=timedelta(hours=9 - hours))
    expired = pages.lesson(site.course, "Hết hạn")
    Page.objects.filter(pk=expired.pk).update(expire_at=timezone.now() - timedelta(hours=1))

    out = StringIO()
    call_command("publish_scheduled", stderr=out)
    assert [pages.fresh(page).live for page in (first, broken, last, expired)] == [True, False, True, False]
    assert activity(expired.translation_key).active is False
    assert f"{broken.pk} “Hỏng”" in out.getvalue()
    assert out.getvalue().count("\n") == 1
    assert activity(broken.translation_key) is None

    # Repaired, the same schedule publishes it.
    broken = pages.fresh(broken)
    broken.body = [("text", "<p>Đủ rồi.</p>")]
    due(broken, ago=timedelta(minutes=1))
    call_command("publish_scheduled", stderr=out)
    assert pages.fresh(broken).live
    assert activity(broken.translation_key).active


def test_a_dry_run_of_the_schedule_changes_nothing(site: Moderated) -> None:
    lesson = pages.lesson(site.course, live=False)
    due(lesson, ago=timedelta(hours=1))
    call_command("publish_scheduled", "--dryrun", stdout=StringIO())
    assert not pages.fresh(lesson).live


def test_an_empty_course_is_published_with_a_warning_and_nobody_enrols(site: Moderated) -> None:
    course = pages.course(site.catalog, live=False)
    course.save_revision()
    from wagtail.test.utils.form_data import inline_formset, nested_form_data

    form = nested_form_data(
        {"title": "Rỗng", "slug": "rong", "intro": "Trống.", "drawing": "phone", "comments": inline_formset([])}
    )
    address = reverse("wagtailadmin_pages:edit", args=[course.pk])
    answer = site.approver.post(address, {**form, "action-publish": "1"}, follow=True)
    assert "người học chưa thấy khóa học" in answer.content.decode()
    course = pages.fresh(course)
    assert course.live

    pages.person()
    learner = pages.client_of("lan")
    page = learner.get(course.url).content.decode()
    assert "Khóa học này chưa có bài nào. Mời quay lại sau." in page
    assert "dang-ky" not in page
    refused = learner.post(reverse("bdhvs_content:enrol", args=[course.translation_key]))
    assert refused.status_code == 409
    assert "Chưa đăng ký được" in refused.content.decode()
    assert not Enrolment.objects.exists()

    pages.lesson(course)
    assert learner.post(reverse("bdhvs_content:enrol", args=[course.translation_key])).status_code == 303


def test_publishing_into_a_draft_section_says_when_learners_will_see_it(site: Moderated) -> None:
    section = pages.section(site.course, live=False)
    address = reverse("wagtailadmin_pages:add", args=["bdhvs_content", "lessonpage", section.pk])
    answer = site.approver.post(address, lesson_form(**{"action-publish": "1"}), follow=True)
    assert "khi phần “Phần một” được xuất bản" in answer.content.decode()
    assert LessonPage.objects.get().live
    assert activity(LessonPage.objects.get().translation_key) is None


def test_not_publishable_outside_the_admin_is_nobodys_message() -> None:
    """The middleware answers editors only: elsewhere a refusal that nobody handles is a fault to be seen."""
    from django.test import RequestFactory

    from bdhvs_content.api import NotPublishable
    from bdhvs_content.middleware import EditingMiddleware

    middleware = EditingMiddleware(lambda request: None)  # type: ignore[arg-type, return-value]
    assert middleware.process_exception(RequestFactory().get("/khoa-hoc/"), NotPublishable("x")) is None
    assert middleware.process_exception(RequestFactory().get("/quan-tri/"), ValueError("x")) is None
