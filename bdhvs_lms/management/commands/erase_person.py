"""`bdhvs erase_person`: delete what names one person; results stay without a name."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bdhvs_lms.base.api import now
from bdhvs_lms.learners.api import names
from bdhvs_lms.privacy.api import LastOperator, erase, erase_account, find_account, find_learner


class Command(BaseCommand):
    help = "Erase one person: name, contacts, sign-in. Their results stay, without a name. Asks for confirmation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("person", metavar="USERNAME_OR_ACTOR", help="Username (of staff too) or actor UUID.")
        parser.add_argument("--yes", action="store_true", help="Do not ask for confirmation.")

    def handle(self, *args: Any, **options: Any) -> None:
        learner = find_learner(options["person"])
        account = None if learner is not None else find_account(options["person"])
        if learner is None and account is None:
            raise CommandError(f"No learner {options['person']!r}: give a username or an actor UUID.")
        who = f"{names([learner.pk])[learner.pk]}, {learner.actor}" if learner is not None else f"account {account}"
        if not options["yes"] and not self._agreed(who):
            raise CommandError("Nothing was erased.")
        try:
            if learner is not None:
                touched = erase(learner, by=None, at=now())
            else:
                touched = erase_account(account, by=None, at=now())
        except LastOperator as error:
            raise CommandError(str(error)) from error
        if options["verbosity"] >= 1:
            self.stdout.write(f"Erased: {touched} rows." if touched else "There was nothing left to erase.")

    def _agreed(self, who: str) -> bool:
        try:
            return input(f"Erase for good: {who}. Type 'yes' to go on: ").strip() == "yes"
        except EOFError:
            # Nobody there to ask: a script has to say --yes.
            raise CommandError("Confirmation is not possible here. Use --yes to erase without it.") from None
