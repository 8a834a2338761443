"""From the editor's page to what learners meet: which file, when it counts, what is refused."""

from __future__ import annotations

import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from wagtail.models import Locale

from bdhvs_content.api import NotPublishable
from bdhvs_content.publishing import sync
from bdhvs_h5p import actions
from bdhvs_h5p.models import H5PActivityVersion, H5PContent, H5PPage, WaitingPackage
from bdhvs_h5p.queries import InUse, activity_version
from bdhvs_lms.courses.api import activity as activity_row
from bdhvs_lms.plugins.api import activity_types
from h5p_python_adapter.player import core as core_module
from tests.bdhvs_content import pages
from tests.bdhvs_h5p import playing
from tests.support.worlds import made_once

pytestmark = pytest.mark.django_db


class Course:
    def __init__(self) -> None:
        self.course = pages.course(pages.catalog())
        self.content = H5PContent.objects.create(title="Mật khẩu", created_at=pages.AT)

    def file(self, **values: Any) -> Any:
        """Another file of the content."""
        self.content.__dict__.pop("latest", None)
        return playing.version(self.content, self.content.versions.count() + 1, **values)

    def page(self, **values: Any) -> H5PPage:
        return playing.activity(self.course, self.content, **values)


made, site = made_once(Course)


def numbers(page: Any) -> list[tuple[int, int]]:
    """(published number, number of the file) of all that learners could have met."""
    rows = H5PActivityVersion.objects.filter(activity_key=page.translation_key).order_by("number")
    return [(row.number, row.h5p_version.number) for row in rows]


def test_publishing_keeps_what_learners_meet_and_pushes_its_facts(site: Course) -> None:
    file = site.file()
    page = site.page(completion="viewed")
    row = activity_version(page.translation_key)
    assert row is not None
    assert (row.number, row.h5p_version, row.completion, row.pass_percent) == (1, file, "viewed", None)
    assert row.titles == {"vi": "Cuộc gọi lạ"}
    facts = activity_row(page.translation_key)
    assert facts is not None
    assert (facts.type_key, facts.done_on, facts.max_score, facts.pass_score) == (
        "bdhvs_h5p.h5p", "completed", None, None,
    )  # fmt: skip


def test_a_pass_mark_makes_passing_what_finishes_it(site: Course) -> None:
    site.file(max_score=Decimal(7))
    facts = activity_row(site.page(pass_percent=80).translation_key)
    assert facts is not None
    assert (facts.done_on, facts.max_score, facts.pass_score) == ("passed", Decimal(7), Decimal("5.60"))


def test_without_a_known_maximum_the_percent_is_enough(site: Course) -> None:
    site.file()
    facts = activity_row(site.page(pass_percent=80).translation_key)
    assert facts is not None
    assert (facts.done_on, facts.max_score, facts.pass_score) == ("passed", None, None)


def test_publishing_the_same_again_is_no_other_version(site: Course) -> None:
    site.file()
    page = pages.publish(site.page())
    assert numbers(page) == [(1, 1)]


def test_another_file_reaches_learners_when_the_page_is_published(site: Course) -> None:
    site.file()
    page = site.page()
    site.file()
    # The course is published meanwhile, and pushes everything in it once more.
    pages.publish(site.course)
    sync(pages.fresh(site.course), at=pages.AT)
    assert numbers(page) == [(1, 1)]
    page = pages.publish(pages.fresh(page))
    assert numbers(page) == [(1, 1), (2, 2)]


def test_a_draft_with_the_new_file_leaves_the_published_one_alone(site: Course) -> None:
    site.file()
    page = site.page()
    site.file()
    pages.fresh(page).save_revision()
    sync(pages.fresh(page), at=pages.AT)
    assert numbers(page) == [(1, 1)]


def test_a_page_without_an_activity_is_not_published(site: Course) -> None:
    page = H5PPage(title="Trống", live=False)
    site.course.add_child(instance=page)
    with translation.override("en"), pytest.raises(NotPublishable) as refused:
        pages.publish(page)
    assert refused.value.messages == ["No H5P activity is selected. Choose one, or upload it first."]


def test_one_that_waits_for_approval_is_not_published(site: Course) -> None:
    WaitingPackage.objects.create(
        content=site.content, file_name="a.h5p", packed_bytes=1, title="", installs=[], uploaded_at=pages.AT
    )
    page = H5PPage(title="Chờ", live=False, content=site.content)
    site.course.add_child(instance=page)
    with translation.override("en"), pytest.raises(NotPublishable) as refused:
        pages.publish(page)
    assert refused.value.messages == [
        "“Mật khẩu” is awaiting approval. An operator must approve its libraries first.",
    ]
    assert activity_row(page.translation_key) is None


def test_one_whose_only_file_was_refused_says_so_and_not_that_it_waits(site: Course) -> None:
    page = H5PPage(title="Chờ", live=False, content=site.content)
    site.course.add_child(instance=page)
    with translation.override("en"), pytest.raises(NotPublishable) as refused:
        pages.publish(page)
    assert refused.value.messages == [
        "“Mật khẩu” has no file: the last one was not approved. Upload another one first.",
    ]


def test_a_content_on_a_page_is_not_deleted(site: Course) -> None:
    site.file()
    page = site.page()
    with pytest.raises(InUse) as refused:
        actions.delete_content(site.content)
    assert refused.value.users == [page.title]


def test_a_content_that_learners_have_met_is_not_deleted_after_its_page(site: Course) -> None:
    site.file()
    site.page().delete()
    with pytest.raises(InUse):
        actions.delete_content(site.content)


def test_a_draft_whose_activity_was_deleted_opens_with_none_chosen(site: Course) -> None:
    site.file()
    other = H5PContent.objects.create(title="Khác", created_at=pages.AT)
    playing.version(other)
    page = site.page()
    draft = pages.fresh(page)
    draft.content = other
    draft.save_revision()
    actions.delete_content(other)
    opened = pages.fresh(page).get_latest_revision_as_object()
    assert (opened.content, opened.version) == (None, None)
    assert pages.fresh(page).content == site.content


def test_the_type_says_what_editors_and_operators_need() -> None:
    kind = activity_types.get("bdhvs_h5p.h5p")
    assert kind is not None
    assert "bdhvs_h5p.add_h5pcontent" in kind.editors_may
    assert "bdhvs_h5p.install_libraries" in kind.operators_may
    assert "bdhvs_h5p.install_libraries" not in kind.editors_may


def player(folder: Path, monkeypatch: Any, *, there: bool) -> None:
    """A site that was built with npm, or without."""
    if there:
        (folder / "frame.bundle.js").write_bytes(b"")
    monkeypatch.setattr(core_module, "PLAYER_FILES", folder)


# --- The learner's page ----------------------------------------------------------------------------------------------


def test_the_page_offers_the_one_button_and_what_to_do_instead(site: Course, tmp_path: Path, monkeypatch: Any) -> None:
    player(tmp_path, monkeypatch, there=True)
    site.file()
    instead = pages.lesson(site.course, "Đọc về mật khẩu")
    page = site.page(intro="Năm câu.", alternative="Có bài đọc.", alternative_page=instead)
    pages.enrolled(site.course)
    shown = pages.client_of("lan").get(page.url).content.decode()
    assert "Năm câu." in shown
    assert "Có bài đọc." in shown
    assert f'href="{instead.url}"' in shown
    assert shown.count('class="btn-primary"') == 1
    assert f"/hoc-lieu/{page.translation_key}/bat-dau/" in shown


def test_without_the_player_the_page_says_so_and_still_names_the_alternative(
    site: Course, tmp_path: Path, monkeypatch: Any
) -> None:
    player(tmp_path, monkeypatch, there=False)
    site.file()
    page = site.page(alternative="Có bài đọc.")
    pages.enrolled(site.course)
    with translation.override("vi"):
        shown = pages.client_of("lan").get(page.url).content.decode()
    assert "bat-dau" not in shown
    assert "Có bài đọc." in shown
    assert 'class="notice notice--warning"' in shown


def test_strangers_are_asked_to_enrol(site: Course) -> None:
    site.file()
    page = site.page()
    pages.person("lan")
    shown = pages.client_of("lan").get(page.url).content.decode()
    assert "bat-dau" not in shown


def test_the_page_asks_a_constant_number_of_queries(site: Course, tmp_path: Path, monkeypatch: Any) -> None:
    player(tmp_path, monkeypatch, there=True)
    site.file()
    page = site.page()
    learner = pages.enrolled(site.course)
    client = pages.client_of("lan")
    client.get(page.url)
    counts = []
    for _attempt in range(3):
        with CaptureQueriesContext(connection) as asked:
            client.get(page.url)
        counts.append(len(asked))
        row = playing.open_attempt(learner, page.translation_key, act_id=uuid.uuid4(), at=pages.AT)
        type(row).objects.filter(pk=row.pk).update(completed_at=pages.AT)
    assert len(set(counts)) == 1, counts
    # One of them for what is private to a group: no list tells its name.
    assert counts[0] <= 24


def test_an_editors_preview_plays_it_and_sends_nothing(site: Course, tmp_path: Path, monkeypatch: Any) -> None:
    player(tmp_path, monkeypatch, there=True)
    site.file()
    page = site.page()
    response = pages.editor().get(
        reverse("wagtailadmin_pages:view_draft", args=[page.pk]), headers={"Host": "127.0.0.1:8907"}
    )
    shown = response.content.decode()
    assert 'data-h5p="http://127.0.0.1:8907/h5p/' in shown
    assert 'data-statements=""' in shown
    assert f"{page.translation_key}/bat-dau/" not in shown
    assert "frame-src http://127.0.0.1:8907/h5p/" in response["Content-Security-Policy"]


def test_a_preview_without_an_activity_says_so(site: Course) -> None:
    page = H5PPage(title="Trống", live=False)
    site.course.add_child(instance=page)
    page.save_revision(clean=False)
    shown = pages.editor().get(reverse("wagtailadmin_pages:view_draft", args=[page.pk])).content.decode()
    assert "data-h5p" not in shown


def test_the_editor_of_a_translation_is_told_what_it_does_not_bring(site: Course) -> None:
    site.file()
    page = site.page()
    english = Locale.objects.create(language_code="en")
    for above in (site.course.get_parent().specific, site.course):
        pages.publish(pages.fresh(above).copy_for_translation(english))
    translated = pages.fresh(page).copy_for_translation(english)
    client = Client()
    client.force_login(User.objects.create_superuser("chu"))

    def published(one: Any) -> str:
        form = {
            "title": "A", "slug": "a", "intro": "", "content": str(site.content.pk), "completion": "emitted",
            "pass_percent": "", "alternative": "", "alternative_page": "", "comment_notifications": "on",
            "alignments-TOTAL_FORMS": "0", "alignments-INITIAL_FORMS": "0",
            "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0", "action-publish": "action-publish",
        }  # fmt: skip
        answer = client.post(reverse("wagtailadmin_pages:edit", args=[one.pk]), form, follow=True)
        assert H5PPage.objects.get(pk=one.pk).live
        return answer.content.decode()

    assert "Đây là bản dịch" in published(translated)
    assert "Đây là bản dịch" not in published(page)
