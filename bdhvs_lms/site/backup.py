"""`bdhvs backup FILE`: the whole site in one file, while it goes on."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from bdhvs_lms.base.api import now
from bdhvs_lms.site.backups.making import make
from bdhvs_lms.site.backups.stopping import in_words

__all__ = ["Command"]


class Command(BaseCommand):
    help = "Keep the whole site in one new file: database, uploads, versions. It holds everything about people."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="A new file; only its owner may read it.")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"].expanduser().absolute()
        with in_words(self.stderr, file=file, stopped="Stopped: nothing was kept."):
            manifest = make(file, at=now(), stderr=self.stderr)
        if manifest.left_out:
            self.stderr.write(
                f"Not in the file, because no installed app owns them: {', '.join(manifest.left_out)}. "
                "Keep them with the database's own means."
            )
        if options["verbosity"] >= 1:
            rows = sum(table.rows for table in manifest.tables)
            self.stdout.write(
                f"Written and read again: {file} ({file.stat().st_size:,} bytes; {rows:,} rows of "
                f"{len(manifest.tables)} tables, {len(manifest.files):,} uploads). The secret key is not in it: keep "
                "that too, elsewhere."
            )
