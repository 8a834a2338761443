"""Printed QR cards: one a learner. A card's token has 160 bits, and the table has only its digest and a seed.

The token is made of the seed under the site's key, so that a lost sheet can be printed again without a new card for
everybody, and a copy of the database opens nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from bdhvs_lms.learners.api import Learner, LearnerIdentity

SALT = b"bdhvs_lms.classes.cards:"
BYTES = 20


def sealed_token(salt: bytes, seed: str, secret: str) -> str:
    """Return 27 characters for an address: the seed under the site's key."""
    key = hashlib.sha256(salt + str(secret).encode()).digest()
    return urlsafe_b64encode(hmac.digest(key, seed.encode(), "sha256")[:BYTES]).decode().rstrip("=")


def keys() -> tuple[str, ...]:
    """Return the site's key, and those before it."""
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _cards() -> QuerySet[LearnerIdentity]:
    return LearnerIdentity.objects.filter(kind=LearnerIdentity.Kind.QR, issuer="")


def learner_of_card(token: str) -> LearnerIdentity | None:
    """Find the card of this token; None: it is nobody's any more."""
    return card_with(_digest(token))


def card_with(digest: str) -> LearnerIdentity | None:
    """Find the card whose token has this digest; None: there is none any more."""
    return _cards().filter(subject=digest).select_related("learner").first()


def cards_of(learners: Iterable[Learner]) -> dict[int, str]:
    """Return tokens of the existing cards, one a person, by the learner's primary key. One query, and one for each who
    has several records: the card of one that was merged goes on being theirs, where they have no other."""
    whose = {record: learner.pk for learner in learners for record in learner.ids}
    found: dict[int, str] = {}
    for row in sorted(
        _cards().filter(learner__in=list(whose)), key=lambda row: row.learner_id == whose[row.learner_id]
    ):
        for key in keys():
            token = sealed_token(SALT, row.secret, key)
            if _digest(token) == row.subject:
                found[whose[row.learner_id]] = token
    return found


def _card(learner: Learner) -> tuple[LearnerIdentity, str]:
    seed = secrets.token_urlsafe(18)
    token = sealed_token(SALT, seed, settings.SECRET_KEY)
    return LearnerIdentity(learner=learner, kind=LearnerIdentity.Kind.QR, subject=_digest(token), secret=seed), token


def new_card(learner: Learner) -> str:
    """Make a card and return its token; those before, of whichever of the learner's records, are void, and whoever is
    signed in with one is signed out."""
    card, token = _card(learner)
    with transaction.atomic():
        _cards().filter(learner__in=learner.ids).delete()
        card.save(force_insert=True)
    return token


def first_cards(learners: Iterable[Learner]) -> None:
    """Make a card for each of these learners, who have none. One query for a class of any size."""
    LearnerIdentity.objects.bulk_create(_card(learner)[0] for learner in learners)
