"""Accounts of the site that become learners by themselves: which may, and how.

They are like others who register without help: they learn at once, and count nowhere until somebody has taken them into
the lists (`claims`). Operators say whose accounts may (`WhoLearns`); until they do, BDHVS_WHO_LEARNS does.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import require
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.conf import app_settings
from bdhvs_lms.learners.actions import IdentityTaken, link_user
from bdhvs_lms.learners.claims import note_agreement, register_self
from bdhvs_lms.learners.consent import Consenting
from bdhvs_lms.learners.models import Learner, WhoLearns
from bdhvs_lms.learners.queries import learner_for_user
from bdhvs_lms.plugins.api import sign_in_methods


def write_who_learns(*, rule: str, groups: Iterable[Group], at: datetime, by: Any) -> WhoLearns:
    """Record anew whose accounts may become learners by themselves; who learns already goes on. Needs add_wholearns.

    Raises PermissionDenied; ValidationError (`groups`): none is chosen where groups decide.
    """
    require(by, "add_wholearns")
    chosen = {str(group.pk): group.name for group in groups} if rule == WhoLearns.Rule.GROUPS else {}
    if rule == WhoLearns.Rule.GROUPS and not chosen:
        raise ValidationError({"groups": _("Choose at least one group.")})
    return WhoLearns.objects.create(rule=WhoLearns.Rule(rule), groups=chosen, recorded_at=at)


def may_learn(user: Any) -> bool:
    """Tell whether the account may become a learner by itself. Two queries at most."""
    chosen = WhoLearns.objects.order_by("-recorded_at", "-pk").first()
    rule = app_settings.WHO_LEARNS if chosen is None else chosen.rule
    if rule != WhoLearns.Rule.GROUPS:
        return bool(rule == WhoLearns.Rule.EVERYONE)
    named = Q(name__in=app_settings.LEARNER_GROUPS)
    wanted = named if chosen is None else Q(pk__in=[int(pk) for pk in chosen.groups])
    groups = getattr(user, "groups", None)
    return groups is not None and bool(groups.filter(wanted).exists())


def was_there(user: Any) -> bool:
    """Tell whether the account is the site's, and no way to sign in has made it for whoever learns with it."""
    return not any(method.made_account(user) for method in sign_in_methods)


def register_account(
    user: Any,
    *,
    full_name: str,
    birth_year: int | None,
    area: Area | None,
    form: UUID | None,
    at: datetime,
    consenting: Consenting,
    guardian: dict[str, str] | None = None,
) -> Learner:
    """Register whoever is signed in with this account as a learner, who has agreed to the text in force.

    `consenting`, `guardian`: as in `register_here`. Whether the account may (`may_learn`) is for the caller to ask.

    Raises IdentityTaken: it learns already, also when the same page was sent twice; ValidationError by field.
    """
    with transaction.atomic():
        if learner_for_user(user) is not None:
            raise IdentityTaken(_("This account already belongs to a learner."))
        learner = register_self(full_name=full_name, birth_year=birth_year, area=area, at=at, form=form)
        # Of two at once the second finds the first one's row here, and nothing of it stays.
        link_user(learner, user, brought=was_there(user))
        note_agreement(learner, consenting, guardian, at=at)
    return learner
