"""Consent to the recording of somebody's learning: whose yes it needs, by age, and whether it is there.

Below 16 a parent or guardian answers for the child (children by the Law on Children 2016; represented by Law
91/2025/QH15). From 7 on the child's own yes is asked for beside it: that law asks for both where a child's private life
is made public, and a teacher sees results by name. A year of birth leaves two ages, and the worse case counts: who may
be under 16 is, who may be 7 is. Nobody knows the age of somebody without a year of birth: the own yes is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from bdhvs_lms.audit.api import Consent, ConsentMissing, version_on
from bdhvs_lms.base.api import Compiled, day_of
from bdhvs_lms.conf import app_settings
from bdhvs_lms.learners.models import Learner, Person

CHILD_UNDER = 16
OWN_FROM = 7


@dataclass(frozen=True)
class Consenting:
    """People who have to agree: the person, a parent or guardian, or both."""

    own: bool = True
    guardian: bool = False


def who_agrees(birth_year: int | None, on: date) -> Consenting:
    if birth_year is None:
        return Consenting()
    oldest = on.year - birth_year
    return Consenting(own=oldest >= OWN_FROM, guardian=oldest - 1 < CHILD_UNDER)


@dataclass(frozen=True)
class ConsentState:
    """The state of consent. `version`: of the text in force. `needed`: who has to agree to it. `own_given`,
    `guardian_given`: who has."""

    version: str
    needed: Consenting
    own_given: bool
    guardian_given: bool

    @property
    def missing(self) -> Consenting:
        """Return who has still to agree."""
        return Consenting(
            own=self.needed.own and not self.own_given, guardian=self.needed.guardian and not self.guardian_given
        )

    @property
    def complete(self) -> bool:
        return self.missing == Consenting(own=False, guardian=False)


def _agreed_to(actors: list[UUID], *, by_representative: bool) -> Any:
    """Return within a query the version of the last answer, empty when it is a withdrawal or there is none."""
    answers = Consent.objects.filter(actor__in=actors, purpose="learning", by_representative=by_representative)
    version = Case(When(given=True, then="text_version"), default=Value(""), output_field=CharField())
    newest = answers.order_by("-at", "-id").annotate(agreed_to=version).values("agreed_to")[:1]
    return Coalesce(Subquery(newest), Value(""), output_field=CharField())


def _state(pk: int, actors: list[UUID], day: date, shipped: str) -> QuerySet[Any, Any]:
    found = Learner.objects.filter(pk=pk).annotate(
        version=version_on(day, shipped),
        own_to=_agreed_to(actors, by_representative=False),
        guardian_to=_agreed_to(actors, by_representative=True),
    )
    return found.values("person__birth_year", "version", "own_to", "guardian_to")


# Of who has one record, as almost everybody has: every page asks it.
_state_of_one = Compiled(
    lambda pk, actor, day, shipped: _state(pk, [actor], day, shipped), pk=int, actor=UUID, day=date, shipped=str
)


def consent_state(learner: Learner, at: datetime) -> ConsentState:
    """Return the state in one query."""
    day, actors, pk, shipped = day_of(at), learner.actors, learner.whole.pk, app_settings.CONSENT_VERSION
    if len(actors) == 1:
        [row] = _state_of_one(pk=pk, actor=actors[0], day=day, shipped=shipped)
    else:
        [row] = _state(pk, actors, day, shipped)
    born, version = row["person__birth_year"], row["version"]
    return ConsentState(version, who_agrees(born, day), row["own_to"] == version, row["guardian_to"] == version)


def agreed_among(learners: Iterable[Learner], at: datetime) -> set[int]:
    """Return primary keys of the learners for whom everybody who has to has agreed to the text in force. One query."""
    day = day_of(at)
    whose = {actor: learner.pk for learner in learners for actor in learner.actors}
    # From record to person, each found by an index: asked for either in one condition, the database reads all people.
    whole = Learner.objects.filter(actor=OuterRef(OuterRef("actor"))).values(whole=Coalesce("merged_into", "pk"))[:1]
    answers = Consent.objects.filter(actor__in=list(whose), purpose="learning").annotate(
        version=version_on(day),
        born=Subquery(Person.objects.filter(learner=Subquery(whole)).values("birth_year")[:1]),
    )
    agreed: dict[int, dict[bool, bool]] = {}
    needed: dict[int, Consenting] = {}
    columns = ("actor", "by_representative", "given", "text_version", "version", "born")
    for actor, by_representative, given, to, version, born in answers.order_by("at", "id").values_list(*columns):
        pk = whose[actor]
        agreed.setdefault(pk, {})[by_representative] = given and to == version
        needed[pk] = who_agrees(born, day)
    return {
        pk
        for pk, by_whom in agreed.items()
        if by_whom.get(False, not needed[pk].own) and by_whom.get(True, not needed[pk].guardian)
    }


def withdrawn_among(learners: Iterable[Learner]) -> dict[int, datetime]:
    """Return, by primary key of the learners of whom a withdrawal is somebody's last word, when it was made; of two the
    later. One query."""
    whose = {actor: learner.pk for learner in learners for actor in learner.actors}
    answers = Consent.objects.filter(actor__in=list(whose), purpose="learning").order_by("at", "id")
    last: dict[tuple[int, bool], datetime | None] = {}
    for actor, by_representative, given, at in answers.values_list("actor", "by_representative", "given", "at"):
        last[whose[actor], by_representative] = None if given else at
    found: dict[int, datetime] = {}
    for (pk, _by), at in last.items():
        if at is not None:
            found[pk] = max(at, found.get(pk, at))
    return found


def require_consent(learner: Learner, at: datetime) -> None:
    """Raise ConsentMissing unless everybody who has to has agreed to the text in force. One query.

    Every action that records something about a learner calls it inside its transaction, after `learner_lock`:
    withdrawing takes the same lock, so that nothing is recorded once the withdrawal stands.
    """
    if not consent_state(learner, at).complete:
        raise ConsentMissing
