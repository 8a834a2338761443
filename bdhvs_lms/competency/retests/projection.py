"""Marks of retests, folded from statements by whoever was present, and alignments."""

from __future__ import annotations

from typing import Any

from bdhvs_lms.competency.evidence import rows_of
from bdhvs_lms.competency.retests.models import RetestMark
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.tracking.api import (
    VERB_FAILED,
    VERB_PASSED,
    FactsOf,
    Projection,
    Scopes,
    activity_iri,
    activity_key,
    facts_within,
    touched_keys,
)
from bdhvs_xapi.api import Trust

RETEST_VERBS = (VERB_PASSED, VERB_FAILED)


class RetestMarkProjection(Projection):
    name = "competency.retest"
    model = RetestMark
    key_fields = ("competency_id", "statement_id")
    scope_field = "activity_key"

    def touched(self, facts: FactsOf) -> Scopes:
        """Return the scopes without a query: what a device or the server alone records has no marks here."""
        return touched_keys(_seen(facts), activity_key)

    def compute(self, scopes: Scopes) -> dict[Learner, dict[tuple[Any, ...], dict[str, Any]]]:
        found = rows_of(_seen(facts_within(scopes, activity_iri, verbs=list(RETEST_VERBS))), retests=True)
        return {
            learner: {
                key: {name: value for name, value in row.items() if name != "presence"} for key, row in rows.items()
            }
            for learner, rows in found.items()
        }


def _seen(facts: FactsOf) -> FactsOf:
    """Filter to passed or failed in the presence of somebody who recorded it; learners without any are left."""
    return {
        learner: [fact for fact in listed if fact.verb in RETEST_VERBS and fact.trust >= Trust.OBSERVED]
        for learner, listed in facts.items()
    }
