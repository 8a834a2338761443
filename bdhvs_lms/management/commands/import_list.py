"""`bdhvs import_list`: areas, organisations, numbers of people or figures from a CSV or XLSX file.

A dry run unless told otherwise, findings by line. Speaks the site's language, because its findings are about what
officials wrote.
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bdhvs_lms.base.api import Preview, apply_import, now, preview_import
from bdhvs_lms.campaign.api import IMPORTERS


class Command(BaseCommand):
    help = "Import a list from a file: all rows or none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=sorted(IMPORTERS), help="The kind of list.")
        parser.add_argument("file", type=Path, help="CSV (comma, semicolon or tab; UTF-8) or XLSX.")
        parser.add_argument("--apply", action="store_true", help="Write the rows; without it, only show them.")
        parser.add_argument("--sure", action="store_true", help="What is remarked has been checked and is right.")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        importer = IMPORTERS[options["kind"]]
        if options["apply"]:
            preview = apply_import(importer, content, at=now(), by=None, sure=options["sure"])
        else:
            preview = preview_import(importer, content, at=now())
        self._say(preview)
        if not preview.ok:
            raise CommandError(f"{len(preview.errors)} errors: nothing was written.")
        if options["apply"] and not preview.applied:
            raise CommandError("Check what is remarked; --sure says that it is right. Nothing was written.")

    def _say(self, preview: Preview) -> None:
        for row in preview.new:
            self.stdout.write(f"+ {row.text}")
        for finding in preview.findings:
            (self.stderr if finding.error else self.stdout).write(str(finding))
        written = "written" if preview.applied else "to be written (--apply writes them)"
        self.stdout.write(f"{len(preview.new)} rows {written}, {len(preview.same)} already there.")
