"""Whether an activity says when it is finished: known of its type, chosen with it, refused where nobody could."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from adapter_tests.saying import MAIN, said
from bdhvs_content.api import NotPublishable
from bdhvs_h5p.checks import check_ends
from bdhvs_h5p.models import H5PContent, H5PPage
from bdhvs_h5p.panels import about_end
from bdhvs_h5p.queries import without_end
from h5p_python_adapter.reports import Reports, known_reports, reports_of
from tests.bdhvs_content import pages
from tests.bdhvs_h5p.playing import Playing, activity, version
from tests.support.loops import for_each

pytestmark = pytest.mark.django_db

SILENT = (
    "H5P.AudioRecorder H5P.Collage H5P.Dialogcards H5P.DocumentationTool H5P.GreetingCard H5P.ImageJuxtaposition "
    "H5P.ImageSlider H5P.Timeline"
).split()


def content_of(main: str) -> H5PContent:
    content = H5PContent.objects.create(title=main, created_at=pages.AT)
    version(content, main=main)
    return content


def about(name: str) -> tuple[str, bool]:
    return about_end(name, seen=name in H5PPage.seen_to_end([name]))


def older_page(play: Playing, main: str, **values: Any) -> H5PPage:
    """As it was published before anybody asked."""
    page = activity(play.course, content_of(main), **{"required": False, **values})
    H5PPage.objects.filter(pk=page.pk).update(required=values.get("required", True))
    return page


def test_the_eight_types_that_never_say_it_are_known() -> None:
    assert sorted(name for name, reports in known_reports().items() if reports is Reports.NOTHING) == SILENT
    assert [reports.ends for reports in (Reports.SCORE, Reports.COMPLETION)] == [True, True]
    assert [reports.ends for reports in (Reports.NOTHING, Reports.INTERACTION, Reports.UNKNOWN)] == [False, False, None]
    assert reports_of("H5P.CoursePresentation") is reports_of("H5P.NobodyTried") is Reports.UNKNOWN


@for_each("main", SILENT[:2])
def test_what_never_says_it_cannot_be_needed_until_it_says_so(play: Playing, main: str) -> None:
    content = content_of(main)
    with pytest.raises(NotPublishable, match="không bao giờ báo đã làm xong, mà khóa học cần"):
        activity(play.course, content)
    for values in ({"completion": "by_hand"}, {"completion": "viewed"}, {"required": False}):
        assert activity(play.course, content, **values).live
    with pytest.raises(NotPublishable, match="không bao giờ cho điểm"):
        activity(play.course, content, required=False, pass_percent=80)


@for_each(
    ("main", "refused"),
    [("H5P.Questionnaire", True), ("H5P.Accordion", True), ("H5P.MultiChoice", False), ("H5P.NobodyTried", False)],
)
def test_a_pass_mark_needs_a_type_that_gives_a_score(play: Playing, main: str, refused: bool) -> None:
    content = content_of(main)
    assert activity(play.course, content).live
    if refused:
        with pytest.raises(NotPublishable, match="không bao giờ cho điểm"):
            activity(play.course, content, pass_percent=80)
    else:
        assert activity(play.course, content, pass_percent=80).live


def test_the_form_refuses_it_in_words_and_keeps_a_draft(play: Playing) -> None:
    page = activity(play.course, content_of("H5P.Timeline"), live=False)
    client, edit = editing(page)
    form = {
        "title": "A", "slug": "a", "intro": "", "content": str(page.content.pk), "completion": "emitted",
        "pass_percent": "", "required": "on", "alternative": "", "alternative_page": "", "comment_notifications": "on",
        "alignments-TOTAL_FORMS": "0", "alignments-INITIAL_FORMS": "0",
        "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0",
    }  # fmt: skip
    answer = client.post(edit, {**form, "action-publish": "action-publish"})
    assert "H5P.Timeline không bao giờ báo đã làm xong, mà khóa học cần" in answer.content.decode()
    assert client.post(edit, form).status_code == 302
    assert client.post(edit, {**form, "completion": "by_hand", "action-publish": "action-publish"}).status_code == 302
    assert H5PPage.objects.get(pk=page.pk).live


def editing(page: H5PPage) -> tuple[Client, str]:
    from django.contrib.auth.models import User

    client = Client()
    client.force_login(User.objects.create_superuser("chu"))
    return client, reverse("wagtailadmin_pages:edit", args=[page.pk])


def test_the_form_knows_what_suits_each_and_says_it(play: Playing) -> None:
    silent, scored, unknown = (content_of(name) for name in ("H5P.Timeline", "H5P.MultiChoice", "H5P.NobodyTried"))
    page = activity(play.course, silent, live=False)
    client, edit = editing(page)
    html = client.get(edit).content.decode()
    found = re.search(r'data-h5p-suggested="([^"]*)"', html)
    assert found is not None
    suits = json.loads(found[1].replace("&quot;", '"'))
    assert {int(pk): one for pk, one in suits.items()} == H5PPage.suggestions()
    assert [suits[str(one.pk)] for one in (silent, scored, unknown)] == ["by_hand", "emitted", "by_hand"]
    assert "bdhvs_h5p/completion" in html and "H5P.Timeline không bao giờ báo đã làm xong: hãy chọn" in html


def test_a_type_that_nobody_tried_is_known_once_it_has_ended_here(play: Playing) -> None:
    assert H5PPage.suggestions()[play.content.pk] == "by_hand"
    assert about(MAIN.machine_name)[1]
    play.say(play.open(), said("completed", score=(1, 2)))
    assert H5PPage.suggestions()[play.content.pk] == "emitted"
    assert about(MAIN.machine_name) == (f"{MAIN.machine_name} đã từng báo làm xong ở đây.", False)


def test_what_suits_is_told_in_two_queries_however_many_there_are(
    play: Playing, django_assert_num_queries: Any
) -> None:
    for _ in range(5):
        content_of("H5P.NobodyTried")
    with django_assert_num_queries(2):
        H5PPage.suggestions()


def test_older_pages_that_nobody_can_finish_are_named_by_the_check(play: Playing) -> None:
    assert check_ends(databases=["default"]) == []
    page = older_page(play, "H5P.ImageSlider")
    older_page(play, "H5P.ImageSlider", required=False)
    older_page(play, "H5P.ImageSlider", completion="viewed")
    older_page(play, "H5P.NobodyTried")
    assert without_end() == [(page, "H5P.ImageSlider")]
    [warning] = check_ends(databases=["default"])
    assert warning.id == "bdhvs_h5p.W004" and page.title in warning.msg and "H5P.ImageSlider" in warning.msg
    assert check_ends(databases=[]) == []
