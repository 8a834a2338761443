"""`bdhvs speak`: makes the machine speech that lessons lack, and with --clean deletes what no lesson needs."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from bdhvs_content.conf import app_settings
from bdhvs_content.sizes import size_words
from bdhvs_content.speech.making import Made, clean, engine, kept, lessons, speak_lesson
from bdhvs_lms.base.api import now
from bdhvs_lms.management.progress import Bar


class Command(BaseCommand):
    help = (
        "Have the speech engine read what the published lessons have and nobody has spoken yet. Can be stopped and run "
        "again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--clean",
            action="store_true",
            help="First remove files that no published lesson needs, and have spoken again what lost its file.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if app_settings.SPEECH_ENGINE and engine() is None:
            raise CommandError(
                f"BDHVS_CONTENT_SPEECH_ENGINE is {app_settings.SPEECH_ENGINE!r}, which no installed app registers."
            )
        if options["clean"]:
            files, size = clean(at=now())
            self._say(options, _("Removed: %(files)s files, %(size)s.") % {"files": files, "size": size_words(size)})
        try:
            done = self._speak()
        except KeyboardInterrupt:
            self.stderr.write(_("Stopped. Run the same command again to continue."))
            sys.exit(130)
        for why in done.failed:
            self.stderr.write(why)
        self._say(options, _("Spoken now: %(made)s.") % {"made": done.made})
        files, size = kept()
        self._say(options, _("Kept: %(files)s files, %(size)s.") % {"files": files, "size": size_words(size)})
        if done.failed:
            sys.exit(1)

    def _speak(self) -> Made:
        voice = engine()
        done = Made()
        if voice is None:
            return done
        problems = voice.problems()
        if problems:
            raise CommandError(" ".join(map(str, problems)))
        with Bar(total=lessons().count(), stream=self.stderr, label="speak") as bar:
            for place, page in enumerate(lessons().iterator(chunk_size=50), start=1):
                more = speak_lesson(page, at=now())
                done.made += more.made
                done.failed += more.failed
                bar.to(place)
        return done

    def _say(self, options: dict[str, Any], text: str) -> None:
        if options["verbosity"] >= 1:
            self.stdout.write(text)
