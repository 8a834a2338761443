"""An editor says what something teaches: a list by framework and domain, and a field to type in where scripts run."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import translation

from bdhvs_content.api import editors
from bdhvs_lms.competency import api as competency
from bdhvs_lms.competency.choosing import CompetencyField, LevelField, Offer
from bdhvs_lms.competency.models import FrameworkLevel
from bdhvs_quiz.testing import SITE, _Browsed
from tests.bdhvs_content import pages
from tests.support.browsing import opened

pytestmark = pytest.mark.django_db

# Pictures of what was seen, for whoever wants to look: a folder.
SHOTS = os.environ.get("CHOOSING_SHOTS")


def packaged(key: str) -> Any:
    """framework-KEY.json"""
    [path] = [path for path in competency.packaged() if path.stem == f"framework-{key}"]
    found = json.loads(path.read_text())
    # Its groups are others' business.
    found.pop("default_pass_rules", None)
    return competency.load_framework(found, at=pages.AT)


def frameworks() -> None:
    for key in ("tt02-2025", "plan02"):
        packaged(key)


def optgroups(html: str, name: str) -> list[tuple[str, list[str]]]:
    select = re.search(rf'<select[^>]*name="{name}".*?</select>', html, re.S)
    assert select is not None
    return [
        (label, re.findall(r"<option[^>]*>([^<]*)</option>", inside))
        for label, inside in re.findall(r'<optgroup label="([^"]*)">(.*?)</optgroup>', select[0], re.S)
    ]


def one_lesson() -> Any:
    a1 = pages.framework().competencies.get(code="A1")
    return pages.lesson(pages.course(pages.catalog()), aligned=[(a1, 2)])


def test_without_a_script_the_list_is_grouped_and_a_level_has_its_name() -> None:
    lesson = one_lesson()
    html = pages.editor().get(reverse("wagtailadmin_pages:edit", args=[lesson.pk])).content.decode()
    assert optgroups(html, "alignments-0-competency") == [
        ("Khung thử › A. Miền A", ["A1 · Năng lực một", "A2 · Năng lực hai"])
    ]
    assert optgroups(html, "alignments-0-level") == [("Khung thử", ["1 · Sử dụng được", "2 · Sử dụng tốt"])]
    assert re.search(r'<option value="\d+-2" selected>2 · Sử dụng tốt', html)


def test_it_speaks_the_editors_language() -> None:
    pages.framework()
    with translation.override("en"):
        field = CompetencyField(offer=Offer.load())
        assert field.choices[1:] == [
            (
                "Test framework › A. Domain A",
                [(str(row.pk), f"{row.code} · {row.label_en}") for row in field.widget.offer.competencies],
            )
        ]


def test_every_option_is_found_by_both_languages_without_diacritics() -> None:
    pages.framework()
    html = str(CompetencyField(offer=Offer.load()).widget.render("competency", None))
    assert 'data-search="a1 nang luc mot competency one mien a domain a khung thu test framework' in html


def test_a_level_that_the_framework_no_longer_has_is_shown_and_refused() -> None:
    lesson = one_lesson()
    FrameworkLevel.objects.filter(number=2).delete()
    client, edit = pages.editor(), reverse("wagtailadmin_pages:edit", args=[lesson.pk])
    assert "2 (không có trong khung này)" in client.get(edit).content.decode()
    field = LevelField(offer=Offer.load(), competency=lesson.alignments.get().competency, level=2)
    assert [field.clean(text) for text in ("2", "17-2")] == [2, 2]
    assert [LevelField.framework_in(text) for text in ("2", "17-2", "", None)] == [None, 17, None, None]


def test_a_level_of_another_framework_is_refused() -> None:
    lesson = one_lesson()
    other = packaged("plan02")
    form = type(lesson).get_edit_handler().get_form_class().formsets["alignments"].form
    row = lesson.alignments.get()
    sent = {"competency": str(row.competency_id), "level": f"{other.pk}-2"}
    given = form({**sent}, instance=row)
    assert "Khung thử" in str(given.errors["level"])
    assert not form({**sent, "level": f"{row.competency.framework_id}-2"}, instance=row).errors
    assert not form({**sent, "level": "2"}, instance=row).errors, "as it was sent before"


def test_ten_rows_ask_for_the_lists_once(django_assert_num_queries: Any) -> None:
    frameworks()
    rows = list(competency.Competency.objects.order_by("pk")[:10])
    lesson = pages.lesson(pages.course(pages.catalog()), aligned=[(row, 1) for row in rows])
    formset = type(lesson).get_edit_handler().get_form_class()(instance=lesson).formsets["alignments"]
    assert len(formset.forms) == 10
    with django_assert_num_queries(0):
        html = "".join(str(form) for form in (*formset.forms, formset.empty_form))
    assert html.count(" selected") == 22


def test_every_editor_that_says_what_is_taught_has_it() -> None:
    pages.framework()
    client, question = pages.editor(), pages.question()
    quiz = pages.quiz(pages.course(pages.catalog()), [question])
    for address, names in (
        (reverse("wagtailadmin_pages:edit", args=[quiz.pk]), ("alignments", "draws")),
        (
            client.get(f"/quan-tri/snippets/bdhvs_quiz/question/edit/{question.pk}/", follow=True).request["PATH_INFO"],
            ("alignments",),
        ),
        (reverse("wagtailadmin_pages:add", args=["bdhvs_tasks", "taskpage", quiz.get_parent().pk]), ("alignments",)),
        (reverse("wagtailadmin_pages:add", args=["bdhvs_h5p", "h5ppage", quiz.get_parent().pk]), ("alignments",)),
    ):
        html = client.get(address).content.decode()
        assert "bdhvs_lms/competencies.js" in html, address
        for name in names:
            select = rf'<select name="{name}-__prefix__-competency"[^>]*data-controller="bdhvs-competency"'
            assert re.search(select, html), (address, name)


def test_it_is_chosen_by_typing_without_a_mouse(chromium: str) -> None:
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

    frameworks()
    safe = competency.Competency.objects.filter(framework__key="tt02-2025", domain__label_vi="An toàn")
    safe.filter(pk=safe.order_by("position")[0].pk).update(label_vi="Bảo mật thiết bị")
    course = pages.course(pages.catalog())
    tiers = [str(level) for level in FrameworkLevel.objects.filter(framework__key="tt02-2025")]
    user = get_user_model().objects.create_user("bien-tap", password="x")
    user.groups.add(editors())
    site = _Browsed(user)
    with opened(chromium) as browser, mock.patch.dict(os.environ, DJANGO_ALLOW_ASYNC_UNSAFE="1"):
        context = site.opened_in(browser, script=True)
        page = context.new_page()
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(SITE + reverse("wagtailadmin_pages:add", args=["bdhvs_content", "lessonpage", course.pk]))
            page.locator("#id_alignments-ADD").focus()
            page.keyboard.press("Enter")
            field = page.locator("#id_alignments-0-competency-typed")
            field.focus()
            page.keyboard.type("bao mat")
            options = page.locator("#id_alignments-0-competency-list [role=option]")
            texts = options.all_inner_texts()
            assert texts and all("bảo mật" in text.lower() for text in texts), texts
            if SHOTS:
                page.wait_for_timeout(1200)
                page.screenshot(path=str(Path(SHOTS) / f"list-{width}.png"))
            found = Axe().run(page, context="#panel-child-content-competencies_taught-content, #id_alignments-FORMS")
            assert [item["id"] for item in found.response["violations"]] == []
            page.keyboard.press("Enter")
            chosen = page.locator("#id_alignments-0-competency")
            assert page.evaluate("document.activeElement.id") == "id_alignments-0-competency-typed"
            assert chosen.evaluate("select => select.selectedOptions[0].text") == texts[0] == field.input_value()
            of = page.locator("#id_alignments-0-competency-of").inner_text()
            levels = page.locator("#id_alignments-0-level option")
            assert of.startswith("Khung năng lực số cho người học › ")
            assert levels.all_inner_texts() == tiers
            # In English; Escape gives back what was chosen; of the other framework the levels are others.
            page.keyboard.press("Control+a")
            page.keyboard.type("zzz")
            assert page.locator(".bdhvs-competency__said").inner_text() == "Không có năng lực nào khớp."
            page.keyboard.press("Escape")
            page.keyboard.press("Tab")
            assert field.input_value() == texts[0]
            field.focus()
            page.keyboard.type("Ke hoach 02")
            page.keyboard.press("ArrowDown")
            page.keyboard.press("Enter")
            assert levels.all_inner_texts() == ["1 · Sử dụng được", "2 · Sử dụng tốt"]
            if SHOTS:
                page.wait_for_timeout(1200)
                page.screenshot(path=str(Path(SHOTS) / f"chosen-{width}.png"))
        assert site.problems == []
        context.close()
