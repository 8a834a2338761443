"""Accounts that were there before, linked to people on record or made people by somebody of the staff or a command.

What is done is in the access log, of which the person reads too. An account is one person's, and a person has one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.api import account_name, require
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.learners.account_learners import was_there
from bdhvs_lms.learners.accounts import account_of, user_named
from bdhvs_lms.learners.actions import NAME_LENGTH, link_user, register
from bdhvs_lms.learners.models import Learner, Person
from bdhvs_lms.learners.queries import learner_for_user, linked_among

PAGE = "link-account"
"""How the access log calls it."""


def link_account(learner: Learner, username: str, *, at: datetime, by: Any) -> Any:
    """Give this person the active account of this sign-in name and return it. Needs add_learneridentity.

    Raises PermissionDenied; ValidationError (`username`): there is none, it is somebody's already, the person has
    another one, or has no name on record.
    """
    require(by, "add_learneridentity")
    user = user_named(username)
    if user is None:
        raise ValidationError({"username": _("No account has this username. To make one, enter a password too.")})
    with transaction.atomic():
        # The person's row is the lock: of two who link at once, the second finds the first one's account.
        if not Person.objects.select_for_update().filter(learner=learner).exists():
            raise ValidationError({"username": _("This person has no name on record.")})
        known = learner_for_user(user)
        if known is not None:
            text = _("This account already learns as another person on record.")
            raise ValidationError({"username": _("Linked already.") if known.pk == learner.whole.pk else text})
        if account_of(learner) is not None:
            raise ValidationError({"username": _("This person already has a username.")})
        link_user(learner, user, brought=was_there(user))
        log_access(user=by, actors=[learner.actor], page=PAGE, at=at, detail=f"account {user.pk}")
    return user


def register_person_of(user: Any, *, at: datetime, by: Any, area: Area | None = None) -> Learner | None:
    """Make a person on record of an account, named as the account is; None: it is a person's already.

    They are in the lists, as whomever staff registers. Needs add_person and add_learneridentity."""
    require(by, "add_learneridentity")
    with transaction.atomic():
        # The account's row is the lock: two at once would make two people, of whom one has no account.
        get_user_model()._default_manager.select_for_update().get(pk=user.pk)
        if learner_for_user(user) is not None:
            return None
        learner = register(full_name=account_name(user)[:NAME_LENGTH], area=area, at=at, by=by)
        link_user(learner, user, brought=was_there(user))
        log_access(user=by, actors=[learner.actor], page=PAGE, at=at, detail=f"account {user.pk}")
    return learner


def accounts_to_link(groups: Iterable[str] | None = None) -> Iterator[Any]:
    """Yield active accounts that are nobody's on record, in order of primary key; of one of these
    groups, None: of all."""
    model: Any = get_user_model()
    users = model._default_manager.filter(is_active=True)
    if groups is not None:
        users = users.filter(pk__in=model._default_manager.filter(groups__name__in=list(groups)).values("pk"))
    last: Any = None
    while True:
        piece = list((users if last is None else users.filter(pk__gt=last)).order_by("pk")[:500])
        if not piece:
            return
        last = piece[-1].pk
        known = linked_among(piece)
        yield from (user for user in piece if str(user.pk) not in known)
