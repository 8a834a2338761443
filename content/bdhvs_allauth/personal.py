"""Personal data of this app: by which provider somebody signs in, and which second factors their account has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext_lazy as _

from bdhvs_allauth import factors
from bdhvs_allauth.accounts import MADE, links_of
from bdhvs_lms.learners.api import account_of
from bdhvs_lms.plugins.api import PersonalData

LINK, FACTOR = "socialaccount.SocialAccount", "mfa.Authenticator"


class SignInData(PersonalData):
    """Links to the provider go with the learner. A second factor is the account's: it goes when that is closed."""

    key = "bdhvs_allauth"
    models = (LINK, FACTOR)
    kept: ClassVar[Mapping[str, str]] = {
        FACTOR: "It belongs to the account, which may go on without the learner, and goes when the account is closed."
    }
    pages: ClassVar[Mapping[str, Any]] = {factors.PAGE: _("two-step verification of the account, reset")}

    def export(self, learner: Any) -> dict[str, list[dict[str, Any]]]:
        user = account_of(learner)
        users = [] if user is None else [user]
        return {
            LINK: [
                {
                    "provider": row.provider,
                    "number": row.uid,
                    "since": row.date_joined.isoformat(),
                    "last": row.last_login.isoformat(),
                    "kept": {name: value for name, value in row.extra_data.items() if name != MADE},
                }
                for row in links_of(users).order_by("pk")
            ],
            # Without what it is made of, which is of use to thieves only.
            FACTOR: [
                {"kind": row.type, "since": row.created_at.isoformat(), "last": _day(row.last_used_at)}
                for row in Authenticator.objects.filter(user__in=users).order_by("pk")
            ],
        }

    def erase(self, learner: Any) -> int:
        user = account_of(learner)
        gone, _by_model = links_of([] if user is None else [user]).delete()
        return int(gone)

    def close_account(self, user: Any) -> int:
        links, _by_model = links_of([user]).delete()
        rows, _by_model = Authenticator.objects.filter(user=user).delete()
        return int(links + rows)


def _day(value: Any) -> str | None:
    return None if value is None else str(value.isoformat())
