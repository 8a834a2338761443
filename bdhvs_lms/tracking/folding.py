"""Folding of other systems' statements, in short transactions after the one that stored them.

A batch of another system is stored whole or not at all. What follows from it for our own learners costs many times as
much as storing it, and everybody who writes would wait for that: so the transaction that stores it only writes down
which statements are still to be folded, and each step folds those of some learners together. A process that dies leaves
its rows, and whoever works next takes them up.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F

from bdhvs_lms.learners.api import Learner, learners_for_actors
from bdhvs_lms.tracking import iris
from bdhvs_lms.tracking.about import actor_keys
from bdhvs_lms.tracking.live import fold, of_whom
from bdhvs_lms.tracking.locks import learner_lock
from bdhvs_lms.tracking.models import Unfolded
from bdhvs_xapi import api as xapi

logger = logging.getLogger(__name__)
# Statements that one step folds at most, some forty milliseconds of the processor: whoever writes meanwhile waits that
# long. Where a learner has thousands a step takes longer whatever it folds, so it folds not too few.
STEP = 20
# A statement whose folding failed so often is left alone, until `rebuild` or a repair: see `unfoldable()`.
FAILURES = 5
_PIECE = 200


def on_catching_up(sender: Any, *, go_on: Callable[[], bool], **kwargs: Any) -> None:
    """Fold what is written down, step by step, until nothing is left or `go_on()` says that it is enough."""
    while step() and go_on():
        pass


def step() -> bool:
    """Fold some statements in one transaction; whether there were any.

    When that fails, each is folded by itself, and those that fail are counted: one that nobody can cope with must not
    keep back what comes after it.
    """
    try:
        return bool(_fold_some(STEP))
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("Folding a batch of statements failed; they are folded one by one.")
    seqs = list(_waiting().values_list("seq", flat=True)[:STEP])
    for seq in seqs:
        try:
            _fold_some(1, seq=seq)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            Unfolded.objects.filter(seq=seq).update(failures=F("failures") + 1)
            logger.exception("What follows from the statement with number %s could not be computed.", seq)
    return bool(seqs)


def waiting() -> int:
    """Count the statements that are still to be folded."""
    return Unfolded.objects.count()


def waits_for(learner: Learner) -> bool:
    """Tell whether a statement about this learner is still to be folded. Under the learner's lock the
    answer stays true."""
    keys = set(actor_keys(learner))
    seqs = list(Unfolded.objects.order_by("seq").values_list("seq", flat=True))
    pieces = (seqs[start : start + _PIECE] for start in range(0, len(seqs), _PIECE))
    return any(fact.actor_key in keys for piece in pieces for fact in of_whom(xapi.facts(seqs=piece)))


def unfoldable() -> list[int]:
    """Return `seq` of the statements that failed too often to be tried again. An operator should look into the log."""
    return list(Unfolded.objects.filter(failures__gte=FAILURES).order_by("seq").values_list("seq", flat=True))


def _waiting() -> Any:
    return Unfolded.objects.filter(failures__lt=FAILURES).order_by("failures", "seq")


def _fold_some(count: int, *, seq: int | None = None) -> int:
    """Fold some rows and return how many. They are locked first: two processes that work at once take
    different ones."""
    rows = _waiting() if seq is None else _waiting().filter(seq=seq)
    with transaction.atomic():
        seqs = list(rows.select_for_update(skip_locked=_skips()).values_list("seq", flat=True)[:count])
        if not seqs:
            return 0
        facts = xapi.facts(seqs=seqs)
        actors = {actor for fact in of_whom(facts) if (actor := iris.actor_uuid(fact.actor_key)) is not None}
        learners = learners_for_actors(actors)
        if learners:
            learner_lock(*learners)
            fold(facts)
        Unfolded.objects.filter(seq__in=seqs).delete()
        return len(seqs)


def _skips() -> bool:
    return transaction.get_connection().features.has_select_for_update_skip_locked
