"""`pull`: fetch what other record stores have stored since the last time."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.dateparse import parse_datetime

from bdhvs_xapi.conf import database
from bdhvs_xapi.management.stopping import stopping
from bdhvs_xapi.outbox.models import Source
from bdhvs_xapi.outbox.pulling import Pulled, pull
from bdhvs_xapi.outbox.sources import reread


class Command(BaseCommand):
    help = "Fetch statements from the sources. Can be stopped at any time and run again; nothing is taken twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--source", action="append", metavar="KEY", help="Only this source; may be repeated.")
        parser.add_argument(
            "--since", metavar="TIME", help="Fetch again from this date and time, ISO 8601 with a time zone."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        using = database()
        sources = Source.objects.using(using).order_by("key")
        if options["source"] is None:
            sources = sources.filter(active=True)
        else:
            known = set(sources.filter(key__in=options["source"]).values_list("key", flat=True))
            if unknown := sorted(set(options["source"]) - known):
                raise CommandError(f"no source has the key {', '.join(unknown)}")
            sources = sources.filter(key__in=options["source"])
        since = None
        if options["since"] is not None:
            try:
                since = parse_datetime(options["since"])
            except ValueError:
                pass
            if since is None or since.tzinfo is None:
                raise CommandError(
                    "--since: not a date and time with a time zone, for example 2025-11-15T08:30:00+07:00"
                )
        failed = False
        with stopping() as stop:
            for source in sources:
                if stop.is_set():
                    break
                if since is not None:
                    reread(source, since, using=using)
                say = self._page if options["verbosity"] > 1 else lambda done: None
                done = pull(source, stop=stop, say=say, using=using)
                self.stdout.write(_line(done))
                failed = failed or not done.finished
        if failed:
            sys.exit(1)

    def _page(self, done: Pulled) -> None:
        self.stdout.write(_line(done))
        self.stdout.flush()


def _line(done: Pulled) -> str:
    line = f"{done.source}: {done.pages} pages, {done.new} new, {done.known} known, {done.rejected} rejected"
    return f"{line}; not at the end: {done.trouble}" if done.trouble else line
