"""The page for whoever works on the theme: it has every component, and only where DEBUG is on."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from importlib import reload
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from django.conf import LazySettings
from django.contrib.staticfiles import finders
from django.template.loader import get_template
from django.test import Client
from django.urls import clear_url_caches

import bdhvs_quiz
from bdhvs_lms.site import urls as site_urls
from bdhvs_theme.components.views import LOOKS, PAGES
from tests.support.browsing import opened
from tests.support.markup import mistakes
from tests.theme.test_frame import SHEET

pytestmark = pytest.mark.django_db
FILES = re.compile(r"<code>([\w/]+\.(?:html|css|js))</code>")
BESIDE = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
# Nothing of these is in the page as it comes: class.js adds it where the head has to stand still.
BY_SCRIPT = {"moved"}


@pytest.fixture
def developing(settings: LazySettings) -> Iterator[None]:
    settings.DEBUG = True
    _again()
    yield
    settings.DEBUG = False
    _again()


def _again() -> None:
    reload(site_urls)
    clear_url_caches()


def classes_of(sheet: str) -> set[str]:
    """What its selectors name."""
    css = re.sub(r'/\*.*?\*/|"[^"]*"', "", (SHEET.parent / sheet).read_text(encoding="utf-8"), flags=re.DOTALL)
    selectors = [found for found in re.findall(r"([^{};]+)\{", css) if not found.strip().startswith("@media")]
    return {name for found in selectors for name in re.findall(r"\.([a-z][\w-]*)", found)}


def shown_on(html: str) -> set[str]:
    return {name for found in re.findall(r'class="([^"]*)"', html) for name in found.split()}


def test_every_class_of_the_sheets_is_shown_and_every_file_named_is_there(developing: None, client: Client) -> None:
    shown: dict[str, set[str]] = {"site.css": set()}
    for name, sheets in PAGES.items():
        for look in LOOKS:
            html = client.get(f"/_components/{name}/{look}/").content.decode()
            assert mistakes(html) == (), (name, look)
            for sheet in sheets:
                shown.setdefault(sheet, set()).update(shown_on(html))
        files = FILES.findall(html)
        assert len(files) > 5
        for file in files:
            if "/types/" in file:
                assert (Path(bdhvs_quiz.__file__).parent.parent / file).exists()
            elif file.endswith(".html"):
                get_template(file)
            else:
                assert finders.find(file), file
    sheets_of_theme = {path.name for path in SHEET.parent.glob("*.css")}
    assert {sheet: classes_of(sheet) - shown[sheet] - BY_SCRIPT for sheet in sheets_of_theme} == {
        sheet: set() for sheet in sheets_of_theme
    }


def test_looks_are_those_of_the_sheet_whatever_the_browser_is_set_to(developing: None, client: Client) -> None:
    colours = {look: client.get(f"/_components/{look}.css").content.decode() for look in ("light", "dark")}
    last = {look: re.findall(r"--paper: (#\w+)", css)[-1] for look, css in colours.items()}
    assert last == {"light": "#fbf8f3", "dark": "#171513"}
    assert [css.count(f"color-scheme: {look};") for look, css in colours.items()] == [1, 1]
    pages = {look: client.get(f"/_components/learner/{look}/").content.decode() for look in LOOKS}
    assert {look: re.findall(r"/_components/(\w+)\.css", html) for look, html in pages.items()} == {
        look: [colour] for look, (colour, _size) in LOOKS.items()
    }
    assert 'class="text-130"' in pages["a-plus-plus"] and 'class="text-130"' not in pages["light"]


def test_a_site_in_use_has_no_such_page(client: Client) -> None:
    for address in ("/_components/", "/_components/learner/light/", "/_components/dark.css"):
        assert client.get(address).status_code == 404


def test_what_there_is_not_is_not_found(developing: None, client: Client) -> None:
    assert client.get("/_components/").headers["Location"] == "/_components/learner/light/"
    for address in ("/_components/learner/pink/", "/_components/nobody/light/", "/_components/pink.css"):
        assert client.get(address).status_code == 404


def test_axe_finds_nothing_in_any_look_on_a_telephone_and_on_a_desk(
    developing: None, client: Client, chromium: str
) -> None:
    addresses = [f"/_components/{name}/{look}/" for name in PAGES for look in LOOKS if look != "a-plus"]
    addresses += [f"/_components/{look}.css" for look in ("light", "dark")]
    # Asked before the browser starts: Playwright's event loop forbids Django's ORM.
    answers = {address: client.get(address) for address in addresses}

    def answer(route: Any) -> None:
        path = urlsplit(route.request.url).path
        if path in answers:
            route.fulfill(body=answers[path].content, headers=dict(answers[path].headers))
        elif found := finders.find(path.removeprefix("/static/")):
            route.fulfill(path=str(found))
        else:
            route.fulfill(status=404)

    wrong: list[str] = []
    folder = os.environ.get("BDHVS_SCREENSHOTS")
    with opened(chromium) as browser:
        axe = Axe()
        for width in (360, 1280):
            page = browser.new_page(viewport={"width": width, "height": 800})
            page.route("**/*", answer)
            for address in addresses[:-2]:
                page.goto(f"http://components.test{address}")
                if (beside := page.evaluate(BESIDE)) > 0:
                    wrong.append(f"{address} {width}: {beside} px beside the screen")
                for found in axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]:
                    nodes = [node["html"][:110] for node in found["nodes"][:3]]
                    wrong.append(f"{address} {width}: axe {found['id']}: {nodes}")
                if folder:
                    name = address.strip("/").replace("/", "-")
                    page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
    assert not wrong, "\n".join(wrong)
