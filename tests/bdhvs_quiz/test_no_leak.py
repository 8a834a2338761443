"""Nothing that a learner can fetch depends on what is right: before submitting, and afterwards while the quiz says that
right answers wait."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.management.color import no_style
from django.db import connection, transaction

from bdhvs_lms.base import clock
from bdhvs_lms.tracking import api as tracking
from tests.bdhvs_quiz import two_databases


def walk(variant: str) -> list[dict[str, Any]]:
    """On the database as it was before, so with the same ids."""
    cache.clear()
    tracking.forget()
    clock._STARTED = time.monotonic()
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Rolling back takes back what SQLite has counted, PostgreSQL counts on.
            for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
                cursor.execute(statement)
        seen = two_databases.walk(variant)
        transaction.set_rollback(True)
    return seen


@pytest.mark.django_db
def test_two_quizzes_that_differ_only_in_their_keys_answer_alike(settings: Any) -> None:
    """Equal ids, other right answers, feedback and explanations of other lengths, in all types."""
    settings.BDHVS_TEST_CLOCK = "2025-11-15T09:00:20+07:00"
    first, second = walk("a"), walk("b")
    assert [step["step"] for step in first] == [step["step"] for step in second]
    assert {step["status"] for step in first} >= {200, 303, 400, 405, 409}
    shown = next(step for step in first if step["step"].startswith("GET /bai-lam/"))
    for prompt in ("Câu 5?", "Câu nhiều?", "Câu đúng sai.", "Câu ngắn?"):
        assert prompt in shown["body"], "the walk reached the questions"
    results = [step for step in first if step["step"].endswith("/ket-qua/") and step["status"] == 200]
    assert len(results) == 2, "the walk reached the result, with and without another attempt open"
    assert all("0/8" in step["body"] and "không nhớ" in step["body"] for step in results)
    quiet = next(json.loads(step["body"]) for step in first if step["step"].startswith("JSON"))
    assert quiet.keys() == {"saved_at", "base", "changed"}
    for one, other in zip(first, second, strict=True):
        assert one == other, one["step"]
