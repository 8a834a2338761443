"""People whom nobody needs on record any more, without activity and class for longer than the retention period; and
people whose erasure was begun and not finished."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q, QuerySet

from bdhvs_lms.audit.api import Consent
from bdhvs_lms.base.api import day_of
from bdhvs_lms.campaign.api import SteeringAssignment
from bdhvs_lms.classes.api import ClassTeacher, Membership, TeamMember, forget_neighbours_before, neighbours_before
from bdhvs_lms.courses.api import Enrolment
from bdhvs_lms.learners.api import Belonging, Learner, Placement
from bdhvs_lms.privacy.actions import erase
from bdhvs_lms.privacy.held import user_ids
from bdhvs_lms.privacy.requests import open_requests
from bdhvs_lms.tracking.api import Act, facts_about

PIECE = 200


def _quiet(before: datetime) -> QuerySet[Learner]:
    """Return those with a name on record of whom the core's own tables know nothing since then, the statements not
    asked."""
    day = day_of(before)
    # Of every record of the person.
    own = Q(learner=OuterRef("pk")) | Q(learner__merged_into=OuterRef("pk"))
    going_on = (Q(valid_to=None) | Q(valid_to__gte=day)) & (
        Q(class_group__ends=None) | Q(class_group__ends__gte=day) | Q(valid_from__gte=day)
    )
    lively = (
        Membership.objects.filter(own, going_on),
        TeamMember.objects.filter(own, Q(valid_to=None) | Q(valid_to__gte=day)),
        Enrolment.objects.filter(own, enrolled_at__gte=before),
        Act.objects.filter(own, received_at__gte=before),
        Placement.objects.filter(own, recorded_at__gte=before),
        Belonging.objects.filter(own, recorded_at__gte=before),
        Consent.objects.filter(actor=OuterRef("actor"), at__gte=before),
        open_requests().filter(own),
    )
    found = Learner.objects.filter(merged_into=None, person__isnull=False)
    for rows in lively:
        found = found.filter(~Exists(rows))
    return found.exclude(self_registration__registered_at__gte=before)


def _is_staff_or_came(learner: Learner, before: datetime) -> bool:
    """Tell whether an account of the person does more here than learn, or has signed in since then."""
    ids: list[Any] = [pk for record in learner.records for pk in user_ids(record)]
    if not ids:
        return False
    users: Any = get_user_model()._default_manager.filter(pk__in=ids)
    for user in users:
        if user.is_staff or user.is_superuser or user.groups.exists() or user.user_permissions.exists():
            return True
        if max(filter(None, (user.last_login, user.date_joined))) >= before:
            return True
    return (
        ClassTeacher.objects.filter(user__in=ids).exists() or SteeringAssignment.objects.filter(user__in=ids).exists()
    )


def _has_acted(learner: Learner, before: datetime) -> bool:
    return any(fact.occurred_at >= before for fact in facts_about(learner))


def people_to_purge(before: datetime, *, progress: Callable[[int], None] | None = None) -> Iterator[Learner]:
    """Yield those who have had no activity and no class since then, in order of primary key, piece by piece.

    Staff, who came in by an account, and whoever has an open request are left out. `progress(n)`: n more are looked at.
    """
    last = 0
    while True:
        piece = list(_quiet(before).filter(pk__gt=last).order_by("pk")[:PIECE])
        if not piece:
            return
        for learner in piece:
            last = learner.pk
            if not _is_staff_or_came(learner, before) and not _has_acted(learner, before):
                yield learner
            if progress is not None:
                progress(1)


def begun_erasures() -> list[Learner]:
    """Return those whose erasure was begun and not finished: the process was killed, or something failed. Each person
    once."""
    found = Learner.objects.exclude(erasing_since=None).select_related("merged_into").order_by("pk")
    return list({learner.whole.pk: learner.whole for learner in found}.values())


def count_quiet(before: datetime) -> int:
    """Count those whom `people_to_purge` looks at."""
    return _quiet(before).count()


def count_neighbours(before: datetime) -> int:
    """Count those who left a team before then, and are known by name only."""
    return neighbours_before(day_of(before)).count()


def purge(before: datetime, *, at: datetime, progress: Callable[[int], None] | None = None) -> int:
    """Erase them, each in transactions of its own; how many. Stopped and called again, it goes on.

    Names of former members of teams who are not on record (`count_neighbours`) go first."""
    forget_neighbours_before(day_of(before))
    done = 0
    for learner in people_to_purge(before, progress=progress):
        if erase(learner, by=None, at=at):
            done += 1
    return done
