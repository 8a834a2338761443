"""What was consented to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from bdhvs_lms.audit.models import Consent
from bdhvs_lms.conf import app_settings


class ConsentMissing(Exception):
    """The person has not agreed to the text in force, or has taken the consent back: nothing may be recorded."""


def latest_consent(*actors: UUID, purpose: str = "learning") -> Consent | None:
    """The person's last answer about this purpose, whichever version of the text it was given to.

    `actors`: all under which the person is known (`Learner.actors`)."""
    return Consent.objects.filter(actor__in=actors, purpose=purpose).order_by("-at", "-id").first()


def has_consent(*actors: UUID, purpose: str = "learning", text_version: str | None = None) -> bool:
    """Whether the person's last answer is a yes.

    Args:
        text_version: also require that the yes was given to this version; None: to any.
    """
    answer = latest_consent(*actors, purpose=purpose)
    return answer is not None and answer.given and text_version in (None, answer.text_version)


def require_consent(*actors: UUID, purpose: str = "learning") -> None:
    """Raise ConsentMissing unless the last answer is a yes to the text in force. One query.

    Every action that records something about a learner calls it inside its transaction, after `learner_lock`:
    withdrawing takes the same lock, so that nothing is recorded once the withdrawal stands.
    """
    if not has_consent(*actors, purpose=purpose, text_version=app_settings.CONSENT_VERSION):
        raise ConsentMissing


def agreed_among(people: Mapping[int, Iterable[UUID]], *, purpose: str = "learning") -> set[int]:
    """Of these people, each by any number and all their actors, who has agreed to the text in force. One query."""
    whose = {actor: number for number, actors in people.items() for actor in actors}
    latest: dict[int, Consent] = {}
    for row in Consent.objects.filter(actor__in=list(whose), purpose=purpose).order_by("at", "id"):
        latest[whose[row.actor]] = row
    return {number for number, row in latest.items() if row.given and row.text_version == app_settings.CONSENT_VERSION}
