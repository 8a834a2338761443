"""The demonstration's pages and questions, as an editor would have made them. What is there already is kept."""

from __future__ import annotations

import uuid
from typing import Any

from wagtail.models import Locale, Page, Site

from bdhvs_content.api import CatalogPage, CoursePage, LessonAlignment, LessonPage
from bdhvs_lms.competency.api import Competency
from bdhvs_quiz.demo import texts
from bdhvs_quiz.demo.pictures import picture
from bdhvs_quiz.models import QuizAlignment, QuizItem, QuizPage, SingleChoiceQuestion

NAMESPACE = uuid.UUID("7a3c1c0e-2b57-5f0c-9d0e-0a54c31a52b1")
FRAMEWORK = "kh02-chuongmy-2025"


def demo_id(name: str) -> uuid.UUID:
    """Ids of the demonstration are the same on every machine: block ids, questions, acts."""
    return uuid.uuid5(NAMESPACE, name)


def catalog() -> CatalogPage:
    """The site's first page. Wagtail's welcome page goes, if nobody has put anything below it."""
    found = CatalogPage.objects.first()
    if found is not None:
        return found
    root = Page.objects.filter(depth=1).first()
    locale = Locale.objects.get(language_code="vi")
    for welcome in root.get_children():
        if welcome.specific_class is Page and not welcome.get_children().exists():
            welcome.delete()
    root.refresh_from_db()
    page = CatalogPage(title=texts.CATALOG_TITLE, slug="hoc", intro=texts.CATALOG_INTRO, locale=locale)
    root.add_child(instance=page)
    page.save_revision().publish()
    site, _ = Site.objects.get_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "port": 80, "root_page": page}
    )
    site.root_page, site.site_name = page, texts.CATALOG_TITLE
    site.save()
    return page


def course() -> CoursePage:
    """The course with its lessons and its quiz, published."""
    parent = catalog()
    found = CoursePage.objects.child_of(parent).filter(slug=texts.COURSE_SLUG).first()
    if found is None:
        found = CoursePage(title=texts.COURSE_TITLE, slug=texts.COURSE_SLUG, intro=texts.COURSE_INTRO)
        parent.add_child(instance=found)
        found.save_revision().publish()
    competencies = {
        row.code: row for row in Competency.objects.filter(framework__key=FRAMEWORK, code__in=texts.ALIGNED)
    }
    for lesson in texts.LESSONS:
        if not LessonPage.objects.child_of(found).filter(slug=lesson.slug).exists():
            _lesson(found, lesson, competencies)
    if not QuizPage.objects.child_of(found).filter(slug=texts.QUIZ_SLUG).exists():
        _quiz(found, competencies)
    return CoursePage.objects.get(pk=found.pk)


def _lesson(parent: CoursePage, lesson: texts.Lesson, competencies: dict[str, Any]) -> None:
    image = picture(lesson.picture, lesson.alt)
    body = [
        ("text", lesson.before, "before"),
        ("picture", {"image": image.pk, "alt": lesson.alt, "caption": ""}, "picture"),
        ("text", lesson.after, "after"),
    ]
    page = LessonPage(title=lesson.title, slug=lesson.slug)
    page.body = _stream(
        LessonPage,
        "body",
        [{"type": kind, "value": value, "id": str(demo_id(f"{lesson.slug}/{name}"))} for kind, value, name in body],
    )
    page.alignments.add(LessonAlignment(competency=competencies["A2"], level=texts.LEVEL, sort_order=0))
    parent.add_child(instance=page)
    page.save_revision().publish()


def _quiz(parent: CoursePage, competencies: dict[str, Any]) -> None:
    page = QuizPage(title=texts.QUIZ_TITLE, slug=texts.QUIZ_SLUG, intro=texts.QUIZ_INTRO, pass_percent=80)
    page.items.add(
        *(QuizItem(question=_question(asked), sort_order=place) for place, asked in enumerate(texts.QUESTIONS))
    )
    page.alignments.add(
        *(
            QuizAlignment(competency=competencies[code], level=texts.LEVEL, sort_order=place)
            for place, code in enumerate(texts.ALIGNED)
        )
    )
    parent.add_child(instance=page)
    page.save_revision().publish()


def _stream(model: type[Any], name: str, blocks: list[dict[str, Any]]) -> Any:
    """A StreamField's value with the block ids given."""
    return model._meta.get_field(name).to_python(blocks)


def _question(asked: texts.AskedQuestion) -> SingleChoiceQuestion:
    key = demo_id(f"question/{asked.slug}")
    found = SingleChoiceQuestion.objects.filter(translation_key=key).first()
    if found is not None:
        return found
    question = SingleChoiceQuestion(
        translation_key=key,
        locale=Locale.objects.get(language_code="vi"),
        prompt=asked.prompt,
        explanation=asked.explanation,
        live=False,
    )
    question.options = _stream(
        SingleChoiceQuestion,
        "options",
        [
            {
                "type": "option",
                "id": str(demo_id(f"question/{asked.slug}/{place}")),
                "value": {"text": choice.text, "right": choice.right, "feedback": choice.feedback},
            }
            for place, choice in enumerate(asked.choices)
        ],
    )
    question.save()
    question.save_revision().publish()
    return question
