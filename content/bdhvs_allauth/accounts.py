"""Accounts of people who sign in by the provider: found by its address and its number for them, and by nothing else.

No e-mail address, name or telephone number leads to an account that is there: whoever could give themselves one at the
provider would take that account over.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from bdhvs_allauth.conf import app_settings
from bdhvs_lms.base.api import nfc, one_line

__all__ = ["Closed", "account_for", "links_of", "made_here"]

MADE = "bdhvs_made"
"""In what is kept with a link: this app wrote it, and made the account."""


class Closed(Exception):
    """The account that the link leads to has been closed."""


def account_for(claims: Mapping[str, Any]) -> Any:
    """Return the account of whom these claims are about, made when there is none. What is kept of them is what the
    settings
    name: OIDC_NAME_CLAIM and OIDC_KEPT_CLAIMS.

    Raises Closed.
    """
    try:
        with transaction.atomic():
            return _account_for(claims)
    except IntegrityError:
        # The same person came twice at once, and the other one was written first.
        with transaction.atomic():
            return _account_for(claims)


def _account_for(claims: Mapping[str, Any]) -> Any:
    named = {"provider": app_settings.OIDC_SERVER_URL, "uid": claims["sub"]}
    link = SocialAccount.objects.select_related("user").filter(**named).first()
    if link is None:
        user = _made(_text(claims.get(app_settings.OIDC_NAME_CLAIM)))
        SocialAccount.objects.create(user=user, extra_data={MADE: True, **_kept(claims)}, **named)
        return user
    if not link.user.is_active:
        raise Closed
    if MADE in link.extra_data:  # else the site's own allauth wrote the link, and keeps what it likes
        link.extra_data = {MADE: True, **_kept(claims)}
        link.save()
    return link.user


def _kept(claims: Mapping[str, Any]) -> dict[str, Any]:
    wanted = (app_settings.OIDC_NAME_CLAIM, *app_settings.OIDC_KEPT_CLAIMS)
    return {each: claims[each] for each in wanted if each in claims and each != MADE}


def _text(value: Any) -> str:
    return one_line(nfc(value))[:150].strip() if isinstance(value, str) else ""


def _made(called: str) -> Any:
    """Make a new account that no password opens. Its sign-in name says nothing of anybody."""
    model: Any = get_user_model()
    known = f"oidc-{secrets.token_hex(8)}"
    # Where addresses are sign-in names, one to which no mail can go (RFC 2606).
    by_mail = model.USERNAME_FIELD == getattr(model, "EMAIL_FIELD", None)
    user = model(**{model.USERNAME_FIELD: f"{known}@oidc.invalid" if by_mail else known})
    if hasattr(user, "first_name"):
        user.first_name = called
    user.set_unusable_password()
    user.save()
    return user


def links_of(users: Any) -> Any:
    """Return the links that this app wrote, of these accounts, whatever the provider was called then."""
    return SocialAccount.objects.filter(user__in=users, extra_data__has_key=MADE)


def made_here(user: Any) -> bool:
    return bool(links_of([user]).exists())
