"""What visits to H5P activities cost a line: counted between the browser and the server, by what really went over it.

A frame of opaque origin keeps nothing from one visit to the next, so the page fetches for it: what a learner has met
once on this device is not sent again, for this activity nor for another of the same kind. Content's own media apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

from adapter_tests import building
from h5p_python_adapter import player_there
from tests.e2e import h5p
from tests.support.counting import Counter, Exchange
from tests.support.fixtures import require
from tests.support.live import Installation, free_port

pytestmark = pytest.mark.thorough

MOST_COLD, MOST_WARM, MOST_WARM_BYTES = 10, 4, 20_000
CONTAINER, ANOTHER = "container", "another"
# A font in four forms, as font kits write it, and a small picture.
SHEET = b"""@font-face { font-family: "Test Signs"; src: url("../fonts/signs.eot");
src: url("../fonts/signs.eot?#iefix")
format("embedded-opentype"), url("../fonts/signs.woff2?v=1") format("woff2"), url("../fonts/signs.ttf"); }
@font-face { font-family: "Test Signs"; font-weight: 700; src: url("../fonts/signs.woff2?v=1") format("woff2"); }
@font-face { font-family: Other; src: url("../fonts/missing.woff2"), url("../fonts/signs.woff2?v=1") format("woff2"); }
.bdhvs-test-container { font-family: "Test Signs", sans-serif; background: url("../images/small.png"); }
"""


FONTS = """[...document.fonts].filter((one) => one.status === "loaded" && /Test|Other/.test(one.family))
    .map((one) => `${one.family.replaceAll('"', '')} ${one.weight === "normal" ? 400 : one.weight}`).sort().join()"""


@dataclass
class Scene:
    played: h5p.Played
    single: Counter
    own_host: Counter
    content: str


def packages() -> dict[str, bytes]:
    from h5p_python_adapter.player.core import PLAYER_FILES

    script = building.library("Bdhvs.TestContainer 1.0")["Bdhvs.TestContainer-1.0/scripts/main.js"]
    files = {
        # As webpack's own beginning does.
        "Bdhvs.TestContainer-1.0/scripts/main.js": script + b"\n;self.toldOfItself = document.currentScript.src;",
        "Bdhvs.TestContainer-1.0/styles/main.css": SHEET,
        "Bdhvs.TestContainer-1.0/fonts/signs.woff2": (PLAYER_FILES / "fonts/h5p-theme.woff2").read_bytes(),
        "Bdhvs.TestContainer-1.0/fonts/signs.ttf": bytes(60_000),
        "Bdhvs.TestContainer-1.0/fonts/signs.eot": bytes(60_000),
        "Bdhvs.TestContainer-1.0/images/small.png": bytes(900),
    }
    other = {"items": building.PARAMS["Bdhvs.TestContainer 1.0"]["items"][:1]}
    return {
        CONTAINER: building.package("Bdhvs.TestContainer 1.0", files=files),
        ANOTHER: building.package("Bdhvs.TestContainer 1.0", other, files=files),
    }


@pytest.fixture(scope="module")
def scene(module_installation: Installation) -> Iterator[Scene]:
    require(player_there(), "The H5P player (npm ci)")
    played = h5p.make(module_installation, packages())
    ports = free_port(), free_port()
    content = f"http://localhost:{ports[1]}"
    single = module_installation.serve(BDHVS_TEST_CLOCK=h5p.CLOCK)
    own = module_installation.serve(BDHVS_TEST_CLOCK=h5p.CLOCK, BDHVS_H5P_CONTENT_ORIGIN=content)
    counters = [
        Counter(port, int(urlsplit(server.url).port or 0)) for port, server in zip(ports, (single, own), strict=True)
    ]
    yield Scene(played, *counters, content)
    for counter in counters:
        counter.close()


def visit(page: Any, counter: Counter, path: str) -> list[Exchange]:
    """Opens an attempt's page until the activity is there, its fonts too; what was asked for."""
    before = len(counter.exchanges)
    with page.expect_response(lambda one: one.url.endswith("/menh-de/")):
        page.goto(f"http://127.0.0.1:{counter.port}{path}")
    frame = h5p.frame_of(page)
    frame.wait_for_function(f"() => {FONTS} === 'Other 400,Test Signs 400,Test Signs 700'")
    assert frame.evaluate("toldOfItself").endswith("/scripts/main.js")
    page.wait_for_load_state("networkidle")
    return counter.exchanges[before:]


def gets(exchanges: list[Exchange]) -> list[str]:
    return [f"{one.path} {one.sent}" for one in exchanges if one.method == "GET"]


@pytest.mark.parametrize("set_up", ["single", "own_host"])
def test_a_second_visit_and_one_to_another_activity_of_the_kind_fetch_no_program_again(
    scene: Scene, browser: Any, set_up: str
) -> None:
    counter: Counter = getattr(scene, set_up)
    context = browser.new_context(locale="vi-VN", viewport={"width": 360, "height": 740})
    scene.played.sign_in(context, f"http://127.0.0.1:{counter.port}")
    page = context.new_page()
    page.set_default_timeout(60_000)
    cold = visit(page, counter, scene.played.paths[CONTAINER])
    assert len(gets(cold)) <= MOST_COLD, gets(cold)
    # Of the font the smallest form alone.
    assert [one.path.rpartition(".")[2] for one in cold if "/fonts/" in one.path] == ["woff2?v=1"]
    for name in (CONTAINER, ANOTHER):
        warm = visit(page, counter, scene.played.paths[name])
        assert len(gets(warm)) <= MOST_WARM, gets(warm)
        assert sum(one.sent for one in warm) <= MOST_WARM_BYTES, gets(warm)
        assert not [one.path for one in warm if one.path.startswith(("/h5p/goi/", "/h5p/thu-vien/", "/static/"))]
    context.close()


def test_a_frame_that_is_loaded_anew_begins_where_it_was(scene: Scene, browser: Any) -> None:
    context = browser.new_context(locale="vi-VN", viewport={"width": 360, "height": 740})
    scene.played.sign_in(context, f"http://127.0.0.1:{scene.single.port}")
    page = context.new_page()
    page.set_default_timeout(60_000)
    visit(page, scene.single, scene.played.paths[CONTAINER])
    frame = h5p.frame_of(page)
    with page.expect_request(lambda one: one.url.endswith("/trang-thai/") and "chosen" in (one.post_data or "")):
        frame.get_by_role("button", name="Sai").first.click()
    # As content may do by itself.
    frame.evaluate("() => { setTimeout(() => location.reload(), 0); }")
    frame.wait_for_selector("[aria-pressed=true]")
    assert frame.inner_text("[aria-pressed=true]") == "Sai"
    context.close()


def test_a_line_that_is_dead_at_the_start_is_waited_for(scene: Scene, browser: Any) -> None:
    context = browser.new_context(locale="vi-VN", viewport={"width": 360, "height": 740})
    scene.played.sign_in(context, f"http://127.0.0.1:{scene.single.port}")
    page = context.new_page()
    page.set_default_timeout(60_000)
    tried: list[str] = []

    def dead(route: Any) -> None:
        tried.append(route.request.url)
        route.abort() if len(tried) <= 6 else route.continue_()

    page.route("**/h5p/goi/**", dead)
    with page.expect_response(lambda one: one.url.endswith("/menh-de/")):
        page.goto(f"http://127.0.0.1:{scene.single.port}{scene.played.paths[ANOTHER]}")
    assert h5p.frame_of(page).locator("button").count() > 0
    assert len(tried) >= 10
    context.close()
