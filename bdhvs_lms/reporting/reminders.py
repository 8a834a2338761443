"""Texts that a teacher sends to chosen people of a class, by Zalo or SMS: nothing is sent from here.

In Vietnamese whatever the teacher's language, for they go to other people. What is said of one person's learning is in
that person's text alone; the text for the group names nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from django.utils import translation
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import without_marks
from bdhvs_lms.classes.api import ClassGroup
from bdhvs_lms.reporting.class_table import points_words, title_of
from bdhvs_lms.reporting.queries.review import ClassReview, ReviewRow


@dataclass(frozen=True)
class Reminder:
    """What is sent to one person. `sms`: without marks, which take twice the messages."""

    row: ReviewRow
    zalo: str
    sms: str

    @property
    def sms_link(self) -> str:
        """Opens the telephone's own program with the text in it; empty without a number."""
        number = self.row.phone.replace(" ", "")
        return f"sms:{number}?body={quote(self.sms)}" if number else ""


@dataclass(frozen=True)
class Reminders:
    group_zalo: str
    group_sms: str
    of_each: tuple[Reminder, ...]


def reminders(review: ClassReview, rows: Iterable[ReviewRow]) -> Reminders:
    """For these people of the class, in their order. No query."""
    with translation.override("vi"):
        group = review.class_group
        whole = _("%(class)s: a reminder to go on with the course “%(course)s”.") % {
            "class": group.name,
            "course": title_of(review.course.titles),
        }
        whole = " ".join(part for part in (whole, _help(group)) if part)
        each = [_of(group, row) for row in rows]
        return Reminders(whole, _plain(whole), tuple(each))


# What no SMS has a letter for: with one of them a message holds 70 letters instead of 160.
_SIGNS = str.maketrans("“”–…", '""-.')


def _plain(text: str) -> str:
    return without_marks(text).translate(_SIGNS)


def _of(group: ClassGroup, row: ReviewRow) -> Reminder:
    parts = [
        _("To %(name)s, from %(class)s.") % {"name": row.name, "class": group.name},
        _next(row),
        _help(group),
    ]
    words = " ".join(part for part in parts if part)
    return Reminder(row, words, _plain(words))


def _next(row: ReviewRow) -> str:
    """What to do next."""
    if row.state == "done":
        return _("All of the course is completed. Well done!")
    failed = next((one for one in row.failed if one.activity.active), None)
    if failed is not None:
        facts = {"activity": title_of(failed.activity.titles), "points": points_words(failed)}
        return _("Please try “%(activity)s” again (%(points)s last time).") % facts
    left = next((one for one in row.cells if one.counts and one.status != "done"), None)
    if left is None:
        return ""
    facts = {"activity": title_of(left.activity.titles)}
    if row.last_at is None:
        return _("Please begin with “%(activity)s”.") % facts
    return _("Please go on with “%(activity)s”.") % facts


def _help(group: ClassGroup) -> str:
    return _("For help call %(phone)s.") % {"phone": group.phone} if group.phone else ""
