"""A learner's way through an H5P activity in a browser: play, answer, leave, go on, finish; and what others see of it.

Real server processes on a file database. The package is the tests' own: two questions in a container.
"""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from adapter_tests import building
from tests.e2e.h5p import frame_of
from tests.support.fixtures import require
from tests.support.live import Installation

pytestmark = pytest.mark.thorough

CLOCK = "2025-11-15T10:00:00+07:00"
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}

_MAKE = """
import base64, io, json, os
from django.conf import settings
from django.contrib.auth import get_user_model
from bdhvs_h5p import uploads
from bdhvs_h5p.models import H5PAlignment, H5PPage
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.classes.api import add_member, add_teacher, create_class
from bdhvs_lms.courses.api import Course
from tests.bdhvs_content import pages
a1 = pages.framework().competencies.get(code="A1")
course = pages.course(pages.catalog())
learner = pages.enrolled(course)
def activity(title, package, **values):
    outcome = uploads.receive(io.BytesIO(base64.b64decode(package)), file_name="a.h5p", may_install=True, at=pages.AT)
    page = H5PPage(title=title, live=False, content=outcome.version.content, **values)
    page.version = outcome.version
    page.alignments = [H5PAlignment(competency=a1, level=1)]
    course.add_child(instance=page)
    return pages.publish(page).url
with open(os.environ["H5P_PACKAGES"]) as file:
    packages = json.load(file)
paths = {
    "graded": activity("Hai câu hỏi", packages["container"], pass_percent=60),
    "viewed": activity("Chỉ xem", packages["silent"], completion="viewed"),
    "by hand": activity("Tự đánh dấu", packages["silent"], completion="by_hand"),
    "course": course.url,
}
area = Area.objects.create(code="10015", name="Phường Thử", kind="commune")
group = create_class(
    name="Lớp cô Lan", code="lop-1", course=Course.objects.get(key=course.translation_key), area=area,
    starts=pages.AT.date(), at=pages.AT, by=None,
)
add_member(group, learner, at=pages.AT, by=None)
teacher = get_user_model().objects.create_user("co-lan")
add_teacher(group, teacher, at=pages.AT, by=None)
paths["class"] = f"/day/{group.uuid}/"
def session(name):
    return pages.client_of(name).cookies[settings.SESSION_COOKIE_NAME].value
print(json.dumps({"paths": paths, "sessions": {name: session(name) for name in ("lan", "co-lan")}}))
"""

_SAID = """
import json
from bdhvs_xapi import api as xapi
from bdhvs_xapi.statements.validate import encode, parse
from bdhvs_lms.tracking.api import check
facts = sorted(xapi.facts(after_seq=0), key=lambda fact: fact.seq)
rows = [fact for fact in facts if fact.registration is not None]
for row in rows:
    parse(encode(row.statement))
def name_of(row):
    return next(iter(row.statement["object"]["definition"].get("name", {"": ""}).values()))
print(json.dumps({
    "said": [[name_of(row), row.verb.rsplit("/", 1)[1], row.trust] for row in rows],
    "differences": [str(difference) for difference in check()],
}, ensure_ascii=False))
"""


class Someone:
    """A signed-in browser of its own."""

    def __init__(self, browser: Any, url: str, session: str, size: dict[str, int]) -> None:
        self.url = url
        self.context = browser.new_context(viewport=size, locale="vi-VN")
        cookie = {"name": "bdhvs-session", "value": session, "domain": urlsplit(url).hostname, "path": "/"}
        self.context.add_cookies([cookie])
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def goto(self, path: str) -> str:
        answer = self.page.goto(self.url + path)
        assert answer is not None and answer.status == 200
        return str(self.page.inner_text("main"))

    def begin(self, path: str) -> Any:
        """The activity's page, its button, the frame once it plays."""
        self.goto(path)
        self.page.click('form[action$="/bat-dau/"] button.btn-primary')
        return frame_of(self.page)

    def wait_saved(self) -> None:
        self.page.wait_for_function("() => document.querySelector('[data-h5p-line]').textContent.includes('10:')")


@pytest.fixture(scope="module")
def made(module_installation: Installation) -> dict[str, Any]:
    from h5p_python_adapter import player_there

    require(player_there(), "The H5P player (npm ci)")
    packages = {
        "container": building.package("Bdhvs.TestContainer 1.0"),
        "silent": building.package("Bdhvs.TestSilent 1.0"),
    }
    file = module_installation.data_dir / "packages.json"
    file.write_text(json.dumps({name: base64.b64encode(data).decode() for name, data in packages.items()}))
    printed = module_installation.python(_MAKE, H5P_PACKAGES=str(file), BDHVS_TEST_CLOCK=CLOCK)
    told: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return told


def test_play_answer_leave_go_on_finish_and_who_sees_it(
    module_installation: Installation, made: dict[str, Any], browser: Any
) -> None:
    url = module_installation.serve(BDHVS_TEST_CLOCK=CLOCK).url
    paths = made["paths"]
    learner = Someone(browser, url, made["sessions"]["lan"], PHONE)
    teacher = Someone(browser, url, made["sessions"]["co-lan"], DESK)
    assert "○" in teacher.goto(paths["class"])

    # Play, answer one of two, leave.
    frame = learner.begin(paths["graded"])
    attempt = learner.page.url
    with learner.page.expect_response(lambda answer: answer.url.endswith("/trang-thai/") and answer.ok):
        frame.click("text=Đúng >> nth=0")
    assert "Đang làm" in learner.goto(paths["course"])

    # Go on: the same attempt, the answer as it was.
    frame = learner.begin(paths["graded"])
    assert learner.page.url == attempt
    frame.wait_for_selector("button[aria-pressed=true]")
    pressed = frame.eval_on_selector_all("button", "all => all.map(one => one.getAttribute('aria-pressed'))")
    assert pressed == ["true", "false", "false", "false"]

    # Finish.
    with learner.page.expect_response(lambda answer: answer.url.endswith("/menh-de/") and answer.ok):
        frame.click("button >> nth=2")
    learner.page.wait_for_selector("[data-h5p-when=passed]", state="visible")
    assert not learner.errors

    # The learner's cell and reasons, the teacher's matrix.
    learner.goto(paths["course"])
    assert "Đã xong" in learner.page.inner_text(f"li:has(a[href='{paths['graded']}'])")
    why = learner.goto("/viec-hoc/nang-luc/test-framework/A1/1/")
    assert "Hai câu hỏi" in why and "thiết bị tự báo" in why.lower()
    assert "✓" in teacher.goto(paths["class"])

    # What only shows something is finished by being shown, or by the learner's word.
    with learner.page.expect_response(lambda answer: answer.url.endswith("/menh-de/") and answer.ok):
        learner.begin(paths["viewed"])
    learner.page.wait_for_selector("[data-h5p-when=completed]", state="visible")
    learner.begin(paths["by hand"])
    learner.page.click("form[action$='/xong/'] button.btn-primary")
    learner.page.wait_for_url(f"**{paths['by hand']}")

    seen = json.loads(module_installation.python(_SAID, BDHVS_TEST_CLOCK=CLOCK).splitlines()[-1])
    assert seen["differences"] == []
    by_title: dict[str, list[tuple[str, int]]] = {}
    for title, verb, trust in seen["said"]:
        by_title.setdefault(title, []).append((verb, trust))
    whole = by_title["Hai câu hỏi"]
    assert whole[0] == ("initialized", 1)
    assert [one for one in whole if one[0] in ("completed", "passed", "failed")] == [("completed", 0), ("passed", 0)]
    for title in ("Chỉ xem", "Tự đánh dấu"):
        assert by_title[title] == [("initialized", 1), ("experienced", 1), ("completed", 1)]
