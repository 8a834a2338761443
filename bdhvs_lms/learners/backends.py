"""Signing in with an account's name and password, whichever form asks: the learners' own or the admin's."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from bdhvs_lms.base.api import now
from bdhvs_lms.learners import devices, throttle
from bdhvs_lms.learners.account_names import LONGEST, account_for, folded
from bdhvs_lms.learners.addresses import address_of
from bdhvs_lms.learners.session_store import SessionStore, being_answered

__all__ = ["AccountBackend"]


class AccountBackend(ModelBackend):
    """Django's own check behind the throttle. While it rests for such devices, no password is looked at, the right one
    included; `request.sign_in_rests_until` then says until when, and LearnerMiddleware makes it a 429.

    Who gives the right password has proven the device (`request.proven`): LearnerMiddleware lets the browser keep that,
    and the throttle never shuts it out again.

    The clock is read here: Django calls a backend from the view and hands it no time.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Any:
        model: Any = get_user_model()
        name = username if username is not None else kwargs.get(model.USERNAME_FIELD)
        if name is None or password is None:
            return None
        user, generation = account_for(name)
        # By account, not by what was typed: whoever is called almost alike has a count of their own.
        subject = throttle.subject_of(user) if user is not None else f"name {folded(name[:LONGEST])}"
        address = address_of(request)
        sealed = "" if user is None else devices.sealed_account(user, generation)
        device = devices.known(request, sealed) if sealed else ""
        try:
            row = throttle.begin(subject, device, address, at=now())
        except throttle.Throttled as throttled:
            if request is not None:
                request.sign_in_rests_until = throttled.until  # type: ignore[attr-defined]
            # Django asks no further backend.
            raise PermissionDenied from throttled
        if user is None:
            # As long as a known name takes.
            model().set_password(password)
        elif user.check_password(password) and self.user_can_authenticate(user):
            throttle.succeeded(row)
            if request is not None:
                request.proven = sealed  # type: ignore[attr-defined]
            return user
        throttle.failed(row, address)
        return None

    def get_user(self, user_id: Any) -> Any:
        """Return the account; no query where it was read with the session of the request that is being answered."""
        request = being_answered.get()
        session = getattr(request, "session", None)
        user = session.account(user_id) if isinstance(session, SessionStore) else None
        if user is None:
            return super().get_user(user_id)
        return user if self.user_can_authenticate(user) else None
