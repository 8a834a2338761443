from __future__ import annotations

import logging
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from bdhvs_allauth.factors import reset
from bdhvs_lms.base.api import now

logger = logging.getLogger("bdhvs_allauth")


class Command(BaseCommand):
    """A command for an operator who has lost their own telephone, and for a site whose only one has."""

    help = (
        "Take all second factors of an account: apps with codes, passkeys and recovery codes. The account is signed "
        "out everywhere, and led to set one up at the next sign-in."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="the account's sign-in name, as written")

    def handle(self, *, username: str, **options: Any) -> None:
        model: Any = get_user_model()
        user = model._default_manager.filter(**{model.USERNAME_FIELD: username}).first()
        if user is None:
            raise CommandError(f"No account is called {username}.")
        gone = reset(user, at=now(), by=None)
        logger.warning("The second factor of account %s was reset by the command.", user.pk)
        self.stdout.write(f"{username}: {gone} removed, signed out everywhere.")
