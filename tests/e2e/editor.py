"""An editor at work in Wagtail's admin, in a browser. Nothing is found by its wording: the admin mixes languages."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import expect

ADMIN = "quan-tri"


@dataclass(frozen=True)
class Choice:
    text: str
    right: bool = False


@dataclass(frozen=True)
class Question:
    prompt: str
    choices: Sequence[Choice]
    explanation: str

    @property
    def right(self) -> str:
        return next(choice.text for choice in self.choices if choice.right)


def picture_file(path: Path) -> Path:
    """A real picture to upload: a telephone drawn in two colours."""
    image = Image.new("RGB", (600, 400), "#ffffff")
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((220, 20, 380, 380), 20, fill="#0b4f8a")
    pen.rectangle((235, 60, 365, 330), fill="#f3f2f0")
    image.save(path)
    return path


class Editor:
    """``page`` is a Playwright page with scripts on; ``url`` the server's, without a slash at its end."""

    def __init__(self, page: Any, url: str) -> None:
        self.page = page
        self.url = url

    def open(self, path: str) -> None:
        assert self.page.goto(f"{self.url}/{ADMIN}/{path}", wait_until="networkidle").status == 200, path

    def sign_in(self, username: str, password: str) -> None:
        self.open("login/")
        self.page.fill("input[name=username]", username)
        self.page.fill("input[name=password]", password)
        self.page.click("form button[type=submit]")
        self.page.wait_for_url(f"**/{ADMIN}/")

    def publish(self) -> list[str]:
        """Press “Publish”; the errors that the page that comes back shows. None: it was published."""
        self.page.locator("footer [data-w-dropdown-target=toggle]").click()
        with self.page.expect_navigation(wait_until="networkidle"):
            self.page.locator("button[name=action-publish]").click()
        shown = self.page.locator(".messages .error, .error-message")
        return [text for text in (text.strip() for text in shown.all_inner_texts()) if text]

    def write_question(self, question: Question) -> None:
        page = self.page
        self.open("snippets/bdhvs_quiz/singlechoicequestion/add/")
        page.fill("#id_prompt", question.prompt)
        for place, choice in enumerate(question.choices):
            page.locator("[data-contentpath=options] .c-sf-add-button").last.click()
            page.fill(f"#options-{place}-value-text", choice.text)
            if choice.right:
                page.check(f"#options-{place}-value-right")
        page.fill("#id_explanation", question.explanation)

    def catalog(self) -> int:
        """Number of the page that this editor's work lies below: the start page of the admin links to it."""
        self.open("")
        href = self.page.locator(f"main a[href^='/{ADMIN}/pages/']").first.get_attribute("href")
        return int(href.strip("/").split("/")[-1])

    def add_page(self, parent: int, model: str) -> None:
        """Open the form for a new page below another, by the button that an editor presses; ``model``: 'app/model'."""
        self.open(f"pages/{parent}/")
        self.page.locator("a[href$='/add_subpage/']").first.click()
        # With one possible type, Wagtail goes straight to its form.
        if not self.page.url.endswith(f"/{parent}/") or "/add/" not in self.page.url:
            self.page.locator(f"a[href*='/pages/add/{model}/']").first.click()
        self.page.wait_for_load_state("networkidle")
        assert f"/pages/add/{model}/{parent}/" in self.page.url

    def title(self, title: str) -> None:
        """Type the title, and wait until the form has made the address out of it."""
        self.page.locator("#id_title").press_sequentially(title)
        expect(self.page.locator("#id_slug")).not_to_have_value("")

    def page_number(self) -> int:
        """Of the page that was just published: Wagtail shows the list of its parent, the new page among its rows."""
        href = self.page.locator(".messages a[href$='/edit/']").first.get_attribute("href")
        return int(href.rstrip("/").split("/")[-2])

    def add_block(self, field: str, which: int) -> None:
        """Add a block at the end: the ``which``-th of the types that the menu offers."""
        self.page.locator(f"[data-contentpath={field}] .c-sf-add-button").last.click()
        self.page.locator("[role=option]").nth(which).click()

    def align(self, codes: Sequence[str], framework: str, level: int = 1) -> None:
        """Choose competencies of one framework by code; ``framework``: words of its title."""
        for place, code in enumerate(codes):
            self.page.click("#id_alignments-ADD")
            select = self.page.locator(f"#id_alignments-{place}-competency")
            option = select.locator("option", has_text=framework).filter(has_text=code).first
            select.select_option(value=option.get_attribute("value"))
            self.page.fill(f"#id_alignments-{place}-level", str(level))

    def upload_picture(self, field: str, file: Path, title: str) -> None:
        page = self.page
        page.locator(f"#{field}-chooser [data-chooser-action-choose]").first.click()
        page.locator(".modal a[href='#tab-upload']").click()
        page.set_input_files(".modal input[type=file]", file)
        page.fill(".modal #tab-upload input[name$=title]", title)
        page.locator(".modal #tab-upload button[type=submit]").click()
        page.locator(".modal").wait_for(state="detached")

    def choose_questions(self, prompts: Sequence[str]) -> None:
        """Tick questions in the bank's chooser and take them."""
        page = self.page
        page.click("#id_items-OPEN_MODAL")
        for prompt in prompts:
            page.locator(".modal tr", has_text=prompt).locator("input[type=checkbox]").check()
        page.locator(".modal [data-multiple-choice-submit]").click()
        page.locator(".modal").wait_for(state="detached")
