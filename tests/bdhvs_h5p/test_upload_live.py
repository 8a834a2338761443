"""A large package through a real server and a real browser: the memory stays flat, the progress is shown."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from adapter_tests import building
from tests.support.live import Installation, Server

pytestmark = pytest.mark.thorough

MB = 1024 * 1024
LARGE = 24
FLAT = 6 * MB
"""What may be held beyond what the server holds anyway: a quarter of the file; 2 MB were measured."""
PASSWORD = "a real one, of nobody"


def children(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from children(int(child))


def anonymous(server: Server) -> int:
    """Bytes that the server's processes hold, files that are mapped not counted."""
    total = 0
    for pid in children(server.pid):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:"))
    return total


def signed_in(browser: Any, url: str) -> Any:
    page = browser.new_page()
    page.goto(f"{url}/quan-tri/login/")
    page.fill("input[name=username]", "an")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url("**/quan-tri/")
    return page


def sized(path: Path, megabytes: int) -> Path:
    """A package of this size, of what cannot be made smaller."""
    path.write_bytes(building.package(files={"content/videos/phim.mp4": random.Random(1).randbytes(megabytes * MB)}))
    return path


def test_a_large_package_streams_and_shows_how_far_it_is(
    installation: Installation, live_process: Callable[..., Server], browser: Any, tmp_path: Path
) -> None:
    installation.python(
        "from django.contrib.auth.models import User\n"
        f"User.objects.create_superuser('an', 'an@example.vn', {PASSWORD!r})"
    )
    server = live_process(BDHVS_H5P_MAX_UPLOAD=str((LARGE + 1) * MB))
    page = signed_in(browser, server.url)
    posted: list[str] = []
    errors: list[str] = []
    add = f"{server.url}/quan-tri/snippets/bdhvs_h5p/h5pcontent/add/"
    # Wagtail's pages post for themselves too: every ten seconds that somebody is there.
    page.on("request", lambda request: request.method == "POST" and request.url == add and posted.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    small, large = sized(tmp_path / "nho.h5p", 0), sized(tmp_path / "phim.h5p", LARGE)
    too_large = sized(tmp_path / "qua-lon.h5p", LARGE + 2)

    def send(file: Path) -> None:
        page.goto(add)
        page.set_input_files("input[name=package]", file)
        page.click("form[data-edit-form] button[type=submit]")

    # A small one first, so that everything is loaded that an upload needs.
    send(small)
    page.wait_for_url("**/edit/**")
    before = peak = anonymous(server)

    page.goto(add)
    page.fill("input[name=title]", "Phim về mật khẩu")
    page.evaluate(
        """() => new MutationObserver(() => {
            const bar = document.querySelector(".bdhvs-h5p-progress progress");
            const words = document.querySelector(".bdhvs-h5p-progress [role=status]");
            if (bar) { sessionStorage.seen = (sessionStorage.seen || "") + words.textContent + "|"; }
        }).observe(document.querySelector("form[data-edit-form]"), { childList: true, subtree: true })"""
    )
    page.set_input_files("input[name=package]", large)
    page.click("form[data-edit-form] button[type=submit]")
    while "/edit/" not in page.url:
        peak = max(peak, anonymous(server))
        page.wait_for_timeout(20)
    assert peak - before < FLAT, f"{(peak - before) // MB} MB more were held"
    seen = page.evaluate("sessionStorage.seen").split("|")
    assert {"Đang gửi tệp", "Đã nhận tệp, đang kiểm tra"} <= set(seen)
    assert "Phim về mật khẩu" in page.content()
    kept = sum(file.stat().st_size for file in (installation.data_dir / "private/h5p/contents").rglob("*.mp4"))
    assert kept == LARGE * MB

    # One that is too large is not even sent.
    posted.clear()
    send(too_large)
    notice = page.locator(".bdhvs-h5p-notice[role=alert]")
    notice.wait_for()
    assert f"{LARGE + 1} MB" in notice.inner_text()
    assert posted == []
    # Another can be chosen and sent at once, also after one that the server refuses.
    broken = tmp_path / "hong.h5p"
    broken.write_bytes(b"none")
    page.set_input_files("input[name=package]", broken)
    page.click("form[data-edit-form] button[type=submit]")
    page.wait_for_function("() => document.querySelector('.bdhvs-h5p-notice').innerText.includes('h5p:')")
    assert len(posted) == 1
    page.set_input_files("input[name=package]", small)
    page.click("form[data-edit-form] button[type=submit]")
    page.wait_for_url("**/edit/**")

    # Without the script the form is sent as any other, and a refusal is a page with words.
    page.route("**/bdhvs_h5p/upload*.js", lambda route: route.abort())
    send(small)
    page.wait_for_url("**/edit/**")
    send(too_large)
    page.wait_for_function(f"() => document.querySelector('main').innerText.includes('{LARGE + 1} MB')")
    assert errors == []
