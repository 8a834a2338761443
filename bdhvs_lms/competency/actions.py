"""Writes: alignments pushed at publish, and the named, logged acts on the past."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from bdhvs_lms.base.api import require
from bdhvs_lms.competency import rules
from bdhvs_lms.competency.models import (
    Alignment,
    AlignmentRevision,
    Competency,
    Evidence,
    EvidenceRule,
    EvidenceRuleVersion,
    FrameworkLevel,
    Realignment,
    Redeciding,
    RuleApplication,
)
from bdhvs_lms.learners.api import Learner, learners_for_actors
from bdhvs_lms.tracking.api import activity_iri, actor_uuid, decide, learner_lock, projections
from bdhvs_xapi import api as xapi

# Rules and realignments are the operators'.
RULES = "change_evidencerule"


class AlignmentConflict(Exception):
    """A conflict: this revision has been aligned with something else. A change of alignment is a new revision or a
    realignment."""


def push_alignment(
    activity_key: UUID, revision: str, pairs: Iterable[tuple[int, int]], *, at: datetime
) -> AlignmentRevision:
    """Record what this revision of an activity shows: (competency id, level) pairs. The same again changes nothing.

    Raises AlignmentConflict for another set under the same revision, ValueError for a level that the competency's
    framework does not have.
    """
    wanted = set(pairs)
    _check_levels(wanted)
    with transaction.atomic():
        row, created = AlignmentRevision.objects.get_or_create(
            activity_key=activity_key, revision=revision, defaults={"at": at}
        )
        if not created:
            stored = set(row.alignments.values_list("competency_id", "level"))
            if stored != wanted:
                raise AlignmentConflict(
                    f"{activity_key} revision {revision!r} has {sorted(stored)}, not {sorted(wanted)}"
                )
            return row
        Alignment.objects.bulk_create(
            Alignment(alignment_revision=row, competency_id=competency_id, level=level)
            for competency_id, level in sorted(wanted)
        )
    return row


def _check_levels(pairs: set[tuple[int, int]]) -> None:
    if len({competency_id for competency_id, _level in pairs}) < len(pairs):
        raise ValueError("A competency is named twice.")
    frameworks = dict(Competency.objects.filter(pk__in=[pk for pk, _level in pairs]).values_list("pk", "framework_id"))
    levels = set(
        FrameworkLevel.objects.filter(framework_id__in=set(frameworks.values())).values_list("framework_id", "number")
    )
    for competency_id, level in pairs:
        if competency_id not in frameworks:
            raise ValueError(f"No competency {competency_id}.")
        if (frameworks[competency_id], level) not in levels:
            raise ValueError(f"The framework of competency {competency_id} has no level {level}.")


def realign(
    activity_key: UUID,
    from_revision: str,
    to_revision: str,
    *,
    by: Any,
    reason: str,
    at: datetime,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Apply another revision's alignment to evidence of an old revision. Logged; returns how many learners.

    What had been attained stays attained (never backwards); what the new alignment adds is decided now. The same again
    after it was stopped goes on with it, under its reason. Raises ValueError: no reason, or one revision twice.
    """
    require(by, RULES)
    target = AlignmentRevision.objects.get(activity_key=activity_key, revision=to_revision)
    if from_revision == to_revision:
        raise ValueError("A revision already counts by its own alignment.")
    found = stopped_realignment(activity_key, from_revision, to_revision)
    if found is None:
        _need_reason(reason)
        with transaction.atomic():
            act = Realignment.objects.create(
                activity_key=activity_key, from_revision=from_revision, to=target, at=at, by=by, reason=reason
            )
            found = Redeciding.objects.create(realignment=act)
    return _refold_all(found, done_something(activity_key), progress)


def stopped_realignment(activity_key: UUID, from_revision: str, to_revision: str) -> Redeciding | None:
    """Return the newest realignment of this revision, where it is to `to_revision` and has not come to its end."""
    newest = Realignment.objects.filter(activity_key=activity_key, from_revision=from_revision).order_by("-pk").first()
    if newest is None or newest.to.revision != to_revision:
        return None
    return _stopped(realignment=newest)


def done_something(activity_key: UUID) -> QuerySet[Learner]:
    """Return the learners who did something of this activity."""
    actors = {fact.actor_key for fact in xapi.facts(activity=activity_iri(activity_key))}
    uuids = [uuid for key in actors if (uuid := actor_uuid(key)) is not None]
    return Learner.objects.filter(pk__in=[learner.pk for learner in learners_for_actors(uuids)]).order_by("pk")


def _stopped(**act: Any) -> Redeciding | None:
    return Redeciding.objects.filter(**act, done=False).first()


def _refold_all(found: Redeciding, learners: QuerySet[Learner], progress: Callable[[int], None] | None) -> int:
    """Handle one learner a transaction, so that nothing holds the write lock for long. Returns how many were left to
    do."""
    left = learners.filter(pk__gt=found.last_learner_id).order_by("pk")
    number = 0
    for number, pk in enumerate(list(left.values_list("pk", flat=True)), start=1):
        with transaction.atomic():
            learner = Learner.objects.get(pk=pk)
            learner_lock(learner)
            for projection in projections():
                projection.refold({learner: None})
            decide(learner)
            Redeciding.objects.filter(pk=found.pk, last_learner_id__lt=pk).update(last_learner_id=pk)
        if progress is not None:
            progress(number)
    Redeciding.objects.filter(pk=found.pk).update(done=True)
    return number


def add_rule_version(
    rule: EvidenceRule, tree: Any, *, effective_from: datetime, by: Any, at: datetime, note: str = ""
) -> EvidenceRuleVersion:
    """Add a version, in force from its date. It cannot begin in the past: that is `apply_to_past`, which is logged.

    Raises rules.InvalidRule for a tree that is not of the grammar.
    """
    require(by, RULES)
    rules.check(tree)
    if effective_from < at:
        raise ValueError("A new version applies from now on or later; applying it to the past is an act of its own.")
    with transaction.atomic():
        # The rule's row is the lock under which numbers are given.
        EvidenceRule.objects.select_for_update().get(pk=rule.pk)
        newest = rule.versions.order_by("-number").values_list("number", flat=True).first() or 0
        return EvidenceRuleVersion.objects.create(
            rule=rule,
            number=newest + 1,
            tree=tree,
            effective_from=effective_from,
            created_at=at,
            created_by=by,
            note=note,
        )


def apply_to_past(
    version: EvidenceRuleVersion,
    *,
    effective_from: datetime,
    by: Any,
    reason: str,
    at: datetime,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Apply a version from an earlier moment on, and decide anew for everyone with evidence. Logged.

    The same again after it was stopped goes on with it, under its reason. Returns for how many people it decided.
    """
    require(by, RULES)
    found = stopped_application(version, effective_from)
    if found is None:
        _need_reason(reason)
        with transaction.atomic():
            # Who asks for the same at once goes on with it: one act, one reason.
            EvidenceRule.objects.select_for_update(no_key=True).get(pk=version.rule_id)
            found = stopped_application(version, effective_from)
            if found is None:
                act = RuleApplication.objects.create(
                    version=version, effective_from=effective_from, at=at, by=by, reason=reason
                )
                found = Redeciding.objects.create(application=act)
    return _refold_all(found, concerned_by(version), progress)


def stopped_application(version: EvidenceRuleVersion, effective_from: datetime) -> Redeciding | None:
    """Return an application of this version from this moment on that has not come to its end."""
    return _stopped(application__version=version, application__effective_from=effective_from)


def concerned_by(version: EvidenceRuleVersion) -> QuerySet[Learner]:
    """Return the learners who have evidence that the rule speaks of."""
    rule = version.rule
    rows = Evidence.objects.filter(competency__framework_id=rule.framework_id)
    if rule.competency_id is not None:
        rows = rows.filter(competency_id=rule.competency_id)
    return Learner.objects.filter(pk__in=rows.values("learner")).order_by("pk")


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise ValueError("An act on the past needs a reason.")
