"""Three-picture PINs: chosen by the learner, good in one class, guarded by a throttle (ADR 48).

There are 1,716 of them, so the hash protects nobody from a guesser: the throttle does. It counts wrong PINs that no
right one from the same device followed. Typing errors of beginners therefore never add up, those of a guesser do. Those
of a device on which the learner signed in before count for it alone: no stranger shuts it out.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from bdhvs_lms.classes.matching import signed_in
from bdhvs_lms.classes.models import PinChoice, PinTry
from bdhvs_lms.classes.sign_in.pictures import LENGTH, PICTURES, Pin
from bdhvs_lms.learners.api import (
    IdentityGone,
    Learner,
    LearnerIdentity,
    Throttled,
    identify,
    rests_until,
    within,
)

logger = logging.getLogger("bdhvs_lms.sign_in")

SALT = "bdhvs_lms.classes.pins"
QUARTER, DAY = timedelta(minutes=15), timedelta(days=1)
# (how long a wrong PIN counts, how many of one learner's on all devices that never signed in as them, and on each that
# did; how many of one device's at learners who never signed in on it)
LIMITS = ((QUARTER, 5, 10), (DAY, 10, 40))
GUESSED = 60
"""So many wrong PINs of a class within a day, which no right one followed: somebody is guessing. It stops nobody."""
CHOOSING, WEEK = timedelta(minutes=30), timedelta(days=7)
CHOSEN_HERE = 3
"""So many choose their first PIN on one device, unless it is a shared one, while choosing is open."""
# As many of those that no longer count one try takes away.
SWEPT = 100


def _sealed(pin: Pin, learner: Learner, class_uuid: UUID, secret: str | None = None) -> str:
    """Return the PIN under the site's key: who has the table alone cannot try all of them."""
    text = f"{class_uuid}:{learner.pk}:{'.'.join(pin)}"
    return salted_hmac(SALT, text, secret=secret, algorithm="sha256").hexdigest()


def confirmation(pin: Pin, learner: Learner, class_uuid: UUID) -> str:
    """Return what the second form brings of the first: whether both have the same pictures, and not which."""
    return _sealed(pin, learner, class_uuid)[:32]


def _pins(learner: Learner, class_uuid: UUID) -> QuerySet[LearnerIdentity]:
    return LearnerIdentity.objects.filter(
        learner__in=learner.ids, kind=LearnerIdentity.Kind.PIN, issuer=str(class_uuid)
    )


def pin_of(learner: Learner, class_uuid: UUID) -> LearnerIdentity | None:
    """Return the learner's PIN in this class; None: not chosen yet, or reset."""
    return _pins(learner, class_uuid).first()


def require_usable(pin: Pin) -> None:
    """Raise ValidationError for one that is no PIN, or that anybody would try first."""
    if len(pin) != LENGTH or not set(pin) <= PICTURES.keys():
        raise ValidationError(_("Choose one picture in each row."))
    if len(set(pin)) == 1:
        raise ValidationError(_("Three times the same picture is easy to guess. Choose different pictures."))


def choose_pin(
    learner: Learner, class_uuid: UUID, pin: Pin, *, device: str = "", shared: bool = False, at: datetime
) -> LearnerIdentity:
    """Record the learner's first PIN in this class. `device`: number of the device, of somebody who is not signed in.

    Raises ValidationError: unusable, or there is one already.
    """
    require_usable(pin)
    secret = make_password(_sealed(pin, learner, class_uuid))
    with transaction.atomic():
        identity = identify(learner, LearnerIdentity.Kind.PIN, str(learner.actor), issuer=str(class_uuid))
        # Of two at once the first one's pictures count.
        if not LearnerIdentity.objects.filter(pk=identity.pk, secret="").update(secret=secret):
            raise ValidationError(_("The pictures have been chosen already. To change them, ask the class's teacher."))
        PinChoice.objects.create(identity=identity, device=device, shared=shared, at=at)
        signed_in(learner)
    identity.secret = secret
    return identity


def reset_pin(learner: Learner, class_uuid: UUID) -> int:
    """Delete the PIN, with the sessions that it began; the learner chooses anew. Returns how many there were."""
    rows = _pins(learner, class_uuid)
    found = rows.count()
    rows.delete()
    return found


def chosen_here(device: str, *, at: datetime) -> int:
    """Count those who chose their first PIN on this device lately (`CHOOSING`)."""
    return PinChoice.objects.filter(within(CHOOSING, at), device=device).count()


def choices(class_uuid: UUID, *, at: datetime) -> QuerySet[PinChoice]:
    """Return PINs of the class that were chosen in the last week, the latest first, with `identity.learner`."""
    found = PinChoice.objects.filter(_of_class(class_uuid), within(WEEK, at)).order_by("-at", "-pk")
    return found.select_related("identity__learner__person", "identity__learner__merged_into__person")


def is_guessed(class_uuid: UUID, *, at: datetime) -> bool:
    """Tell whether so many wrong PINs of the class were tried within a day that somebody is guessing. One query."""
    return PinTry.objects.filter(_of_class(class_uuid), within(DAY, at)).count() >= GUESSED


def forget_tries(class_uuid: UUID) -> None:
    """Forget wrong PINs of the class."""
    PinTry.objects.filter(_of_class(class_uuid)).delete()


def is_right(
    identity: LearnerIdentity, pin: Pin, class_uuid: UUID, *, device: str, known: bool = False, at: datetime
) -> bool:
    """Tell whether this is the PIN. A wrong one counts; a right one takes back what this device mistyped for this
    learner.

    The try is written down before it is looked at, and in no transaction: of many that come at once none passes the
    limits.

    Args:
        device: number of the device, from a cookie that only the site can write.
        known: the learner signed in on this device before, and `device` is its number for them (`signed_in_here`).

    Raises Throttled; IdentityGone when the PIN was reset since it was read.
    """
    _require_tries(identity, device, known, at=at)
    PinTry.objects.filter(
        pk__in=list(PinTry.objects.filter(at__lte=at - DAY).values_list("pk", flat=True)[:SWEPT])
    ).delete()
    try:
        row = PinTry.objects.create(identity=identity, device=device, known=known, at=at)
    except IntegrityError:
        # The foreign key: the only one of the table's.
        raise IdentityGone from None
    try:
        _require_tries(identity, device, known, at=at, besides=row.pk)
    except Throttled:
        row.delete()
        raise
    learner = identity.learner
    for secret in (None, *settings.SECRET_KEY_FALLBACKS):
        if check_password(_sealed(pin, learner, class_uuid, secret), identity.secret):
            PinTry.objects.filter(identity=identity, device=device).delete()
            return True
    if PinTry.objects.filter(_of_class(class_uuid), within(DAY, at), pk__lte=row.pk).count() == GUESSED:
        logger.warning("%d wrong PINs in class %s within a day: somebody is guessing.", GUESSED, class_uuid)
    return False


def _of_class(class_uuid: UUID) -> Q:
    """Return the condition for rows about a PIN of the class."""
    return Q(identity__kind=LearnerIdentity.Kind.PIN, identity__issuer=str(class_uuid))


def _require_tries(identity: LearnerIdentity, device: str, known: bool, *, at: datetime, besides: int = 0) -> None:
    """Raise Throttled while such tries are used up, until the last of the limits lets one more through."""
    others = PinTry.objects.exclude(pk=besides)
    found = []
    for span, of_learner, of_device in LIMITS:
        if known:
            found.append(rests_until(others.filter(identity=identity, device=device, known=True), of_learner, span, at))
        else:
            found.append(rests_until(others.filter(identity=identity, known=False), of_learner, span, at))
            found.append(rests_until(others.filter(device=device, known=False), of_device, span, at))
    until = max((each for each in found if each is not None), default=None)
    if until is not None:
        raise Throttled(until)
