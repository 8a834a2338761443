"""Asking for consent in the form of an act (`bdhvs_lms/includes/consent.html`), and taking the answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from bdhvs_lms.audit.api import record_consent, text_in_force
from bdhvs_lms.base.api import day_of, now
from bdhvs_lms.learners.api import (
    ConsentAnswer,
    ConsentAsked,
    Consenting,
    ConsentState,
    Learner,
    ask_for_consent,
    consent_state,
    guardian_of,
    name_guardian,
)
from bdhvs_lms.tracking.api import learner_lock

# Filled by the app as it starts, from parts that stand above this one: what a yes is an occasion for.
after_agreeing: list[Callable[[Learner, datetime], None]] = []


def agree(learner: Learner, *, at: datetime, own: bool = True, guardian: bool = False) -> bool:
    """Write down the yes of whoever has to agree and has not yet. Whether everybody has then.

    `own`: the learner says yes, to the text in force; `guardian`: a parent or guardian does."""
    with transaction.atomic():
        learner_lock(learner)
        state = consent_state(learner, at)
        missing = state.missing
        for by_representative, wanted, yes in ((False, missing.own, own), (True, missing.guardian, guardian)):
            if wanted and yes:
                record_consent(
                    learner.actor,
                    given=True,
                    at=at,
                    text_version=state.version,
                    by_representative=by_representative,
                )
        complete = (own or not missing.own) and (guardian or not missing.guardian)
        if complete and not state.complete:
            follow_agreement(learner, at)
    return complete


def follow_agreement(learner: Learner, at: datetime) -> None:
    """Do what a yes is an occasion for: everybody who has to has agreed. In the caller's transaction."""
    for follow in after_agreeing:
        follow(learner, at)


def consent_context(learner: Learner | None) -> dict[str, Any]:
    """Return the context of `includes/consent.html`: whether somebody has to be asked, who, and for which text. One
    query, two more when there is something to ask."""
    if learner is None:
        return {"consent_needed": False}
    at = now()
    state = consent_state(learner, at)
    if state.complete:
        return {"consent_needed": False}
    asked = _asked(learner, state, at)
    return {"consent_needed": True, "consent_version": asked.shown, "consent_asked": asked}


def _asked(learner: Learner, state: ConsentState, at: datetime) -> ConsentAsked:
    missing = state.missing
    named = missing.guardian and guardian_of(learner) is not None
    return ConsentAsked(state.version, missing, text_in_force(day_of(at)), named)


def take_consent(request: HttpRequest, learner: Learner, *, at: datetime) -> list[str]:
    """Record the yes that an act's form brought, before the act, if it asked for one (`includes/consent.html`).

    Returns what to say beside the boxes if the act then raises ConsentMissing.
    """
    if "text_version" not in request.POST:
        return [ask_for_consent()]
    state = consent_state(learner, at)
    if state.complete:
        return []
    answer = ConsentAnswer(request.POST, _asked(learner, state, at))
    if answer.reasons:
        return list(answer.reasons)
    if answer.guardian is not None:
        name_guardian(learner, at=at, **answer.guardian)
    who: Consenting = answer.asked.who
    agree(learner, at=at, own=who.own, guardian=who.guardian)
    return []
