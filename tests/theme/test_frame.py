"""The frame around every page: what it promises about weight, scripts, colour, language and error pages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import brotli
import polib  # type: ignore[import-untyped]
import pytest
import wagtail.admin
from django.apps import apps
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from django.urls import path
from django.utils import translation

import bdhvs_theme
from bdhvs_lms.base.api import now
from bdhvs_lms.learners.api import register
from bdhvs_lms.site import urls as site_urls
from bdhvs_theme.templatetags.bdhvs_theme import day, label, number, percent, score, title_in
from tests.architecture.layers import ROOT
from tests.bdhvs_quiz.test_words import in_code, in_page
from tests.support.loops import for_each
from tests.support.markup import collapsed, html_of

FOLDER = Path(bdhvs_theme.__file__).parent
TEMPLATES = sorted((FOLDER / "templates").rglob("*.html"))
FRAME = FOLDER / "templates" / "bdhvs_theme" / "base.html"
SHEET = FOLDER / "static" / "bdhvs_theme" / "site.css"
ERROR_PAGES = tuple(
    f"{name}.html" for name in ("400", "403", "403_csrf", "404", "405", "409", "413", "429", "500", "503")
)


# --- Weight and what a strict content security policy allows ----------------------------------------------------------


@for_each("sheet", sorted(SHEET.parent.glob("*.css")), ids=lambda file: str(file.name))
def test_sheets_are_small_and_ask_nobody_else(sheet: Path) -> None:
    css = sheet.read_text(encoding="utf-8")
    assert len(brotli.compress(css.encode())) <= 5 * 1024
    assert not re.search(r"@import|url\(|https?:|@font-face", css)


@for_each("template", TEMPLATES, ids=lambda file: str(file.relative_to(FOLDER / "templates")))
def test_templates_have_nothing_inline_and_nothing_from_elsewhere(template: Path) -> None:
    html = template.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:", html)
    assert not re.search(r"<script(?![^>]*\ssrc=)", html)
    assert not re.search(r"(src|href|action)=\"(https?:)?//", html)


IN_FRAME = re.compile(r'{% extends (?:sheet_base|"bdhvs_(?:theme/base|lms/sheet_to_sign|lms/table_sheet)\.html")')


def test_blocks_have_names_that_no_base_template_of_a_site_has() -> None:
    """In a site's frame, a block of ours named like one of its own would take the place of its whole head or page."""
    pages = [file for folder in ("bdhvs_lms", "content", "templates") for file in (ROOT / folder).rglob("*.html*")]
    texts = {file: file.read_text(encoding="utf-8") for file in pages}
    in_frame = [text for file, text in texts.items() if IN_FRAME.match(text) or file == FRAME]
    named = {name for text in in_frame for name in re.findall(r"{% block (\w+)", text)}
    assert {name for name in named if not name.startswith("bdhvs_")} == {"title"}
    assert {"bdhvs_main", "bdhvs_head", "bdhvs_sign_out", "bdhvs_sheet"} <= named


# --- Colours ----------------------------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    channels = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def schemes() -> dict[str, dict[str, str]]:
    css = SHEET.read_text(encoding="utf-8")
    blocks = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    light, dark = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]+)", block)) for block in blocks[:2])
    return {"light": light, "dark": {**light, **dark}}


def test_colours_are_those_of_the_design() -> None:
    light = schemes()["light"]
    assert {name: light[name] for name in ("ink", "paper", "primary", "green", "amber", "blue")} == {
        "ink": "#1b1b1b",
        "paper": "#fbf8f3",
        "primary": "#b3122a",
        "green": "#0b6b3a",
        "amber": "#7a4f00",
        "blue": "#0b4f8a",
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_colour_reads_on_every_ground(scheme: str) -> None:
    colours = schemes()[scheme]
    for name in ("ink", "muted", "red", "red-deep", "green", "amber", "blue"):
        for ground in ("paper", "card", "gray-tint"):
            assert contrast(colours[name], colours[ground]) >= 4.5, (scheme, name, ground)
    for tint in ("red", "green", "amber", "blue"):
        for name in ("ink", "red-deep" if tint == "red" else tint):
            assert contrast(colours[name], colours[f"{tint}-tint"]) >= 4.5, (scheme, name, tint)
    assert contrast("#ffffff", colours["primary"]) >= 4.5
    for name in ("edge", "blue", "red"):
        for ground in ("paper", "card"):
            assert contrast(colours[name], colours[ground]) >= 3, (scheme, name, ground)


# --- Error pages ------------------------------------------------------------------------------------------------------


def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


def bad(request: HttpRequest) -> HttpResponse:
    raise BadRequest("on purpose")


urlpatterns = [path("fail/", fail), path("bad/", bad), *site_urls.urlpatterns]


@for_each("name", ERROR_PAGES)
@for_each(("language", "home"), [("vi", "/"), ("en", "/en/")])
def test_error_pages_work_without_request_and_database(name: str, language: str, home: str) -> None:
    with translation.override(language):
        html = collapsed(render_to_string(name))
    assert f'<html lang="{language}">' in html
    assert f'href="{home}"' in html
    assert html.count("<h1>") == html.count("<main") == 1


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_errors_are_answered_with_the_themed_pages(settings: Any) -> None:
    client = Client(raise_request_exception=False)
    for address, status, words in (
        ("/fail/", 500, "Hệ thống đang gặp lỗi"),
        ("/bad/", 400, "Địa chỉ này không đúng"),
        ("/khong-co-trang-nay/", 404, "Không có trang này"),
        ("/en/no-such-page/", 404, "Page not found"),
    ):
        response = client.get(address)
        assert response.status_code == status
        assert words in html_of(response)
        assert "on purpose" not in html_of(response)
    wrong_method = client.get("/thoat/")
    assert (wrong_method.status_code, wrong_method.headers["Allow"]) == (405, "POST, OPTIONS")
    assert "Trang này không mở theo cách này được" in html_of(wrong_method)


# --- The frame --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_every_page_has_its_landmarks_skip_link_help_and_other_language() -> None:
    html = html_of(Client().get("/tro-giup/?a=1"))
    assert html.index('href="#main"') < html.index("<header")
    assert '<main id="main"' in html
    assert html.count('href="/tro-giup/"') == 3, "in the bar, in a telephone's menu and at the foot"
    assert 'href="/en/learning-help/?a=1" hreflang="en" lang="en">English<' in html
    english = html_of(Client().get("/en/learning-help/?a=1"))
    assert 'href="/tro-giup/?a=1" hreflang="vi" lang="vi">Tiếng Việt<' in english
    assert "<script" not in html


@pytest.mark.django_db
def test_a_visitor_gets_no_cookie_and_no_form_but_the_size_of_letters() -> None:
    response = Client().get("/tro-giup/")
    assert not response.cookies
    assert re.findall(r'<form class="([^"]*)"', html_of(response)) == ["text-size"]
    assert html_of(response).count("<form") == 1


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/lop/", "/vao-lop/", "/the/", "/dang-nhap/", "/tu-dang-ky/"])
def test_no_way_in_leads_a_visitor_to_pages_of_teachers_or_of_the_committee(path: str) -> None:
    places = re.findall(r'href="(/[^"]*)"', html_of(Client().get(path)))
    assert "/tro-giup/" in places
    assert [place for place in places if place.startswith(("/day/", "/chi-dao/"))] == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/day/nothing/", "/day/", "/chi-dao/nothing/"])
def test_whoever_is_refused_at_a_place_of_work_has_the_places_of_their_own(path: str, django_user_model: Any) -> None:
    account = django_user_model.objects.create_user("lan")
    visitor, learner = Client(), Client()
    learner.force_login(account)
    alone = places_in_bar(learner.get(path))
    register(full_name="Nguyễn Thị Lan", birth_year=1960, area=None, user=account, at=now())
    known = places_in_bar(learner.get(path))
    assert alone == ["/bat-dau/", "/", "/tro-giup/"]
    assert known == ["/viec-hoc/", "/viec-hoc/lop/", "/viec-hoc/ket-qua/", "/tro-giup/"]
    assert places_in_bar(visitor.get("/day/nothing/")) == ["/", "/tro-giup/"]


def places_in_bar(response: Any) -> list[str]:
    assert response.status_code in (403, 404)
    bar = html_of(response).partition('<nav class="main-nav')[2].partition("</nav>")[0]
    return re.findall(r'href="([^"]*)"', bar)


@pytest.mark.django_db
def test_a_name_cannot_write_into_the_page(django_user_model: Any) -> None:
    client = Client()
    client.force_login(django_user_model.objects.create_user("<b>x</b>", first_name='<script>alert("1")</script>'))
    html = html_of(client.get("/tro-giup/"))
    assert "<script" not in html
    assert "&lt;script&gt;" in html


# --- Numbers and days -------------------------------------------------------------------------------------------------


def test_numbers_and_days_in_both_languages() -> None:
    from datetime import UTC, date, datetime
    from decimal import Decimal

    late = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
    with translation.override("vi"):
        assert (number(1240), number(Decimal("84.9")), number(Decimal("1234.5"))) == ("1.240", "84,9", "1.234,5")
        assert (day(date(2026, 11, 24)), day(late), day(None)) == ("24/11/2026", "24/11/2026", "")
        assert (score(Decimal("10.00")), score(Decimal("7.50")), score(Decimal("0.00"))) == ("10", "7,5", "0")
    with translation.override("en"):
        assert (number(1240), number(Decimal("84.9")), number(Decimal("1234.5"))) == ("1,240", "84.9", "1,234.5")
        assert (day(date(2026, 11, 24)), day(late)) == ("24 November 2026", "24 November 2026")
        assert (score(Decimal("100.00")), score(Decimal("7.50"))) == ("100", "7.5")
    assert percent(Decimal("0.799999")) == "79%"


def test_titles_and_labels_fall_back_to_vietnamese() -> None:
    class Thing:
        label_vi, label_en = "Năng lực", ""

    with translation.override("en"):
        assert title_in({"vi": "Bài", "en": "Lesson"}) == "Lesson"
        assert title_in({"vi": "Bài"}) == "Bài"
        assert title_in({"fr": "Leçon"}) == "Leçon"
        assert label(Thing()) == "Năng lực"
    assert title_in({}) == title_in(None) == ""


# --- Catalogues -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("package", [FOLDER, FOLDER.parents[1] / "bdhvs_lms"], ids=["theme", "core"])
def test_the_vietnamese_catalogue_is_complete_compiled_and_fresh(package: Path) -> None:
    folder = package / "locale" / "vi" / "LC_MESSAGES"
    catalogue = polib.pofile(str(folder / "django.po"))
    assert [entry.msgid for entry in catalogue if not entry.translated() or entry.fuzzy] == []
    compiled = {(e.msgctxt, e.msgid): e.msgstr or e.msgstr_plural for e in polib.mofile(str(folder / "django.mo"))}
    assert compiled == {(e.msgctxt, e.msgid): e.msgstr or e.msgstr_plural for e in catalogue}


def test_every_word_of_the_core_and_the_theme_is_in_a_catalogue_and_none_is_left_over() -> None:
    """Names of permissions count as used: Wagtail shows what the database has of them."""
    root = FOLDER.parents[1]
    catalogue = "locale/vi/LC_MESSAGES/django.po"
    own = [FOLDER / catalogue, root / "bdhvs_lms" / catalogue]
    all_of_them = [*own, *root.glob(f"content/*/{catalogue}"), Path(wagtail.admin.__file__).parent / catalogue]
    left = {(entry.msgctxt or "", entry.msgid) for file in own for entry in polib.pofile(str(file))}
    known = {(entry.msgctxt or "", entry.msgid) for file in all_of_them for entry in polib.pofile(str(file))}
    in_folder = {
        name: {
            word
            for file in (root / name).rglob("*")
            if file.suffix in (".py", ".html")
            for word in (in_code(file) if file.suffix == ".py" else in_page(file))
        }
        for name in ("bdhvs_lms", "templates/bdhvs_theme", "content", "xapi")
    }
    used = in_folder["bdhvs_lms"] | in_folder["templates/bdhvs_theme"]
    assert len(used) > 700
    assert used - known == set()
    permissions = {("", name) for model in apps.get_models() for _, name in model._meta.permissions}
    assert left - set().union(*in_folder.values()) - permissions == set()
