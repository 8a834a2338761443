"""`bdhvs export_person`: everything that is kept about one person, as JSON to hand over."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.api import now
from bdhvs_lms.privacy.api import export, find_learner


class Command(BaseCommand):
    help = "Export everything that is stored about one person as JSON. The access is logged."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("person", metavar="USERNAME_OR_ACTOR", help="Username or actor UUID.")
        parser.add_argument(
            "--output",
            type=Path,
            default=None,
            help="A new file, readable only by its owner. Default: standard output.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        learner = find_learner(options["person"])
        if learner is None:
            raise CommandError(f"No learner {options['person']!r}: give a username or an actor UUID.")
        at = now()
        text = json.dumps(export(learner), ensure_ascii=False, indent=1)
        output: Path | None = options["output"]
        try:
            # A new file only: an existing one would keep its permissions, and somebody may need it.
            file = None if output is None else os.open(output, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except OSError as error:
            raise CommandError(f"--output: {error.strerror}: {output}") from error
        log_access(user=None, actors=[learner.actor], page="export_person", at=at)
        if file is None:
            self.stdout.write(text)
            return
        with open(file, "w", encoding="utf-8") as opened:
            opened.write(text + "\n")
        if options["verbosity"] >= 1:
            self.stdout.write(f"Written: {output}")
