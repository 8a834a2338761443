"""Sessions that end (SESSION_ENGINE): staff's with the working day and when nobody works, learners' when they said
that the device is shared. What a session may is in `sign_in_ends`; here is where Django keeps it.

A session's end is the row's `expire_date`, which the query that reads a session asks for anyway: an ended one cannot
be read, and no page pays for that. The clock is read here: Django hands a session no time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from asgiref.sync import sync_to_async
from django.apps import apps
from django.contrib.auth import SESSION_KEY, get_user_model
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.db import DEFAULT_DB_ALIAS, IntegrityError
from django.db.models import Manager
from django.http import HttpRequest

from bdhvs_lms.base.api import AHEAD, Compiled, now
from bdhvs_lms.learners.sign_in_ends import LEARNER, SIGN_IN, SignIn, cookie_seconds, ends_at

__all__ = ["SessionStore", "being_answered"]

being_answered: ContextVar[HttpRequest | None] = ContextVar("bdhvs_lms_request", default=None)
"""The request: Django asks a backend for an account without saying in which."""


def stored(session_key: str) -> str:
    """Return what the table holds for a cookie's key: 40 hexadecimal digits."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:40]


_COLUMNS = ("session_key", "session_data", "expire_date", "began_at")
_USER = "user__"


def _with_user(key: str, at: datetime) -> Any:
    rows = SessionStore.get_model_class().objects.filter(session_key=key, expire_date__gt=at)
    return rows.values(*_COLUMNS, *(f"{_USER}{field.attname}" for field in get_user_model()._meta.concrete_fields))


# What Django reads of a session, and the account that it is of: every page of somebody who is signed in asks both.
_read = Compiled(_with_user, key=str, at=datetime)


class SessionStore(db.SessionStore):
    row_ends: datetime | None = None
    """When the session that was read ends, if nothing is done."""
    _account: Mapping[str, Any] = {}
    ended = False
    """Whether the browser came with the key of a session that is no more."""

    @classmethod
    def get_model_class(cls) -> Any:
        # By its name: Django imports the engine before the models, and they name this engine.
        return apps.get_model("bdhvs_lms", "SignInSession")

    @property
    def sign_in(self) -> SignIn | None:
        """Return how and when somebody signed in; None: nobody did."""
        return self._sign_in_of(self._get_session())  # type: ignore[attr-defined]

    @staticmethod
    def _sign_in_of(data: dict[str, Any]) -> SignIn | None:
        if SESSION_KEY not in data and LEARNER not in data:
            return None
        # Signed in past our signal: nothing is known of it, so it is as short as any.
        return SignIn.from_data(data.get(SIGN_IN))

    def _get_session_from_db(self) -> Any:
        at = now()
        found = _read(key=stored(self.session_key or ""), at=at)
        # One that begins later than now began while the clock was wrong: nothing says when it ends.
        if not found or (found[0]["began_at"] or at) > at + AHEAD:
            self._session_key = None
            self.ended = True
            return None
        row = self.model(**{name: found[0][name] for name in _COLUMNS})
        self.row_ends = row.expire_date
        fields = get_user_model()._meta.concrete_fields
        self._account = {field.attname: found[0][f"{_USER}{field.attname}"] for field in fields}
        return row

    def account(self, pk: Any) -> Any:
        """Return the account with this primary key, as it was read with the session just now; None where it was not, or
        where the model's own manager leaves some out and has to be asked. Once: whoever asks again wants to know
        anew."""
        values, self._account = self._account, {}
        model: Any = get_user_model()
        if pk is None or values.get(model._meta.pk.attname) != pk:
            return None
        if model._default_manager.get_queryset.__func__ is not Manager.get_queryset:
            return None
        return model.from_db(DEFAULT_DB_ALIAS, list(values), list(values.values()))

    def model_key(self) -> str:
        """Return what the table holds for this session."""
        return stored(self.session_key or "")

    def exists(self, session_key: str) -> bool:
        return bool(self.model.objects.filter(session_key=stored(session_key)).exists())

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            self.model.objects.filter(session_key=stored(key)).delete()

    def save(self, must_create: bool = False) -> None:
        """Save; raise UpdateError also when what the session stands by is no more, an account, a PIN or a card: Django
        would take that for a key that exists, and try others for ever."""
        try:
            super().save(must_create)
        except (CreateError, IntegrityError):
            if self._stands_by_nothing(self._get_session(no_load=must_create)):  # type: ignore[attr-defined]
                raise UpdateError from None
            raise

    def _stands_by_nothing(self, data: dict[str, Any]) -> bool:
        row = self.create_model_instance(data)
        for name in ("user", "identity"):
            owner: Any = self.model._meta.get_field(name).related_model
            pk = getattr(row, f"{name}_id")
            if pk is not None and not owner._base_manager.filter(pk=pk).exists():
                return True
        return False

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.session_key = stored(row.session_key)
        sign_in = self._sign_in_of(data)
        if sign_in is not None:
            at = now()
            if SESSION_KEY in data:
                row.user_id = data[SESSION_KEY]
            else:
                row.identity_id = data[LEARNER][1]
            row.kind, row.device = sign_in.kind, sign_in.device
            row.began_at, row.seen_at = sign_in.began_at or at, at
            row.expire_date = self.row_ends = ends_at(sign_in, at)
        return row

    def get_expiry_age(self, **kwargs: Any) -> int:
        """Return the cookie's age, when somebody is signed in; the session itself ends with `expire_date`."""
        sign_in = self.sign_in
        return int(super().get_expiry_age(**kwargs)) if sign_in is None else cookie_seconds(sign_in, now())

    def get_expire_at_browser_close(self) -> bool:
        sign_in = self.sign_in
        return bool(super().get_expire_at_browser_close()) or (sign_in is not None and sign_in.shared)

    # Django's own asynchronous ones would look for the key as the cookie has it.

    async def aload(self) -> dict[str, Any]:
        return await sync_to_async(self.load)()

    async def aexists(self, session_key: str) -> bool:
        return await sync_to_async(self.exists)(session_key)

    async def acreate(self) -> None:
        await sync_to_async(self.create)()

    async def asave(self, must_create: bool = False) -> None:
        await sync_to_async(self.save)(must_create)

    async def adelete(self, session_key: str | None = None) -> None:
        await sync_to_async(self.delete)(session_key)
