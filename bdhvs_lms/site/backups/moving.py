"""The other half of `bdhvs move-database`: a process of its own, since settings and the columns of some tables follow
from the engine. It takes the file; DATABASE_URL is the address, which its settings have to have read. It ends when who
started it has.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from threading import Thread

import django
from django.core.management.base import CommandError

from bdhvs_lms.site import database

COMPARE = "--compare"


def _end_with_the_other() -> None:
    sys.stdin.read()
    os._exit(1)


def main(file: str, *more: str) -> None:
    """Exit code 1 with words on standard error when the file cannot be put there, or with COMPARE when what is there
    differs from its ledger; 130 when it was stopped. Until it has ended with 0 the database is said to be half of the
    file, and it may begin again."""
    Thread(target=_end_with_the_other, daemon=True).start()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bdhvs_lms.site.settings")
    django.setup()
    # What they import are models, which are there from here on.
    from django.db import connection

    from bdhvs_lms.site.backups.restoring import finish, restore
    from bdhvs_lms.site.backups.stopping import in_words
    from bdhvs_lms.site.backups.tables import Unkept

    wanted, here = database.configuration(os.environ[database.NAME]), connection.settings_dict
    try:
        with in_words(sys.stderr, file=Path(file), stopped=""):
            names = ("ENGINE", "NAME", "HOST", "PORT")
            if any(str(wanted.get(name) or "") != str(here.get(name) or "") for name in names):
                raise Unkept(
                    "The settings of this site do not read DATABASE_URL: make a file with `bdhvs backup`, change them, "
                    "and `bdhvs restore` it."
                )
            restore(Path(file), another_key=False, another_version=False, stderr=sys.stderr)
            finish(compare=COMPARE in more)
    except CommandError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
