"""An attempt with pictures and sounds in a browser: what axe finds, what comes over the line at first, how it looks on
a small screen."""

from __future__ import annotations

import os
from pathlib import Path
from unittest import mock

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from django.contrib.auth import get_user_model
from django.urls import reverse

from bdhvs_quiz.testing import SITE, _Browsed
from tests.bdhvs_quiz.helpers import address
from tests.bdhvs_quiz.test_media import handed_in, own_media, taking
from tests.support.addresses import below
from tests.support.browsing import opened

__all__ = ["own_media"]

pytestmark = [pytest.mark.thorough, pytest.mark.django_db]


def test_pages_with_pictures_have_nothing_that_axe_finds_and_no_width_beside_the_screen(chromium: str) -> None:
    one = taking()
    done = handed_in(one)
    attempt = one.open()
    site = _Browsed(get_user_model().objects.get(pk=one.client.session["_auth_user_id"]))
    wrong: list[str] = []
    shots = os.environ.get("MEDIA_SHOTS")
    with opened(chromium) as browser, mock.patch.dict(os.environ, DJANGO_ALLOW_ASYNC_UNSAFE="1"):
        context = site.opened_in(browser, script=True)
        page, axe = context.new_page(), Axe()
        for language in ("", "/en"):
            for name, place in (("attempt", address(attempt)), ("result", address(done, "result"))):
                for width in (320, 360, 1280):
                    page.set_viewport_size({"width": width, "height": 740})
                    page.goto(f"{SITE}{below(language, place)}")
                    beside = page.evaluate(
                        "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
                    )
                    if beside > 0:
                        wrong.append(f"{name} {width}: {beside} px beside the screen")
                    if shots:
                        page.screenshot(path=str(Path(shots) / f"{name}{language[1:]}-{width}.png"), full_page=True)
                for found in axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]:
                    wrong.append(f"{name}: {found['id']} {[node['html'][:90] for node in found['nodes'][:2]]}")
        # The option that is a picture is chosen by tapping the picture.
        page.goto(f"{SITE}{address(attempt)}")
        page.locator("label.choice img").click()
        assert page.locator("label.choice:has(img) input").is_checked()
        context.close()
    assert wrong == []


# Wagtail's chooser leaves the files open of which it makes thumbnails.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_form_that_is_saved_with_its_rows_closed_keeps_the_media_of_options(chromium: str) -> None:
    row = taking().questions[0]
    before = [block.value["media"].get_prep_value() for block in row.options]
    assert any(before)
    site = _Browsed(get_user_model().objects.create_superuser("chu", password="x"))
    edit = reverse("wagtailsnippets_bdhvs_quiz_singlechoicequestion:edit", args=[row.pk])
    with opened(chromium) as browser, mock.patch.dict(os.environ, DJANGO_ALLOW_ASYNC_UNSAFE="1"):
        context = site.opened_in(browser, script=True)
        page = context.new_page()
        page.goto(SITE + edit)
        page.locator('[name="options-2-value-media-0-value-alt"]').wait_for(state="attached")
        sent = dict(page.evaluate("[...new FormData(document.querySelector('[data-edit-form]'))]"))
        context.close()
    answer = site.client.post(edit, {**sent, "action-publish": "1"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert [block.value["media"].get_prep_value() for block in row.options] == before
