"""Places for the questions of a file beside the bank: a new quiz of a course, or an existing quiz."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Locale, Page
from wagtail.permission_policies.pages import PagePermissionPolicy

from bdhvs_content.api import CoursePage, is_translation
from bdhvs_lms.base.api import row_number
from bdhvs_quiz.models import Question, QuizItem, QuizPage

# Courses that are offered; whoever has more begins on the course's page.
MOST = 100


def takes_questions(page: Page, user: Any) -> bool:
    """Tell whether the page is a quiz that the user may edit, or one below which the user may make a quiz."""
    may = page.permissions_for_user(user)
    kind = page.specific_class
    if kind is not None and issubclass(kind, QuizPage):
        return bool(may.can_edit()) and not may.page_locked() and not is_translation(page)
    return kind is not None and bool(may.can_add_subpage()) and QuizPage.can_create_at(page.specific_deferred)


def place_named(given: str | None, user: Any, locale: Locale) -> Page | None:
    """Return the page of this number, as a form or an address gives it; None: it takes no questions of this user's, or
    none
    of this language."""
    number = row_number(given) if given else None
    page = Page.objects.filter(pk=number, locale=locale).first() if number else None
    return page.specific if page is not None and takes_questions(page, user) else None


def locked_meanwhile(given: int | None, user: Any, locale: Locale) -> QuizPage | None:
    """Return the quiz of this number if somebody has locked it and nothing else keeps this user's questions out."""
    quiz = QuizPage.objects.filter(pk=given, locale=locale).first() if given else None
    if quiz is None or is_translation(quiz):
        return None
    may = quiz.permissions_for_user(user)
    return quiz if may.can_edit() and may.page_locked() else None


def places(user: Any, locale: Locale, chosen: Page | None) -> list[tuple[int, str]]:
    """List numbers and labels for the form: the page it was begun on, then courses."""
    found = [] if chosen is None else [chosen]
    allowed = PagePermissionPolicy().instances_user_has_permission_for(user, "add")
    courses = CoursePage.objects.filter(pk__in=allowed.values("pk"), locale=locale).order_by("path")
    found += [course for course in courses[:MOST] if chosen is None or course.pk != chosen.pk]
    return [(page.pk, _words(page)) for page in found]


def _words(page: Page) -> str:
    title = page.get_admin_display_title()
    if isinstance(page, QuizPage):
        return _("Into the quiz “%(title)s”") % {"title": title}
    return _("Into a new quiz in “%(title)s”") % {"title": title}


def put_into(page: Page, rows: Sequence[Question], *, file_name: str, user: Any) -> QuizPage:
    """Add the questions to a draft of the quiz; for another page make a quiz below it, with the file's name as title.
    Inside a transaction. The caller checks the user's rights."""
    if isinstance(page, QuizPage):
        quiz = page.get_latest_revision_as_object()
        first = max((item.sort_order or 0 for item in quiz.items.all()), default=-1) + 1
        quiz.items.add(*(QuizItem(question=row, sort_order=order) for order, row in enumerate(rows, start=first)))
        quiz.save_revision(user=user, log_action=True, clean=False)
        return page
    words = PurePath(file_name).stem.replace("_", " ").replace("-", " ").split()
    title = capfirst(" ".join(words))[:255]
    if not re.search(r"\w", title):
        # No address could be made of it.
        title = _("Quiz")
    quiz = QuizPage(title=title, live=False, owner=user, locale=page.locale)
    quiz.items.add(*(QuizItem(question=row, sort_order=order) for order, row in enumerate(rows)))
    page.add_child(instance=quiz)
    log(quiz, "wagtail.create", user=user, content_changed=True)
    quiz.save_revision(user=user, clean=False)
    return quiz
