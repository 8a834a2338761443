"""The pictures in docs/screenshots: which pages, how each is reached, and how a picture is kept small."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from bdhvs_demo.data import courses
from tests.e2e.people import DESK, MAIN_ACTION, PHONE
from tests.support.live import ROOT

FOLDER = ROOT / "docs" / "screenshots"
HIGHEST = 1600
"""Pixels of the page: of a longer one its beginning is shown."""
COLOURS = 112
COURSE = "/buoc-dau-dung-dien-thoai-thong-minh/"
LESSON = f"{COURSE}lam-quen/bang-cai-dat-nhanh/"
LEARNER, TEACHER, COMMITTEE, EDITOR, OPERATOR = "nguoihoc", "huongdan", "chidao", "bientap", "vanhanh"
ADMIN = "/quan-tri/"

Go = Callable[[Any, str], None]
"""What leads to the page: ``go(page, url)``."""


@dataclass(frozen=True)
class Shot:
    """``who``: the account that looks; None: a visitor. One file for each size."""

    name: str
    who: str | None
    go: Go
    sizes: tuple[dict[str, int], ...] = (PHONE, DESK)
    dark: bool = False
    height: int = 1100
    """Of a page of the admin, which scrolls inside it."""

    def file(self, size: dict[str, int]) -> str:
        return f"{self.name}-{size['width']}.png"


def _open(path: str) -> Go:
    def go(page: Any, url: str) -> None:
        page.goto(url + path)

    return go


def _press(page: Any, selector: str) -> None:
    with page.expect_navigation():
        page.locator(selector).first.click()


def _large_letters(page: Any, url: str) -> None:
    page.goto(url + COURSE)
    page.locator(".menu > summary").click()
    _press(page, ".text-size button >> nth=2")


def _usual_letters(page: Any, url: str) -> None:
    page.goto(url + COURSE)
    page.locator(".menu > summary").click()
    _press(page, ".text-size button >> nth=0")


def _right_answers() -> dict[str, dict[str, Any]]:
    """The demonstration's questions by what they ask."""
    activities = (one for course in courses() for section in course["sections"] for one in section["activities"])
    return {asked["prompt"]: asked for one in activities for asked in one.get("questions", ())}


def _answer(cards: Any, count: int, wrong: int | None = None) -> None:
    """The first ``count`` questions of an attempt, rightly but one."""
    known = _right_answers()
    for place in range(count):
        card = cards.nth(place)
        asked = known[card.locator("legend span[lang], legend[lang], label span[lang]").first.inner_text().strip()]
        if asked["type"] == "short_text":
            card.locator("input").fill(asked["accepted"][0])
        elif asked["type"] == "true_false":
            card.locator("input").nth(0 if asked["answer"] else 1).check()
        else:
            # By its words: where it stands differs from attempt to attempt.
            marked = [option["text"] for option in asked["options"] if option["right"] != (place == wrong)]
            for text in marked[: 1 if asked["type"] == "single_choice" else None]:
                card.get_by_label(text, exact=True).check()


def _quiz(page: Any, url: str) -> None:
    page.goto(url + COURSE)
    _press(page, "main ol > li:last-child a >> nth=-1")


def _attempt(page: Any, url: str) -> None:
    """Half of the questions answered, and kept."""
    if page.locator("html.text-130").count():
        _usual_letters(page, url)
    _quiz(page, url)
    _press(page, f"{MAIN_ACTION}[type=submit]")
    cards = page.locator("main form .card")
    saved = page.locator("#saved", has_text="Đã lưu")
    if not saved.count():
        _answer(cards, cards.count() // 2)
        saved.wait_for()
    page.evaluate("scrollTo(0, 0)")


def _result(page: Any, url: str) -> None:
    """Of the attempt that is open, handed in with one wrong answer; then of the one that was."""
    _quiz(page, url)
    begun = page.locator(f"{MAIN_ACTION}[type=submit]", has_text="Làm tiếp")
    if not begun.count():
        _press(page, "main ul.plain a")
        return
    _press(page, f"{MAIN_ACTION}[type=submit]")
    cards = page.locator("main form .card")
    _answer(cards, cards.count(), wrong=2)
    _press(page, "main [name=do][value=submit]")


def _why(page: Any, url: str) -> None:
    page.goto(f"{url}/viec-hoc/ket-qua/")
    _press(page, "main a[href*='/nang-luc/']")


def _class(page: Any, url: str) -> None:
    page.goto(f"{url}/day/")
    _press(page, "main h2 a")


def _target(page: Any, url: str) -> None:
    page.goto(f"{url}/chi-dao/")
    _press(page, "main .goal h2 a >> nth=2")


def _first_of(kind: str) -> Go:
    """The form of the first page of a type, as the editor's list of such pages leads to it."""

    def go(page: Any, url: str) -> None:
        page.goto(f"{url}{ADMIN}pages/search/?content_type={kind}")
        page.goto(url + page.locator("main td a[href$='/edit/']").first.get_attribute("href"))
        page.locator("[data-edit-form]").wait_for()

    return go


def _question(page: Any, url: str) -> None:
    page.goto(f"{url}{ADMIN}snippets/bdhvs_quiz/question/?type_key=bdhvs_quiz.multiple_choice")
    _press(page, "main td a[href*='/edit/']")


def _explorer(page: Any, url: str) -> None:
    """The first section's lessons, as the editor's tree leads to them."""
    page.goto(f"{url}{ADMIN}pages/search/?content_type=bdhvs_content.sectionpage")
    number = page.locator("main td a[href$='/edit/']").first.get_attribute("href").rstrip("/").split("/")[-2]
    page.goto(f"{url}{ADMIN}pages/{number}/?ordering=ord")


ONLY_DESK = (DESK,)
# In this order: an attempt is begun, then handed in.
SHOTS = (
    Shot("visitor-home", None, _open("/"), (PHONE,)),
    Shot("sign-in", None, _open("/dang-nhap/"), (PHONE,)),
    Shot("learner-home", LEARNER, _open("/")),
    Shot("learner-course", LEARNER, _open(COURSE)),
    Shot("learner-lesson", LEARNER, _open(LESSON)),
    Shot("learner-lesson-dark", LEARNER, _open(LESSON), (PHONE,), dark=True),
    Shot("learner-large-letters", LEARNER, _large_letters, (PHONE,)),
    Shot("learner-quiz", LEARNER, _attempt),
    Shot("learner-result", LEARNER, _result),
    Shot("learner-record", LEARNER, _open("/viec-hoc/")),
    Shot("learner-why", LEARNER, _why, (PHONE,)),
    Shot("teacher-classes", TEACHER, _open("/day/"), (PHONE,)),
    Shot("teacher-class", TEACHER, _class),
    Shot("committee-board", COMMITTEE, _open("/chi-dao/")),
    Shot("committee-target", COMMITTEE, _target),
    Shot("editor-explorer", EDITOR, _explorer, ONLY_DESK, height=640),
    Shot("editor-lesson", EDITOR, _first_of("bdhvs_content.lessonpage"), ONLY_DESK),
    Shot("editor-bank", EDITOR, _open(f"{ADMIN}snippets/bdhvs_quiz/question/"), ONLY_DESK),
    Shot("editor-question", EDITOR, _question, ONLY_DESK),
    Shot("editor-quiz", EDITOR, _first_of("bdhvs_quiz.quizpage"), ONLY_DESK),
    Shot("operator-denominators", OPERATOR, _open(f"{ADMIN}chien-dich/tong-so/"), ONLY_DESK),
    Shot("operator-areas", OPERATOR, _open(f"{ADMIN}chien-dich/dia-ban/"), ONLY_DESK),
)


SHARPNESS = {PHONE["width"]: 2, DESK["width"]: 1}
"""Pixels of a picture to a pixel of the page, by the page's width."""


def take(page: Any, shot: Shot, size: dict[str, int]) -> bytes:
    """The page from its top, as a PNG."""
    page.wait_for_load_state("networkidle")
    if ADMIN in page.url:
        height = shot.height
    else:
        height = max(size["height"], min(page.evaluate("document.documentElement.scrollHeight"), HIGHEST))
    page.set_viewport_size({"width": size["width"], "height": height})
    raw = page.screenshot(animations="disabled", caret="hide")
    page.set_viewport_size(size)
    return bytes(raw)


def smaller(raw: bytes) -> bytes:
    """The same in few colours: half a second each."""
    image = Image.open(BytesIO(raw)).convert("RGB")
    small = image.quantize(COLOURS, kmeans=2, dither=Image.Dither.NONE)
    out = BytesIO()
    small.save(out, "PNG", optimize=True)
    return out.getvalue()


def committed() -> set[str]:
    return {file.name for file in FOLDER.glob("*.png")}


def write(folder: Path, name: str, data: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
