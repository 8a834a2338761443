"""Who somebody is, and who was where on which day. Days are days of the site's own time zone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from bdhvs_lms.learners.models import Belonging, Learner, LearnerIdentity, Person, Placement
from bdhvs_lms.learners.text import fold

# Below the number of variables that every build of SQLite takes in one statement.
IDS_PER_QUERY = 5_000


def _pieces(ids: Iterable[Any]) -> Iterable[list[Any]]:
    unique = list(dict.fromkeys(ids))
    for start in range(0, len(unique), IDS_PER_QUERY):
        yield unique[start : start + IDS_PER_QUERY]


def learner_for_identity(kind: str, subject: str, *, issuer: str = "") -> Learner | None:
    """The learner whom this account, PIN, card or outside login belongs to; one query."""
    return Learner.objects.filter(identities__kind=kind, identities__issuer=issuer, identities__subject=subject).first()


def learner_for_user(user: Any) -> Learner | None:
    """The learner of a user account; None for visitors and for accounts that are not learners (staff). One query."""
    if not user.is_authenticated:
        return None
    return learner_for_identity(LearnerIdentity.Kind.USER, str(user.pk))


def learner_for_actor(actor: UUID) -> Learner | None:
    """The learner that statements call by this UUID."""
    return Learner.objects.filter(actor=actor).first()


def learners_for_actors(actors: Iterable[UUID]) -> list[Learner]:
    """Learners among these actors, in order of primary key; unknown actors are left out."""
    found = [learner for piece in _pieces(actors) for learner in Learner.objects.filter(actor__in=piece)]
    return sorted(found, key=lambda learner: learner.pk)


def placed_in(area_ids: Sequence[int], on: date) -> QuerySet[Learner]:
    """Learners who count in one of these areas on this day: by the placement with the latest `valid_from` not after

    it, the newest of equals. Give `area_and_below(area)` to include what lies below."""
    newer = Placement.objects.filter(learner=OuterRef("learner"), valid_from__lte=on).filter(
        Q(valid_from__gt=OuterRef("valid_from")) | Q(valid_from=OuterRef("valid_from"), pk__gt=OuterRef("pk"))
    )
    speaking = Placement.objects.filter(area__in=area_ids, valid_from__lte=on).filter(~Exists(newer))
    return Learner.objects.filter(pk__in=speaking.values("learner"))


def placement_of(learner: Learner, on: date) -> Placement | None:
    """The placement that speaks on this day; None: never placed by then. Its `area` may be None: not assigned yet."""
    return (
        Placement.objects.filter(learner=learner, valid_from__lte=on)
        .select_related("area")
        .order_by("-valid_from", "-pk")
        .first()
    )


def _speaking_belongings(on: date) -> QuerySet[Belonging]:
    newer = (
        Belonging.objects.filter(learner=OuterRef("learner"), group=OuterRef("group"), valid_from__lte=on)
        # Compared through Coalesce, because NULL equals nothing: "no organisation" is a line of its own.
        .alias(line=Coalesce("organisation", Value(0)))
        .filter(line=Coalesce(OuterRef("organisation"), Value(0)))
        .filter(Q(valid_from__gt=OuterRef("valid_from")) | Q(valid_from=OuterRef("valid_from"), pk__gt=OuterRef("pk")))
    )
    return (
        Belonging.objects.filter(valid_from__lte=on)
        .filter(Q(valid_to=None) | Q(valid_to__gte=on))
        .filter(~Exists(newer))
    )


def belonging_to(group_id: int, on: date) -> QuerySet[Learner]:
    """Learners who count in this group on this day, at whatever organisation; each once."""
    return Learner.objects.filter(pk__in=_speaking_belongings(on).filter(group=group_id).values("learner"))


def belongings_of(learner: Learner, on: date) -> QuerySet[Belonging]:
    """The groups of one learner on this day."""
    return _speaking_belongings(on).filter(learner=learner).select_related("group", "organisation")


def names(learner_ids: Iterable[int]) -> dict[int, str]:
    """Names for showing, by primary key, one for every id asked. Erased and pulled people have none on record: for

    them a translated placeholder. One query for 5,000 people. Who shows names logs the access (`audit`)."""
    wanted = list(dict.fromkeys(learner_ids))
    known: dict[int, str] = {}
    for piece in _pieces(wanted):
        known.update(Person.objects.filter(learner__in=piece).values_list("learner_id", "full_name"))
    unknown = gettext("(no name on record)")
    return {learner_id: known.get(learner_id, unknown) for learner_id in wanted}


def search_by_name(text: str) -> QuerySet[Learner]:
    """Learners whose name contains this text, diacritics and case off; nothing for an empty text."""
    wanted = " ".join(fold(text).split())
    if not wanted:
        return Learner.objects.none()
    return Learner.objects.filter(person__search_name__contains=wanted).order_by("person__search_name", "pk")
