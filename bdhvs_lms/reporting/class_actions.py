"""What can be done with a class: the row of buttons on its page. Each entry of `ACTIONS` gives a button or, to whom it
does not belong, none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import day_of, now, why_no_pdf
from bdhvs_lms.classes.api import activity_types_of, is_guessed, newcomers_waiting, next_sessions
from bdhvs_lms.plugins.api import activity_types
from bdhvs_lms.reporting.class_page import Page


@dataclass(frozen=True)
class Action:
    """A button that leads to a page or file. One of a row at most is the main one."""

    words: str
    address: str
    main: bool = False
    more: bool = False
    """Not needed every evening: folded up below the others."""


Maker = Callable[[HttpRequest, Page], Action | Sequence[Action] | None]


def actions_of(request: HttpRequest, page: Page) -> list[Action]:
    """What the account that asks may do with this class, in the order of `ACTIONS`, then of `MORE`. No query of its own
    for each learner."""
    found: list[Action] = []
    for maker in (*ACTIONS, *MORE):
        made = maker(request, page)
        listed = [made] if isinstance(made, Action) else list(made or ())
        found += [replace(one, more=True) for one in listed] if maker in MORE else listed
    return found


def _newcomers(request: HttpRequest, page: Page) -> Action:
    group = page.review.class_group
    waiting = newcomers_waiting(group, page.review.on)
    address = reverse("bdhvs_lms:class-newcomers", args=[group.uuid])
    if not waiting:
        return Action(_("New people"), address, more=True)
    return Action(_("New people: %(count)d") % {"count": waiting}, address)


def _poster(request: HttpRequest, page: Page) -> Action:
    return Action(_("Print a poster"), reverse("bdhvs_lms:class-poster", args=[page.review.class_group.uuid]))


def _signatures(request: HttpRequest, page: Page) -> Action:
    return Action(_("Sign-in sheet"), reverse("bdhvs_lms:class-signatures", args=[page.review.class_group.uuid]))


def _papers(request: HttpRequest, page: Page) -> Action:
    return Action(_("Consent on paper"), reverse("bdhvs_lms:class-papers", args=[page.review.class_group.uuid]))


def _sign_in(request: HttpRequest, page: Page) -> Action | None:
    group = page.review.class_group
    words = _("Somebody is guessing this class's codes") if is_guessed(group.uuid, at=now()) else _("Open sign-in")
    return Action(words, reverse("bdhvs_lms:class-door", args=[group.uuid]))


def _cards(request: HttpRequest, page: Page) -> Action | None:
    return Action(_("QR cards"), reverse("bdhvs_lms:class-cards", args=[page.review.class_group.uuid]))


def _add_people(request: HttpRequest, page: Page) -> Action:
    return Action(_("Add people"), reverse("bdhvs_lms:class-add", args=[page.review.class_group.uuid]))


def _attendance(request: HttpRequest, page: Page) -> Action:
    """Of today's session; else the sessions, to plan one or to correct the last; of a new one where none is planned."""
    group = page.review.class_group
    meeting = next_sessions([group.pk], page.review.on).get(group.pk)
    if meeting is None:
        return Action(_("Attendance"), reverse("bdhvs_lms:session-new", args=[group.uuid]), main=True)
    if day_of(meeting.starts_at) > page.review.on:
        return Action(_("Attendance"), reverse("bdhvs_lms:class-sessions", args=[group.uuid]), main=True)
    return Action(_("Attendance"), reverse("bdhvs_lms:session", args=[group.uuid, meeting.uuid]), main=True)


def _sessions(request: HttpRequest, page: Page) -> Action:
    return Action(_("Sessions and visits"), reverse("bdhvs_lms:class-sessions", args=[page.review.class_group.uuid]))


def _confirm(request: HttpRequest, page: Page) -> Action | None:
    address = reverse("bdhvs_lms:class-confirm", args=[page.review.class_group.uuid])
    return Action(_("Propose for confirmation"), address) if page.review.rows else None


def _retest(request: HttpRequest, page: Page) -> Action | None:
    address = reverse("bdhvs_lms:class-retest", args=[page.review.class_group.uuid])
    return Action(_("Retest of a sample"), address) if page.review.rows else None


def _settings(request: HttpRequest, page: Page) -> Action:
    return Action(_("Class settings"), reverse("bdhvs_lms:class-settings", args=[page.review.class_group.uuid]))


def _spreadsheet(request: HttpRequest, page: Page) -> Action | None:
    return Action(_("Save as Excel"), page.file_address("xlsx")) if page.review.rows else None


def _csv(request: HttpRequest, page: Page) -> Action | None:
    return Action(_("Save as CSV"), page.file_address("csv")) if page.review.rows else None


def _recorded_by_teachers(request: HttpRequest, page: Page) -> list[Action]:
    """What kinds of activities of the class's courses leave to its teacher: keying in paper tests, observing tasks."""
    offered = activity_types_of(page.review.class_group)
    kinds = (kind for kind in activity_types if kind.key in offered and kind.class_view)
    return [
        Action(str(kind.class_label), reverse(kind.class_view, args=[page.review.class_group.uuid])) for kind in kinds
    ]


def _pdf(request: HttpRequest, page: Page) -> Action | None:
    """None where no PDF can be made: the page itself prints well."""
    if not page.review.rows or why_no_pdf():
        return None
    return Action(_("Save as PDF"), page.file_address("pdf"))


ACTIONS: tuple[Maker, ...] = (
    _attendance,
    _sign_in,
    _add_people,
    _recorded_by_teachers,
    _newcomers,
)
"""What is done in the class of an evening."""
MORE: tuple[Maker, ...] = (
    _sessions,
    _cards,
    _papers,
    _confirm,
    _retest,
    _signatures,
    _poster,
    _settings,
    _spreadsheet,
    _csv,
    _pdf,
)
"""What is prepared, printed, set and taken along."""
