"""Kinds of staff that operators make accounts for: each app says which it knows, and who may make somebody one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bdhvs_lms.plugins.registry import RegistrationError


@dataclass(frozen=True)
class StaffRole:
    """A kind of staff. It may do what the Django group of this name may; `make_group` makes it, or brings it up to
    date. Without a group the role is what is assigned to the account.

    given_by: the permission ("app.codename") of whoever may make somebody one; empty: superusers only.
    areas: it is for areas, which are chosen with it.
    """

    key: str
    label: Any
    help: Any
    given_by: str = ""
    group: str = ""
    make_group: Callable[[], Any] | None = None
    areas: bool = False
    order: int = 100

    def may_give(self, by: Any) -> bool:
        """Tell whether this account may make somebody one, and end it. None: the machine itself."""
        if by is None or (by.is_active and by.is_superuser):
            return True
        return bool(self.given_by and by.has_perm(self.given_by))


_roles: dict[str, StaffRole] = {}


def register_staff_role(role: StaffRole) -> None:
    """Offer the role when accounts of staff are made. In your app's `wagtail_hooks.py`.

    Raises RegistrationError when the key or the group is another role's."""
    for other in _roles.values():
        if other != role and (other.key == role.key or (role.group and other.group == role.group)):
            raise RegistrationError(f"“{role.key}” is registered twice, or its group is: {other}.")
    _roles[role.key] = role


def staff_roles() -> list[StaffRole]:
    return sorted(_roles.values(), key=lambda role: role.order)
