"""Queries of consent."""

from __future__ import annotations

from uuid import UUID

from bdhvs_lms.audit.models import Consent


class ConsentMissing(Exception):
    """The person has not agreed to the text in force, or has taken the consent back: nothing may be recorded."""


def latest_consent(*actors: UUID, purpose: str = "learning", by_representative: bool | None = None) -> Consent | None:
    """Return the last answer about this purpose, whichever version of the text it was given to.

    Args:
        actors: all under which the person is known (`Learner.actors`).
        by_representative: only a parent's or guardian's, or only the person's own.
    """
    answers = Consent.objects.filter(actor__in=actors, purpose=purpose).select_related("paper")
    if by_representative is not None:
        answers = answers.filter(by_representative=by_representative)
    return answers.order_by("-at", "-id").first()


def has_consent(
    *actors: UUID, purpose: str = "learning", text_version: str | None = None, by_representative: bool | None = None
) -> bool:
    """Tell whether the last answer is a yes. Whose yes a person of this age needs is for `learners.consent_state` to
    say.

    Args:
        text_version: also require that the yes was given to this version; None: to any.
        by_representative: as for `latest_consent`.
    """
    answer = latest_consent(*actors, purpose=purpose, by_representative=by_representative)
    return answer is not None and answer.given and text_version in (None, answer.text_version)
