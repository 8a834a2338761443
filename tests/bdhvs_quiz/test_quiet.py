"""What the page's script asks for: the same saving as the button's, answered in JSON; and the script in a browser."""

from __future__ import annotations

import gzip
import re
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime

import bdhvs_theme
from bdhvs_lms.audit.api import record_consent
from bdhvs_quiz.models import Attempt, AttemptStep
from tests.bdhvs_content import pages
from tests.bdhvs_quiz.helpers import GROUND, Taking, address, statements
from tests.support.forks import Forks
from tests.support.markup import collapsed, html_of

pytestmark = pytest.mark.django_db
ground = GROUND.once(3)
JSON = {"Accept": "application/json"}


def save(client: Client, attempt: Attempt, form: dict[str, Any]) -> tuple[int, Any]:
    answer = client.post(address(attempt), {**form, "do": form.get("do", "save")}, headers=JSON)
    assert answer["Content-Type"] == "application/json"
    assert "no-store" in answer["Cache-Control"]
    return answer.status_code, answer.json()


def test_saving_says_when_keeps_the_answers_and_states_nothing() -> None:
    taking = Taking(3)
    attempt = taking.open()
    before = statements()
    status, said = save(taking.client, attempt, taking.form(2, answered=2, do="save"))
    kept = AttemptStep.objects.get(kind="saved")
    assert (status, said) == (200, {"saved_at": f"{localtime(kept.received_at):%H:%M}", "base": 2, "changed": []})
    assert statements() == before
    assert [step.kind for step in AttemptStep.objects.order_by("seq")] == ["opened", "saved"]
    assert html_of(taking.client.get(address(attempt))).count(" checked") == 2


def test_the_learners_time_is_kept_as_claimed_within_bounds(settings: Any) -> None:
    settings.BDHVS_TEST_CLOCK = (pages.AT + timedelta(minutes=10)).isoformat()
    taking = Taking(1)
    attempt = taking.open()
    claimed = pages.AT + timedelta(minutes=3)
    save(taking.client, attempt, taking.form(1, do="save", occurred_at=claimed.isoformat()))
    step = AttemptStep.objects.get(kind="saved")
    assert step.occurred_at == claimed
    assert step.received_at >= pages.AT + timedelta(minutes=10)


def test_it_never_submits_and_says_what_is_wrong_where() -> None:
    taking = Taking(2)
    attempt = taking.open()
    status, said = save(taking.client, attempt, taking.form(2, do="submit"))
    assert status == 400
    assert set(said) == {"message"}
    assert Attempt.objects.get().submitted_at is None
    status, said = save(taking.client, attempt, {**taking.form(2, do="save"), f"q-{taking.questions[1].key}": "x"})
    assert (status, said["message"][:6]) == (400, "Câu 2:")
    assert AttemptStep.objects.count() == 1


def test_after_submitting_in_another_tab_it_says_so() -> None:
    taking = Taking(1)
    attempt = taking.open()
    taking.client.post(address(attempt), taking.form(1))
    steps = AttemptStep.objects.count()
    assert save(taking.client, attempt, taking.form(0, do="save"))[0] == 409
    assert AttemptStep.objects.count() == steps


def test_visitors_other_people_and_who_withdrew_consent_get_a_status_and_nothing_is_kept() -> None:
    taking = Taking(1)
    attempt = taking.open()
    pages.person("minh")
    form = taking.form(1, do="save")
    assert save(Client(), attempt, form)[0] == 401
    assert pages.client_of("minh").post(address(attempt), form, headers=JSON).status_code == 404
    record_consent(taking.learner.actor, given=False, at=pages.AT + timedelta(seconds=1))
    assert save(taking.client, attempt, form)[0] == 403
    forged = Client(enforce_csrf_checks=True)
    forged.force_login(pages.get_user_model().objects.get(username="lan"))
    assert forged.post(address(attempt), form, headers=JSON).status_code == 403
    assert AttemptStep.objects.count() == 1


def test_who_leaves_the_page_is_not_asked_about_answers_that_arrived() -> None:
    taking = Taking(2)
    attempt = taking.open()
    taking.client.cookies["bdhvs-unsent"] = "0123456789ab"
    for only, gone in (("2", False), ("1", True)):
        form = taking.form(1, do="save", only=only)
        answer = taking.client.post(address(attempt), form, headers=JSON)
        assert answer.status_code == 200
        cookie = answer.cookies.get("bdhvs-unsent")
        assert (cookie is not None and cookie["max-age"] == 0) is gone


def test_the_script_is_small_and_its_words_are_the_pages() -> None:
    script = (Path(bdhvs_theme.__file__).parent / "static/bdhvs_theme/quiz.js").read_text(encoding="utf-8")
    assert len(gzip.compress(script.encode())) < 4 * 1024
    assert script.isascii(), "words belong into the page, where they are translated"
    assert "innerHTML" not in script
    taking = Taking(1)
    page = html_of(taking.client.get(address(taking.open())))
    assert 'src="/static/bdhvs_theme/quiz.js" defer' in page
    assert "Mất mạng: câu trả lời chưa gửi, đang giữ tạm trên điện thoại này. Đừng đóng trang." in page
    assert 'data-saved="Đã lưu lúc {time}"' in page


# --- The script in a browser -----------------------------------------------------------------------------------------

# Milliseconds, on a busy machine. The script itself waits for 15 seconds between two saves.
PATIENCE = 60_000
# It goes on from there.
CLOCK = "2025-11-15T19:42:30+07:00"
SAVED = re.compile(r"^Đã lưu lúc 19:4\d$")
BUILD = """
import uuid
from django.contrib.auth import get_user_model
from bdhvs_quiz.actions import open_attempt
from tests.bdhvs_content import pages
from tests.bdhvs_quiz import kinds
from tests.support.world import uid
course = pages.course(pages.catalog())
rows = kinds.one_of_each("js")
quiz = pages.quiz(course, rows, "Bài thử", pass_percent=100)
for name in ("lan", "minh", "hoa", "tu"):
    learner = pages.enrolled(course, name)
    ids = {"act_id": uid(f"act-{name}"), "uuid": uid(f"try-{name}")}
    open_attempt(learner, quiz.translation_key, at=pages.AT, **ids)
"""
READ = """
from bdhvs_quiz.models import AttemptStep, TypedAnswer
from bdhvs_xapi import api as xapi
saved = AttemptStep.objects.filter(kind="saved").count()
verbs = sorted(fact.verb.rsplit("/", 1)[1] for fact in xapi.facts(after_seq=0))
print(saved, TypedAnswer.objects.count(), *verbs)
"""


def sign_in(page: Any, url: str, name: str) -> None:
    page.goto(f"{url}/dang-nhap/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", "x")
    with page.expect_navigation():
        page.locator("main button[type=submit]").click()


def _without_a_script(browser: Any, url: str) -> None:
    """Other letters lose nothing that was chosen or typed; Enter keeps it, and hands nothing in."""
    from tests.support.world import uid

    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    sign_in(page, url, "minh")
    target = f"{url}{reverse('bdhvs_quiz:attempt', args=[uid('try-minh')])}"
    page.goto(target)
    page.get_by_role("radio", name="Không đọc cho ai").check()
    page.get_by_label("Gọi cấp cứu số mấy?").fill("1 1 5")
    page.locator(".menu > summary").click()
    page.locator("button[name=size][value='130']").click()
    page.wait_for_selector("html.text-130")
    assert page.url == target
    assert page.get_by_role("radio", name="Không đọc cho ai").is_checked()
    assert page.get_by_label("Gọi cấp cứu số mấy?").input_value() == "1 1 5"
    page.get_by_label("Gọi cấp cứu số mấy?").fill("115")
    page.get_by_label("Gọi cấp cứu số mấy?").press("Enter")
    page.wait_for_url("**#saved")
    assert page.get_by_label("Gọi cấp cứu số mấy?").input_value() == "115"
    assert page.locator("html.text-130").count() == 1
    context.close()


@pytest.mark.thorough
def test_answers_survive_lost_networks_closed_pages_other_people_and_other_devices(
    installation: Any, live_process: Any, browser: Any
) -> None:
    with closing(Forks({**installation.environment, "BDHVS_TEST_CLOCK": CLOCK})) as forks:
        forks.python(BUILD)
        url = live_process(clock=CLOCK).url
        _lost_network_closed_page_and_another_person(browser, url)
        saved, typed, *said = forks.python(READ).split()
    assert int(saved) == 0, "what was saved on the way ended with the attempt"
    assert typed == "1"
    # Four attempts opened, one submitted with four answers, which finished the course. No save is a statement.
    assert said == [*["answered"] * 4, *["completed"] * 2, *["initialized"] * 4, "passed"]
    _without_a_script(browser, url)
    _two_devices_lists_several_fields_and_a_line_that_is_cut(browser, url)


def _killed(page: Any) -> None:
    """A page that the telephone kills says nothing more: what is sent while it closes would arrive, network or not."""
    page.evaluate("Object.defineProperty(document, 'hidden', { value: false })")
    page.close()


def _lost_network_closed_page_and_another_person(browser: Any, url: str) -> None:
    from playwright.sync_api import expect

    from tests.support.world import uid

    expect.set_options(timeout=PATIENCE)
    target = f"{url}{reverse('bdhvs_quiz:attempt', args=[uid('try-lan')])}"
    context = browser.new_context(locale="vi-VN", viewport={"width": 360, "height": 740})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if "Content Security" in line.text else None)
    sign_in(page, url, "lan")
    page.goto(target)
    strip = page.locator(".steps a")

    # Answers are kept quietly, and the strip follows.
    page.get_by_role("radio", name="Không đọc cho ai").check()
    expect(strip.nth(0)).to_have_class("answered")
    expect(page.locator("#saved")).to_have_text(SAVED)
    expect(page.locator("#answered")).to_have_text("Đã trả lời 1/4 câu")
    with page.expect_response(target):
        page.get_by_role("checkbox", name="Mật khẩu dài").check()
        page.get_by_role("checkbox", name="Mã xác thực").check()
    expect(page.locator("#answered")).to_have_text("Đã trả lời 2/4 câu")

    # Without a network they stay on this telephone, and the page says so.
    context.set_offline(True)
    page.get_by_role("radio", name="Sai").check()
    page.get_by_label("Gọi cấp cứu số mấy?").fill("1 1 5")
    expect(page.locator("#saved")).to_have_text(
        "Mất mạng: câu trả lời chưa gửi, đang giữ tạm trên điện thoại này. Đừng đóng trang."
    )
    line, field = (page.locator(name).bounding_box() for name in ("#saved", "input:focus"))
    assert 0 < line["y"] and line["y"] + line["height"] <= 740 + 1, "the line is in sight"
    assert field["y"] + field["height"] <= line["y"], "and does not cover what is being typed"
    _killed(page)

    # Somebody else on the same telephone sees nothing of it, and takes nothing away.
    context.set_offline(False)
    kept = context.storage_state()["origins"]
    assert "1 1 5" in str(kept)
    other = context.new_page()
    context.clear_cookies()
    sign_in(other, url, "minh")
    assert other.goto(target).status == 404
    other.goto(f"{url}{reverse('bdhvs_quiz:attempt', args=[uid('try-minh')])}")
    assert other.locator("input:checked").count() == 0
    assert other.get_by_label("Gọi cấp cứu số mấy?").input_value() == ""
    assert context.storage_state()["origins"] == kept
    other.close()

    # Back again, the page restores and sends them.
    context.clear_cookies()
    page = context.new_page()
    page.on("pageerror", lambda error: problems.append(str(error)))
    sign_in(page, url, "lan")
    with page.expect_response(lambda answer: answer.url == target and answer.request.method == "POST"):
        page.goto(target)
    expect(page.get_by_role("radio", name="Sai")).to_be_checked()
    expect(page.get_by_label("Gọi cấp cứu số mấy?")).to_have_value("1 1 5")
    expect(page.locator("#saved")).to_have_text(SAVED)
    expect(page.locator("#answered")).to_have_text("Đã trả lời 4/4 câu")
    page.reload()
    expect(page.get_by_label("Gọi cấp cứu số mấy?")).to_have_value("1 1 5")

    # Two presses are one submit; the last change goes with it.
    page.get_by_label("Gọi cấp cứu số mấy?").fill("một một năm")
    page.locator("button[value=submit]").dblclick()
    page.wait_for_url("**/ket-qua/")
    assert page.locator("h1").inner_text() == "Đạt: 4/4"
    assert page.evaluate("localStorage.length") == 0

    # What somebody left unsent on a shared telephone goes when anybody signs out.
    page.evaluate("localStorage.setItem('bdhvs-quiz:1', JSON.stringify({t: Date.now(), fields: {}}))")
    page.locator(".who button").click()
    page.wait_for_url("**/dang-nhap/")
    assert page.evaluate("localStorage.length") == 0
    assert problems == []
    context.close()


def _another_theme(route: Any) -> None:
    """The page as another theme might write it: one question in a list, and one with two fields of one name."""
    if route.request.method != "GET":
        return route.continue_()
    answer = route.fetch()
    from tests.support.world import uid

    page = collapsed(answer.text())
    name = f"q-{uid('js-single')}"
    start = page.index("<fieldset", page.index(f'id="{name}"'))
    end = page.index("</fieldset>", start) + len("</fieldset>")
    options = re.findall(r'value="([^"]+)"( checked)?>\s*<span[^>]*>([^<]+)</span>', page[start:end])
    listed = "".join(f'<option value="{v}"{" selected" if on else ""}>{text}</option>' for v, on, text in options)
    page = page[:start] + f'<select name="{name}"><option value=""></option>{listed}</select>' + page[end:]
    field = re.search(r'<input type="text"[^>]*>', page)
    assert field is not None
    second = re.sub(r' (id|value)="[^"]*"', "", field[0])
    return route.fulfill(response=answer, body=page[: field.end()] + second + page[field.end() :])


def _two_devices_lists_several_fields_and_a_line_that_is_cut(browser: Any, url: str) -> None:
    from playwright.sync_api import expect

    from tests.support.world import uid

    target = f"{url}{reverse('bdhvs_quiz:attempt', args=[uid('try-hoa')])}"
    offline = "Mất mạng: câu trả lời chưa gửi, đang giữ tạm trên điện thoại này. Đừng đóng trang."
    problems: list[str] = []

    def device() -> Any:
        context = browser.new_context(locale="vi-VN", viewport={"width": 360, "height": 740})
        context.set_default_timeout(PATIENCE)
        context.route(target, _another_theme)
        return context

    def opened(context: Any, name: str | None = None) -> Any:
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        if name:
            sign_in(page, url, name)
        page.goto(target)
        return page

    first, second = device(), device()
    there = opened(second, "hoa")
    here = opened(first, "hoa")
    expect(here.locator("#saved")).to_have_text("")
    listed = here.locator("main select")
    assert listed.input_value() == "", "a list that nobody touched is no answer"

    # What was chosen without a network is there again as it was: in the list, in the boxes, in its own field.
    first.set_offline(True)
    listed.select_option(label="Không đọc cho ai")
    here.get_by_role("checkbox", name="Mật khẩu dài").check()
    here.get_by_role("checkbox", name="Mã xác thực").check()
    here.locator("main input[type=text]").nth(1).fill("115")
    expect(here.locator("#saved")).to_have_text(offline)
    _killed(here)
    first.set_offline(False)
    here = opened(first)
    expect(here.locator("#saved")).to_have_text(SAVED)
    assert here.locator("main select option:checked").inner_text() == "Không đọc cho ai"
    assert [box.inner_text() for box in here.locator("label:has(input:checked)").all()] == [
        "Mật khẩu dài",
        "Mã xác thực",
    ]
    assert [field.input_value() for field in here.locator("main input[type=text]").all()] == ["", "115"]

    # The other device opened before: its answer to another question is added, what it does not know stays and is told.
    there.get_by_role("radio", name="Sai").check()
    there.locator("main select").select_option(label="Đọc cho họ")
    note = there.locator(".card .notice").filter(has_text="Đọc cho họ")
    expect(note).to_contain_text("Trên trang này là: Đọc cho họ.")
    assert there.locator("main select option:checked").inner_text() == "Không đọc cho ai"
    assert there.get_by_role("radio", name="Sai").is_checked()
    assert there.get_by_role("checkbox", name="Mật khẩu dài").is_checked()
    expect(there.locator("#answered")).to_have_text("Đã trả lời 4/4 câu")
    # Choosing it again takes it: now this page knows.
    with there.expect_response(target):
        there.locator("main select").select_option(label="Đọc cho họ")
    expect(note).to_have_count(0)
    expect(there.locator("#saved")).to_have_text(SAVED)

    # Handed in from the older page: told before it is graded.
    here.get_by_label("Gọi cấp cứu số mấy?").fill("115")
    here.locator("button[value=submit]").click()
    expect(here.locator("#saved")).to_contain_text("Hãy xem lại câu có ghi chú, rồi nộp bài.")
    assert here.url == target
    assert here.locator("main select option:checked").inner_text() == "Đọc cho họ"

    # Who wants to switch while something is unsent is asked, wherever they are; it is kept for its owner.
    first.set_offline(True)
    here.locator("main select").select_option(label="Không đọc cho ai")
    expect(here.locator("#saved")).to_have_text(offline)
    _killed(here)
    first.set_offline(False)
    page = first.new_page()
    page.goto(f"{url}{reverse('bdhvs_lms:my-learning')}")
    page.get_by_role("button", name="Đổi người học").click()
    expect(page.locator("h1")).to_have_text("Còn câu trả lời chưa gửi")
    page.get_by_role("button", name="Giữ trên máy này, đổi người học").click()
    page.wait_for_url("**/dang-nhap/")
    sign_in(page, url, "tu")
    page.get_by_role("button", name="Đổi người học").click()
    page.wait_for_url("**/dang-nhap/")
    page.close()
    here = opened(first, "hoa")
    expect(here.locator("#saved")).to_have_text(SAVED)
    assert here.locator("main select option:checked").inner_text() == "Không đọc cho ai"
    here.wait_for_function("() => !document.cookie.includes('bdhvs-unsent')")

    # No network when handing in: the page stays, says so, and hands in when there is one.
    first.set_offline(True)
    here.locator("button[value=submit]").click()
    expect(here.locator("#saved")).to_contain_text("có mạng lại trang sẽ tự gửi")
    assert here.url == target
    first.set_offline(False)
    here.wait_for_url("**/ket-qua/")
    assert here.locator("h1").inner_text() == "Đạt: 4/4"
    assert problems == []
    first.close()
    second.close()
