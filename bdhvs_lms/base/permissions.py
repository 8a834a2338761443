"""The one sentence that says no: what a member of staff may do is a Django permission of the core's app."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied


def allowed(by: Any, permission: str) -> bool:
    """Tell whether this account may. `permission`: a codename of bdhvs_lms, e.g. 'add_classgroup'.

    `by` None is the machine itself (a command, an import) and may: whoever starts it has the database anyway.
    """
    return by is None or bool(by.is_active and by.has_perm(f"bdhvs_lms.{permission}"))


def require(by: Any, permission: str) -> None:
    """Raise PermissionDenied unless `allowed`."""
    if not allowed(by, permission):
        raise PermissionDenied(f"This needs the permission bdhvs_lms.{permission}.")
