"""A lesson written in Word and pasted into the form, in a real browser; and a form that is too large to be sent."""

from __future__ import annotations

import base64
import json
import random
import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.e2e.editor import Editor
from tests.support.forks import Forks

pytestmark = pytest.mark.thorough

PASSWORD = "chỉ để thử"
BUILD = f"""
from django.contrib.auth.models import User
from tests.bdhvs_content import pages
User.objects.create_superuser("bien-soan", password={PASSWORD!r})
print("COURSE", pages.course(pages.catalog()).pk)
"""
READ = """
import json
from bdhvs_content.api import LessonPage
page = LessonPage.objects.get()
print("READ", json.dumps([page.title, page.live, page.get_latest_revision_as_object().body[0].value.source]))
"""
# What a browser hands to a page on pressing Ctrl+V.
PASTE = """(field, html) => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  data.setData("text/plain", "Điện thoại");
  field.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""
MSO = (
    "margin-top:0cm;mso-pagination:widow-orphan;mso-fareast-font-family:&quot;Times New Roman&quot;;"
    "mso-ansi-language:VI;"
    "mso-bidi-font-size:13.0pt;font-family:&quot;Times New Roman&quot;,serif;tab-stops:42.55pt"
)


def from_word(size: int) -> str:
    """At least `size` bytes as Word puts them on the clipboard: conditional comments, its own tags and styles, lists
    that are paragraphs, tables, and a picture in base64."""

    def span(text: str) -> str:
        return f"<span lang=VI style='{MSO};color:black;mso-themecolor:text1'>{text}<o:p></o:p></span>"

    said = "Điện thoại thông minh giúp làm thủ tục tại nhà, không phải đi xa. "
    paragraphs = [
        f"<p class=MsoNormal style='{MSO}'><b>{span(f'Câu số {number}. ')}</b>{span(said)}</p>" for number in range(200)
    ]
    bullet = "<![if !supportLists]><span style='mso-list:Ignore'>·&nbsp;</span><![endif]>"
    items = [
        f"<p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level1 lfo1'>{bullet}{span(f'Mục {number}')}</p>"
        for number in range(40)
    ]
    cells = [
        [f"<td width=120 valign=top style='{MSO}'><p>{span(f'Ô {row}–{column}')}</p></td>" for column in range(4)]
        for row in range(60)
    ]
    rows = "".join("<tr>" + "".join(row) + "</tr>" for row in cells)
    table = f"<table class=MsoTableGrid border=1>{rows}</table>"
    head = (
        "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head>"
        "<meta name=Generator content='Microsoft Word 15'>"
        "<!--[if gte mso 9]><xml><o:OfficeDocumentSettings/></xml><![endif]-->"
        "<style>p.MsoNormal{mso-style-unhide:no}</style></head><body lang=VI><!--StartFragment-->"
    )
    end = f"<p class=MsoNormal>{span('Hết bài.')}</p><!--EndFragment--></body></html>"
    text = head + "".join(paragraphs) + "".join(items) + table
    missing = size - len((text + end).encode())
    picture = base64.b64encode(random.Random(1).randbytes(missing * 3 // 4 + 3)).decode()
    return f"{text}<p class=MsoNormal><img width=600 src='data:image/png;base64,{picture}'></p>{end}"


@pytest.fixture
def beside(installation: Any) -> Iterator[Forks]:
    with closing(Forks(installation.environment)) as forks:
        yield forks


def test_a_lesson_pasted_from_word_is_kept_and_one_that_is_too_large_stays_in_the_form(
    beside: Forks, live_process: Any, browser: Any
) -> None:
    [line] = [line for line in beside.python(BUILD).splitlines() if line.startswith("COURSE")]
    course = int(line.split()[1])
    server = live_process()
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(60_000)
    page = context.new_page()
    editor = Editor(page, server.url)
    editor.sign_in("bien-soan", PASSWORD)
    editor.add_page(course, "bdhvs_content/lessonpage")
    editor.title("Dán từ Word")
    editor.add_block("text")
    field = page.locator("[data-contentpath=body] [contenteditable=true]").last
    pasted = from_word(5 * 1024 * 1024)
    assert len(pasted.encode()) >= 5 * 1024 * 1024
    field.click()
    field.evaluate(PASTE, pasted)
    field.get_by_text("Hết bài.").wait_for()
    # Draftail hands its text to the form a quarter of a second after the last change.
    expect(page.locator("[name=body-0-value]")).to_have_value(re.compile("Hết bài"), timeout=60_000)
    assert editor.publish() == []

    [line] = [line for line in beside.python(READ).splitlines() if line.startswith("READ")]
    title, live, html = json.loads(line.removeprefix("READ "))
    assert (title, live) == ("Dán từ Word", True)
    for words in ("Câu số 0.", "Câu số 199.", "không phải đi xa", "Mục 39", "Ô 0–0", "Ô 59–3", "Hết bài."):
        assert words in html
    assert html.count("<b>Câu số") == 200
    # Wagtail gives each paragraph a key of five letters drawn by chance.
    html = re.sub(r' data-block-key="\w+"', "", html)
    assert not [mark for mark in ("mso", "Mso", "style=", "class=", "base64", "<span", "<o:", "<img") if mark in html]
    assert len(html) < 100_000

    # The same form on a site that takes less. The script measures by what the page says.
    number = editor.page_number()
    own = f'data-limit="{settings.DATA_UPLOAD_MAX_MEMORY_SIZE}"'

    def smaller(route: Any) -> None:
        answer = route.fetch()
        body = answer.text()
        assert own in body
        route.fulfill(response=answer, body=body.replace(own, 'data-limit="20000"'))

    address = f"**/pages/{number}/edit/"
    page.route(address, lambda route: smaller(route) if route.request.method == "GET" else route.continue_())
    sent: list[str] = []
    page.on("request", lambda request: request.is_navigation_request() and sent.append(request.method))
    editor.open(f"pages/{number}/edit/")
    page.locator("#id_title").fill("Tên vừa gõ")
    page.locator("footer [data-w-dropdown-target=toggle]").click()
    page.locator("button[name=action-publish]").click()
    notice = page.locator("#bdhvs-too-large")
    notice.wait_for()
    assert "Mọi thứ vẫn còn ở đây." in notice.inner_text()
    assert notice.evaluate("element => element === document.activeElement")
    assert page.locator("#id_title").input_value() == "Tên vừa gõ"
    assert sent == ["GET"], "the form never left"
    context.close()
