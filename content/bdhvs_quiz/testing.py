"""The conformance kit of question types: what `bdhvs_lms.plugins.testing` asks of a type, and its fragment in a
browser,
on the page of an attempt, with that page's script and without any; and on the page of its result.

Django's test client answers the browser's requests, in the test's own transaction: nothing is served and no port is
opened. Needs Playwright, axe-playwright-python and a Chromium: that of the path, else Playwright's own.
"""

from __future__ import annotations

import os
import re
import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from unittest import mock
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles import finders
from django.db import connections
from django.test import Client, tag
from django.urls import reverse
from django.utils.html import escape
from wagtail.models import Site

from bdhvs_content.api import CoursePage
from bdhvs_lms.audit.api import record_consent
from bdhvs_lms.courses.api import enrol
from bdhvs_lms.learners.api import register
from bdhvs_lms.plugins.testing import QuestionSample, QuestionTypeConformance
from bdhvs_quiz.actions import open_attempt
from bdhvs_quiz.grading import field_name
from bdhvs_quiz.models import Attempt, AttemptStep, QuizItem, QuizPage

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Route

__all__ = ["QuestionTypeInBrowser"]

SITE = "http://testserver"
AT = datetime(2025, 11, 15, 2, 0, tzinfo=UTC)
# Of a person's thumb, in pixels of CSS.
THUMB = 44
WIDTHS = (320, 360, 1280)
# What is beside the screen, and what of the question is too small for a thumb. Of a choice its whole row is the target.
FITS = """thumb => {
  const small = [];
  const controls = ":is(a[href], button, summary, select, textarea, input)";
  for (const control of document.querySelectorAll(`main section ${controls}`)) {
    const target = control.closest("label") || control, box = target.getBoundingClientRect();
    if (!control.checkVisibility({contentVisibilityAuto: true}) || control.type === "hidden") continue;
    if (Math.min(box.width, box.height) < thumb - 0.5) small.push(control.outerHTML.slice(0, 110));
  }
  const root = document.scrollingElement;
  return [root.scrollWidth - root.clientWidth, small];
}"""
# Where the keyboard is, among the fields of a question; null: in none of its controls.
FOCUSED = """name => {
  const at = document.activeElement;
  if (!document.getElementById(name).contains(at)) return null;
  const look = getComputedStyle(at);
  const typed = [...document.getElementById("answers").elements].filter(
    (one) => one.name === name && !["radio", "checkbox", "hidden"].includes(one.type));
  return {
    type: at.name === name ? at.type : "", value: at.value, checked: at.checked, place: typed.indexOf(at),
    seen: look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0,
    chosen: at.selectedIndex, values: at.options ? [...at.options].map((one) => one.value) : [],
  };
}"""
SENT = "name => new FormData(document.getElementById('answers')).getAll(name)"


class _Browsed:
    """The site as one learner's browser meets it; `there` False: no network."""

    def __init__(self, user: Any) -> None:
        self.client = Client()
        self.client.force_login(user)
        self.there = True
        # What a form uploads, by its name: a browser hands the rest of the form to a route, and no file.
        self.files: dict[str, bytes] = {}
        self.problems: list[str] = []
        # Where an event loop runs Django keeps other connections, which would not see the test's transaction.
        self.connections = {alias: connections[alias] for alias in connections}

    def opened_in(self, browser: Any, *, script: bool) -> BrowserContext:
        context: BrowserContext = browser.new_context(
            java_script_enabled=script, viewport={"width": 360, "height": 740}
        )
        context.set_default_timeout(30_000)
        context.route("**/*", self.answer)
        context.on("weberror", lambda error: self.problems.append(str(error.error)))
        return context

    def answer(self, route: Route) -> None:
        asked, place = route.request, urlsplit(route.request.url)
        if not self.there:
            return route.abort("internetdisconnected")
        if place.path.startswith(settings.STATIC_URL):
            found = finders.find(place.path.removeprefix(settings.STATIC_URL))
            return route.fulfill(path=str(found)) if found else route.fulfill(status=404)
        for alias, connection in self.connections.items():
            connections[alias] = connection
        answer: Any = self.client.generic(
            asked.method,
            f"{place.path}?{place.query}",
            self._sent(asked.post_data_buffer or b""),
            content_type=asked.headers.get("content-type", ""),
            headers={"Accept": asked.headers.get("accept", "*/*")},
        )
        if answer.has_header("Location") and asked.is_navigation_request():
            # What a browser asks for because of a redirect is not handed to a route.
            onward = f'<meta http-equiv="refresh" content="0; url={escape(answer["Location"])}">'
            return route.fulfill(content_type="text/html", body=onward)
        headers = {name: value for name, value in answer.items() if name.lower() != "set-cookie"}
        # A picture comes as a stream.
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return route.fulfill(status=answer.status_code, headers=headers, body=body)

    def _sent(self, body: bytes) -> bytes:
        for name, content in self.files.items():
            head = re.escape(f'filename="{name}"'.encode()) + rb"\r\n(?:[^\r\n]+\r\n)*\r\n"
            body = re.sub(head, lambda found, content=content: found[0] + content, body)  # type: ignore[misc]
        return body


# sample, address, field, attempt, site
_Begun = tuple[QuestionSample, str, str, Attempt, _Browsed]


@contextmanager
def _chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright  # not among what a site installs

    program = shutil.which("chromium") or shutil.which("chromium-browser")
    # Playwright's event loop runs in this thread, and so does what answers it: nothing is done at the same time.
    with sync_playwright() as playwright, mock.patch.dict(os.environ, DJANGO_ALLOW_ASYNC_UNSAFE="1"):
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        try:
            yield browser
        finally:
            browser.close()


class QuestionTypeInBrowser(QuestionTypeConformance):
    """Base test case: give the type and samples of its questions. The first right and the first wrong values of each
    sample
    are chosen in a browser; values are what the form then has to send."""

    def choose(self, page: Page, name: str, values: Sequence[str]) -> None:
        """Answer as a learner would: boxes by their values, other fields by their places. Override it where the
        fragment's own
        script is what a learner uses."""
        fields = page.locator(f"#answers [name='{name}']:not([type=hidden])").all()
        boxes = [field for field in fields if field.get_attribute("type") in ("radio", "checkbox")]
        for box in boxes:
            if box.get_attribute("value") in values or box.get_attribute("type") == "checkbox":
                box.set_checked(box.get_attribute("value") in values)
        for field, value in zip([field for field in fields if field not in boxes], values, strict=False):
            if field.evaluate("field => field.options !== undefined"):
                field.select_option(value)
            else:
                field.fill(value)

    def choose_by_keyboard(self, page: Page, name: str, values: Sequence[str]) -> None:
        """Answer with Tab, arrows, Space and letters alone."""
        page.locator(f"#{name}").evaluate("section => { section.tabIndex = -1; section.focus(); }")
        keys = page.keyboard
        for _turn in range(100):
            keys.press("Tab")
            at = page.evaluate(FOCUSED, name)
            if at is None:
                break
            self.assertTrue(at["seen"], f"Where the keyboard is cannot be seen: {at}")
            if at["type"] == "radio":
                for _other in range(100):
                    if at["checked"] and at["value"] in values:
                        break
                    keys.press(" " if at["value"] in values else "ArrowDown")
                    at = page.evaluate(FOCUSED, name)
            elif at["type"] == "checkbox":
                if at["checked"] != (at["value"] in values):
                    keys.press(" ")
            elif at["values"] and at["place"] < len(values):
                steps = at["values"].index(values[at["place"]]) - at["chosen"]
                for _step in range(abs(steps)):
                    keys.press("ArrowDown" if steps > 0 else "ArrowUp")
            elif at["type"] and at["place"] < len(values):
                keys.press("ControlOrMeta+A")
                keys.type(values[at["place"]])

    def _assert_fits(self, page: Page, what: str) -> None:
        """Check that nothing is beside the screen or too small and that axe finds nothing; colours in light and in
        dark."""
        from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # for tests alone

        size, wrong = page.viewport_size, []
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 740})
            beside, small = page.evaluate(FITS, THUMB)
            wrong += [f"{width}: {beside} px beside the screen"] if beside > 0 else []
            wrong += [f"{width}: too small: {control}" for control in small]
        if size is not None:
            page.set_viewport_size(size)
        for scheme, more in (("dark", {"runOnly": ["color-contrast"]}), ("light", {})):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            for found in Axe().run(page, options={"resultTypes": ["violations"], **more}).response["violations"]:
                wrong.append(f"{scheme}: axe {found['id']}: {[node['html'][:110] for node in found['nodes'][:3]]}")
        self.assertEqual(wrong, [], what)

    def _attempts(self) -> Iterator[_Begun]:
        """Yield an attempt for each sample, with a learner and a quiz of its own."""
        course = CoursePage(title="Conformance", intro="Conformance", slug=f"conformance-{uuid.uuid4()}", live=False)
        Site.objects.get(is_default_site=True).root_page.add_child(instance=course)
        course.save_revision().publish()
        for number, sample in enumerate(self.samples()):
            row = sample.question
            quiz = QuizPage(title=f"Conformance {number}", live=False, show_answers="after_each")
            quiz.items.add(QuizItem(question=row))
            course.add_child(instance=quiz)
            quiz.save_revision().publish()
            user = get_user_model().objects.create_user(f"conformance-{uuid.uuid4()}")
            learner = register(full_name="Conformance", at=AT, user=user)
            record_consent(learner.actor, given=True, at=AT)
            enrol(learner, course.translation_key, at=AT)
            attempt = open_attempt(learner, quiz.translation_key, act_id=uuid.uuid4(), at=AT)
            address = SITE + reverse("bdhvs_quiz:attempt", args=[attempt.uuid])
            yield sample, address, field_name(str(row.key)), attempt, _Browsed(user)

    def _assert_sends(self, page: Page, name: str, attempt: Attempt, values: Sequence[str], why: str) -> None:
        shown, kind = attempt.version.shown["questions"][0]["shown"], self.question_type()
        self.assertEqual(kind.parse(shown, page.evaluate(SENT, name)), kind.parse(shown, values), why)

    def _submit(self, page: Page, attempt: Attempt) -> None:
        page.locator("button[value=submit]").click()
        page.wait_for_url("**" + reverse("bdhvs_quiz:result", args=[attempt.uuid]))

    def _assert_graded(self, attempts: Sequence[_Begun]) -> None:
        for *_given, attempt, site in attempts:
            self.assertEqual(site.problems, [])
            step = AttemptStep.objects.filter(attempt=attempt).latest("seq")
            self.assertEqual([one["correct"] for one in step.data.get("outcomes", {}).values()], [True], step.data)

    @tag("browser")
    def test_with_the_pages_script_answers_are_kept_on_the_device_reloaded_and_submitted(self) -> None:
        attempts = list(self._attempts())
        with _chromium() as browser:
            for sample, address, name, attempt, site in attempts:
                right, wrong = [value for value in sample.right[0] if value], sample.wrong[0]
                context = site.opened_in(browser, script=True)
                page = context.new_page()
                page.goto(address)
                self._assert_fits(page, "the page of an attempt")
                with page.expect_response(lambda answer: answer.request.method == "POST"):
                    self.choose(page, name, wrong)
                page.locator("#saved:not(:empty)").wait_for()
                page.reload()
                self._assert_sends(page, name, attempt, wrong, "What was saved has to come back.")
                self.assertTrue(page.locator(f".steps a.answered[href='#{name}']").count(), "The page counts it.")
                site.there = False
                self.choose(page, name, right)
                self._assert_sends(page, name, attempt, right, "What was chosen has to be what the form sends.")
                page.locator(".save-state--problem").wait_for()
                page.close()
                site.there = True
                page = context.new_page()
                with page.expect_response(lambda answer: answer.request.method == "POST"):
                    page.goto(address)
                self._assert_sends(page, name, attempt, right, "What was kept on the device has to come back.")
                page.reload()
                self._assert_sends(page, name, attempt, right, "What came back from the device has to be saved.")
                self._submit(page, attempt)
                self._assert_fits(page, "the page of its result")
                context.close()
        self._assert_graded(attempts)

    @tag("browser")
    def test_without_a_script_answers_are_saved_reloaded_and_submitted(self) -> None:
        """Check this also by the keyboard alone."""
        attempts = list(self._attempts())
        with _chromium() as browser:
            for sample, address, name, attempt, site in attempts:
                right = [value for value in sample.right[0] if value]
                context = site.opened_in(browser, script=False)
                page = context.new_page()
                for values, answer in ((sample.wrong[0], self.choose), (right, self.choose_by_keyboard)):
                    page.goto(address)
                    answer(page, name, values)
                    page.locator("button[value=later]").click()
                    page.wait_for_url(lambda url: "/bai-lam/" not in url)
                    page.goto(address)
                    self._assert_sends(page, name, attempt, values, "What was saved has to come back.")
                self._submit(page, attempt)
                context.close()
        self._assert_graded(attempts)
