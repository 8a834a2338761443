"""`bdhvs restore FILE`: what `bdhvs backup` has kept, into an empty database."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.utils.timezone import localtime

from bdhvs_lms.site.backups.restoring import finish, restore
from bdhvs_lms.site.backups.serving import alone
from bdhvs_lms.site.backups.stopping import in_words

__all__ = ["Command"]


class Command(BaseCommand):
    help = "Put a file of `bdhvs backup` into an empty database, of either engine, and its uploads back."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="What `bdhvs backup` has written.")
        parser.add_argument(
            "--another-key", action="store_true", help="The secret key of that site is lost: take the file without."
        )
        parser.add_argument(
            "--another-version", action="store_true", help="Of an older version: restore, then run what came since."
        )
        parser.add_argument("--no-check", action="store_true", help="Do not compare with the ledger at the end.")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"].expanduser().absolute()
        stopped = "Stopped. The same command begins again; until it has ended the site does not serve."
        with in_words(self.stderr, file=file, stopped=stopped), alone():
            manifest = restore(
                file,
                another_key=options["another_key"],
                another_version=options["another_version"],
                stderr=self.stderr,
            )
            finish()
        if options["verbosity"] >= 1:
            rows = sum(table.rows for table in manifest.tables)
            self.stdout.write(
                f"Restored as of {localtime(manifest.made_at):%Y-%m-%d %H:%M %z}: {rows:,} rows of "
                f"{len(manifest.tables)} tables, {len(manifest.files):,} uploads."
            )
        if options["no_check"]:
            self.stdout.write("Not compared with the ledger: run `bdhvs rebuild --check`.")
        else:
            # Ends with 1 when there is a difference, which the file had too: it was compared row by row.
            call_command("rebuild", "--check", verbosity=options["verbosity"])
