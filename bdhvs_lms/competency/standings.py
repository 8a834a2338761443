"""Standing of everybody by every pass rule, written down so that a board counts rows and nothing else (ADR 3).

Folded from attainments, placements, belongings and pass rules. Attainments lead here by themselves when they change
(`AttainmentProjection`), placements and belongings by `learners.relocated`, a new rule by `fill`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from bdhvs_lms.competency.models import Attainment, PassRule, Standing, StandingFill
from bdhvs_lms.learners.api import Learner, counted_spans
from bdhvs_lms.tracking.api import Difference, FactsOf, Projection, Scopes, learner_lock

# Learners that one step of filling takes, and that are folded at once where many were written about.
STEP = 200
# framework, codes, level: what a rule asks for.
Asked = tuple[int, frozenset[str], int]


@dataclass(frozen=True)
class Rule:
    """The rule that a row of standings goes by. `group_id`: of the whole group, also of the rule of a part of it."""

    pk: int
    group_id: int
    asked: Asked


def asked_by(rule: PassRule) -> Asked:
    return rule.framework_id, frozenset(rule.all_of), rule.level


def pass_rules() -> QuerySet[PassRule]:
    """Return all rules with the group, the framework, and `written`: whether everybody's rows by it are there."""
    filled = StandingFill.objects.filter(rule=OuterRef("pk"), done=True)
    return PassRule.objects.select_related("group", "framework").annotate(written=Exists(filled)).order_by("pk")


def rules_written(rules: Iterable[PassRule]) -> dict[int, Rule]:
    """Return by each rule's primary key the rule whose rows stand for it: the first of the group that asks for the
    same. No query.

    A rule that asks for nothing counts nobody and is not in it. `rules`: all there are.
    """
    first: dict[tuple[int, Asked], Rule] = {}
    found: dict[int, Rule] = {}
    for rule in sorted(rules, key=lambda one: one.pk):
        whole, asked = rule.group.part_of_id or rule.group_id, asked_by(rule)
        if asked[1]:
            found[rule.pk] = first.setdefault((whole, asked), Rule(rule.pk, whole, asked))
    return found


def _rules() -> dict[int, Rule]:
    return rules_written(PassRule.objects.select_related("group"))


def rows_ready(rules: Iterable[PassRule]) -> dict[int, int]:
    """Return by each rule's primary key the rule by which `Standing` has everybody's row; without those that are still
    being written. No query. `rules`: all `pass_rules()`."""
    known = list(rules)
    done = {rule.pk for rule in known if rule.written}  # type: ignore[attr-defined]
    return {pk: rule.pk for pk, rule in rules_written(known).items() if rule.pk in done}


@dataclass
class Stand:
    """Moments from which on somebody has begun, passes, is confirmed by a rule."""

    begun_at: datetime | None = None
    passed_at: datetime | None = None
    confirmed_at: datetime | None = None


_COLUMNS = ("learner_id", "competency__framework_id", "competency__code", "level")
_MOMENTS = ("begun_at", "attained_at", "confirmed_at")


def attained_rows(ids: Collection[int]) -> dict[int, list[Any]]:
    """Return attainments by learner, as `stand_by` reads them."""
    found: dict[int, list[Any]] = defaultdict(list)
    rows = Attainment.objects.filter(learner__in=ids)
    for row in rows.values_list(*_COLUMNS, *_MOMENTS, named=True):
        found[row.learner_id].append(row)
    return found


def stand_by(asked: Asked, rows: Iterable[Any]) -> Stand:
    """Compute the stand by one learner's attainments."""
    framework, codes, level = asked
    begun: list[datetime] = []
    attained: dict[str, datetime] = {}
    confirmed: dict[str, datetime] = {}
    for row in rows:
        code = row.competency__code
        if row.competency__framework_id != framework or code not in codes or row.level < level:
            continue
        begun.extend(moment for moment in (row.begun_at, row.attained_at) if moment is not None)
        if row.attained_at is None:
            continue
        attained[code] = min(row.attained_at, attained.get(code, row.attained_at))
        if row.confirmed_at is not None:
            both = max(row.attained_at, row.confirmed_at)
            confirmed[code] = min(both, confirmed.get(code, both))
    return Stand(
        min(begun, default=None),
        max(attained.values()) if attained.keys() == codes else None,
        max(confirmed.values()) if confirmed.keys() == codes else None,
    )


class StandingProjection(Projection):
    name = "competency.standing"
    model = Standing
    key_fields = ("rule_id", "day_from")
    scope_field = "rule_id"

    def touched(self, facts: FactsOf) -> Scopes:
        """Return no scopes: what statements change is attainments first, and those lead here."""
        return {}

    def compute(self, scopes: Scopes) -> dict[Learner, dict[tuple[Any, ...], dict[str, Any]]]:
        found = rows_of([learner.pk for learner in scopes])
        return {learner: found.get(learner.pk, {}) for learner in scopes}

    def differences(self, learner: Learner) -> Iterator[Difference]:
        """Return differences without the rules that are still being written: nobody reads those."""
        ready = set(rows_ready(pass_rules()).values())
        return (found for found in super().differences(learner) if found.key[0] in ready)

    def relocate(self, ids: Sequence[int]) -> None:
        """Rebuild the rows after placements or belongings of these learners were written; inside that transaction."""
        learner_lock(*ids)
        merged = Learner.objects.filter(pk__in=ids, merged_into__isnull=False).values_list("pk", "merged_into")
        instead = {pk: whole for pk, whole in merged if whole is not None}
        wanted = sorted({instead.get(pk, pk) for pk in ids})
        for start in range(0, len(wanted), STEP):
            self._refold_ids(wanted[start : start + STEP])

    def _refold_ids(self, ids: Sequence[int]) -> None:
        self.write(Standing.objects.filter(learner__in=ids), rows_of(ids))

    def attained(self, ids: Collection[int]) -> None:
        """Update the moments after attainments of these learners changed; places do not change. Under their locks.

        One query for who is counted nowhere.
        """
        rows = list(Standing.objects.filter(learner__in=ids).select_related("rule"))
        if not rows:
            return
        found = attained_rows({row.learner_id for row in rows})
        stands: dict[tuple[int, int], Stand] = {}
        changed: list[Standing] = []
        fields: set[str] = set()
        for row in rows:
            key = (row.learner_id, row.rule_id)
            if key not in stands:
                stands[key] = stand_by(asked_by(row.rule), found.get(row.learner_id, ()))
            differing = {name: value for name, value in vars(stands[key]).items() if getattr(row, name) != value}
            for name, value in differing.items():
                setattr(row, name, value)
            if differing:
                fields.update(differing)
                changed.append(row)
        self.update(changed, fields)


def rows_of(ids: Collection[int]) -> dict[int, dict[tuple[Any, ...], dict[str, Any]]]:
    """Return all rows of these learners, by (rule, first day). Five queries; two where nobody counts anywhere."""
    spans = {pk: groups for pk, groups in counted_spans(ids).items() if groups}
    found: dict[int, dict[tuple[Any, ...], dict[str, Any]]] = {pk: {} for pk in ids}
    if not spans:
        return found
    rules: dict[int, list[Rule]] = defaultdict(list)
    for rule in set(_rules().values()):
        rules[rule.group_id].append(rule)
    attained = attained_rows(spans)
    for pk, groups in spans.items():
        for group, places in groups.items():
            for rule in rules.get(group, ()):
                stand = vars(stand_by(rule.asked, attained.get(pk, ())))
                for span in places:
                    found[pk][rule.pk, span.first] = {
                        "day_to": span.until,
                        "area_id": span.place.area_id,
                        "assigned": span.place.assigned,
                        "organisation_id": span.place.organisation_id,
                        **stand,
                    }
    return found


STANDINGS = StandingProjection()


def fill_step() -> bool:
    """Write the rows of some hundred learners for rules that are not written yet; tell whether there was anything to
    do.

    A transaction under the learners' locks: whoever acts meanwhile writes their own row, by the new rule too.
    """
    wanted = {rule.pk for rule in _rules().values()}
    known = set(StandingFill.objects.filter(rule__in=wanted).values_list("rule_id", flat=True))
    if wanted - known:
        StandingFill.objects.bulk_create(
            (StandingFill(rule_id=pk) for pk in sorted(wanted - known)), ignore_conflicts=True
        )
    with transaction.atomic():
        waiting = list(_waiting().select_for_update().order_by("last_learner_id", "pk"))
        if not waiting:
            return False
        after = waiting[0].last_learner_id
        together = [fill.pk for fill in waiting if fill.last_learner_id == after]
        ids = list(Learner.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:STEP])
        if ids:
            learner_lock(*ids)
            STANDINGS._refold_ids(ids)
        StandingFill.objects.filter(pk__in=together).update(
            last_learner_id=ids[-1] if ids else after, done=len(ids) < STEP
        )
    return True


def _waiting() -> QuerySet[StandingFill]:
    return StandingFill.objects.filter(done=False)


def fill(go_on: Callable[[], bool] = lambda: True) -> None:
    """Repeat steps until everything is written, or `go_on()` says that it is enough."""
    while fill_step() and go_on():
        pass


def on_catching_up(sender: Any, *, go_on: Callable[[], bool], **kwargs: Any) -> None:
    """Write rows for new rules, too, when stored work is worked off."""
    fill(go_on)
