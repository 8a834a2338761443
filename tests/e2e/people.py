"""Learner, teacher and committee in a browser, with scripts or without. Controls are found by what forms send."""

from dataclasses import dataclass, field
from typing import Any

PASSWORD = "hocvuso2025"
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
MAIN_ACTION = "main .btn-primary"


@dataclass
class Watched:
    """What went wrong while pages were open; each test asserts that nothing did."""

    origin: str
    problems: list[str] = field(default_factory=list)

    def attach(self, page: Any) -> None:
        page.on("console", lambda message: message.type == "error" and self.problems.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        page.on("requestfailed", lambda request: self._failed(request.url, request.failure))
        page.on("request", lambda request: self._own(request.url))
        page.on(
            "response",
            lambda response: response.status >= 400 and self.problems.append(f"{response.status}: {response.url}"),
        )

    def forget(self, *texts: str) -> None:
        """Problems that the test has caused on purpose: of each text there must be one."""
        for text in texts:
            kept = [problem for problem in self.problems if text not in problem]
            assert len(kept) < len(self.problems), f"{text!r} did not happen: {self.problems}"
            self.problems[:] = kept

    def _failed(self, url: str, why: str | None) -> None:
        # Aborted: the next page was opened before this one had fetched its icon.
        if why != "net::ERR_ABORTED":
            self.problems.append(f"failed: {url} {why}")

    def _own(self, url: str) -> None:
        if not url.startswith((f"{self.origin}/", "data:", "blob:")):
            self.problems.append(f"of a stranger: {url}")


class Visitor:
    """One person's browser on one server. ``username`` None: nobody signed in."""

    def __init__(
        self,
        browser: Any,
        url: str,
        username: str | None = None,
        *,
        size: dict[str, int] = PHONE,
        scripts: bool = False,
        sharpness: int = 1,
    ) -> None:
        self.url = url
        self.scripts = scripts
        self.context = browser.new_context(
            java_script_enabled=scripts, locale="vi-VN", viewport=size, device_scale_factor=sharpness
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.watched = Watched(url)
        self.watched.attach(self.page)
        if username is not None:
            self.open("/dang-nhap/")
            self.page.fill("#id_username", username)
            self.page.fill("#id_password", PASSWORD)
            self.press(MAIN_ACTION)

    def open(self, path: str) -> None:
        response = self.page.goto(self.url + path)
        assert response is not None and response.status == 200, path

    def press(self, selector: str, **more: Any) -> None:
        """Click what leads to another page and wait for it."""
        with self.page.expect_navigation():
            self.page.locator(selector, **more).first.click()

    def text(self, selector: str = "main") -> str:
        return str(self.page.locator(selector).first.inner_text())

    @property
    def path(self) -> str:
        return str(self.page.url.removeprefix(self.url))


def passed_on_board(visitor: Visitor, target: str, *areas: str) -> int:
    """The board's number of people who pass: of one target, in the last of the areas, each chosen from the list that
    the one before it offers."""
    page = visitor.page
    visitor.open("/chi-dao/")
    for area in areas:
        page.click("main .choose > summary")
        page.select_option("#area", label=area)
        # Without a choice the page shows the targets of the year it is.
        page.select_option("#year", "tat-ca")
        visitor.press("main form button")
        assert page.locator("main .scope").inner_text().startswith(area)
    page.click("main .whole > summary")
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=target, exact=True))
    return int(row.locator('td[data-title="Số người đạt"]').inner_text())


def cell(visitor: Visitor, class_name: str, learner: str, activity: str) -> str:
    """What the teacher reads in one cell of a class, reached from the list of classes."""
    visitor.open("/day/")
    visitor.press("main h2 a", has_text=class_name)
    row = visitor.page.get_by_role("row").filter(has=visitor.page.get_by_role("rowheader", name=learner))
    heads = visitor.page.locator(".matrix thead th").all_text_contents()
    place = next(number for number, head in enumerate(heads) if activity in head)
    return " ".join(row.locator("th, td").nth(place).inner_text().split())
