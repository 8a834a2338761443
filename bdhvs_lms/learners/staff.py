"""Accounts of staff: made, changed and closed by whoever may make somebody that. Nobody gives more than the role lets.

The password is made here and told once, for a sheet that is handed over: neither log nor table has it. Closing, and
what is taken away, holds from the next request.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import one_line
from bdhvs_lms.campaign.api import Area, SteeringAssignment
from bdhvs_lms.learners import throttle
from bdhvs_lms.learners.accounts import chosen_name, require_possible
from bdhvs_lms.learners.models import SignInAccount
from bdhvs_lms.learners.queries import learner_for_user
from bdhvs_lms.learners.sessions import end_all
from bdhvs_lms.plugins.api import StaffRole, staff_roles

# Filled by the app as it starts, from parts that stand above this one: what else an account of staff may do ends too.
endings: list[Callable[[Any, datetime], object]] = []
NAME_LENGTH = 120
# Without those that are read for one another.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def staff() -> QuerySet[SignInAccount]:
    """Return accounts that may do more than learn, the closed ones too."""
    steering = SteeringAssignment.objects.values("user")
    more = Q(user__is_superuser=True) | Q(user__is_staff=True) | Q(user__groups__isnull=False)
    more |= Q(user__user_permissions__isnull=False) | Q(user__in=steering)
    rows = SignInAccount.objects.filter(more).distinct().select_related("user")
    return rows.prefetch_related("user__groups")


def roles_of(user: Any, steering: Iterable[Any] | None = None) -> list[StaffRole]:
    """Return the roles by its groups, and `steering` (its assignments, read here when None)."""
    groups = {group.name for group in user.groups.all()}
    areas = SteeringAssignment.objects.filter(user=user).exists() if steering is None else bool(steering)
    return [role for role in staff_roles() if (role.group in groups if role.group else role.areas and areas)]


def may_look_after(user: Any, by: Any) -> bool:
    """Tell whether `by` may change or close this account: it may give every role that the account has, and the account
    has nothing beside them. Nobody looks after their own."""
    if by is None:
        return True
    if not by.is_active or by.pk == user.pk:
        return False
    if by.is_superuser:
        return True
    known = {role.group for role in staff_roles() if role.group}
    beside = {group.name for group in user.groups.all()} - known
    if user.is_superuser or user.is_staff or beside or user.user_permissions.exists():
        return False
    return all(role.may_give(by) for role in roles_of(user)) and any(role.may_give(by) for role in staff_roles())


def new_password() -> str:
    """Make a password of 60 bits that is read out and typed without a mistake: “k7wd-m3px-9tqa”."""
    return "-".join("".join(secrets.choice(_LETTERS) for _place in range(4)) for _part in range(3))


def open_staff_account(
    *, full_name: str, username: str, roles: Sequence[StaffRole], areas: Sequence[Area], by: Any
) -> tuple[SignInAccount, str]:
    """Make an account with these roles; return (its row, its password, which nobody can read again).

    areas: of a role that is for areas.

    Raises PermissionDenied when `by` may not give a role; ValidationError by field: no name, the username is taken or
    cannot be, no role, no area.
    """
    name = one_line(full_name)
    if not name or len(name) > NAME_LENGTH:
        raise ValidationError({"full_name": _("Enter a name.")})
    _may_give(roles, by)
    _with_areas(roles, areas)
    model: Any = get_user_model()
    user = model(**{model.USERNAME_FIELD: chosen_name(username)})
    if hasattr(user, "last_name"):
        # Whole: Django would put a given name first.
        user.last_name = name[:150]
    password = new_password()
    user.set_password(password)
    require_possible(user)
    with transaction.atomic():
        user.save()
        _give(user, roles, areas, by)
        account = SignInAccount.objects.select_related("user").get(user=user)
    return account, password


def change_roles(account: SignInAccount, *, roles: Sequence[StaffRole], areas: Sequence[Area], by: Any) -> None:
    """Set these roles and areas, and no other, for the account. Raises as `open_staff_account` does, and
    PermissionDenied unless `may_look_after`."""
    _looks_after(account, by)
    _may_give(roles, by)
    _with_areas(roles, areas)
    with transaction.atomic():
        user = get_user_model()._default_manager.select_for_update().get(pk=account.user_id)
        for role in roles_of(user):
            if role not in roles and role.group:
                user.groups.remove(*user.groups.filter(name=role.group))
        _give(user, roles, areas, by)


def reset_password(account: SignInAccount, *, by: Any) -> str:
    """Set a new password, told once; whoever is signed in is signed out. Raises PermissionDenied unless
    `may_look_after`; ValidationError for an account that is closed."""
    _looks_after(account, by)
    if not account.user.is_active:
        raise ValidationError(_("This account is closed."))
    password = new_password()
    with transaction.atomic():
        account.user.set_password(password)
        account.user.save(update_fields=["password"])
        end_all(account.user)
        throttle.forget(throttle.subject_of(account.user))
    return password


def close_account(account: SignInAccount, *, at: datetime, by: Any) -> None:
    """Close the account from the next request on; roles and areas go. Whoever learns with the account goes on learning,
    and signs in anew. Again is nothing. Raises PermissionDenied unless `may_look_after`."""
    _looks_after(account, by)
    with transaction.atomic():
        user = get_user_model()._default_manager.select_for_update().get(pk=account.user_id)
        if learner_for_user(user) is None:
            user.is_active = False
            user.set_unusable_password()
            user.save(update_fields=["is_active", "password"])
        end_duties(user, at)
        end_all(user)
    account.user = user


def end_duties(user: Any, at: datetime) -> None:
    """End roles and areas, classes and teams. In the caller's transaction, which has asked whether that may be."""
    user.groups.clear()
    SteeringAssignment.objects.filter(user=user).delete()
    for end in endings:
        end(user, at)


def _looks_after(account: SignInAccount, by: Any) -> None:
    if not may_look_after(account.user, by):
        raise PermissionDenied("This account may do more than you may give, or it is your own.")


def _may_give(roles: Sequence[StaffRole], by: Any) -> None:
    if not roles:
        raise ValidationError({"roles": _("Choose what the account is for.")})
    if not all(role.may_give(by) for role in roles):
        raise PermissionDenied("Only whoever may give a role makes somebody one.")


def _with_areas(roles: Sequence[StaffRole], areas: Sequence[Area]) -> None:
    if any(role.areas for role in roles) and not areas:
        raise ValidationError({"areas": _("Choose the areas whose board the account sees.")})


def _give(user: Any, roles: Sequence[StaffRole], areas: Sequence[Area], by: Any) -> None:
    for role in roles:
        if role.make_group is not None:
            user.groups.add(role.make_group())
    wanted = {area.pk: area for area in areas} if any(role.areas for role in roles) else {}
    there = SteeringAssignment.objects.filter(user=user)
    there.exclude(area__in=list(wanted)).delete()
    known = set(there.values_list("area", flat=True))
    SteeringAssignment.objects.bulk_create(
        SteeringAssignment(user=user, area=area) for pk, area in wanted.items() if pk not in known
    )
