"""Fold everything again from statements, some learners at a time; or only look whether that would change anything."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice

from django.db import transaction
from django.db.models import Q

from bdhvs_lms.learners.api import Learner, as_derived, derive, roots, several
from bdhvs_lms.tracking.folding import waits_for
from bdhvs_lms.tracking.locks import learner_lock, read_anew
from bdhvs_lms.tracking.models import RebuildCursor
from bdhvs_lms.tracking.projections import Difference, projections

CURSOR = "rebuild"
# So many learners are folded in one transaction. Their locks are held meanwhile, so fewer where they have done much.
AT_ONCE = 25
_HELD_TOO_LONG, _MOST = 0.4, 100


def _ids(after: int, size: int = 500) -> Iterator[int]:
    while True:
        ids = list(Learner.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:size])
        if not ids:
            return
        yield from ids
        after = ids[-1]


def rebuild(
    *,
    now: Callable[[], datetime],
    restart: bool = False,
    progress: Callable[[int], None] | None = None,
    at_once: int = AT_ONCE,
) -> int:
    """Rebuild every learner's rows; returns how many learners it went through. Live tables are never emptied.

    A few learners are a transaction under their locks, so the site goes on meanwhile. A stopped rebuild goes on after
    the last step it finished; `restart` begins anew. Deciders do not run: nothing is recorded.

    Args:
        now: reads the clock for the cursor's bookkeeping only.
        progress: called with the number of learners done after each step.
        at_once: how many learners the first step has; later ones have up to 100, and fewer where a step takes long.
    """
    started = now()
    cursor, created = RebuildCursor.objects.get_or_create(
        name=CURSOR, defaults={"started_at": started, "updated_at": started}
    )
    if restart and not created:
        RebuildCursor.objects.filter(pk=cursor.pk).update(last_learner_id=0, started_at=started, updated_at=started)
        cursor.refresh_from_db()
    _settle_aliases()
    done = 0
    ids = _ids(cursor.last_learner_id)
    while step := list(islice(ids, at_once)):
        began = time.monotonic()
        with transaction.atomic():
            learner_lock(*step)
            learners = list(Learner.objects.select_related("merged_into").filter(pk__in=step).order_by("pk"))
            for projection in projections():
                projection.refold(dict.fromkeys(learners))
            RebuildCursor.objects.filter(pk=cursor.pk).update(last_learner_id=step[-1], updated_at=now())
        done += len(step)
        if progress is not None:
            progress(done)
        took = time.monotonic() - began
        if took > _HELD_TOO_LONG:
            at_once = max(1, at_once // 2)
        elif took < _HELD_TOO_LONG / 4:
            at_once = min(_MOST, at_once + at_once // 2)
    RebuildCursor.objects.filter(pk=cursor.pk).delete()
    return done


def _unlike_their_aliases() -> list[int]:
    """Return learners whose columns are not what the aliases say, as far as can be told without a lock."""
    into = roots()
    concerned = Learner.objects.filter(Q(pk__in=several()) | Q(pk__in={*into, *into.values()})).order_by("pk")
    return [one.pk for one in concerned if as_derived(one, into) != (one.merged_into_id, one.merges)]


def _settle_aliases() -> None:
    """Update the columns before anything is folded: they say whose statements are folded together."""
    if wrong := _unlike_their_aliases():
        with transaction.atomic():
            learner_lock(*wrong)
            derive(wrong)
            read_anew()


def _alias_differences() -> Iterator[Difference]:
    for learner_id in _unlike_their_aliases():
        with transaction.atomic():
            learner_lock(learner_id)
            learner = Learner.objects.get(pk=learner_id)
            columns = ("merged_into", "merges")
            compared = zip(columns, (learner.merged_into_id, learner.merges), as_derived(learner, roots()), strict=True)
        for column, stored, computed in compared:
            if stored != computed:
                yield Difference("learners.alias", str(learner.actor), (), "changed", column, stored, computed)


def check(*, progress: Callable[[int], None] | None = None) -> Iterator[Difference]:
    """Yield every difference between what is stored and what the statements say. Writes nothing.

    Under the learner's lock, or an act between two reads would look like a difference. A learner of whom statements of
    another system are still to be folded is left out (`waiting()` says how many there are).
    """
    yield from _alias_differences()
    done = 0
    for learner_id in _ids(0):
        with transaction.atomic():
            learner_lock(learner_id)
            learner = Learner.objects.select_related("merged_into").get(pk=learner_id)
            found = [difference for projection in projections() for difference in projection.differences(learner)]
            # What was stored and is still to be folded is no difference: it will follow, and is not here yet.
            if found and waits_for(learner):
                found = []
        yield from found
        done += 1
        if progress is not None:
            progress(done)
