"""Tokens for one attempt: signed by the server, and held by the page around the player alone."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.core.signing import BadSignature, Signer

from bdhvs_h5p.models import H5PAttempt

__all__ = ["LIVES", "BadToken", "Pass", "issue", "read"]

# A page that is left open over an evening still counts; one from last week does not.
LIVES = timedelta(hours=24)
_SALT = "bdhvs_h5p.attempt"


class BadToken(ValueError):
    """The token is not one that this site gave out."""


@dataclass(frozen=True)
class Pass:
    """Content of a token. `page` names the rendering of the page: it numbers what it sends, from 1."""

    attempt: UUID
    learner: int
    activity: UUID
    page: UUID
    expires: datetime

    def live(self, at: datetime) -> bool:
        return at < self.expires


def issue(attempt: H5PAttempt, *, at: datetime) -> str:
    """Create a token for one rendering of the attempt's page."""
    content = {
        "a": str(attempt.uuid),
        "l": attempt.learner_id,
        "k": str(attempt.activity_key),
        "p": str(uuid.uuid4()),
        "e": int((at + LIVES).timestamp()),
    }
    return Signer(salt=_SALT).sign_object(content)


def read(token: object) -> Pass:
    """Read a token, an expired one too, so that the caller can say so. Raises BadToken."""
    if not isinstance(token, str) or len(token) > 1000:
        raise BadToken
    try:
        payload = Signer(salt=_SALT).unsign_object(token)
        return Pass(
            attempt=UUID(payload["a"]),
            learner=int(payload["l"]),
            activity=UUID(payload["k"]),
            page=UUID(payload["p"]),
            expires=datetime.fromtimestamp(payload["e"], UTC),
        )
    except (BadSignature, ValueError, KeyError, TypeError):
        # ValueError: a token with signs that no signature is made of.
        raise BadToken from None
