"""Statements of a page, taken together: each is accepted, known or rejected; those accepted count in one
transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db import transaction

from bdhvs_h5p.attempts.actions import locked
from bdhvs_h5p.attempts.rules import rules_for
from bdhvs_h5p.attempts.statements import completed, emitted, verdict
from bdhvs_h5p.attempts.steps import StepFacts, from_json, to_json
from bdhvs_h5p.models import Completion, H5PAttempt, H5PStep, RejectedStatement, TypedText
from bdhvs_lms.tracking.api import VERB_COMPLETED, VERB_FAILED, VERB_PASSED, LearningAct, clamp, record
from h5p_python_adapter import ATTEMPTED, CONSUMED, INTERACTED, Accepted, Rejected, normalise

__all__ = ["MOST_AUDITED", "MOST_FINISHING", "MOST_STEPS", "REFUSALS", "Claim", "Outcome", "Taken", "reject", "take"]

MOST_STEPS = 800
"""Statements of one attempt that are kept."""
MOST_FINISHING = 200
"""Further ones that say that the whole is finished: they find room when a chatty package has used up the rest."""
MOST_INTERACTED = 50
"""Of those, that say no more than that something was touched."""
INTERACTED_EVERY = timedelta(seconds=10)
"""Of the same part: some types say it at each move of a finger."""
MOST_AUDITED = 100
"""Rows about rejected statements of one attempt."""
LARGEST_NUMBER = 2_000_000_000

REFUSALS: Mapping[str, str] = {
    "number": "The statement has no number from 1 of the page's count.",
    "number_taken": "The page has said something else under this number.",
    "too_many": "The attempt holds as many statements as are kept.",
    "expired": "The token had expired.",
    "other_learner": "Another learner sent the token.",
    "ended": "A further attempt had taken its place.",
}
"""Code to what it means; with REJECTIONS of the adapter all that a rejected statement can have."""


@dataclass(frozen=True)
class Claim:
    """A statement as the page sends it."""

    n: Any
    statement: Any


@dataclass(frozen=True)
class Outcome:
    n: Any
    status: Literal["accepted", "known", "thinned", "rejected"]
    """known: said before, by this page or, of being begun, by an earlier one. thinned: one of too many of its kind."""
    code: str = ""


@dataclass(frozen=True)
class Taken:
    """Outcomes in the order of the claims, and the attempt as it then is."""

    outcomes: tuple[Outcome, ...]
    attempt: H5PAttempt


def take(
    attempt: H5PAttempt, page: UUID, claims: Sequence[Claim], *, at: datetime, occurred_at: datetime | None = None
) -> Taken:
    """Take all claims in their order; a rejected one does not stop the others from counting.

    The same number of the same page with the same facts is known already, and has no further effect.

    Raises AttemptEnded, ConsentMissing: nothing is kept then, and may be sent again.
    """
    rules = rules_for(attempt.version.h5p_version)
    longest = max(at - attempt.opened_received_at, timedelta(0))
    moment = clamp(occurred_at, at, not_before=attempt.opened_received_at)
    read: list[Accepted | Rejected] = [
        normalise(claim.statement, rules, longest=longest, pass_percent=attempt.version.pass_percent)
        if _countable(claim.n)
        else Rejected("number")
        for claim in claims
    ]
    with transaction.atomic():
        current = locked(attempt, at)
        outcomes, steps, typed, refused = _sort(current, page, claims, read, moment=moment, at=at)
        if steps:
            H5PStep.objects.bulk_create(steps)
            TypedText.objects.bulk_create(TypedText(step=step, text=text) for step, text in typed if text.strip())
            acts = _acts(current, steps)
            current.save(update_fields=["steps_kept", "completed_at", "best_scaled", "best_raw", "best_max", "success"])
            record(acts, at=at)
        _audit(current, refused, at=at)
    return Taken(tuple(outcomes), current)


def _countable(n: Any) -> bool:
    return isinstance(n, int) and not isinstance(n, bool) and 1 <= n <= LARGEST_NUMBER


def _sort(
    attempt: H5PAttempt,
    page: UUID,
    claims: Sequence[Claim],
    read: Sequence[Accepted | Rejected],
    *,
    moment: datetime,
    at: datetime,
) -> tuple[list[Outcome], list[H5PStep], list[tuple[H5PStep, str]], list[tuple[Claim, str]]]:
    """Return outcomes; new steps, numbered; what was typed in them; what is refused, with its code."""
    numbers = [claim.n for claim in claims if _countable(claim.n)]
    there: dict[int, tuple[str, Any]] = {
        step.n: (step.verb, step.data) for step in H5PStep.objects.filter(attempt=attempt, page=page, n__in=numbers)
    }
    rate = _Rate(attempt, [one for one in read if isinstance(one, Accepted)])
    outcomes: list[Outcome] = []
    steps: list[H5PStep] = []
    typed: list[tuple[H5PStep, str]] = []
    refused: list[tuple[Claim, str]] = []
    for claim, one in zip(claims, read, strict=True):
        if isinstance(one, Rejected):
            code = one.code
        else:
            content = (one.verb, to_json(one))
            if claim.n in there:
                if there[claim.n] == content or _but_for_time(there[claim.n], content):
                    outcomes.append(Outcome(claim.n, "known"))
                    continue
                code = "number_taken"
            elif status := rate.enough(one, moment):
                outcomes.append(Outcome(claim.n, status))
                continue
            elif attempt.steps_kept >= MOST_STEPS + (MOST_FINISHING if one.finishes else 0):
                code = "too_many"
            else:
                there[claim.n] = content
                attempt.steps_kept += 1
                step = H5PStep(
                    attempt=attempt,
                    seq=attempt.steps_kept,
                    page=page,
                    n=claim.n,
                    verb=one.verb,
                    data=content[1],
                    occurred_at=moment,
                    received_at=at,
                )
                steps.append(step)
                typed.append((step, one.typed))
                outcomes.append(Outcome(claim.n, "accepted"))
                continue
        outcomes.append(Outcome(claim.n if _countable(claim.n) else None, "rejected", code))
        refused.append((claim, code))
    return outcomes, steps, typed, refused


class _Rate:
    """Limit on what packages repeat: each part is begun once in an attempt, however often its page is opened, and
    touched every few seconds at most. One query, if such a statement is sent."""

    def __init__(self, attempt: H5PAttempt, accepted: Sequence[Accepted]) -> None:
        self.begun: set[str] = set()
        self.touched: dict[str, list[datetime]] = {}
        if not any(one.verb in (ATTEMPTED, INTERACTED) for one in accepted):
            return
        rows = H5PStep.objects.filter(attempt=attempt, verb__in=(ATTEMPTED, INTERACTED))
        for verb, data, at in rows.values_list("verb", "data", "occurred_at"):
            self._note(verb, data.get("part", ""), at)

    def _note(self, verb: str, part: str, at: datetime) -> None:
        if verb == ATTEMPTED:
            self.begun.add(part)
        else:
            self.touched.setdefault(part, []).append(at)

    def enough(self, one: Accepted, at: datetime) -> Literal["known", "thinned", ""]:
        """Return why it is left out; "": it is kept, and counts from now on."""
        part = "" if one.part is None else str(one.part.key)
        if one.verb == ATTEMPTED and part in self.begun:
            return "known"
        if one.verb == INTERACTED and (
            sum(map(len, self.touched.values())) >= MOST_INTERACTED
            or any(abs(at - before) < INTERACTED_EVERY for before in self.touched.get(part, ()))
        ):
            return "thinned"
        if one.verb in (ATTEMPTED, INTERACTED):
            self._note(one.verb, part, at)
        return ""


def _but_for_time(kept: tuple[str, Any], content: tuple[str, Any]) -> bool:
    """Compare all but the duration, which is cut to how long the attempt has been open: sent again later, it may be cut
    less."""
    return kept[0] == content[0] and {**kept[1], "duration": 0} == {**content[1], "duration": 0}


def _acts(attempt: H5PAttempt, steps: Sequence[H5PStep]) -> list[LearningAct]:
    """Build the steps' ledger entries and what follows from them; update the attempt's result to the best."""
    verdicts = (VERB_PASSED, VERB_FAILED)
    found = [(step, from_json(step.data)) for step in steps]
    # That it was shown finishes it where the page leaves that to the activity; else the server says when.
    otherwise = attempt.version.completion != Completion.EMITTED
    whole = [(step, facts) for step, facts in found if facts.finishes and not (otherwise and step.verb == CONSUMED)]
    # A verdict about the whole is the server's to say, by the mark: as the package says it, it is a claim to have
    # finished.
    acts = [emitted(attempt, step) for step, facts in found if not (facts.finishes and step.verb in verdicts)]
    if not whole:
        return acts
    if attempt.completed_at is None:
        first = whole[0][0]
        attempt.completed_at = first.occurred_at
        if not any(step.verb == VERB_COMPLETED for step, _facts in whole):
            acts.append(completed(attempt, first))
    for _step, facts in whole:
        score = facts.score
        if score is not None and (attempt.best_scaled is None or score.scaled > attempt.best_scaled):
            attempt.best_scaled, attempt.best_raw, attempt.best_max = score.scaled, score.raw, score.max
    judged = _judged(attempt, whole)
    if judged is not None:
        step, attempt.success = judged
        acts.append(verdict(attempt, step, passed=judged[1]))
    return acts


def _judged(attempt: H5PAttempt, whole: Sequence[tuple[H5PStep, StepFacts]]) -> tuple[H5PStep, bool] | None:
    """Return the step that passes or first fails the attempt. After a pass nothing changes it, and only the first
    failing is said: the best result counts, and another try in the same player is no further piece of evidence."""
    if attempt.success:
        return None
    mark = attempt.version.pass_percent
    judged: list[tuple[H5PStep, bool]]
    if mark is None:
        # Its word for it, and points: some types say that they were passed with none, or with NaN of 1.
        judged = [
            (step, step.verb == VERB_PASSED)
            for step, facts in whole
            if step.verb == VERB_FAILED
            or (step.verb == VERB_PASSED and facts.score is not None and facts.score.scaled > 0)
        ]
    else:
        scored = [(step, facts.score.scaled) for step, facts in whole if facts.score is not None]
        judged = [(step, scaled * 100 >= mark) for step, scaled in sorted(scored, key=lambda one: -one[1])]
    passing = next((one for one in judged if one[1]), None)
    if passing is not None:
        return passing
    return judged[0] if judged and attempt.success is None else None


def reject(attempt: H5PAttempt, claims: Sequence[Claim], code: str, *, at: datetime) -> None:
    """Record that these claims came and were not taken, whole as they came."""
    with transaction.atomic():
        _audit(attempt, [(claim, code) for claim in claims], at=at)


def _audit(attempt: H5PAttempt, refused: Sequence[tuple[Claim, str]], *, at: datetime) -> None:
    """Record a row for each, as long as there is room; what comes again has one already."""
    if not refused:
        return
    current = H5PAttempt.objects.select_for_update(no_key=True).only("rejected").get(pk=attempt.pk)
    current.rejected = min(current.rejected + len(refused), LARGEST_NUMBER)
    current.save(update_fields=["rejected"])
    room = max(0, MOST_AUDITED - RejectedStatement.objects.filter(attempt=attempt).count())
    rows = []
    for claim, code in refused[:room]:
        raw = json.dumps(claim.statement, sort_keys=True, ensure_ascii=True).encode()
        digest = hashlib.sha256(raw).hexdigest()
        rows.append(RejectedStatement(attempt=attempt, code=code, size=len(raw), digest=digest, received_at=at))
    RejectedStatement.objects.bulk_create(rows, ignore_conflicts=True)
