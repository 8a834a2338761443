"""Playing in Chromium: what a learner's browser fetches, keeps and shows on a small telephone, and without a script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import expect

from adapter_tests import building
from bdhvs_demo.h5p import package as demo_package
from h5p_python_adapter import player_there
from tests.e2e import h5p
from tests.e2e.people import Watched
from tests.e2e.test_pages_measured import FITS
from tests.support.fixtures import require
from tests.support.live import Installation

DEMO, CONTAINER, SILENT, BROKEN = "demo", "container", "silent", "broken"
# What waits for a server waits as long on a busy machine.
expect.set_options(timeout=30_000)
SMALL = {"width": 320, "height": 640}
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><rect width="20" height="20"/></svg>'
SHOWN = {
    "text": "Chỉ để xem",
    "picture": {"path": "images/p.svg", "mime": "image/svg+xml"},
    "words": {"path": "words.json", "mime": "application/json"},
    "subtitles": {"path": "files/s.vtt", "mime": "text/vtt"},
}
SUBTITLES = b"WEBVTT\n\n00:00.000 --> 00:01.000\nXin\n\n00:01.000 --> 00:02.000\nchao\n"
QUESTION = building.PARAMS[building.QUESTION]


@dataclass
class Scene:
    played: h5p.Played
    url: str


@pytest.fixture(scope="module")
def scene(module_installation: Installation) -> Iterator[Scene]:
    require(player_there(), "The H5P player (npm ci)")
    packages = {
        DEMO: demo_package(),
        CONTAINER: building.package("Bdhvs.TestContainer 1.0"),
        SILENT: building.package(
            "Bdhvs.TestSilent 1.0",
            SHOWN,
            files={
                "content/images/p.svg": PICTURE,
                "content/words.json": '{"said": "Đã đọc"}'.encode(),
                "content/files/s.vtt": SUBTITLES,
            },
        ),
        BROKEN: building.package(
            "Bdhvs.TestContainer 1.0",
            {
                "items": [
                    {"library": "Bdhvs.TestBroken 1.0", "params": {}},
                    {"library": building.QUESTION, "params": QUESTION},
                ]
            },
            files={"Bdhvs.TestBroken-1.0/scripts/main.js": b"}}} this is no program {{{"},
        ),
    }
    played = h5p.make(module_installation, packages)
    yield Scene(played, module_installation.serve(BDHVS_TEST_CLOCK=h5p.CLOCK).url)


@dataclass
class Visit:
    """One page of a browser that is signed in as Lan."""

    scene: Scene
    page: Any
    watched: Watched
    requests: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def begin(cls, browser: Any, scene: Scene, **context: Any) -> Visit:
        context = browser.new_context(locale="vi-VN", **{"viewport": SMALL, **context})
        scene.played.sign_in(context, scene.url)
        page = context.new_page()
        page.set_default_timeout(60_000)
        visit = cls(scene, page, Watched(scene.url))
        visit.watched.attach(page)
        page.on("request", lambda one: visit.requests.append((one.method, one.url.removeprefix(scene.url))))
        return visit

    def play(self, name: str) -> Any:
        """Open its page; the frame, once it has started and the page has said so to the server."""
        with self.page.expect_response(lambda one: one.url.endswith("/menh-de/")):
            self.page.goto(self.scene.url + self.scene.played.paths[name])
        return h5p.frame_of(self.page)


def violations(page: Any, frame: Any = None) -> list[str]:
    """Of the page, and inside its frame, into which the page's own run cannot look. That is no page: it has no heading
    and no landmarks of its own."""
    tags = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    found = list(Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"])
    if frame is not None:
        options = {"resultTypes": ["violations"], "runOnly": tags, "preload": False}
        found += Axe().run(frame, options=options).response["violations"]
    return [f"{one['id']}: {[node['html'][:110] for node in one['nodes'][:3]]}" for one in found]


def test_an_activity_of_our_own_is_played_on_a_small_telephone(scene: Scene, browser: Any) -> None:
    visit = Visit.begin(browser, scene)
    frame = visit.play(DEMO)
    page = visit.page
    title = page.locator("iframe").get_attribute("title")
    assert title == "Hoạt động: demo"
    assert frame.evaluate("self.origin") == "null"
    cards = frame.locator(".bdhvs-choice-set section")
    expect(cards).to_have_count(4)
    # It begins where it stands, and is as high as what is in it.
    assert page.evaluate("document.querySelector('iframe').clientHeight") >= frame.evaluate(
        "document.body.scrollHeight"
    )
    for where in (page, frame):
        assert where.evaluate(FITS) == {"beside": 0, "small": []}
    wrong = violations(page, frame)
    for number in range(4):
        card = cards.nth(number)
        # By keyboard: the right one is the second of three in each.
        card.get_by_role("radio").first.focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(card.get_by_role("status")).to_contain_text("✓ Đúng.")
    expect(frame.locator(".bdhvs-choice-set-result")).to_have_text("Đúng 4/4 câu.")
    expect(page.locator("[data-h5p-when=completed]")).to_be_visible()
    expect(page.locator("[data-h5p-line]")).to_contain_text("Đã lưu lúc")
    assert page.evaluate("document.querySelector('iframe').clientHeight") >= frame.evaluate(
        "document.body.scrollHeight"
    )
    wrong += violations(page, frame)
    # And the page on which it begins.
    with page.expect_navigation():
        page.locator("main .up a").press("Enter")
    assert page.evaluate(FITS) == {"beside": 0, "small": []}
    wrong += violations(page)
    assert wrong == []
    assert visit.watched.problems == []


# The learner's path (test_h5p_path.py) leaves and comes back as well.
@pytest.mark.thorough
def test_what_was_done_is_there_again(scene: Scene, browser: Any) -> None:
    visit = Visit.begin(browser, scene)
    frame = visit.play(CONTAINER)
    # Not what was kept when it began, which may still be on its way.
    with visit.page.expect_response(
        lambda one: one.url.endswith("/trang-thai/") and "chosen" in (one.request.post_data or "")
    ):
        frame.get_by_role("button", name="Sai").first.click()
    frame = visit.play(CONTAINER)
    expect(frame.locator("[aria-pressed=true]")).to_have_text(["Sai"])
    assert visit.watched.problems == []


@pytest.mark.thorough
def test_what_content_types_reach_for_is_there(scene: Scene, browser: Any) -> None:
    """Storage, files of content and library by jQuery, subtitles, a picture read from a canvas, styles in HTML."""
    visit = Visit.begin(browser, scene)
    frame = visit.play(SILENT)
    expect(frame.locator(".hello")).to_have_text("Xin chào")
    expect(frame.locator(".words")).to_have_text("Đã đọc")
    expect(frame.locator("img")).to_have_attribute("data-read", "data:image/png")
    expect(frame.locator("video")).to_have_attribute("data-cues", "2")
    # Asked as new content types ask and as older ones do, of files here and elsewhere.
    own = ["undefined", "'a.png'", "H5P.getPath('a.png', 1)", "{path: 'a.png'}", "{path: H5P.getPath('a.png', 1)}"]
    asked = ", ".join([*own, "'https://a.example/b.png'"])
    assert frame.evaluate(f"[{asked}].map(one => H5P.getCrossOrigin(one))") == ["anonymous"] * 5 + [None]
    shared = frame.evaluate("['1.0', '0.9'].map(one => H5P.getLibraryPath('Bdhvs.TestShared-' + one))")
    assert shared[0] == shared[1]
    assert shared[0] in frame.evaluate("H5PIntegration.loadedJs.join()")
    assert frame.evaluate("sessionStorage.bdhvs") == "kept for now"
    assert frame.evaluate("getComputedStyle(document.querySelector('.bdhvs-test-silent div')).fontWeight") == "700"
    assert visit.watched.problems == []


@pytest.mark.thorough
def test_what_h5p_and_older_types_expect_of_their_page_holds_in_the_frame(scene: Scene, browser: Any) -> None:
    visit = Visit.begin(browser, scene)
    frame = visit.play(SILENT)
    # Nothing prints here: a type that asks first shows no button for it.
    assert frame.evaluate("typeof window.print") == "undefined"
    # A film that its editor lets begin by itself does: the learner has pressed a button to come here.
    assert frame.evaluate("document.featurePolicy.allowsFeature('autoplay')")
    # Of jQuery 1, and what jQuery 3 asks of the policy.
    assert frame.evaluate("H5P.jQuery('<i>').add('<b>').size()") == 2
    assert frame.evaluate("H5P.jQuery('<p><i></i></p>').find('i').parent().andSelf().length") == 2
    parsed = "H5P.jQuery.parseHTML('<p>a</p><script>self.ran = 1</script>', {}).map(one => one.outerHTML).join()"
    assert frame.evaluate(parsed.replace("{}", "null")) == frame.evaluate(parsed.replace("{}", "false")) == "<p>a</p>"
    # What is on the full screen is not in the body: the frame keeps its height.
    height = "document.querySelector('iframe').clientHeight"
    before = visit.page.evaluate(height)
    frame.evaluate("document.body.hidden = true")
    frame.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 200)))")
    assert visit.page.evaluate(height) == before > 40
    frame.evaluate("document.body.hidden = false")
    # H5P's own question stands on a small telephone with both its buttons.
    frame.evaluate(
        """() => {
            document.body.style.minHeight = "40em";
            const dialog = new H5P.ConfirmationDialog({
                headerText: "Bắt đầu lại?", dialogText: "Bài làm sẽ mất. Em có chắc chắn không?",
                cancelText: "Không, quay lại", confirmText: "Có, bắt đầu lại",
            });
            dialog.appendTo(document.querySelector(".h5p-content"));
            dialog.show(0);
        }"""
    )
    frame.locator(".h5p-confirmation-dialog-popup").wait_for()
    boxes = frame.locator(".h5p-confirmation-dialog-popup, .h5p-confirmation-dialog-popup button").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().toJSON())"
    )
    assert len(boxes) == 4
    for box in boxes:
        assert box["left"] >= 0 and box["right"] <= frame.evaluate("innerWidth"), box
    assert visit.watched.problems == []


@pytest.mark.thorough
def test_a_library_that_no_browser_can_read_takes_only_itself_along(scene: Scene, browser: Any) -> None:
    visit = Visit.begin(browser, scene)
    frame = visit.play(BROKEN)
    frame.get_by_role("button", name="Bốn").click()
    expect(frame.get_by_role("status")).to_have_text("Đúng")
    # The joined script, the file by itself, and H5P, which lacks what would have been in it.
    assert [problem.partition(":")[0] for problem in visit.watched.problems] == ["script", "script", "console"]


@pytest.mark.thorough
def test_the_page_fills_the_screen_and_the_activity_too(scene: Scene, browser: Any) -> None:
    visit = Visit.begin(browser, scene)
    frame = visit.play(CONTAINER)
    # By the keyboard: a press in the moment of a scroll is given to the frame that was there before it.
    visit.page.get_by_role("button", name="Toàn màn hình").press("Enter")
    visit.page.wait_for_function("() => document.fullscreenElement && document.fullscreenElement.matches('.h5p-stage')")
    visit.page.evaluate("document.exitFullscreen()")
    visit.page.wait_for_function("() => !document.fullscreenElement")
    frame.locator(".h5p-enable-fullscreen").press("Enter")
    frame.wait_for_function("() => document.fullscreenElement")
    assert visit.watched.problems == []


@pytest.mark.thorough
def test_what_was_said_on_a_dead_line_is_sent_when_it_lives_again(scene: Scene, browser: Any) -> None:
    visit = Visit.begin(browser, scene)
    frame = visit.play(BROKEN)
    visit.watched.problems.clear()
    visit.page.context.set_offline(True)
    frame.get_by_role("button", name="Năm").click()
    expect(visit.page.locator("[data-h5p-line]")).to_contain_text("Mất mạng: phần vừa làm chưa gửi")
    with visit.page.expect_response(lambda one: one.url.endswith("/menh-de/")) as answered:
        visit.page.context.set_offline(False)
    assert [one["status"] for one in answered.value.json()["results"]] == ["accepted", "accepted"]
    expect(visit.page.locator("[data-h5p-line]")).to_contain_text("Đã lưu lúc")
    visit.watched.forget("ERR_INTERNET_DISCONNECTED")
    assert visit.watched.problems == []


@pytest.mark.thorough
def test_signing_in_anew_in_another_tab_loses_nothing(scene: Scene, browser: Any) -> None:
    visit = Visit.begin(browser, scene)
    frame = visit.play(BROKEN)
    # As signing in does: forms that are open carry another key than the browser now sends.
    visit.page.context.clear_cookies(name="bdhvs-csrf")
    visit.page.context.request.get(f"{scene.url}/dang-nhap/")
    with visit.page.expect_response(lambda one: one.url.endswith("/menh-de/")) as refused:
        frame.get_by_role("button", name="Năm").click()
    assert refused.value.status == 403
    expect(visit.page.locator("[data-h5p-line]")).to_contain_text(
        "Mở lại trang này: phần vừa làm đang giữ trên máy này"
    )
    with visit.page.expect_response(lambda one: one.url.endswith("/menh-de/")) as answered:
        visit.page.reload()
    assert [one["status"] for one in answered.value.json()["results"]] == ["accepted", "accepted"]


@pytest.mark.thorough
def test_another_tab_takes_nothing_away_that_this_one_has_not_sent(scene: Scene, browser: Any) -> None:
    def saying(one: Any) -> bool:
        return str(one.url).endswith("/menh-de/")

    visit = Visit.begin(browser, scene)
    frame = visit.play(BROKEN)
    address, context = visit.page.url, visit.page.context
    other = context.new_page()
    with other.expect_response(saying):
        other.goto(address)
    visit.page.route("**/menh-de/", lambda route: route.abort())
    frame.get_by_role("button", name="Năm").click()
    expect(visit.page.locator("[data-h5p-line]")).to_contain_text("Mất mạng")
    with other.expect_response(saying):
        h5p.frame_of(other).get_by_role("button", name="Năm").click()
    third = context.new_page()
    with third.expect_response(saying) as answered:
        third.goto(address)
    assert [one["status"] for one in answered.value.json()["results"]] == ["accepted", "accepted"]
    expect(third.locator("[data-h5p-line]")).to_contain_text("Đã lưu lúc")
    third.wait_for_function("() => Object.keys(localStorage).length === 0")


@pytest.mark.thorough
def test_without_a_script_the_page_says_what_is_missed_and_what_to_do_instead(scene: Scene, browser: Any) -> None:
    visit = Visit.begin(browser, scene, java_script_enabled=False)
    visit.page.goto(scene.url + scene.played.paths[DEMO])
    words = visit.page.inner_text("main")
    assert "Hoạt động này cần JavaScript" in words
    assert "Xem bài đọc." in words
    assert visit.page.locator("iframe").is_hidden()
    assert not [address for _method, address in visit.requests if address.startswith("/h5p/")]
    assert visit.watched.problems == []
