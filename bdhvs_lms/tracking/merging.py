"""Merging of two records of one person, and parting. Nothing in the ledger changes: a row says whom it speaks of.

What follows is what follows from any statement: projections of both records are folded anew, and deciders look at what
is there now. A merge may make a rule hold, from the earliest moment at which it does; parting withdraws what nothing
suffices for any more. Both take the locks of those that stand, so that nobody records meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import one_line, require
from bdhvs_lms.learners.api import Learner, LearnerAlias, aliases_in_force, derive, is_unclaimed, records_among
from bdhvs_lms.tracking.live import decide
from bdhvs_lms.tracking.locks import learner_lock, read_anew
from bdhvs_lms.tracking.projections import paused, projections

PERMISSION = "add_learneralias"
REASON_LENGTH = 200


def merge(duplicate: Learner, kept: Learner, *, by: Any, reason: str, at: datetime) -> LearnerAlias:
    """Merge the duplicate: `kept` stands from now on for `duplicate`, and for whomever that one stood for.

    One transaction under both locks; it costs what folding the two from all their statements costs.

    Args:
        kept: where it was merged itself, the record that stands for it is kept.
        by: who says so; needs the permission add_learneralias. None: the machine itself.
        reason: in words, 200 characters at most, no names.

    Raises PermissionDenied, or ValidationError: they are one already, or the duplicate is another's; one is made up and
    the other is not; only the duplicate is in the lists, or has a year of birth, which age groups need; no reason.
    """
    require(by, PERMISSION)
    words = _reason(reason)
    with transaction.atomic():
        learner_lock(duplicate, kept)
        duplicate, kept = _fresh(duplicate.pk), _fresh(kept.pk).whole
        _may_be_merged(duplicate, kept)
        alias = _say(duplicate, kept, undone=False, by=by, reason=words, at=at)
        _follow({duplicate.pk, kept.pk}, at)
    return alias


def part(duplicate: Learner, *, by: Any, reason: str = "", at: datetime) -> LearnerAlias:
    """Undo the merge of this record: it stands for itself again, and for whomever was merged into it before.

    Everything is as if it had not been, but for what was done meanwhile: each statement speaks of the record whose it
    is. Needs add_learneralias. Raises ValidationError when it is not merged.
    """
    require(by, PERMISSION)
    with transaction.atomic():
        learner_lock(duplicate)
        standing = aliases_in_force([duplicate.pk]).first()
        if standing is None:
            raise ValidationError(_("This record is not merged with another one."))
        whole = _fresh(duplicate.pk).whole
        alias = _say(duplicate, standing.kept, undone=True, by=by, reason=_reason(reason, needed=False), at=at)
        _follow({whole.pk}, at)
    return alias


def _fresh(pk: int) -> Learner:
    return Learner.objects.select_related("merged_into").get(pk=pk)


def _reason(text: str, *, needed: bool = True) -> str:
    words = one_line(text)
    if needed and not words:
        raise ValidationError({"reason": _("Say why these are records of one person.")})
    if len(words) > REASON_LENGTH:
        raise ValidationError({"reason": _("The reason can have at most 200 characters.")})
    return words


def _may_be_merged(duplicate: Learner, kept: Learner) -> None:
    if duplicate.whole.pk == kept.pk:
        raise ValidationError(_("These are one record already."))
    if duplicate.merged_into_id is not None:
        raise ValidationError(_("This record is already merged with another one. Undo that first."))
    if duplicate.illustrative is not kept.illustrative:
        raise ValidationError(_("A made-up person and a real one cannot be merged."))
    if is_unclaimed(kept) and not is_unclaimed(duplicate):
        raise ValidationError(_("The record to keep is not in the lists, and the other one is. Keep the other."))
    born = {record.pk: record.person.birth_year if hasattr(record, "person") else None for record in (duplicate, kept)}
    if born[kept.pk] is None and born[duplicate.pk] is not None:
        text = _("The record to keep has no year of birth, and the other one has. Enter it there, or keep the other.")
        raise ValidationError(text)


def _say(duplicate: Learner, kept: Learner, *, undone: bool, by: Any, reason: str, at: datetime) -> LearnerAlias:
    newest = LearnerAlias.objects.filter(duplicate=duplicate).order_by("-number").values_list("number", flat=True)
    return LearnerAlias.objects.create(
        duplicate=duplicate,
        number=(newest.first() or 0) + 1,
        kept=kept,
        undone=undone,
        recorded_at=at,
        by=by,
        reason=reason,
    )


def _follow(standing: Collection[int], at: datetime) -> None:
    """Update columns, projections and decisions of all records of these, under their locks, after a row was written."""
    ids = set(records_among(standing).values_list("pk", flat=True))
    derive(ids)
    read_anew()
    records = [_fresh(pk) for pk in sorted(ids)]
    for projection in projections():
        projection.refold(dict.fromkeys(records))
    if not paused():
        decide(*(record for record in records if record.merged_into_id is None), at=at)
