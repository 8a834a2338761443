"""`bdhvs questions` checks a file of questions, imports it into the bank, and writes the bank as a file.

It speaks the site's language: a question's author reads the problems.
"""

from __future__ import annotations

import io
import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Locale

from bdhvs_lms.base.api import now
from bdhvs_lms.management.progress import Bar, Steps
from bdhvs_lms.plugins.api import QuestionFormat, UnreadableFile, question_formats
from bdhvs_quiz.exporting.plain import Handed, handed, plain_bank
from bdhvs_quiz.importing.actions import Wish, import_at_once, look_at
from bdhvs_quiz.importing.categories import NoCategory, find_category, make_category, missing_below, named, path_of
from bdhvs_quiz.importing.duplicates import twins
from bdhvs_quiz.importing.planning import Plan, Planned, Unsupported
from bdhvs_quiz.importing.reading import reading_formats
from bdhvs_quiz.models import Question


class Command(BaseCommand):
    """`check` prints the report on a file as JSON and writes nothing; `import` writes all of it or nothing."""

    help = "Check or import a file of questions, or export the question bank."
    # A file can be checked beside a site that does not work.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parts = parser.add_subparsers(dest="part", required=True)
        check = parts.add_parser(
            "check", help="print a report as JSON and write nothing; exit code 0: it can be read, 1: it cannot"
        )
        bring = parts.add_parser("import", help="import the questions of a file: all or none")
        for each in (check, bring):
            each.add_argument("file", type=Path, metavar="FILE")
            each.add_argument("--format", default="", help="read it as this format, whatever it looks like")
            each.add_argument("--language", default="", help="of the questions; as it is: the site's")
        bring.add_argument("--category", required=True, help="its name, or its path: “An toàn / Mật khẩu”")
        bring.add_argument(
            "--own-categories", action="store_true", help="make the categories that the file names below that one"
        )
        bring.add_argument("--draft", action="store_true", help="publish none of them")
        give = parts.add_parser(
            "export", help="write the questions of the bank as a file; what is lost, to standard error"
        )
        give.add_argument("--format", required=True, help="the kind of file")
        give.add_argument("--category", default="", help="only of this category and those below; as it is: all")
        give.add_argument("--output", type=Path, metavar="FILE", help="as it is: standard output")

    def handle(self, *args: Any, part: str, **options: Any) -> None:
        if part == "check":
            self._check(options)
        elif part == "import":
            self._import(options)
        else:
            self._export(options)

    # --- check -------------------------------------------------------------------------------------------------------

    def _check(self, options: dict[str, Any]) -> None:
        language = options["language"] or settings.LANGUAGE_CODE
        path: Path = options["file"]
        try:
            kind = self._chosen(options["format"], reading_formats()).key if options["format"] else ""
            with path.open("rb") as file:
                # A language that is not of the database: a site without one can be asked too.
                found, plan = look_at(file, path.name, locale=Locale(language_code=language), key=kind)
        except (OSError, UnreadableFile) as error:
            reason = f"{path}: {error.strerror or error}" if isinstance(error, OSError) else str(error)
            self._json({"error": reason})
            raise CommandError(reason) from error
        self._json({"format": found.format_key, **report(plan)})

    def _json(self, data: dict[str, Any]) -> None:
        # Words in any script, whatever the terminal is set to.
        readable = (getattr(self.stdout, "encoding", None) or "").lower().replace("-", "") == "utf8"
        self.stdout.write(json.dumps(data, ensure_ascii=not readable, indent=2))

    def _chosen(self, name: str, kinds: Iterable[QuestionFormat]) -> QuestionFormat:
        """Find the format that `--format` names: by its key, the last part of it, its ending, or its label."""
        given = name.casefold()
        known = []
        for kind in kinds:
            names = (kind.key, kind.key.rpartition(".")[2], kind.suffix.lstrip("."), str(kind.label))
            if given in {each.casefold() for each in names}:
                return kind
            known.append(kind.key)
        raise CommandError(f"There is no such format: {name!r}. Formats: {', '.join(known) or 'none'}.")

    # --- import ------------------------------------------------------------------------------------------------------

    def _import(self, options: dict[str, Any]) -> None:
        path: Path = options["file"]
        locale = self._locale(options["language"])
        key = self._chosen(options["format"], reading_formats()).key if options["format"] else ""
        try:
            names = named(options["category"])
            category = find_category(names)
            with path.open("rb") as file:
                found, plan = look_at(file, path.name, locale=locale, key=key)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except (UnreadableFile, NoCategory) as error:
            raise CommandError(str(error)) from error
        self._say_findings(plan)
        known = twins(plan.planned)
        wishes = [Wish(each, not options["draft"]) for each in plan.planned if each.index not in known]
        for each in plan.planned:
            if each.index in known:
                self.stderr.write(_("%(place)s: skipped, it is there already.") % {"place": each.plain.place})
        if not wishes:
            self.stdout.write(_("Nothing to import."))
            return
        if category is None:
            category = make_category(names)
            self._say_new(names)
        own = [each.planned.plain.category for each in wishes] if options["own_categories"] else []
        new = missing_below(category, filter(None, own))
        try:
            with Bar(total=len(wishes) + len(found.files), stream=self.stderr, label="import") as bar:
                done = import_at_once(
                    found,
                    wishes,
                    category=category,
                    locale=locale,
                    at=now(),
                    own_categories=options["own_categories"],
                    progress=Steps(bar),
                )
        except KeyboardInterrupt:
            self.stderr.write(_("Stopped. Nothing was imported."))
            sys.exit(130)
        for one in new:
            self._say_new((*path_of(category), *one))
        self.stdout.write(
            _("Imported: %(count)s, of them published: %(live)s, as drafts: %(drafts)s.")
            % {"count": done.questions, "live": done.published, "drafts": done.questions - done.published}
        )

    def _say_new(self, path: Iterable[str]) -> None:
        self.stderr.write(_("New category: %(path)s.") % {"path": " / ".join(path)})

    # --- export ------------------------------------------------------------------------------------------------------

    def _export(self, options: dict[str, Any]) -> None:
        kind = self._chosen(options["format"], [kind for kind in question_formats if kind.writes])
        names = named(options["category"])
        try:
            category = find_category(names)
        except NoCategory as error:
            raise CommandError(str(error)) from error
        if category is None:
            raise CommandError(_("There is no category “%(path)s”.") % {"path": " / ".join(names)})
        rows = Question.objects.rows().order_by("pk")
        if names:
            rows = rows.filter(collection__path__startswith=category.path)
        title = category.name if names else _("Question bank")
        plain = plain_bank(list(rows), title=title, language=settings.LANGUAGE_CODE)
        given = handed(kind, plain.quiz)
        for prompt in [*plain.left_out, *given.left_out]:
            self.stderr.write(_("Left out: %(question)s") % {"question": prompt})
        for what, prompts in given.lost:
            for prompt in prompts:
                self.stderr.write(_("Not in the file: %(what)s of “%(question)s”") % {"what": what, "question": prompt})
        if given.problems:
            raise CommandError(" ".join(str(problem) for problem in given.problems))
        self._write(given, options["output"])
        count = len(given.quiz.questions)
        self.stderr.write(
            ngettext("%(count)s question was written.", "%(count)s questions were written.", count) % {"count": count}
        )

    def _write(self, given: Handed, output: Path | None) -> None:
        into = io.BytesIO()
        given.kind.write(given.quiz, into)
        if output is not None:
            try:
                output.write_bytes(into.getvalue())
            except OSError as error:
                raise CommandError(f"{output}: {error.strerror}") from error
            return
        raw = getattr(getattr(self.stdout, "_out", None), "buffer", None)
        if raw is None:
            raise CommandError("Standard output takes no files here: name one with --output.")
        raw.write(into.getvalue())
        raw.flush()

    def _locale(self, language: str) -> Locale:
        found = Locale.objects.filter(language_code=language or settings.LANGUAGE_CODE).first()
        if found is None and not language:
            found = Locale.get_default()
        if found is None:
            known = ", ".join(Locale.objects.values_list("language_code", flat=True))
            raise CommandError(f"The site has no content in the language {language!r}. Languages: {known}.")
        return found

    def _say_findings(self, plan: Plan) -> None:
        for words, entries in (
            (_("to be checked"), [_entry(each) for each in plan.doubtful]),
            (_("not imported"), [_entry(each) for each in plan.unsupported]),
        ):
            for entry in entries:
                self.stderr.write(f"{entry['place']} ({words}): {entry['reason']}")
        for note in plan.notes:
            self.stderr.write(note)


def report(plan: Plan) -> dict[str, Any]:
    """Return {"found", "ready" (numbers), "doubtful", "unsupported" (an entry a question), "notes"}; the first is the
    sum of
    the next three."""
    return {
        "found": plan.found,
        "ready": len(plan.ready),
        "doubtful": [_entry(each) for each in plan.doubtful],
        "unsupported": [_entry(each) for each in plan.unsupported],
        "notes": plan.notes,
    }


def _entry(each: Planned | Unsupported) -> dict[str, str]:
    if isinstance(each, Planned):
        return {"place": each.plain.place, "question": each.plain.prompt, "reason": " ".join(each.reasons)}
    return {"place": each.place, "question": each.prompt, "reason": each.reason}
