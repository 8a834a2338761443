"""Texts for people about the times of a quiz, its forms, and the attempt that counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import format_number, language_of
from bdhvs_lms.courses.api import Activity
from bdhvs_lms.progress.api import Result, counted_words
from bdhvs_quiz.counting import AVERAGE, BEST, FIRST, LAST, METHOD
from bdhvs_quiz.timing import Closed, NotNow, NotOpenYet


def not_now_text(reason: NotNow) -> str:
    """Say why it cannot be begun, and when it can."""
    when = date_format(localtime(reason.when), "H:i, d/m/Y")
    if isinstance(reason, NotOpenYet):
        return _("It opens at %(when)s.") % {"when": when}
    if isinstance(reason, Closed):
        return _("It closed at %(when)s.") % {"when": when}
    return _("You can start the next attempt at %(when)s. Review the lessons until then.") % {"when": when}


def other_form_text(form: Activity) -> str:
    """Tell a learner who opens another form which form is theirs."""
    words = _("This quiz has several forms, and yours is “%(title)s”. It asks about the same things.")
    return words % {"title": form.titles.get(language_of(form.titles), "")}


def taken_before_text(form: Activity) -> str:
    """Tell a teacher why a sheet is not recorded."""
    words = _("Nothing was recorded: this person took another form before, and is to take “%(title)s” here.")
    return words % {"title": form.titles.get(language_of(form.titles), "")}


def on_paper_text() -> str:
    """Say why nobody begins a retest alone."""
    return _("This is a retest. People who were drawn for it take it on paper, with a teacher present.")


def method_text(rules: Mapping[str, Any]) -> str:
    """Say which of several attempts counts; empty if a quiz does not say it, or gives one attempt only."""
    if METHOD not in rules or rules["attempts_allowed"] == 1:
        return ""
    return {
        BEST: _("Your best attempt counts."),
        LAST: _("Your last attempt counts."),
        FIRST: _("Only your first attempt counts. Further attempts are for practice."),
        AVERAGE: _("The average of all your attempts counts."),
    }[rules[METHOD]]


def counted_text(result: Result | None) -> str:
    """Return 'Điểm tính: trung bình của 3 lần: 7,33/10'; empty if an activity does not say what counts."""
    if result is None or result.grade_raw is None or result.grade_max is None:
        return ""
    points = f"{format_number(result.grade_raw, short=True)}/{format_number(result.grade_max, short=True)}"
    how = counted_words(result.grade_from, result.grade_of)
    return _("What counts: %(how)s: %(points)s") % {"how": how, "points": points}
