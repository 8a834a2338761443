"""The option `--at` of commands that load something as of a moment."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import CommandError
from django.utils.dateparse import parse_datetime

from bdhvs_lms.base.api import now


def add_at(parser: ArgumentParser, more: str = "") -> None:
    parser.add_argument(
        "--at", default=None, help=f"Date and time of loading, ISO 8601 with a time zone{more}. Default: now."
    )


def at_of(options: dict[str, Any]) -> datetime:
    """Return what `--at` says, or now. Raises CommandError for what is no date and time with a time zone."""
    given = options["at"]
    if given is None:
        return now()
    try:
        moment = parse_datetime(given)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise CommandError(
            f"--at: not a date and time with a time zone, for example 2025-11-15T19:00:00+07:00: {given!r}"
        )
    return moment
