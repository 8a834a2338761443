"""Signing in with an account's name and password, whichever form asks: the learners' own or the admin's."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest

from bdhvs_lms.learners import brake
from bdhvs_lms.plugins.api import fold, now

__all__ = ["AccountBackend"]


def as_stored(typed: str) -> str:
    """The sign-in name that was meant: capitals, blanks at the ends and diacritics that a Vietnamese keyboard put in
    do not matter, unless two accounts differ only in them. One query, whether there is such an account or not."""
    name = typed.strip()
    field = get_user_model().USERNAME_FIELD
    if len(name) > (getattr(get_user_model()._meta.get_field(field), "max_length", None) or 0):
        # No account is called so, and databases refuse patterns of any length.
        return name
    meant = Q(**{f"{field}__iexact": name}) | Q(**{f"{field}__iexact": fold(name)})
    found = list(get_user_model()._default_manager.filter(meant).values_list(field, flat=True)[:3])
    return found[0] if len(found) == 1 and name not in found else name


class AccountBackend(ModelBackend):
    """Django's own check behind the brake. While it rests, no password is looked at, the right one included;
    `request.sign_in_rests_until` then says until when.

    The clock is read here: Django calls a backend from the view and hands it no time.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Any:
        name = username if username is not None else kwargs.get(get_user_model().USERNAME_FIELD)
        if name is None or password is None:
            return None
        try:
            brake.begin(name, brake.address_of(request), at=now())
        except brake.Resting as resting:
            if request is not None:
                request.sign_in_rests_until = resting.until  # type: ignore[attr-defined]
            # Django asks no further backend.
            raise PermissionDenied from resting
        user = super().authenticate(request, username=as_stored(name), password=password)
        if user is not None:
            brake.succeeded(name)
        return user
