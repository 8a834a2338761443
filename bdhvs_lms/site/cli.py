"""`bdhvs`: manage.py of the ready site."""

import os
import sys


def main(argv: list[str] | None = None) -> None:
    """Run a management command with the ready site's settings (DJANGO_SETTINGS_MODULE, when set, wins)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bdhvs_lms.site.settings")
    from django.core.management import execute_from_command_line  # the settings must be named first

    execute_from_command_line(["bdhvs", *(sys.argv[1:] if argv is None else argv)])


if __name__ == "__main__":
    main()
