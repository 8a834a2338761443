"""The demonstration's pages, as an editor would have made them. What has been published once is the editors'."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any

from django.apps import apps
from wagtail.models import Locale, Page, Site

from bdhvs_content.api import CatalogPage, CoursePage, LessonAlignment, LessonPage, SectionPage
from bdhvs_demo.data import demo_id
from bdhvs_demo.files import document, film, picture
from bdhvs_demo.questions import question
from bdhvs_lms.competency.api import Competency
from bdhvs_quiz.api import Question, QuestionAlignment, QuizAlignment, QuizItem, QuizPage

CATALOG_TITLE = "Bình dân học vụ số"
CATALOG_HEADING = "Học dùng điện thoại, từng bước một"
CATALOG_INTRO = (
    "Bài ngắn, có hình, làm theo được ngay. Không mất tiền, không cần thư điện tử. Không ai bị bỏ lại phía sau."
)


def catalog() -> CatalogPage:
    """Return the site's first page. Wagtail's welcome page goes, if nobody has put anything below it."""
    found = CatalogPage.objects.first()
    if found is not None:
        return found
    root = Page.objects.filter(depth=1).first()
    locale = Locale.objects.get(language_code="vi")
    for welcome in root.get_children():
        if welcome.specific_class is Page and not welcome.get_children().exists():
            welcome.delete()
    root.refresh_from_db()
    page = CatalogPage(title=CATALOG_TITLE, slug="hoc", heading=CATALOG_HEADING, intro=CATALOG_INTRO, locale=locale)
    root.add_child(instance=page)
    page.save_revision().publish()
    site, _ = Site.objects.get_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "port": 80, "root_page": page}
    )
    site.root_page, site.site_name = page, CATALOG_TITLE
    site.save()
    return page


class CourseBuilder:
    """One course of `data.courses()` below the catalogue.

    The course is published last of all: until then its lessons and quizzes are offered to nobody. So a load that was
    cut off goes on where it was, and a course that was published once is never touched again.
    """

    def __init__(self, course: dict[str, Any], *, by: Any, at: datetime) -> None:
        self.course, self.by, self.at = course, by, at
        # By type: the model, and who makes a page of it. What is not installed is left out of the course.
        self.kinds: dict[str, tuple[type[Any], Callable[[dict[str, Any], str], Any]]] = {
            "lesson": (LessonPage, self._lesson),
            "quiz": (QuizPage, self._quiz),
            "form": (QuizPage, self._form),
        }
        if apps.is_installed("bdhvs_h5p"):
            from bdhvs_demo.h5p import H5PPage, h5p_page

            self.kinds["h5p"] = (H5PPage, partial(h5p_page, self))
        if apps.is_installed("bdhvs_tasks"):
            from bdhvs_demo.tasks import TaskPage, task_page

            self.kinds["task"] = (TaskPage, partial(task_page, self))
        self.locale = Locale.objects.get(language_code="vi")
        self.competencies = {
            (row.framework.key, row.code): row for row in Competency.objects.select_related("framework")
        }

    def build(self, parent: Page) -> CoursePage:
        """Build the course and publish it."""
        name = self.course["key"]
        found: CoursePage | None = self.found(CoursePage, name)
        if found is not None and found.first_published_at is not None:
            return found
        if found is None:
            facts = {field: self.course[field] for field in ("intro", "drawing", "for_whom", "minutes")}
            if "placement" in self.course:
                facts["placement"] = demo_id(f"{name}/{self.course['placement']}")
            found = self.page(CoursePage, self.course, name, **facts)
            parent.add_child(instance=found)
        for section in self.course["sections"]:
            self._section(found, section, f"{name}/section/{section['key']}")
        found = CoursePage.objects.get(pk=found.pk)
        self._publish(found)
        return found

    def _section(self, parent: Page, section: dict[str, Any], name: str) -> None:
        found = self.found(SectionPage, name)
        if found is None:
            found = self.page(SectionPage, section, name)
            parent.add_child(instance=found)
            self._publish(found)
        for activity in section["activities"]:
            if activity["type"] not in self.kinds:
                continue
            inner = f"{self.course['key']}/{activity['key']}"
            model, make = self.kinds[activity["type"]]
            if self.found(model, inner) is None:
                page = make(activity, inner)
                SectionPage.objects.get(pk=found.pk).add_child(instance=page)
                self._publish(page)

    def _lesson(self, lesson: dict[str, Any], name: str) -> LessonPage:
        page: LessonPage = self.page(
            LessonPage,
            lesson,
            name,
            facts_checked_on=date.fromisoformat(lesson["checked_on"]),
            required=lesson.get("required", True),
            open_to_all=lesson.get("open", False),
        )
        blocks = [
            {"type": kind, "id": str(demo_id(f"{name}/{place}")), "value": _block(kind, value, f"{name}/{place}")}
            for place, (kind, value) in enumerate(lesson["body"])
        ]
        page.body = blocks
        page.alignments.add(*self.alignments(LessonAlignment, lesson))
        return page

    def _quiz(self, quiz: dict[str, Any], name: str) -> QuizPage:
        page: QuizPage = self.page(
            QuizPage,
            quiz,
            name,
            intro=f"{quiz['intro']}\nKiểm ngày {date.fromisoformat(quiz['checked_on']):%d/%m/%Y}.",
            pass_percent=quiz["pass_percent"],
            attempts_allowed=quiz["attempts_allowed"],
            shuffle_options=True,
            required=quiz.get("required", True),
        )
        asked = [self._question(one, name) for one in quiz["questions"]]
        page.items.add(*(QuizItem(question=one, sort_order=place) for place, one in enumerate(asked)))
        aligned = self.alignments(QuizAlignment, quiz)
        about = {(framework, code) for one in quiz["questions"] for framework, code, _level in one.get("teaches", ())}
        for alignment, (framework, code, _level) in zip(aligned, quiz["teaches"], strict=True):
            if (framework, code) in about:
                alignment.pass_percent = quiz.get("mark_percent")
        page.alignments.add(*aligned)
        return page

    def _form(self, form: dict[str, Any], name: str) -> QuizPage:
        """Make a form of the quiz at entry or at exit, which asks some of another quiz's questions."""
        page: QuizPage = self.page(
            QuizPage,
            form,
            name,
            intro=f"{form['intro']}\nKiểm ngày {date.fromisoformat(form['checked_on']):%d/%m/%Y}.",
            pass_percent=form["pass_percent"],
            attempts_allowed=form["attempts_allowed"],
            role=form["role"],
            shuffle_options=True,
            required=False,
        )
        quizzes = (one for section in self.course["sections"] for one in section["activities"])
        other = next(one for one in quizzes if one["type"] == "quiz" and one["key"] == form["of"])
        known = {one["key"]: one for one in other["questions"]}
        asked = [self._question(known[key], f"{self.course['key']}/{form['of']}") for key in form["asks"]]
        page.items.add(*(QuizItem(question=one, sort_order=place) for place, one in enumerate(asked)))
        page.alignments.add(*self.alignments(QuizAlignment, form))
        return page

    def _question(self, one: dict[str, Any], name: str) -> Question:
        about = self.alignments(QuestionAlignment, one)
        return question(one, f"{name}/{one['key']}", by=self.by, about=about)

    def alignments(self, model: type[Any], activity: dict[str, Any]) -> list[Any]:
        return [
            model(competency=self.competencies[framework, code], level=level, sort_order=place)
            for place, (framework, code, level) in enumerate(activity.get("teaches", ()))
        ]

    def found(self, model: type[Any], name: str) -> Any:
        return model.objects.filter(translation_key=demo_id(name), locale=self.locale).first()

    def page(self, model: type[Any], given: dict[str, Any], name: str, **fields: Any) -> Any:
        return model(
            title=given["title"],
            slug=given.get("slug", given["key"]),
            translation_key=demo_id(name),
            locale=self.locale,
            owner=self.by,
            live=False,
            **fields,
        )

    def _publish(self, page: Any) -> None:
        page.save_revision(user=self.by).publish(user=self.by)


def _block(kind: str, value: Any, name: str) -> Any:
    """Return a block's value as the StreamField stores it."""
    if kind == "picture":
        image = picture(value["picture"], value["alt"])
        return {"image": image.pk, "alt": value["alt"], "caption": value["caption"]}
    if kind == "steps":
        return {**value, "steps": _items([_step(step) for step in value["steps"]], name)}
    if kind == "video":
        captions = document(value["captions"], f"Phụ đề: {value['title']}")
        return {**value, "media": film(value["media"], value["title"]).pk, "captions": captions.pk}
    if kind == "document":
        return {"document": document(value["document"], value["title"]).pk, "title": value["title"]}
    if kind == "check":
        return {**value, "options": _items(value["options"], name)}
    return value


def _step(step: dict[str, Any]) -> dict[str, Any]:
    image = picture(step["picture"], step["alt"]).pk if step["picture"] else None
    return {"text": step["text"], "image": image, "alt": step["alt"]}


def _items(values: list[Any], name: str) -> list[dict[str, Any]]:
    return [
        {"type": "item", "id": str(demo_id(f"{name}/{place}")), "value": value} for place, value in enumerate(values)
    ]
