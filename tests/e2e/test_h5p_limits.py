"""What a frame may take of the page around it, how large its letters are, and what the page says in the end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import expect

from adapter_tests import building
from h5p_python_adapter import player_there
from tests.e2e import h5p
from tests.e2e.test_pages_measured import FITS
from tests.support.fixtures import require
from tests.support.live import Installation

pytestmark = pytest.mark.thorough

FLOODS = ("statements", "states", "heights", "nonsense")
PHONE = {"width": 360, "height": 740}
QUESTION, SHOWN = "question", "shown"
expect.set_options(timeout=30_000)


@dataclass
class Scene:
    played: h5p.Played
    url: str

    def open(self, browser: Any, name: str) -> Any:
        """The attempt's page on a telephone (playwright Page), once the player has said that it is there."""
        context = browser.new_context(locale="vi-VN", viewport=PHONE)
        self.played.sign_in(context, self.url)
        page = context.new_page()
        page.set_default_timeout(60_000)
        with page.expect_response(lambda one: one.url.endswith("/menh-de/")):
            page.goto(self.url + self.played.paths[name])
        return page


@pytest.fixture(scope="module")
def scene(module_installation: Installation) -> Iterator[Scene]:
    require(player_there(), "The H5P player (npm ci)")
    packages = {
        name: building.package("Bdhvs.TestHostile 1.0", {"flood": name})
        for name in (*FLOODS, "touches", "large", "tall", "growing")
    }
    packages[QUESTION] = building.package(building.QUESTION)
    packages[SHOWN] = building.package("Bdhvs.TestSilent 1.0")
    values = {QUESTION: {"pass_percent": 80}, SHOWN: {"completion": "by_hand"}}
    played = h5p.make(module_installation, packages, values)
    yield Scene(played, module_installation.serve(BDHVS_TEST_CLOCK=h5p.CLOCK).url)


@pytest.mark.thorough
@pytest.mark.parametrize("flood", FLOODS)
def test_a_frame_that_says_more_than_it_has_reason_to_is_stopped_with_words(
    scene: Scene, browser: Any, flood: str
) -> None:
    page = scene.open(browser, flood)
    sent: list[int] = []
    page.on("request", lambda one: sent.append(one.method == "POST" and _count(one.post_data)))
    expect(page.locator("[data-h5p-line]")).to_contain_text("Hoạt động này đã bị dừng")
    expect(page.locator("iframe")).to_have_count(0)
    # The page is there, and what can be done instead stands on it.
    assert "Xem bài đọc." in page.inner_text("main")
    page.wait_for_load_state("networkidle")
    page.wait_for_function("() => Object.keys(localStorage).length === 0")
    # Of twenty thousand statements what one burst may hold, in the bodies that the server takes.
    assert sum(sent) <= 700
    assert len([one for one in sent if one]) <= 40
    assert page.evaluate(FITS)["beside"] == 0


def _count(body: str | None) -> int:
    said = json.loads(body or "{}")
    return len(said.get("statements", [])) + len(said.get("states", []))


def test_what_is_touched_at_every_move_is_told_once_in_ten_seconds(scene: Scene, browser: Any) -> None:
    page = scene.open(browser, "touches")
    with page.expect_request(lambda one: one.url.endswith("/menh-de/")) as told:
        pass
    assert _count(told.value.post_data) == 1
    expect(page.locator("iframe")).to_have_count(1)


def test_what_is_larger_than_a_statement_can_be_is_neither_kept_nor_sent(scene: Scene, browser: Any) -> None:
    page = scene.open(browser, "large")
    sent: list[int] = []
    page.on("request", lambda one: sent.append(one.method == "POST" and _count(one.post_data)))
    with page.expect_console_message(lambda message: message.text == "flooded by large"):
        pass
    page.wait_for_load_state("networkidle")
    assert page.evaluate("Object.keys(localStorage).length") == 0
    assert sum(sent) == 0


@pytest.mark.parametrize("flood", ["tall", "growing"])
def test_a_frame_is_as_high_as_what_is_in_it_up_to_an_end(scene: Scene, browser: Any, flood: str) -> None:
    page = scene.open(browser, flood)
    height = "document.querySelector('iframe').clientHeight"
    if flood == "tall":
        page.wait_for_function(f"() => {height} === 10000")
        return
    page.wait_for_function(f"() => {height} > 700")
    # A few dozen steps at once and two a second then: what grows for ever takes an hour to the end.
    steps = page.evaluate(
        """() => new Promise((done) => {
            let steps = 0;
            const seen = new MutationObserver(() => { steps += 1; });
            seen.observe(document.querySelector("iframe"), { attributeFilter: ["style"] });
            setTimeout(() => { seen.disconnect(); done(steps); }, 4000);
        })"""
    )
    assert steps <= 48
    assert page.evaluate(height) <= 10000


LETTERS = "parseFloat(getComputedStyle(document.querySelector('.h5p-content button')).fontSize)"


def test_the_frame_has_the_letters_of_the_page_and_follows_them(scene: Scene, browser: Any) -> None:
    page = scene.open(browser, QUESTION)
    frame = h5p.frame_of(page)
    assert frame.evaluate(LETTERS) == 16
    height = page.evaluate("document.querySelector('iframe').clientHeight")
    # As another tab or the browser's own setting would: while it is open.
    page.evaluate("document.documentElement.classList.add('text-130')")
    frame.wait_for_function(f"() => Math.abs({LETTERS} - 20.8) < 0.1")
    page.wait_for_function(f"() => document.querySelector('iframe').clientHeight > {height}")
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate("document.documentElement.classList.remove('text-130')")
    frame.wait_for_function(f"() => {LETTERS} === 16")
    # By the page's own buttons: it is opened again, with them.
    page.locator(".menu > summary").click()
    with page.expect_navigation(wait_until="load"):
        page.locator(".text-size button").nth(1).click()
    frame = h5p.frame_of(page)
    frame.wait_for_function(f"() => Math.abs({LETTERS} - 18.4) < 0.1")
    for where in (page, frame):
        assert where.evaluate(FITS)["beside"] == 0


def test_a_failed_end_says_so_and_what_to_do_and_a_passed_one_leads_on(scene: Scene, browser: Any) -> None:
    page = scene.open(browser, QUESTION)
    frame = h5p.frame_of(page)
    end = page.locator("[data-h5p-when]:visible")
    expect(end).to_have_count(0)
    frame.get_by_role("button", name="Năm").click()
    expect(end).to_contain_text("Chưa đạt: 0/1.")
    expect(end).to_contain_text("Để đạt: ít nhất 80 phần trăm.")
    expect(end).to_contain_text("Hãy xem lại bài học, rồi làm lại một lần nữa.")
    expect(end.get_by_role("link", name="Làm lại")).to_be_visible()
    assert "notice--warning" in str(end.get_attribute("class"))
    frame.get_by_role("button", name="Bốn").click()
    expect(end).to_contain_text("Đạt: 1/1.")
    assert "notice--success" in str(end.get_attribute("class"))
    expect(end.get_by_role("link").first).to_have_text("Tiếp theo: shown →")
    # As it is when somebody comes back to it.
    page.reload()
    expect(end).to_contain_text("Đạt: 1/1.")


def test_what_ends_by_hand_shows_its_button_and_leads_on(scene: Scene, browser: Any) -> None:
    page = scene.open(browser, SHOWN)
    expect(page.locator("[data-h5p-when]:visible")).to_have_count(0)
    with page.expect_navigation():
        page.get_by_role("button", name="Tôi đã làm xong").click()
    assert "Đã xong" in page.inner_text("main")
