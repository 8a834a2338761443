"""An editor at work in Wagtail's admin, in a browser. Nothing is found by its wording: the admin mixes languages."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.text import slugify
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from bdhvs_lms.base.api import fold

ADMIN = "quan-tri"
# As the menu of a lesson's blocks offers them.
BLOCKS = ("text", "reading", "picture", "steps", "table", "video", "audio", "callout", "document", "check")


@dataclass(frozen=True)
class Choice:
    text: str
    right: bool = False


@dataclass(frozen=True)
class ChoiceQuestion:
    """One right answer or, with ``several``, all that are right."""

    prompt: str
    choices: tuple[Choice, ...]
    explanation: str
    several: bool = False

    @property
    def model(self) -> str:
        return "multiplechoicequestion" if self.several else "singlechoicequestion"

    def write(self, page: Any) -> None:
        for place, choice in enumerate(self.choices):
            page.locator("[data-contentpath=options] .c-sf-add-button").last.click()
            page.fill(f"#options-{place}-value-text", choice.text)
            if choice.right:
                page.check(f"#options-{place}-value-right")


@dataclass(frozen=True)
class SentenceQuestion:
    """A sentence that is true or false."""

    prompt: str
    true: bool
    explanation: str
    model = "truefalsequestion"

    def write(self, page: Any) -> None:
        page.select_option("#id_answer", str(self.true))


@dataclass(frozen=True)
class TypedQuestion:
    """A short text. ``strict``: with and without diacritics is not the same."""

    prompt: str
    accepted: tuple[str, ...]
    explanation: str
    strict: bool = False
    model = "shorttextquestion"

    def write(self, page: Any) -> None:
        for place, text in enumerate(self.accepted):
            page.locator("[data-contentpath=accepted] .c-sf-add-button").last.click()
            page.fill(f"#accepted-{place}-value-text", text)
        if self.strict:
            page.uncheck("#id_ignore_diacritics")


@dataclass(frozen=True)
class NumberQuestion:
    """A number, with a unit behind it."""

    prompt: str
    number: str
    unit: str
    explanation: str
    model = "numericquestion"

    def write(self, page: Any) -> None:
        page.locator("[data-contentpath=answers] .c-sf-add-button").last.click()
        page.fill("#answers-0-value-number", self.number)
        page.fill("#id_unit", self.unit)


@dataclass(frozen=True)
class PairsQuestion:
    """What belongs to what: (asked, what belongs to it). `extra` belongs to none."""

    prompt: str
    pairs: tuple[tuple[str, str], ...]
    extra: str
    explanation: str
    model = "matchingquestion"

    def write(self, page: Any) -> None:
        for place, (left, right) in enumerate(self.pairs):
            self._add(page, 0)
            page.fill(f"#pairs-{place}-value-left", left)
            page.fill(f"#pairs-{place}-value-right", right)
        self._add(page, 1)
        page.fill(f"#pairs-{len(self.pairs)}-value", self.extra)

    def _add(self, page: Any, kind: int) -> None:
        page.locator("[data-contentpath=pairs] .c-sf-add-button").last.click()
        page.locator("[role=option]").nth(kind).click()


@dataclass(frozen=True)
class OrderQuestion:
    """Steps, in the order that is right."""

    prompt: str
    steps: tuple[str, ...]
    explanation: str
    model = "orderingquestion"

    def write(self, page: Any) -> None:
        for place, step in enumerate(self.steps):
            page.locator("[data-contentpath=steps] .c-sf-add-button").last.click()
            page.fill(f"#steps-{place}-value", step)


@dataclass(frozen=True)
class GapsQuestion:
    """A text with gaps: first one that is typed, then one that is chosen from a list."""

    prompt: str
    text: str
    explanation: str
    model = "blanksquestion"

    def write(self, page: Any) -> None:
        page.fill("#id_text", self.text)


Question = (
    ChoiceQuestion | SentenceQuestion | TypedQuestion | NumberQuestion | PairsQuestion | OrderQuestion | GapsQuestion
)


def picture_file(path: Path, colour: str) -> Path:
    """A real picture to upload: a telephone drawn in two colours."""
    image = Image.new("RGB", (600, 400), "#ffffff")
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((220, 20, 380, 380), 20, fill=colour)
    pen.rectangle((235, 60, 365, 330), fill="#f3f2f0")
    image.save(path)
    return path


def document_file(path: Path) -> Path:
    """A real PDF to upload: a page with a picture on it."""
    Image.new("RGB", (600, 400), "#f3f2f0").save(path)
    return path


class Editor:
    """``page`` is a Playwright page with scripts on; ``url`` the server's, without a slash at its end."""

    def __init__(self, page: Any, url: str) -> None:
        self.page = page
        self.url = url
        # A block that is still sliding into its place is missed by a click.
        page.add_init_script("addEventListener('DOMContentLoaded', () => { if (window.jQuery) jQuery.fx.off = true; })")

    def open(self, path: str) -> None:
        assert self.page.goto(f"{self.url}/{ADMIN}/{path}", wait_until="load").status == 200, path

    def sign_in(self, username: str, password: str) -> None:
        self.open("login/")
        self.page.fill("input[name=username]", username)
        self.page.fill("input[name=password]", password)
        self.page.click("form button[type=submit]")
        self.page.wait_for_url(f"**/{ADMIN}/")

    def wait_until_saved(self) -> None:
        """Until Wagtail has quietly kept what was typed so far."""
        self.page.locator("[data-w-autosave-state-value=saved]").wait_for()

    def publish(self) -> list[str]:
        """Press “Publish”; what the page that comes back says on its top of errors. Nothing: it was published."""
        # Not expect_navigation: Wagtail's quiet saving gives the same page another address, which counts as one.
        self.page.evaluate("document.body.dataset.pressed = ''")
        self.page.locator("footer [data-w-dropdown-target=toggle]").click()
        self.page.locator("button[name=action-publish]").click()
        self.page.locator("body:not([data-pressed])").wait_for()
        self.page.wait_for_load_state("load")
        return [str(text).strip() for text in self.page.locator(".messages .error").all_inner_texts()]

    def write_question(self, question: Question, *, by_links: bool = False) -> None:
        """On the form of its type; ``by_links``: from the bank's list, through the page that asks which type."""
        page, form = self.page, f"{question.model}/add/"
        if by_links:
            self.open("snippets/bdhvs_quiz/question/")
            for link in ("/question/add/", f"/{form}"):
                with page.expect_navigation(wait_until="load"):
                    page.locator(f"main a[href*='{link}']").first.click()
        else:
            self.open(f"snippets/bdhvs_quiz/{form}")
        page.fill("#id_prompt", question.prompt)
        question.write(page)
        page.fill("#id_explanation", question.explanation)

    def catalog(self) -> int:
        """Number of the page that this editor's work lies below: the start page of the admin links to it."""
        self.open("")
        href = self.page.locator(f"main a[href^='/{ADMIN}/pages/']").first.get_attribute("href")
        return int(href.strip("/").split("/")[-1])

    def add_page(self, parent: int, model: str) -> None:
        """Open the form for a new page below another, by the button that an editor presses; ``model``: 'app/model'."""
        self.open(f"pages/{parent}/")
        with self.page.expect_navigation(wait_until="load"):
            self.page.locator("a[href$='/add_subpage/']").first.click()
        # With one possible type, Wagtail goes straight to its form.
        if "/add/" not in self.page.url:
            with self.page.expect_navigation(wait_until="load"):
                self.page.locator(f"a[href*='/pages/add/{model}/']").first.click()
        assert f"/pages/add/{model}/{parent}/" in self.page.url

    def title(self, title: str) -> None:
        """Type the title, and wait until the form has made the address out of it, of letters without marks."""
        self.page.locator("#id_title").press_sequentially(title)
        expect(self.page.locator("#id_slug")).to_have_value(slugify(fold(title)))

    def page_number(self) -> int:
        """Of the page that was just published: Wagtail shows the list of its parent, the new page among its rows."""
        href = self.page.locator(".messages a[href$='/edit/']").first.get_attribute("href")
        return int(href.rstrip("/").split("/")[-2])

    def add_block(self, kind: str) -> str:
        """Add a block at the end of a lesson; the beginning of its fields' ids."""
        page = self.page
        place = page.locator("input[name=body-count]").input_value()
        page.locator("[data-contentpath=body] .c-sf-add-button").last.click()
        page.locator("[role=option]").nth(BLOCKS.index(kind)).click()
        return f"body-{place}-value"

    def write_text(self, words: str) -> None:
        """Into the last field of formatted text of the lesson's last block."""
        # It is drawn some time after its block: until then the last one is another, with words in it already.
        field = self.page.locator("[data-contentpath=body] [contenteditable=true]").last
        expect(field).to_have_text("")
        field.click()
        expect(field).to_be_focused()
        self.page.keyboard.insert_text(words)
        expect(field).to_have_text(words)

    def add_item(self, block: str, field: str) -> None:
        """One more step or answer at the end of a block's list, which begins with one."""
        self.page.locator(f"input[name={block}-{field}-count] + div .c-sf-add-button").last.click()

    def align(self, codes: Sequence[str], framework: str, level: int = 1) -> None:
        """Choose competencies of one framework by code; ``framework``: words of its title."""
        # A row at one stroke: of a row half filled in Wagtail's quiet saving rightly says that something is missing.
        for place, code in enumerate(codes):
            self.page.evaluate(
                """([place, code, framework, level]) => {
                    document.querySelector("#id_alignments-ADD").click();
                    const field = (name, value) => {
                        const input = document.querySelector(`#id_alignments-${place}-${name}`);
                        input.value = value(input);
                        input.dispatchEvent(new Event("change", { bubbles: true }));
                    };
                    const wanted = (option) => option.parentElement.label?.includes(framework)
                        && option.text.split(" ")[0] === code;
                    field("competency", (select) => [...select.options].find(wanted).value);
                    field("level", (select) => [...select.options].find((o) => o.value.endsWith(`-${level}`)).value);
                }""",
                [place, code, framework, str(level)],
            )

    def upload(self, field: str, file: Path, title: str) -> None:
        """A picture or document, through the chooser's second tab."""
        page = self.page
        page.locator(f"#{field}-chooser [data-chooser-action-choose]").first.click()
        page.locator(".modal a[href='#tab-upload']").first.click()
        page.set_input_files(".modal input[type=file]", file)
        page.fill(".modal #tab-upload input[name$=title]", title)
        page.locator(".modal #tab-upload button[type=submit]").click()
        page.locator(".modal").wait_for(state="detached")

    def choose_questions(self, prompts: Sequence[str]) -> None:
        """Find each question in the bank's chooser, which shows a page of many, tick it and take it."""
        page = self.page
        for prompt in prompts:
            page.click("#id_items-OPEN_MODAL")
            page.locator(".modal input[name=q]").wait_for()
            # What is ticked before the rows that were asked for are there goes away with those that were shown.
            page.locator(".modal tr").evaluate_all("rows => rows.forEach((row) => { row.dataset.before = 1; })")
            page.locator(".modal input[name=q]").fill(prompt)
            found = page.locator(".modal tr:not([data-before])", has_text=prompt)
            # The newest first: the demonstration has some of these questions too.
            found.locator("input[type=checkbox]").first.check()
            page.locator(".modal [data-multiple-choice-submit]").click()
            page.locator(".modal").wait_for(state="detached")

    def move_question_up(self, place: int) -> None:
        """Of a quiz: the ``place``-th question, from 0, changes places with the one above it."""
        self.page.locator("#id_items-FORMS [data-inline-panel-child-move-up]").nth(place).click()
