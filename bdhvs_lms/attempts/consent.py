"""Asking for consent in the form of an act (`bdhvs_lms/includes/consent.html`), and taking the answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from bdhvs_lms.audit.api import ConsentForm, ask_for_consent, consent_reasons, has_consent, record_consent
from bdhvs_lms.conf import app_settings
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.tracking.api import learner_lock

# Filled by the app as it starts, from parts that stand above this one: what a yes is an occasion for.
after_agreeing: list[Callable[[Learner, datetime], None]] = []


def agree(learner: Learner, *, at: datetime, text_version: str | None = None, consent: bool = True) -> bool:
    """Write down the learner's yes, unless the last answer is a yes to this text already. Whether there is one now."""
    version = app_settings.CONSENT_VERSION if text_version is None else text_version
    with transaction.atomic():
        learner_lock(learner)
        if has_consent(*learner.actors, text_version=version):
            return True
        if consent:
            record_consent(learner.actor, given=True, at=at, text_version=version)
            for follow in after_agreeing:
                follow(learner, at)
        return consent


def consent_context(learner: Learner | None) -> dict[str, Any]:
    """What `includes/consent.html` needs: whether this person has to be asked, and for which text. One query."""
    return {
        "consent_needed": learner is not None
        and not has_consent(*learner.actors, text_version=app_settings.CONSENT_VERSION),
        "consent_version": app_settings.CONSENT_VERSION,
    }


def take_consent(request: HttpRequest, learner: Learner, *, at: datetime) -> list[str]:
    """Before an act: write down the yes that its form brought, if it asked for one (`includes/consent.html`).

    Returns what to say beside the box if the act then raises ConsentMissing.
    """
    if "text_version" not in request.POST:
        return [ask_for_consent()]
    reasons = consent_reasons(ConsentForm(request.POST))
    if not reasons:
        agree(learner, at=at)
    return reasons
