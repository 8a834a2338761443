"""A walk through the admin: from the first page along every link, and every address that scripts are handed.

Of each view one page is opened, of each type of page its own forms.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client
from django.urls import Resolver404, resolve
from wagtail.documents import get_document_model
from wagtail.models import Page
from wagtail.users.models import UserProfile

from tests.bdhvs_content import pages
from tests.wagtail_vi.reading import read

HOME = "/quan-tri/"
# Not pages: signing out, files, data for scripts, a stranger's plugin, whose words are its own.
PASSED_BY = ("logout", "sprite", "_api:", "jsi18n", "javascript", "export", "serve", "download", "plugin_example")
# Of these each type of page has its own.
OF_EACH_TYPE = ("wagtailadmin_pages:edit", "wagtailadmin_explore")


@dataclass
class World:
    """A catalogue with a course, a section, a lesson and a quiz of two questions; a picture and a document."""

    language: str

    def __post_init__(self) -> None:
        vietnamese = self.language == "vi"
        pages.framework()
        self.catalog = pages.catalog()
        if not vietnamese:
            self.catalog.title = "Courses"
            self.catalog = pages.publish(self.catalog)
        names = ("An toàn", "Phần một", "Bài một", "Kiểm tra", "Hỏi gì?") if vietnamese else ("A", "B", "C", "D", "E?")
        course, section, lesson, quiz, question = names
        self.course = pages.course(self.catalog, course)
        self.section = pages.section(self.course, section)
        self.lesson = pages.lesson(self.section, lesson)
        self.questions = [pages.question(f"{question} {number}") for number in (1, 2)]
        self.quiz = pages.quiz(self.section, self.questions, quiz)
        self.picture = pages.picture()
        self.document = get_document_model().objects.create(
            title="Tờ rơi" if vietnamese else "F", file=ContentFile(b"x", name="to-roi.pdf")
        )
        if vietnamese:
            # As `bdhvs demo` does: names that migrations wrote.
            call_command("name_in_vietnamese", verbosity=0)

    def user(self, name: str, **values: Any) -> User:
        user = User.objects.create_user(name, password="x", email=f"{name}@example.vn", **values)
        UserProfile.objects.create(user=user, preferred_language=self.language)
        return user

    def client(self, user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    def words(self, html: str) -> list[str]:
        """For a failure's message."""
        return [text for text in read(html)[0] if len(text) > 12][:40]

    def bulk(self, path: str) -> str:
        """Actions on many: with one chosen."""
        chosen = {"image": self.picture.pk, "document": self.document.pk, "page": self.lesson.pk}
        for model, pk in chosen.items():
            if f"/{model}/" in path:
                return f"{path}?id={pk}"
        return f"{path}?id={User.objects.order_by('pk').first().pk}"  # type: ignore[union-attr]


def text_of(response: Any) -> str:
    """The HTML of a response: a page, or what a dialog is handed."""
    kind = response.headers.get("Content-Type", "")
    if "json" in kind:
        body = response.json()
        said = ("html", "form", "error_message")
        return " ".join(str(body.get(name) or "") for name in said) if isinstance(body, dict) else ""
    return response.content.decode() if "html" in kind else ""


@dataclass
class Walk:
    """``findings``: what ``wrong`` says of a text → (the text, views where it stands)."""

    world: World
    client: Client
    wrong: Callable[[str], set[str]]
    only: Callable[[str], bool] = lambda view: True
    views: set[str] = field(default_factory=set)
    findings: dict[str, set[str]] = field(default_factory=dict)

    def look(self, where: str, html: str) -> tuple[list[str], list[str]]:
        texts, links, addresses = read(html)
        for text in texts:
            if self.wrong(text):
                self.findings.setdefault(text[:200], set()).add(where)
        return links, addresses

    def go(self, starts: Iterable[str] = (HOME,)) -> Walk:
        queue, opened, met = deque(starts), set[str](), set[tuple[Any, ...]]()
        while queue:
            address = queue.popleft()
            path = address.partition("?")[0].partition("#")[0]
            if path in opened or not path.startswith(HOME):
                continue
            opened.add(path)
            try:
                match = resolve(path)
            except Resolver404:
                continue
            if any(part in match.view_name for part in PASSED_BY) or not self.only(match.view_name):
                continue
            named = tuple(str(value) for value in match.kwargs.values() if not str(value).isdigit())
            key: tuple[Any, ...] = (match.view_name, *(value for value in named if len(value) < 30))
            if match.view_name in OF_EACH_TYPE:
                (pk,) = (value for value in (*match.args, *match.kwargs.values()) if str(value).isdigit())
                key += (Page.objects.get(pk=pk).content_type_id,)
            if key in met:
                continue
            if match.view_name == "wagtail_bulk_action":
                address = self.world.bulk(path)
            response = self.client.get(address)
            if response.status_code in (301, 302):
                queue.append(response.headers["Location"])
            if response.status_code != 200:
                # Some addresses take a form, or more than their path; those with a page have their own tests.
                assert response.status_code in (301, 302, 403, 404, 405), (response.status_code, address)
                continue
            met.add(key)
            self.views.add(match.view_name)
            links, addresses = self.look(match.view_name, text_of(response))
            queue.extend(links)
            queue.extend(addresses)
        return self
