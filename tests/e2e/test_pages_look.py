"""Every page of each role on a small telephone and on a desk: nothing beside the screen, nothing from elsewhere,
nothing too small for a thumb. Screenshots go to the folder that BDHVS_SCREENSHOTS names, when it names one."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.people import DESK, MAIN_ACTION, PASSWORD, PHONE, Visitor
from tests.support.live import Installation

pytestmark = pytest.mark.thorough

CLOCK = "2025-11-15T10:00:00+07:00"
COURSE = "/buoc-dau-dung-dien-thoai-thong-minh/"
THUMB = 44

# Width that the page asks for beside the width there is; then every control that is too low or too narrow. Of a choice,
# its whole row is the target, of a box to tick its label. Links in running text are as high as their line (WCAG 2.5.8
# "inline").
MEASURE = """thumb => {
  const low = [];
  const controls = "button, select, textarea, input:not([type=hidden]), form a, nav a, .btn-primary, .btn-secondary";
  for (const control of document.querySelectorAll(controls)) {
    const box = (control.closest("label.choice, label.tick") || control).getBoundingClientRect();
    if (!control.checkVisibility({contentVisibilityAuto: true})) continue;
    // What is left of the screen is there for the keyboard.
    if (box.width && box.right > 0 && (box.height < thumb - 0.5 || box.width < thumb - 0.5))
      low.push(`${control.outerHTML.slice(0, 90)} ${Math.round(box.width)}×${Math.round(box.height)}`);
  }
  const root = document.scrollingElement, beside = root.scrollWidth - window.innerWidth;
  const type = parseFloat(getComputedStyle(document.body).fontSize);
  // A reader who has set letters twice as large (WCAG 1.4.4).
  document.documentElement.style.setProperty("font-size", "200%");
  const besideLarge = root.scrollWidth - window.innerWidth;
  document.documentElement.style.removeProperty("font-size");
  return {
    beside, besideLarge, low, type, language: document.documentElement.lang,
    headings: document.querySelectorAll("h1").length, title: document.title,
  };
}"""


def pages_of_visitor(visitor: Visitor) -> Iterator[str]:
    for path in ("/", "/en/", "/dang-nhap/", "/en/sign-in/", "/tro-giup/", "/en/learning-help/", COURSE):
        visitor.open(path)
        yield path


def pages_of_learner(visitor: Visitor) -> Iterator[str]:
    """Both lists, each kind of item of a course, an attempt from its first page to its result, why it counted; then
    their own data, to the end of it."""
    page = visitor.page
    for path in ("/viec-hoc/", "/en/my-learning/", "/", COURSE):
        visitor.open(path)
        yield path
    items = page.locator("main ol a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert len(items) == 9
    quiz = next(item for item in items if "kiem-tra-cuoi-khoa" in item)
    # A lesson without pictures in its steps, one with, and the quiz.
    for path in (items[0], items[2], quiz):
        visitor.open(path)
        yield path
    visitor.press(f"{MAIN_ACTION}[type=submit]")
    yield "attempt"
    page.locator("input[type=radio]").first.check()
    visitor.press("button[name=do][value=later]")
    yield "saved"
    visitor.press(f"{MAIN_ACTION}[type=submit]")
    visitor.press("button[name=do][value=submit]")
    yield "confirm"
    visitor.press("button[name=do][value=submit]")
    yield "result"
    visitor.open("/viec-hoc/ket-qua/")
    visitor.press("main a[href*='/nang-luc/']")
    yield "why"
    signed_in = ("/noi-dang-nhap/", "/en/signed-in/", "/thoat-khoi-moi-noi/", "/en/sign-out-everywhere/")
    own_data = (
        "/viec-hoc/du-lieu/",
        "/en/my-learning/my-data/",
        "/viec-hoc/du-lieu/xoa/",
        "/en/my-learning/my-data/erase/",
    )
    for path in (*signed_in, *own_data):
        visitor.open(path)
        yield path
    visitor.open("/viec-hoc/du-lieu/")
    page.check("#id_confirmed")
    visitor.press("form[action$='/rut-dong-y/'] button")
    yield "withdrawn"
    visitor.open(quiz)
    yield "asked again"
    visitor.open("/viec-hoc/du-lieu/xoa/")
    page.check("#id_confirmed")
    page.fill("#id_password", PASSWORD)
    visitor.press("form[action$='/xoa/'] button")
    yield "erased"


def pages_of_teacher(visitor: Visitor) -> Iterator[str]:
    for path in ("/day/", "/en/teaching/"):
        visitor.open(path)
        yield path
        visitor.press("main h2 a")
        yield f"{path}class"


def pages_of_committee(visitor: Visitor) -> Iterator[str]:
    for path in ("/chi-dao/", "/en/steering/"):
        visitor.open(path)
        yield path


ROLES = {
    None: pages_of_visitor,
    "nguoihoc": pages_of_learner,
    "huongdan": pages_of_teacher,
    "chidao": pages_of_committee,
}


# Of the board: what a screen has before anybody moves it.
FIRST_SCREEN = """() => {
  const there = (name) => [...document.querySelectorAll(name)].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.height && box.bottom <= innerHeight;
  }).length;
  return [there("h1"), there(".strip"), there(".strip-words"), there(".goal")];
}"""


def measured(visitor: Visitor, name: str, place: str, size: dict[str, int]) -> list[str]:
    """What is wrong with the page that is open, at one size."""
    wrong = []
    visitor.page.set_viewport_size(size)
    found = visitor.page.evaluate(MEASURE, THUMB)
    if found["beside"] > 0:
        wrong.append(f"{place}: {found['beside']} px beside the screen")
    if found["besideLarge"] > 0:
        wrong.append(f"{place}: {found['besideLarge']} px beside the screen with letters of 200 %")
    wrong += [f"{place}: too small: {control}" for control in found["low"]]
    if found["language"] != ("en" if visitor.path.startswith("/en/") else "vi"):
        wrong.append(f"{place}: html lang is {found['language']}")
    if found["headings"] != 1 or found["title"].startswith(("·", " ")):
        wrong.append(f"{place}: {found['headings']} h1, title {found['title']!r}")
    if found["type"] < 18:
        wrong.append(f"{place}: type of {found['type']} px")
    if name.endswith("/chi-dao/"):
        *said, targets = visitor.page.evaluate(FIRST_SCREEN)
        if said != [1, 1, 1] or (size == DESK and targets < 4):
            wrong.append(f"{place}: the first screen has {said} of the sentence, and {targets} targets")
    if folder := os.environ.get("BDHVS_SCREENSHOTS"):
        file = Path(folder) / f"{place.replace('/', '_').replace(' ', '-')}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        visitor.page.screenshot(path=file, full_page=True)
    return wrong


def test_pages_fit(demo: Installation, browser: Any) -> None:
    url = demo.serve(BDHVS_TEST_CLOCK=CLOCK).url
    wrong: list[str] = []
    for username, walk in ROLES.items():
        visitor = Visitor(browser, url, username, size=PHONE, scripts=True)
        for name in walk(visitor):
            for size in (DESK, PHONE):
                wrong += measured(visitor, name, f"{username or 'visitor'} {name} {size['width']}", size)
        wrong += [f"{username or 'visitor'}: {problem}" for problem in visitor.watched.problems]
    assert not wrong, "\n".join(wrong)
