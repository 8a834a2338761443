"""`bdhvs link_accounts`: people on record are made of accounts that were there before, or found for them by a file."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from bdhvs_lms.base.api import cells, now
from bdhvs_lms.learners.api import (
    accounts_to_link,
    learner_for_actor,
    learner_for_user,
    link_account,
    register_person_of,
    user_named,
)
from bdhvs_lms.management.progress import Bar
from question_files.office.tables import read_rows
from question_files.office.workbooks import TableError


class Command(BaseCommand):
    help = (
        "Make learners of accounts that were there before: each becomes a person on record, named as the account is. "
        "Accounts that learn already are left as they are. Can be stopped and run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--all", action="store_true", help="Every active account.")
        which.add_argument("--group", action="append", help="Active accounts of this group; may be repeated.")
        which.add_argument(
            "--file",
            type=Path,
            help="CSV or XLSX without titles: username and, to link to a person on record, their actor UUID.",
        )
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be done.")

    def handle(self, *args: Any, **options: Any) -> None:
        self.dry, self.done, self.refused = options["dry_run"], 0, 0
        self.silent = options["verbosity"] < 1
        lines = self._of_file(options["file"]) if options["file"] else self._of_groups(options["group"])
        todo = list(lines)
        with Bar(total=len(todo), stream=self.stderr, label="link_accounts") as bar:
            try:
                for place, (user, username, actor) in enumerate(todo, start=1):
                    self._one(user, username, actor)
                    bar.to(place)
            except KeyboardInterrupt:
                bar.close()
                self.stderr.write("Stopped. Run the same command again to continue.")
                sys.exit(130)
        word = "would be linked" if self.dry else "linked"
        self.stdout.write(f"{self.done} accounts {word}, {self.refused} not.")
        if self.refused:
            raise CommandError(f"{self.refused} lines could not be carried out; the others were.")

    def _of_groups(self, groups: list[str] | None) -> Iterator[tuple[Any, str, str]]:
        missing = set(groups or ()) - set(Group.objects.filter(name__in=groups or ()).values_list("name", flat=True))
        if missing:
            raise CommandError(f"There is no group called {', '.join(sorted(missing))}.")
        for user in accounts_to_link(groups):
            yield user, user.get_username(), ""

    def _of_file(self, path: Path) -> Iterator[tuple[Any, str, str]]:
        try:
            rows = read_rows(path.read_bytes())
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except TableError as error:
            raise CommandError(f"{path}: {error}") from error
        for _line, row in rows:
            texts = [cells.text(cell) for cell in row]
            yield user_named(texts[0]), texts[0], texts[1] if len(texts) > 1 else ""

    def _one(self, user: Any, username: str, actor: str) -> None:
        try:
            what = self._link(user, username, actor)
        except ValidationError as refused:
            self.refused += 1
            self.stderr.write(f"{username}: {' '.join(refused.messages)}")
            return
        if what:
            self.done += 1
            if not self.silent:
                self.stdout.write(f"{username}: {what}")

    def _link(self, user: Any, username: str, actor: str) -> str:
        """Say what was done, or would be; empty: it is so already. Raises ValidationError."""
        if user is None:
            raise ValidationError("there is no active account of this username.")
        known = learner_for_user(user)
        if not actor:
            if known is not None:
                return ""
            made = None if self.dry else register_person_of(user, at=now(), by=None)
            return "a new person" if made is None else f"a new person, {made.actor}"
        learner = _person(actor)
        if known is not None and known.pk == learner.pk:
            return ""
        if self.dry and known is not None:
            raise ValidationError(f"already learns as {known.actor}.")
        if not self.dry:
            link_account(learner, username, at=now(), by=None)
        return f"person {learner.actor}"


def _person(actor: str) -> Any:
    try:
        learner = learner_for_actor(UUID(actor))
    except ValueError:
        raise ValidationError(f"{actor!r} is no actor UUID.") from None
    if learner is None:
        raise ValidationError(f"nobody on record is {actor}.")
    return learner
