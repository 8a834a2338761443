"""Queries of who somebody is, and who was where on which day. Days are days of the site's own time zone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, Window
from django.db.models.functions import Coalesce, RowNumber
from django.db.models.lookups import IsNull
from django.utils.translation import gettext

from bdhvs_lms.base.api import Compiled, fold, one_line
from bdhvs_lms.campaign.api import MEASURES, Area, TargetGroup
from bdhvs_lms.learners.models import Belonging, Learner, LearnerIdentity, Person, Placement, SelfRegistration
from bdhvs_lms.learners.records import person_of, records_of_outer, several

# Below the number of variables that every build of SQLite takes in one statement.
IDS_PER_QUERY = 5_000


def _pieces(ids: Iterable[Any]) -> Iterable[list[Any]]:
    unique = list(dict.fromkeys(ids))
    for start in range(0, len(unique), IDS_PER_QUERY):
        yield unique[start : start + IDS_PER_QUERY]


def groups_by_list() -> QuerySet[TargetGroup]:
    """Return groups that somebody is named to belong to: those of age follow from the year of birth, parts from their
    group, and a group that only a ranking speaks of (the whole district) has no members to list."""
    counting = [kind.key for kind in MEASURES.values() if kind.counts_people]
    groups = TargetGroup.objects.filter(part_of=None, min_age=None, targets__measure__in=counting)
    return groups.distinct().order_by("pk")


def made_up_people() -> bool:
    """Tell whether the site holds people made up for a demonstration: then none of its figures may be reported. One
    query.

    Why the whole site and not the areas and classes in which they are? Because a sum, a share or a list that is free of
    them today has them tomorrow, and whoever prints it cannot see that.
    """
    return Learner.objects.filter(illustrative=True).exists()


# All columns, in the order in which a row is made of them.
_LEARNER, _PERSON = ([field.attname for field in model._meta.concrete_fields] for model in (Learner, Person))
# With the name: every page of somebody who is signed in shows it.
_by_identity = Compiled(
    lambda kind, issuer, subject: Learner.objects.filter(
        identities__kind=kind, identities__issuer=issuer, identities__subject=subject
    ).values(*_LEARNER, *(f"person__{name}" for name in _PERSON)),
    kind=str,
    issuer=str,
    subject=str,
)


def learner_for_identity(kind: str, subject: str, *, issuer: str = "") -> Learner | None:
    """Return the learner whom this account, PIN, card or outside login belongs to, as it stands now: of a record that
    was merged, the one it was merged into. One query, a second one for a record that was merged."""
    found = _by_identity(kind=str(kind), issuer=issuer, subject=subject)
    if not found:
        return None
    [row] = found
    if row["merged_into_id"] is not None:
        return Learner.objects.get(pk=row["merged_into_id"])
    learner = Learner.from_db(DEFAULT_DB_ALIAS, _LEARNER, [row[name] for name in _LEARNER])
    if row["person__id"] is not None:
        learner.person = Person.from_db(DEFAULT_DB_ALIAS, _PERSON, [row[f"person__{name}"] for name in _PERSON])
    return learner


def learner_for_user(user: Any) -> Learner | None:
    """Return the learner of a user account; None for visitors and for accounts that are not learners (staff). One
    query."""
    if not user.is_authenticated:
        return None
    return learner_for_identity(LearnerIdentity.Kind.USER, str(user.pk))


def linked_among(users: Iterable[Any]) -> set[str]:
    """Return primary keys, as strings, of those of these accounts that are a person's. A query for IDS_PER_QUERY
    accounts."""
    rows = LearnerIdentity.objects.filter(kind=LearnerIdentity.Kind.USER, issuer="")
    return {
        subject
        for piece in _pieces(str(user.pk) for user in users)
        for subject in rows.filter(subject__in=piece).values_list("subject", flat=True)
    }


def learner_for_actor(actor: UUID) -> Learner | None:
    """Return the learner of whom statements of this UUID speak; one query."""
    record = Learner.objects.filter(actor=actor).select_related("merged_into").first()
    return None if record is None else record.whole


def learners_for_actors(actors: Iterable[UUID]) -> list[Learner]:
    """Return the learners of whom statements of these actors speak, each once, in order of primary key; unknown actors
    are left out."""
    found = {
        record.whole.pk: record.whole
        for piece in _pieces(actors)
        for record in Learner.objects.filter(actor__in=piece).select_related("merged_into")
    }
    return [found[pk] for pk in sorted(found)]


def is_waiting(path: str = "") -> Q:
    """Return a condition on learners, or on rows whose `path` (``learner__``) leads to one: they registered without
    help and nobody has taken them into the lists yet, so that no board counts them."""
    return Q(**{f"{path}self_registration__isnull": False, f"{path}claim__isnull": True})


def is_unclaimed(learner: Learner) -> bool:
    """Tell whether the learner registered without help and nobody has taken them into the lists yet. One query."""
    return bool(unclaimed_among([learner.pk]))


def registered_self(learner: Learner) -> bool:
    """Tell whether the learner registered without help, by whichever record: an account is their own making.
    One query."""
    return SelfRegistration.objects.filter(learner__in=learner.ids).exists()


def unclaimed_among(learner_ids: Iterable[int]) -> set[int]:
    """Return those of these learners (by primary key) whom no board counts yet; see `claims`. One query for 5,000."""
    found: set[int] = set()
    for piece in _pieces(learner_ids):
        found.update(Learner.objects.filter(is_waiting(), pk__in=piece).values_list("pk", flat=True))
    return found


def newest_placement(on: date) -> QuerySet[Placement]:
    """Return within a query of rows that point at a learner the placement that speaks on this day, first, of all
    records of the person."""
    speaking = Placement.objects.filter(learner__in=records_of_outer(), valid_from__lte=on)
    return speaking.order_by("-valid_from", "-pk")


def _speaking(on: date) -> QuerySet[Placement]:
    """Return the placement of each person that speaks on this day: the one with the latest `valid_from` not after it,
    the newest of equals, of all of the person's records."""
    newer = Placement.objects.filter(learner=OuterRef("learner"), valid_from__lte=on).filter(
        Q(valid_from__gt=OuterRef("valid_from")) | Q(valid_from=OuterRef("valid_from"), pk__gt=OuterRef("pk"))
    )
    # Of people with several records only, who are few: everybody else's are told apart by an index.
    place = Window(RowNumber(), partition_by=person_of(), order_by=[F("valid_from").desc(), F("pk").desc()])
    outdone = Placement.objects.filter(valid_from__lte=on, learner__in=several()).annotate(place=place)
    return (
        Placement.objects.filter(valid_from__lte=on)
        .filter(~Exists(newer))
        .exclude(pk__in=outdone.filter(place__gt=1).values("pk"))
    )


def placed_in(area_ids: Sequence[int] | QuerySet[Any], on: date) -> QuerySet[Learner]:
    """Return learners who count in one of these areas on this day, by the placement that speaks then."""
    return Learner.objects.filter(pk__in=_speaking(on).filter(area__in=area_ids).values(person=person_of()))


def placements_on(on: date) -> QuerySet[Placement]:
    """Return the placement of each learner that speaks on this day, as in `placed_in`; in no order.

    Annotated with `person`, whose it is (a learner's primary key), and `last_area`: its area, or for somebody who is
    unassigned since a unit was split (`area` None) the newest area named before; None when there has been none.
    """
    named = Placement.objects.filter(learner=OuterRef("learner"), valid_from__lte=on, area__isnull=False)
    return _speaking(on).annotate(
        person=person_of(),
        last_area=Coalesce(
            "area_id",
            Subquery(named.order_by("-valid_from", "-pk").values("area_id")[:1]),
            output_field=BigIntegerField(),
        ),
    )


def placement_of(learner: Learner, on: date) -> Placement | None:
    """Return the placement that speaks on this day; None: never placed by then. Its `area` may be None: not assigned
    yet."""
    return (
        Placement.objects.filter(learner__in=learner.ids, valid_from__lte=on)
        .select_related("area")
        .order_by("-valid_from", "-pk")
        .first()
    )


def area_of(learner: Learner, on: date) -> Area | None:
    """Return where the learner lives on this day, as far as it is known: the area that was named last, while a split
    unit's people are unassigned too; of who registered without help and is in no list yet, the one they said. Two
    queries at most."""
    placed = Placement.objects.filter(learner__in=learner.ids, valid_from__lte=on, area__isnull=False)
    placement = placed.select_related("area").order_by("-valid_from", "-pk").first()
    if placement is not None:
        return placement.area
    registrations = SelfRegistration.objects.filter(learner__in=learner.ids).select_related("area")
    registration = registrations.order_by("pk").first()
    return registration.area if registration is not None else None


def speaking_belongings(on: date) -> QuerySet[Belonging]:
    """Return the belongings that speak on this day, of everybody: one row for each learner, group and organisation."""
    newer = (
        Belonging.objects.filter(learner=OuterRef("learner"), group=OuterRef("group"), valid_from__lte=on)
        # Compared through Coalesce, because NULL equals nothing: "no organisation" is a line of its own.
        .alias(line=Coalesce("organisation", Value(0)))
        .filter(line=Coalesce(OuterRef("organisation"), Value(0)))
        .filter(Q(valid_from__gt=OuterRef("valid_from")) | Q(valid_from=OuterRef("valid_from"), pk__gt=OuterRef("pk")))
    )
    # A person has one year of birth, that of the record that stands: no other one's rule counts.
    merged = Learner.objects.filter(merged_into__isnull=False).values("pk")
    return (
        Belonging.objects.filter(valid_from__lte=on, withdrawn=False)
        .filter(Q(valid_to=None) | Q(valid_to__gte=on))
        .filter(~Exists(newer))
        .exclude(basis="rule", learner__in=merged)
    )


def belonging_to(group: TargetGroup | int, on: date) -> QuerySet[Learner]:
    """Return learners who count in this group on this day, at whatever organisation; each once.

    Members of a part of a group (`TargetGroup.part_of`) are those of the whole group; with `urban_only` those of them
    who are placed in an urban unit on this day.

    Args:
        group: the group, or its primary key, which costs a query.
    """
    if isinstance(group, int):
        group = TargetGroup.objects.get(pk=group)
    whole = group.part_of_id or group.pk
    found = Learner.objects.filter(pk__in=speaking_belongings(on).filter(group=whole).values(person=person_of()))
    if group.urban_only:
        found = found.filter(pk__in=placed_in(Area.objects.filter(urban=True).values("pk"), on).values("pk"))
    return found


def belongings_on(group: TargetGroup, on: date) -> QuerySet[Belonging]:
    """Return one belonging of each learner in the group on this day: of several organisations the one joined last, and
    one that names an organisation before one that names none. So nobody is counted at two places. For a part of a
    group (`TargetGroup.part_of`) these are those of the whole group, wherever they live. Annotated with `person`,
    whose it is."""
    return (
        speaking_belongings(on)
        .filter(group=group.part_of_id or group.pk)
        .annotate(
            person=person_of(),
            place=Window(
                RowNumber(),
                partition_by=person_of(),
                order_by=[IsNull(F("organisation_id"), True).asc(), F("valid_from").desc(), F("pk").desc()],
            ),
        )
        .filter(place=1)
    )


def belongings_of(learner: Learner, on: date) -> QuerySet[Belonging]:
    """Return the groups of one learner on this day."""
    return speaking_belongings(on).filter(learner__in=learner.ids).select_related("group", "organisation")


def belongings_ever(learner: Learner) -> list[Belonging]:
    """Return all belongings of a person that hold or held, the newest first: of each first day what was said of it
    last. One query."""
    rows = Belonging.objects.filter(learner__in=learner.ids).select_related("group", "organisation")
    found: dict[tuple[Any, ...], Belonging] = {}
    for row in rows.order_by("pk"):
        found[row.learner_id, row.group_id, row.organisation_id, row.valid_from] = row
    held = [row for row in found.values() if not row.withdrawn]
    return sorted(held, key=lambda row: (row.valid_from, row.pk), reverse=True)


def placements_ever(learner: Learner) -> list[Placement]:
    """Return where a person was placed, the newest first: of each day what was said of it last. One query."""
    rows = Placement.objects.filter(learner__in=learner.ids).select_related("area__parent").order_by("pk")
    found = {row.valid_from: row for row in rows}
    return [found[day] for day in sorted(found, reverse=True)]


def unnamed() -> str:
    """Return what somebody without a name on record is called: erased, or known from another record store only."""
    return gettext("(no name on record)")


def name_of(learner: Learner) -> str:
    """Return one person's name, as `names()`. No query where it was read with the learner."""
    person = learner._state.fields_cache.get("person")
    return names([learner.pk])[learner.pk] if person is None else str(person.full_name)


def names(learner_ids: Iterable[int]) -> dict[int, str]:
    """Return names for showing, by primary key, one for every id asked. Erased and pulled people have none on record:
    for them a translated placeholder. One query for 5,000 people. Who shows names logs the access (`audit`)."""
    wanted = list(dict.fromkeys(learner_ids))
    known: dict[int, str] = {}
    for piece in _pieces(wanted):
        known.update(Person.objects.filter(learner__in=piece).values_list("learner_id", "full_name"))
    unknown = unnamed()
    return {learner_id: known.get(learner_id, unknown) for learner_id in wanted}


def search_by_name(text: str) -> QuerySet[Learner]:
    """Return learners whose name, in any of their records, contains this text, diacritics and case off; nothing for an
    empty text."""
    wanted = fold(one_line(text))
    if not wanted:
        return Learner.objects.none()
    named = Person.objects.filter(search_name__contains=wanted).values(person=person_of())
    return Learner.objects.filter(pk__in=named).order_by("person__sort_name", "pk")
