"""Many people took a quiz with a wrong key: what the preview says is what comes of it, everywhere."""

from __future__ import annotations

import uuid
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bdhvs_lms.audit.api import record_consent
from bdhvs_lms.competency.models import Attainment, Evidence
from bdhvs_lms.courses import api as courses
from bdhvs_lms.learners import api as learners
from bdhvs_lms.progress.api import CourseResult, Result
from bdhvs_lms.tracking.api import check
from bdhvs_quiz.models import Attempt
from bdhvs_quiz.queries import items_to_review
from bdhvs_quiz.regrading import actions
from bdhvs_quiz.regrading.queries import newest, preview
from bdhvs_quiz.regrading.summary import summaries_of
from bdhvs_quiz.steps import last_step
from bdhvs_xapi import api as xapi
from tests.bdhvs_content import pages
from tests.bdhvs_quiz.helpers import verbs
from tests.bdhvs_quiz.test_regrading import Wrong

EACH = 8


def take_all(taking: Wrong) -> None:
    """As many who knew the first question and fail for its key as pass by it, and as know less."""
    for number in range(3 * EACH):
        who = learners.register(full_name=f"Người {number}", at=pages.AT)
        record_consent(who.actor, given=True, at=pages.AT)
        courses.enrol(who, taking.course.translation_key, at=pages.AT)
        taking.take((taking.knows(1), taking.responses(2), taking.responses(0, answered=2))[number % 3], who)


def counted() -> dict[str, int]:
    """What reports count, and what the ledger has in force."""
    facts = [fact.statement for fact in xapi.facts(after_seq=0)]
    said = Counter(verb for verb in verbs(facts) if verb in ("passed", "failed", "answered", "mastered"))
    return {
        "passed": Attempt.objects.filter(success=True).count(),
        "results": Result.objects.filter(passed_at__isnull=False).exclude(best_raw=None).count(),
        "courses": CourseResult.objects.count(),
        "evidence": Evidence.objects.filter(success=True).count(),
        "board": Attainment.objects.filter(status=Attainment.Status.DEMONSTRATED).count(),
        "said passed": said["passed"],
        "said failed": said["failed"],
        "answers": said["answered"],
        "mastered": said["mastered"],
    }


def expected(passed: int) -> dict[str, int]:
    names = ("passed", "results", "courses", "evidence", "board", "said passed", "mastered")
    return dict.fromkeys(names, passed) | {"said failed": 3 * EACH - passed, "answers": 9 * EACH}


@pytest.mark.thorough
@pytest.mark.django_db
def test_everything_agrees_after_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without keeping the old mark: whoever passed by the wrong key loses course and competency with it."""
    observer = uuid.uuid4()
    monkeypatch.setattr(actions, "staff_actor", lambda user: observer)
    aligned: Any = [(pages.framework().competencies.first(), 1)]
    taking = Wrong(count=3, values={"pass_percent": 60}, aligned=aligned)
    take_all(taking)
    assert counted() == expected(EACH)
    taking.correct()

    version = newest(taking.key)
    assert version is not None
    changes = list(preview(version))
    with CaptureQueriesContext(connection) as queries:
        seen, _kept = summaries_of(preview(version))
    assert len(queries) < 20, "not one for each attempt"
    assert (seen.attempts, seen.higher, seen.lower, seen.same) == (3 * EACH, 2 * EACH, EACH, 0)
    assert (seen.passes_now, seen.fails_now) == (EACH, EACH)
    after = {change.attempt.pk: (change.raw, change.success) for change in changes}

    done = taking.regrade(keep_higher=False)
    assert (done.higher, done.lower, done.kept) == (2 * EACH, EACH, 0)
    for attempt in Attempt.objects.select_related("version", "graded_by"):
        assert (attempt.raw, attempt.success) == after[attempt.pk]
        step = last_step(attempt)
        assert step is not None
        earned = [item.earned for item in items_to_review(attempt, step, answers_shown=True)]
        assert sum(earned, Decimal(0)) == attempt.raw, "what the result page says"
    assert counted() == expected(EACH)
    assert list(check()) == []
