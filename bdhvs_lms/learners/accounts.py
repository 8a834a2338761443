"""Sign-in accounts that operators open for learners, and passwords that they set anew."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import nfc, require
from bdhvs_lms.learners import throttle
from bdhvs_lms.learners.actions import link_user
from bdhvs_lms.learners.models import Learner, LearnerIdentity, SignInAccount, SignInSession


def account_of(learner: Learner) -> Any:
    """Return the account by which the learner signs in, of the record that stands first; None: there is none."""
    key = (
        LearnerIdentity.objects.filter(learner__in=learner.ids, kind=LearnerIdentity.Kind.USER, issuer="")
        .order_by(F("learner__merged_into").asc(nulls_first=True), "pk")
        .values_list("subject", flat=True)
        .first()
    )
    model: Any = get_user_model()
    return None if key is None else model._default_manager.filter(pk=key).first()


def user_named(username: str) -> Any:
    """Return the active account of this sign-in name, as written; None: there is none."""
    model: Any = get_user_model()
    return model._default_manager.filter(**{model.USERNAME_FIELD: nfc(username).strip(), "is_active": True}).first()


def open_account(learner: Learner, *, username: str, password: str, by: Any) -> Any:
    """Make an account for a learner who has none. Needs the permission add_learneridentity.

    Raises PermissionDenied; ValidationError by field: the name is taken or cannot be, the password is too weak, the
    learner has an account.
    """
    require(by, "add_learneridentity")
    return _open(learner, username, password)


def open_own_account(learner: Learner, *, username: str, password: str) -> Any:
    """Make the learner's own account; the device that stood for them until now no longer does.

    Raises ValidationError as `open_account` does.
    """
    with transaction.atomic():
        user = _open(learner, username, password)
        learner.identities.filter(kind=LearnerIdentity.Kind.DEVICE).delete()
    return user


def change_password(user: Any, password: str) -> None:
    """Set the owner's new password: what was tried at the old one is forgotten. The caller has checked the old one."""
    user.set_password(password)
    user.save(update_fields=["password"])
    throttle.forget(throttle.subject_of(user))


def _open(learner: Learner, username: str, password: str) -> Any:
    if account_of(learner) is not None:
        raise ValidationError({"username": _("This person already has a username.")})
    model: Any = get_user_model()
    user = model(**{model.USERNAME_FIELD: chosen_name(username)})
    _fits(password, user)
    user.set_password(password)
    require_possible(user)
    with transaction.atomic():
        user.save()
        link_user(learner, user)
    return user


def chosen_name(username: str) -> str:
    """Return a new username as it is kept: what every keyboard writes alike. Raises ValidationError (`username`)."""
    name = username.strip().lower()
    # Sites whose accounts are called by an e-mail address go on with those.
    if not re.fullmatch(r"[a-z0-9.-]+|[a-z0-9._+-]+@[a-z0-9.-]+", name):
        raise ValidationError({"username": _("Use a to z without diacritics, digits, full stops and hyphens only.")})
    return name


def require_possible(user: Any) -> None:
    """Raise ValidationError (`username`) for an account that cannot be: its name is taken, or is none."""
    try:
        user.full_clean()
    except ValidationError as refused:
        wrong = refused.error_dict.get(user.USERNAME_FIELD, [ValidationError(_("This account cannot be created."))])
        raise ValidationError({"username": wrong}) from refused


def set_password(learner: Learner, *, password: str, by: Any) -> Any:
    """Give the learner's account a new password; whoever was signed in with the old one is signed out.

    Needs the permission change_learneridentity. Accounts that may do more than learn (staff, superusers, whoever has a
    permission) are refused, and accounts that were there before: an operator must not get into the account of somebody
    with more rights, or of whoever was linked to a person of the operator's making.

    Raises PermissionDenied; ValidationError: no account, or a weak password.
    """
    require(by, "change_learneridentity")
    user = account_of(learner)
    if user is None:
        raise ValidationError({"username": _("This person has no username yet. Enter one.")})
    if _has_rights(user) or was_there_before(user):
        raise PermissionDenied("Passwords of accounts with rights of their own are for superusers to set.")
    _fits(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    throttle.forget(throttle.subject_of(user))
    return user


def was_there_before(user: Any) -> bool:
    """Tell whether the account learns here and was the site's before. One query."""
    identities = LearnerIdentity.objects.filter(kind=LearnerIdentity.Kind.USER, issuer="", subject=str(user.pk))
    return identities.filter(brought=True).exists()


def forget_sign_in(user: Any) -> None:
    """Delete what signing in kept of a closed account beside Django's own row."""
    SignInAccount.objects.filter(user_id=user.pk).delete()
    SignInSession.objects.filter(user_id=user.pk).delete()


def _has_rights(user: Any) -> bool:
    # An account that is closed has no permissions for now: its groups come back with it.
    in_groups = user.groups.exists() or user.user_permissions.exists()
    return bool(getattr(user, "is_staff", False) or user.is_superuser or in_groups or user.get_all_permissions())


def _fits(password: str, user: Any) -> None:
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise ValidationError({"password": weak.messages}) from weak
