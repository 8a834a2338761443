"""Registering without help, as a page does it: how many may, who they are from here on, and how they come back.

A device says by a sealed cookie how many it has registered today; an address is counted in the table, by a digest that
is another one each day, and only of those who have no class's code. A village hall has one address and one telephone
for a family, so the numbers are far apart.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import day_of, keep_cookie, kept_cookie
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.conf import app_settings
from bdhvs_lms.learners.actions import identify
from bdhvs_lms.learners.addresses import address_of
from bdhvs_lms.learners.claims import note_agreement, register_self
from bdhvs_lms.learners.consent import Consenting
from bdhvs_lms.learners.learner_sessions import begin_learner_session, learner_session_of
from bdhvs_lms.learners.models import Learner, LearnerIdentity, SelfRegistration
from bdhvs_lms.learners.throttle import digest, within

METHOD = "bdhvs_lms.device"
"""Of sessions that nothing but the device stands for."""
COOKIE = "bdhvs-new"
SALT = "bdhvs_lms.learners.newcomers"
DAY = timedelta(days=1)


class TooMany(ValidationError):
    """Error: too many have registered on this device, or from this address, today."""


def _here_today(request: HttpRequest, today: date) -> int:
    try:
        day, count = signing.loads(kept_cookie(request, COOKIE), salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return 0
    return int(count) if day == today.isoformat() else 0


def register_here(
    request: HttpRequest,
    *,
    full_name: str,
    birth_year: int | None,
    area: Area | None,
    form: UUID | None,
    at: datetime,
    consenting: Consenting,
    guardian: dict[str, str] | None = None,
    shared: bool = False,
    by_code: bool = False,
) -> Learner:
    """Register whoever holds this browser, who has agreed to the text in force, and sign them in on it.

    `consenting`: who has agreed; `guardian`: of a child, as `name_guardian` takes it. `shared`: others use the device
    too. `by_code`: with the code of a class, which bounds its newcomers itself. `count_here` comes after, with the
    answer.

    Raises TooMany; ValidationError by field.
    """
    today = day_of(at)
    if _here_today(request, today) >= app_settings.SELF_REGISTER_PER_DEVICE:
        raise TooMany(
            _("Too many people have registered on this device today. Ask your class's teacher, or come back tomorrow.")
        )
    origin = digest("newcomer", f"{today} {address_of(request)}")
    limit = app_settings.SELF_REGISTER_PER_ADDRESS
    lately = SelfRegistration.objects.filter(within(DAY, at, "registered_at"), origin=origin)
    if limit and not by_code and len(lately.values_list("pk", flat=True)[:limit]) >= limit:
        raise TooMany(
            _(
                "Too many people have registered from this network today. Ask your class's teacher, or come back "
                "tomorrow."
            )
        )
    learner = register_self(full_name=full_name, birth_year=birth_year, area=area, at=at, form=form, origin=origin)
    note_agreement(learner, consenting, guardian, at=at)
    identity = identify(learner, LearnerIdentity.Kind.DEVICE, str(uuid4()))
    begin_learner_session(request, learner, identity=identity, method=METHOD, at=at, shared=shared)
    return learner


def count_here(request: HttpRequest, response: HttpResponseBase, at: datetime) -> None:
    """Count on the device that one more has registered on it today."""
    today = day_of(at)
    count = signing.dumps([today.isoformat(), _here_today(request, today) + 1], salt=SALT)
    keep_cookie(response, COOKIE, count, seconds=int(DAY.total_seconds()))


def only_device(request: HttpRequest) -> bool:
    """Tell whether the learner is signed in by nothing but having registered on this device."""
    begun = learner_session_of(request)
    return begun is not None and begun.method == METHOD


def has_way_back(learner: Learner) -> bool:
    """Tell whether the learner can be recognised by anything but a device: an account, a PIN, a card. One query."""
    others = LearnerIdentity.objects.filter(learner__in=learner.ids).exclude(kind=LearnerIdentity.Kind.DEVICE)
    return others.exists()
