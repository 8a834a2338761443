"""The looks of staff at a person's records, in words for that person and for operators."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_lms.audit.api import AccessedPerson, AccessLog
from bdhvs_lms.campaign.api import SteeringAssignment
from bdhvs_lms.classes.api import ClassTeacher
from bdhvs_lms.learners.api import Learner, learners_for_actors, names
from bdhvs_lms.plugins.api import personal_data
from bdhvs_lms.privacy.held import is_erased, user_ids

ROWS = 50
NAMED = 3
"""So many of the people of one look are named in a list."""

CHANGES = ("reset-password", "reset-pin", "new-card")
"""Acts after which somebody else may know how to sign in as the person: `TOLD` on their own page."""
TOLD = timedelta(days=30)

PAGES = {
    "access-log": gettext_lazy("access log"),
    "area-confirm": gettext_lazy("confirmation of results in an area"),
    "certificate": gettext_lazy("a certificate"),
    "certificate-revoke": gettext_lazy("revocation of a certificate"),
    "class": gettext_lazy("class in the admin"),
    "class-add": gettext_lazy("search for the same person"),
    "class-cards": gettext_lazy("QR cards of a class"),
    "class-pins": gettext_lazy("Pictures chosen in a class"),
    "class-confirm": gettext_lazy("confirmation of results in a class"),
    "class-found": gettext_lazy("found on record, taken into a class"),
    "class-member-ended": gettext_lazy("removal from a class"),
    "class-member-resumed": gettext_lazy("removal from a class, undone"),
    "class-newcomers": gettext_lazy("new people of a class"),
    "class-papers": gettext_lazy("consent on paper of a class"),
    "class-person": gettext_lazy("a learner's page in the class"),
    "class-person-attempt": gettext_lazy("answers of an attempt"),
    "class-person-why": gettext_lazy("why a result is what it is"),
    "class-questions": gettext_lazy("hardest questions of a class"),
    "class-reminders": gettext_lazy("reminders of a class"),
    "class-retest": gettext_lazy("retest of a sample, in a class"),
    "class-review": gettext_lazy("results of a class"),
    "impact": gettext_lazy("whose results a rule would change"),
    "class-signatures": gettext_lazy("sign-in sheet of a class"),
    "data-copy": gettext_lazy("copy of the data, in the admin"),
    "data-request": gettext_lazy("a request"),
    "data-requests": gettext_lazy("list of requests"),
    "erase-person": gettext_lazy("erasure, before it is confirmed"),
    "export_person": gettext_lazy("copy of the data, by a command"),
    "link-account": gettext_lazy("link to an account"),
    "merge": gettext_lazy("merging of records"),
    "my-data-copy": gettext_lazy("own copy of the data"),
    "my-data-download": gettext_lazy("own copy of the data"),
    "new-card": gettext_lazy("new QR card"),
    "newcomer": gettext_lazy("somebody who registered without help"),
    "newcomers": gettext_lazy("people who registered without help"),
    "papers": gettext_lazy("consent on paper"),
    "people": gettext_lazy("list of learners"),
    "people-act": gettext_lazy("one change for many learners"),
    "people-add": gettext_lazy("search for the same person"),
    "people-import": gettext_lazy("import of a list"),
    "person": gettext_lazy("a learner's page in the admin"),
    "person-sign-in": gettext_lazy("a learner's ways to sign in"),
    "privacy.erase": gettext_lazy("erasure"),
    "retest-list": gettext_lazy("retest of a sample, in an area"),
    "reset-password": gettext_lazy("reset of a password"),
    "reset-pin": gettext_lazy("reset of the pictures"),
    "session": gettext_lazy("attendance of a session"),
    "statement": gettext_lazy("a learning record"),
    "own-teams": gettext_lazy("own community team"),
    "team": gettext_lazy("a community team"),
    "teams": gettext_lazy("community teams"),
    "statements": gettext_lazy("learning records"),
    "visit": gettext_lazy("home visit"),
    "vneid": gettext_lazy("confirmations on VNeID"),
    "vneid-import": gettext_lazy("import of confirmations on VNeID"),
}
_FILES = ("csv", "xlsx", "pdf")


def pages_in_words() -> dict[str, str]:
    """Return every page of the core and of plugins that is written down, by its key."""
    plugged = (owner.pages for owner in personal_data)
    return {key: str(words) for pages in (PAGES, *plugged) for key, words in pages.items()}


def page_words(page: str, known: Mapping[str, str]) -> str:
    """Say what was looked at. What nobody has words for is told by its key. `known`: `pages_in_words()`."""
    base, _dash, kind = page.rpartition("-")
    if page not in known and kind in _FILES:
        return _("%(page)s, as a file") % {"page": known.get(base, base)}
    return known.get(page, page)


def looks_at(actors: Iterable[UUID]) -> QuerySet[AccessLog]:
    """Return every look at one of them, the latest first."""
    groups = AccessedPerson.objects.filter(actor__in=list(actors)).values("people_id")
    return AccessLog.objects.filter(people__in=groups).order_by("-at", "-pk")


@dataclass(frozen=True)
class Look:
    pk: int
    at: datetime
    who: str
    what: str


def looks_in_words(learner: Learner, *, before: int | None = None) -> tuple[list[Look], int | None]:
    """Return a page of who looked at the learner, the latest first, and the key of the next page, None where there is
    none.

    Five queries, however many looks. `before`: the key of the page.
    """
    found = looks_at(learner.actors).select_related("user")
    if before is not None:
        last = AccessLog.objects.filter(pk=before).values("at").first()
        if last is not None:
            found = found.filter(at__lte=last["at"]).exclude(at=last["at"], pk__gte=before)
    rows = list(found[: ROWS + 1])
    more = len(rows) > ROWS
    rows = rows[:ROWS]
    return _in_words(learner, rows), (rows[-1].pk if more else None)


def changes_in_words(learner: Learner, at: datetime) -> list[Look]:
    """Say who gave the learner another way in lately, and which. One query; where there was any, as
    `looks_in_words`."""
    changes = looks_at(learner.actors).filter(page__in=CHANGES, at__gt=at - TOLD, at__lte=at).select_related("user")
    rows = list(changes[:NAMED])
    return _in_words(learner, rows) if rows else []


def _in_words(learner: Learner, rows: list[AccessLog]) -> list[Look]:
    who = _accounts(learner, [row.user for row in rows if row.user is not None])
    known = pages_in_words()
    return [Look(row.pk, row.at, who.get(row.user_id, _("the system")), page_words(row.page, known)) for row in rows]


def _accounts(learner: Learner, users: list[Any]) -> dict[Any, str]:
    """Name each account by its name, where it has one, and by what it does here; never by the name that it signs in
    with."""
    found = {user.pk: user for user in users}
    own = {str(pk) for record in learner.records for pk in user_ids(record)}
    teachers = set(ClassTeacher.objects.filter(user__in=found).values_list("user_id", flat=True))
    committee = set(SteeringAssignment.objects.filter(user__in=found).values_list("user_id", flat=True))
    words = {}
    for pk, user in found.items():
        if str(pk) in own:
            words[pk] = _("you")
            continue
        if is_erased(user):
            words[pk] = _("an account that was erased")
            continue
        if pk in teachers:
            role = _("teacher")
        elif pk in committee:
            role = _("steering committee")
        else:
            role = _("operator of the site")
        name = user.get_full_name()
        words[pk] = f"{name}, {role}" if name else role
    return words


def named_among(rows: Iterable[AccessLog]) -> dict[int, str]:
    """Say for each row who was seen: the first three by name, how many more. Three queries for a page of looks."""
    groups = {row.people_id for row in rows}
    members = (
        AccessedPerson.objects.filter(people__in=groups)
        .annotate(
            place=Window(RowNumber(), partition_by=F("people"), order_by=F("actor").asc()),
            total=Window(Count("actor"), partition_by=F("people")),
        )
        .filter(place__lte=NAMED)
    )
    first: dict[int, list[UUID]] = {}
    total: dict[int, int] = {}
    for member in members:
        first.setdefault(member.people_id, []).append(member.actor)
        total[member.people_id] = member.total
    learners = learners_for_actors({actor for actors in first.values() for actor in actors})
    called = names(learner.pk for learner in learners)
    by_actor = {actor: called[learner.pk] for learner in learners for actor in learner.actors}
    unknown = _("(no name on record)")
    words = {}
    for people, actors in first.items():
        listed = ", ".join(by_actor.get(actor, unknown) for actor in actors)
        more = total[people] - len(actors)
        words[people] = _("%(names)s and %(count)d more") % {"names": listed, "count": more} if more else listed
    return {row.pk: words.get(row.people_id, "") for row in rows}


def shown_actors(rows: Iterable[AccessLog]) -> list[UUID]:
    """Return the people whom a page of these looks names."""
    groups = {row.people_id for row in rows}
    members = AccessedPerson.objects.filter(people__in=groups).annotate(
        place=Window(RowNumber(), partition_by=F("people"), order_by=F("actor").asc())
    )
    return [member.actor for member in members.filter(place__lte=NAMED)]
