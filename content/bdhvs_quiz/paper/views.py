"""A teacher's pages of tests on paper: the packs of a class, one pack, and keying its sheets in on a telephone.

Every address is the class's teacher's: everybody else gets 404. Pages that show people by name are logged.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bdhvs_lms.attempts.api import NotOffered, posted_act_id
from bdhvs_lms.audit.api import ConsentMissing, log_access
from bdhvs_lms.base.api import SeeOther, day_of, format_number, read_and_send
from bdhvs_lms.classes.api import ClassGroup, opened_class
from bdhvs_lms.courses.api import Activity, CourseClosed
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.reporting.api import to_test
from bdhvs_quiz.actions import QUIZ_TYPE, NoAttemptsLeft
from bdhvs_quiz.crossing import OtherForm
from bdhvs_quiz.grading import QuestionTypeMissing, parse_form
from bdhvs_quiz.models import PaperPack
from bdhvs_quiz.paper import actions
from bdhvs_quiz.paper.codes import Asked, asked_on
from bdhvs_quiz.paper.forms import PackForm
from bdhvs_quiz.paper.queries import (
    SheetRow,
    languages_to_print,
    named_members,
    next_to_enter,
    pack_of,
    packs_of,
    quizzes_to_print,
    sheets_of,
    without_consent,
)
from bdhvs_quiz.queries import answers_of
from bdhvs_quiz.steps import last_step
from bdhvs_quiz.typed import unerased
from bdhvs_quiz.wording import taken_before_text


def opened_pack(request: HttpRequest, class_uuid: UUID, pack_uuid: UUID, **more: bool) -> tuple[PaperPack, datetime]:
    """Return the pack of the teacher's class, and the time. Raises Http404."""
    group, at = opened_class(request, class_uuid)
    pack = pack_of(group, pack_uuid, **more)
    if pack is None:
        raise Http404(_("There is no such paper test in this class."))
    return pack, at


def log_sheets(request: HttpRequest, pack: PaperPack, rows: list[SheetRow], page: str, at: datetime) -> None:
    actors = [row.sheet.learner.actor for row in rows if row.sheet.learner is not None]
    log_access(user=request.user, actors=actors, page=page, at=at, detail=pack.class_group.code)


def pack_address(name: str, pack: PaperPack, *more: Any) -> str:
    return reverse(f"bdhvs_quiz:{name}", args=[pack.class_group.uuid, pack.uuid, *more])


def _number(text: str) -> int:
    """Parse a number; -1: no number, which no field takes."""
    return int(text) if re.fullmatch(r"[0-9]{1,4}", text, re.ASCII) else -1


@never_cache
@read_and_send
@login_required
def class_papers(request: HttpRequest, class_uuid: UUID) -> HttpResponseBase:
    """Show the packs of a class, and the form that makes one."""
    group, at = opened_class(request, class_uuid)
    today = day_of(at)
    quizzes = quizzes_to_print(group, today, QUIZ_TYPE)
    languages = languages_to_print(quizzes)
    # The reader's own where it is among them, else the first.
    initial = {"held_on": today, "language": next(iter(sorted(languages, key=lambda one: one != get_language())), "")}
    # A page that leads here says which test it is about; what is none of them is none.
    if wanted := request.GET.get("bai"):
        initial["quiz"] = wanted
    form = PackForm(quizzes, languages, request.POST if request.method == "POST" else None, initial=initial)
    act_id = posted_act_id(request)
    if form.is_valid() and act_id is not None:
        data = form.cleaned_data
        try:
            pack = actions.make_pack(
                group,
                UUID(data["quiz"]),
                codes=data["codes"],
                spare=data["spare"],
                held_on=data["held_on"],
                language=data.get("language", ""),
                act_id=act_id,
                by=request.user,
                at=at,
            )
        except ValidationError as refused:
            form.refuse(refused)
        except (NotOffered, QuestionTypeMissing):
            form.add_error("quiz", _("This quiz cannot be printed at the moment. Choose another one."))
        else:
            return SeeOther(pack_address("paper-pack", pack))
    elif form.is_bound and act_id is None:
        form.add_error(None, _("The form was incomplete. Nothing was recorded."))
    context = {
        "class_group": group,
        "packs": list(packs_of(group)),
        "quizzes": quizzes,
        "drawn": _drawn(group, quizzes, today),
        "form": form,
        # The form sent again makes no second pack; a colleague's form is another.
        "act_id": uuid.uuid4(),
    }
    return render(request, "bdhvs_quiz/class_papers.html", context, status=422 if form.errors else 200)


def _drawn(group: ClassGroup, quizzes: list[Activity], today: date) -> dict[UUID, int]:
    """Count, for each retest that is printed for drawn learners only, these learners."""
    found = {one.key: len(to_test(group, one.key, today)) for one in quizzes if one.role == Activity.Role.RETEST}
    return {key: count for key, count in found.items() if count}


@never_cache
@require_safe
@login_required
def pack_page(request: HttpRequest, class_uuid: UUID, pack_uuid: UUID) -> HttpResponseBase:
    """Show one pack: what is printed of it, and its sheets with what is entered."""
    pack, at = opened_pack(request, class_uuid, pack_uuid)
    rows = sheets_of(pack)
    log_sheets(request, pack, rows, "paper-pack", at)
    refused = without_consent([row.sheet.learner for row in rows if row.sheet.learner and not row.entered], at)
    return render(
        request,
        "bdhvs_quiz/paper_pack.html",
        {
            "pack": pack,
            "class_group": pack.class_group,
            "rows": [(row, row.sheet.learner_id in refused) for row in rows],
            "printed": len(rows),
            "done": sum(row.entered for row in rows),
            "next": next((row.sheet.number for row in rows if not row.entered and row.name), None),
        },
    )


@dataclass(frozen=True)
class Line:
    """A question of the page on which a sheet is keyed in. `ticked`: values of its boxes; `blank`: said to be empty."""

    asked: Asked
    ticked: tuple[str, ...]
    response: Any
    blank: bool
    error: str = ""
    missing: bool = False


@never_cache
@read_and_send
@login_required
def sheet_page(request: HttpRequest, class_uuid: UUID, pack_uuid: UUID, number: int) -> HttpResponseBase:
    """Enter one sheet, or correct it: a tap an answer, one button, and the next sheet is there."""
    pack, at = opened_pack(request, class_uuid, pack_uuid, with_key=request.method == "POST")
    rows = {row.sheet.number: row for row in sheets_of(pack)}
    row = rows.get(number)
    if row is None:
        raise Http404(_("There is no such sheet in this pack."))
    row.sheet.pack = pack
    try:
        page = _SheetPage(request, pack, row, list(rows.values()), at)
        answer = page.posted() if request.method == "POST" else page.shown()
    except QuestionTypeMissing as missing:
        messages.error(request, _("Plugin missing: %(key)s. Tell the site operator.") % {"key": missing.args[0]})
        answer = SeeOther(pack_address("paper-pack", pack))
    log_sheets(request, pack, [row], "paper-sheet", at)
    return answer


class _SheetPage:
    def __init__(
        self, request: HttpRequest, pack: PaperPack, row: SheetRow, rows: list[SheetRow], at: datetime
    ) -> None:
        self.request, self.pack, self.row, self.rows, self.at = request, pack, row, rows, at
        self.asked = asked_on(pack, row.sheet.code)

    def shown(self, *, status: int = 200, problem: str = "", **more: Any) -> HttpResponse:
        """Show the sheet as it is recorded, or empty."""
        attempt = self.row.sheet.attempt
        step = last_step(attempt) if attempt is not None else None
        kept = answers_of(attempt, step) if attempt is not None else {}
        lines = [self._line(asked, kept.get(asked.question_key), attempt is not None) for asked in self.asked]
        return self._page(lines, base=step.seq if step else 0, status=status, problem=problem, **more)

    def _line(self, asked: Asked, response: Any, entered: bool) -> Line:
        response = unerased(response)
        ticked = tuple(response) if isinstance(response, list) else (response,) if response is not None else ()
        return Line(asked, ticked if asked.boxes else (), response, blank=entered and response is None)

    def _page(self, lines: list[Line], *, base: int, status: int = 200, problem: str = "", **more: Any) -> HttpResponse:
        sheet = self.row.sheet
        people = named_members(self.pack.class_group, day_of(self.at))
        taken = {row.sheet.learner_id for row in self.rows if row.entered}
        learner = sheet.learner
        context = {
            "pack": self.pack,
            "class_group": self.pack.class_group,
            "row": self.row,
            "lines": lines,
            "base": base,
            "named": self._named(),
            "problem": problem,
            "refused": learner is not None and not self.row.entered and bool(without_consent([learner], self.at)),
            "people": [one for one in people if one.learner.pk not in taken and one.learner.pk != sheet.learner_id],
            "who": self.request.POST.get("learner", ""),
            "act_id": uuid.uuid5(self.pack.uuid, f"{sheet.number}:{base}"),
            "skip": self._next(),
            "done": sum(row.entered for row in self.rows),
            "printed": len(self.rows),
            **more,
        }
        return render(self.request, "bdhvs_quiz/paper_sheet.html", context, status=status)

    def _next(self) -> str:
        number = next_to_enter(self.pack, self.row.sheet.number)
        if number is None or number == self.row.sheet.number:
            return pack_address("paper-pack", self.pack)
        return pack_address("paper-sheet", self.pack, number)

    def posted(self) -> HttpResponseBase:
        post = self.request.POST
        act_id = posted_act_id(self.request)
        base = _number(post.get("base", ""))
        if act_id is None or base < 0:
            return self.shown(status=400, problem=_("The form was incomplete. Nothing was recorded."))
        responses, errors = parse_form(self.pack.version.shown["questions"], post.getlist)
        lines = [self._sent(asked, responses, errors) for asked in self.asked]
        if errors:
            return self._page(
                lines, base=base, status=400, problem=_("Nothing was recorded. Look at the marked lines.")
            )
        missing = [line.asked.place for line in lines if line.missing]
        if missing and "confirmed" not in post:
            return self._page(lines, base=base, status=422, missing=missing)
        return self._record(responses, lines, act_id=act_id, base=base)

    def _sent(self, asked: Asked, responses: dict[str, Any], errors: dict[str, str]) -> Line:
        post, key = self.request.POST, asked.question_key
        response = responses.get(key)
        blank = response is None and (key in post.getlist("blank") or (bool(asked.boxes) and asked.name in post))
        ticked = tuple(value for value in post.getlist(asked.name) if value) if asked.boxes else ()
        error = errors.get(key, "")
        shown = response if not error else post.get(asked.name, "")[:200]
        return Line(asked, ticked, shown, blank, error, missing=response is None and not blank and not error)

    def _learner(self) -> Learner | None:
        """Return the learner chosen as the writer; None: the one that the sheet names. Raises ValidationError, and
        AlreadyEntered
        if the sheet names somebody else by now than the page did."""
        chosen = self.request.POST.get("learner", "")
        if not chosen:
            if self.request.POST.get("named", self._named()) != self._named():
                raise actions.AlreadyEntered
            return None
        for one in named_members(self.pack.class_group, day_of(self.at)):
            if str(one.learner.actor) == chosen:
                return one.learner
        raise ValidationError(_("This person is not in the class."))

    def _named(self) -> str:
        learner = self.row.sheet.learner
        return str(learner.actor) if learner is not None else ""

    def _record(self, responses: dict[str, Any], lines: list[Line], *, act_id: UUID, base: int) -> HttpResponseBase:
        try:
            entered = actions.enter_sheet(
                self.row.sheet,
                responses,
                by=self.request.user,
                act_id=act_id,
                at=self.at,
                learner=self._learner(),
                base=base,
            )
        except ValidationError as wrong:
            return self._page(lines, base=base, status=400, problem=" ".join(wrong.messages))
        except ConsentMissing:
            words = _("Nothing was recorded: this person has not agreed that learning data is kept.")
            return self._page(lines, base=base, status=409, problem=words)
        except NoAttemptsLeft:
            words = _("Nothing was recorded: this person has used all attempts for this quiz.")
            return self._page(lines, base=base, status=409, problem=words)
        except OtherForm as other:
            return self._page(lines, base=base, status=409, problem=taken_before_text(other.activity))
        except (NotOffered, CourseClosed):
            words = _("Nothing was recorded: this quiz is not available any more.")
            return self._page(lines, base=base, status=409, problem=words)
        except actions.AlreadyEntered:
            self.row = next(row for row in sheets_of(self.pack) if row.sheet.number == self.row.sheet.number)
            words = _("Someone entered this sheet differently. This is what is recorded: correct it where it is wrong.")
            if not self.row.entered:
                words = _("This sheet is now another person's. Look at the name, then enter the answers.")
            return self.shown(status=409, problem=words)
        self._tell(entered)
        return SeeOther(self._next())

    def _tell(self, entered: actions.Entered) -> None:
        attempt = entered.attempt
        assert attempt.raw is not None  # noqa: S101  narrowing for the type checker
        points = "/".join(format_number(value, short=True) for value in (attempt.raw, attempt.version.max_score))
        # No name: a message may travel in a cookie.
        values = {"number": entered.sheet.number, "points": points}
        passed, failed = _("Sheet %(number)s: %(points)s, passed."), _("Sheet %(number)s: %(points)s, not passed yet.")
        words = passed if attempt.success else failed
        messages.success(self.request, words % values)
