"""Retests: conditions that such a quiz meets before it is published."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from bdhvs_lms.courses.api import Activity, RetestActivity


def retest_problems(page: Any) -> list[str]:
    """Return what keeps a retest from being published. A quiz is a retest from the beginning and for good: otherwise
    earlier
    attempts would be evidence, and later ones not. One query for a quiz published before, another for a retest.
    """
    role = Activity.Role.RETEST
    known = page.live or page.first_published_at is not None
    was = known and RetestActivity.objects.filter(key=page.translation_key).exists()
    if page.role != role:
        return [_("This quiz is a retest for good: make a copy for another use.")] if was else []
    found = []
    if not was and _taken(page):
        found.append(_("People have taken this quiz: make a copy, and make the copy a retest."))
    if page.required:
        found.append(_("Nobody finishes a course by a retest: untick “required for course completion”."))
    if not page.alignments.all():
        found.append(_("A retest needs competencies: choose those that it asks about."))
    return found


def _taken(page: Any) -> bool:
    from bdhvs_quiz.models.attempts import Attempt  # noqa: PLC0415 - this module is loaded with the models

    return Attempt.objects.filter(activity_key=page.translation_key).exists()
