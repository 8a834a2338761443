"""``manage.py h5p``: checks a package before anybody uploads it, and deletes files that no row names."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from bdhvs_h5p.cleaning import clean, orphans
from bdhvs_h5p.conf import app_settings
from bdhvs_h5p.models import Library
from bdhvs_lms.base.api import now
from h5p_python_adapter import Installed, LibraryId, Limits, inspect, nothing_installed


class Command(BaseCommand):
    """Print the report on a package as JSON (`check`), or what is deleted (`clean`)."""

    help = "Check an H5P package (.h5p) without storing it; remove files that are left over."
    # It has to work beside a site that does not, and on one that has no database yet.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parts = parser.add_subparsers(dest="part", required=True)
        check = parts.add_parser(
            "check",
            help="print a report as JSON; exit code 0: it would be accepted, 1: it would not, 2: it cannot be read",
        )
        check.add_argument("file", type=Path, metavar="FILE")
        check.add_argument("--alone", action="store_true", help="use only the libraries in the package")
        clean = parts.add_parser(
            "clean",
            help="remove files of interrupted uploads, replaced patch versions and joined files that nobody plays",
        )
        clean.add_argument("--dry-run", action="store_true", help="only show what would be removed")

    def handle(self, *args: Any, part: str, **options: Any) -> None:
        if part == "clean":
            self._clean(only_say=options["dry_run"])
        else:
            self._check(options["file"], alone=options["alone"])

    def _clean(self, *, only_say: bool) -> None:
        at = now()
        for path in orphans(at=at) if only_say else clean(at=at):
            self.stdout.write(path)

    def _check(self, file: Path, *, alone: bool) -> None:
        installed = None if alone else _installed()
        limits = Limits(packed_bytes=app_settings.MAX_UPLOAD)
        try:
            report = inspect(file, limits=limits, installed=installed or nothing_installed)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror or error}", returncode=2) from None
        data = report.to_json()
        data["libraries_counted"] = ["package"] if installed is None else ["package", "site"]
        # Titles and names of files in any script, whatever the terminal is set to.
        readable = (getattr(self.stdout, "encoding", None) or "").lower().replace("-", "") == "utf8"
        self.stdout.write(json.dumps(data, ensure_ascii=not readable, indent=2))
        if not report.ok:
            sys.exit(1)


def _installed() -> Installed | None:
    """Return a look-up of the site's installed patches; None without a database, or with one without its tables."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite" and "memory" not in str(name) and not Path(name).is_file():
        # Asking would make it.
        return None
    try:
        rows = list(Library.objects.values_list("machine_name", "major", "minor", "patch"))
    except (DatabaseError, ImproperlyConfigured):
        return None
    patches = {LibraryId(machine_name, major, minor): patch for machine_name, major, minor, patch in rows}
    return patches.get
