"""`bdhvs withdraw_credential KEY`: revoke a credential, or a source, with everything it wrote and what followed."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bdhvs_lms.base.api import now
from bdhvs_lms.competency.api import impact_of_revocation
from bdhvs_lms.management.progress import Bar
from bdhvs_lms.tracking.api import (
    Revocation,
    authorities_of_writer,
    begin_revocation,
    go_on_revoking,
    key_of_revocation,
    preview_revocation,
)
from bdhvs_xapi import api as xapi

# The actor of voidings that somebody at the server's console began: nobody's account.
CONSOLE = UUID(int=0)


class Command(BaseCommand):
    help = (
        "Revoke a credential of the record store, or switch off a source, and void every statement that came by it "
        "and the conclusions that nothing else supports. Can be stopped and resumed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", help="Key of the credential (see `bdhvs lrs credentials`).")
        parser.add_argument("--source", action="store_true", help="The key is that of a source.")
        parser.add_argument("--reason", default="", help="The reason, in words; needed to start.")
        parser.add_argument("--preview", action="store_true", help="Only show what would be voided.")

    def handle(self, *args: Any, **options: Any) -> None:
        writer: xapi.Credential | xapi.Source | None
        if options["source"]:
            writer = xapi.Source.objects.filter(key=options["key"]).first()
        else:
            writer = xapi.Credential.objects.select_related("authority").filter(key=options["key"]).first()
        if writer is None:
            raise CommandError(
                _("No source LRS has this key.") if options["source"] else _("No credential has this key.")
            )
        if options["preview"]:
            self._preview(writer)
            return
        revocation = Revocation.objects.filter(credential_key=key_of_revocation(writer)).first()
        if revocation is None:
            if not options["reason"].strip():
                raise CommandError(_('Give a reason: --reason "…"'))
            revocation = begin_revocation(writer, by=None, actor=CONSOLE, reason=options["reason"], at=now())
        total = revocation.voided + xapi.written_under(*authorities_of_writer(writer)).statements
        with Bar(total=total, stream=self.stderr, label="withdraw_credential") as bar:
            try:
                go_on_revoking(revocation, now=now, progress=bar.to)
            except KeyboardInterrupt:
                bar.close()
                self.stderr.write(_("Stopped. Run the same command again to continue."))
                sys.exit(130)
        text = _("Voided: %(voided)s statements and %(withdrawn)s conclusions that no other evidence supports.")
        self.stdout.write(text % {"voided": revocation.voided, "withdrawn": revocation.withdrawn})

    def _preview(self, writer: xapi.Credential | xapi.Source) -> None:
        found = preview_revocation(writer, people=sys.maxsize - 1)
        text = _(
            "In effect: %(statements)s statements about %(people)s people. To be voided: %(decisions)s conclusions. "
            "Voidings to be reversed: %(voidings)s."
        )
        self.stdout.write(
            text
            % {
                "statements": found.written.statements,
                "people": found.written.actors,
                "decisions": found.decisions,
                "voidings": found.written.voidings,
            }
        )
        told = impact_of_revocation(writer, at=now())
        for line in told.lines():
            self.stdout.write(f"{line.group} · {line.year} · {line.area.name}: +{line.gained} -{line.lost}")
        people = len(told.learners)
        text = ngettext(
            "The result of %(count)s person will change", "The result of %(count)s people will change", people
        )
        self.stdout.write(text % {"count": people})
