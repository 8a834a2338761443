"""The learner's way through a quiz without a script: begin, answer, save, hand in, read the result."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from bdhvs_content.api import acts_on_activity, lessons_before, page_for
from bdhvs_lms.attempts.api import (
    Posted,
    broken_form,
    consent_context,
    message_page,
    on_own_attempt,
    posted_act_id,
    posted_time,
    require_methods,
    signed_out_of,
    take_consent,
)
from bdhvs_lms.audit.api import ConsentMissing
from bdhvs_lms.base.api import SeeOther, now, wants_json
from bdhvs_lms.learners.api import Learner, nothing_unsent
from bdhvs_lms.progress.api import counted_words
from bdhvs_quiz import actions
from bdhvs_quiz.counting import FIRST
from bdhvs_quiz.crossing import OnPaperOnly, OtherForm
from bdhvs_quiz.grading import QuestionTypeMissing, field_name, kind_of, parse_form
from bdhvs_quiz.merging import Copy
from bdhvs_quiz.models import Attempt, AttemptStep, ShowAnswers
from bdhvs_quiz.paging import assets, one_of, place_of, posted_goal, time_left
from bdhvs_quiz.queries import (
    PLACE,
    Item,
    answers_of,
    attempts_used,
    competency_lines,
    items_to_answer,
    items_to_review,
    one_per_page,
    overall_text,
)
from bdhvs_quiz.steps import last_step, with_newest
from bdhvs_quiz.timing import NotNow, overdue
from bdhvs_quiz.wording import method_text, not_now_text, on_paper_text, other_form_text

CONFIRM = "nop"


def _plugin_missing(request: HttpRequest, missing: QuestionTypeMissing) -> HttpResponse:
    return message_page(
        request,
        _("This quiz cannot be taken at the moment"),
        _("Plugin missing: %(key)s. Your saved answers are kept. Tell the site operator.") % {"key": missing.args[0]},
        status=409,
        link=None,
    )


def _signed_out_of(request: HttpRequest, attempt_uuid: UUID) -> HttpResponseBase:
    if _quiet(request):
        return _json_message(_("Sign in again. Your answers are kept on this device."), 401)
    return signed_out_of(request, attempt_uuid)


def _to_answer(request: HttpRequest) -> QuerySet[Attempt]:
    """Return the attempts without the key, unless the request hands in."""
    found = with_newest(Attempt.objects.filter(taken_back_at=None).select_related("version"))
    to_grade = request.method == "POST" and request.POST.get("do") == "submit" and not _quiet(request)
    return found if to_grade else found.defer("version__key")


def _with_course(request: HttpRequest) -> QuerySet[Attempt]:
    rows = Attempt.objects.filter(taken_back_at=None)
    return with_newest(rows.select_related("version", "graded_by", "enrolment__course"))


@acts_on_activity
def begin(request: HttpRequest, activity_key: UUID, learner: Learner, posted: Posted) -> HttpResponseBase:
    """Begin or go on: the same button, and never two open attempts. The attempt is in the language of the page with the
    form."""
    if re.fullmatch(r"[A-Za-z-]{2,20}", request.POST.get("language", "")):
        posted["language"] = request.POST["language"]
    try:
        attempt = actions.open_attempt(learner, activity_key, **posted)
    except actions.NoAttemptsLeft:
        text = _("You have used all attempts for this quiz. Your results are on the quiz page.")
        return _not_begun(request, activity_key, _("No attempts left"), text)
    except NotNow as reason:
        return _not_begun(request, activity_key, _("The quiz cannot be started now"), not_now_text(reason))
    except OnPaperOnly:
        return _not_begun(request, activity_key, _("The quiz cannot be started now"), on_paper_text())
    except OtherForm as other:
        text = other_form_text(other.activity)
        return _not_begun(request, other.activity.key, _("You have another form"), text, _("To your form"))
    return SeeOther(_address(attempt))


def _not_begun(request: HttpRequest, activity_key: UUID, heading: str, text: str, link_text: str = "") -> HttpResponse:
    page = page_for(activity_key)
    link = page.get_url(request) if page is not None else None
    return message_page(request, heading, text, status=409, link=link, link_text=link_text or _("Back to the quiz"))


def _address(attempt: Attempt) -> str:
    return reverse("bdhvs_quiz:attempt" if attempt.submitted_at is None else "bdhvs_quiz:result", args=[attempt.uuid])


@require_methods("GET", "HEAD", "POST")
@on_own_attempt(_to_answer, signed_out=_signed_out_of)
def attempt(request: HttpRequest, row: Attempt) -> HttpResponseBase:
    """Show all questions on one page, or one a page. POST `do`: 'save', 'later' (then to the quiz's page), 'leave'
    (then
    signed out) or 'submit'; with `confirmed` the saved answers are handed in. Answers that the sent page did not know
    stay,
    and are shown (409)."""
    closed = actions.close_if_overdue(row, at=now())
    if closed is not None:
        row = closed
    if row.submitted_at is not None:
        if request.method == "POST" and request.POST.get("do") == "leave":
            return _signed_out()
        return _handed_in() if _quiet(request) else SeeOther(_address(row))
    try:
        if _quiet(request):
            return _save_quietly(request, row)
        return _post(request, row) if request.method == "POST" else _show(request, row)
    except QuestionTypeMissing as missing:
        return _plugin_missing(request, missing)


def _show(request: HttpRequest, row: Attempt) -> HttpResponse:
    step = row.newest
    items = items_to_answer(row, answers_of(row, step))
    if any(item.template is None for item in items):
        raise QuestionTypeMissing(next(item.type_key for item in items if item.template is None))
    template = "bdhvs_quiz/confirm.html" if request.GET.get("buoc") == CONFIRM else "bdhvs_quiz/attempt.html"
    return _page(request, template, row, items, step, asked=consent_context(row.learner))


def _page(
    request: HttpRequest,
    template: str,
    row: Attempt,
    items: list[Item],
    step: AttemptStep | None,
    *,
    asked: dict[str, Any],
    status: int = 200,
    base: int | None = None,
) -> HttpResponse:
    """Render the page; where the quiz shows one question a page, that of the address, or of the form that was sent.
    `asked`: whether the form has to ask for consent, and what was wrong with the answer. `base`: number of the step
    that
    the page goes on from; None: the one that it shows."""
    context = {
        **asked,
        "place": None,
        **one_of(request, row, items),
        **assets(items),
        **time_left(row, now()),
        "attempt": row,
        "version": row.version,
        "items": items,
        "unanswered": [item for item in items if not item.answered],
        "answered": sum(item.answered for item in items),
        "errors": [item for item in items if item.error],
        "differing": [item for item in items if item.differs],
        "base": base if base is not None else step.seq if step is not None else 0,
        "saved_at": step.received_at if step is not None and step.kind == AttemptStep.Kind.SAVED else None,
        # Of the attempt and how far it is, so that the same page in two tabs carries the same key.
        "act_id": uuid.uuid5(row.uuid, str(step.seq if step is not None else 0)),
        "address": reverse("bdhvs_quiz:attempt", args=[row.uuid]),
        "confirm_address": f"{reverse('bdhvs_quiz:attempt', args=[row.uuid])}?buoc={CONFIRM}",
    }
    return render(request, template, context, status=status)


def _post(request: HttpRequest, row: Attempt) -> HttpResponseBase:
    act_id = posted_act_id(request)
    wish = request.POST.get("do")
    goal = posted_goal(request, row)
    if act_id is None or (wish not in ("save", "later", "leave", "submit") and goal is None):
        return broken_form(request)
    copy = posted_copy(request)
    times: dict[str, Any] = {"act_id": act_id, "at": now(), "occurred_at": posted_time(request), "copy": copy}
    reasons = take_consent(request, row.learner, at=times["at"])
    confirmed = wish == "submit" and "confirmed" in request.POST
    responses, errors = ({}, {}) if confirmed else parse_form(row.questions, request.POST.getlist)
    if errors:
        items = items_to_answer(row, {**responses, **as_sent(row, request, errors)}, errors)
        asked = consent_context(row.learner)
        step = last_step(row)
        return _page(request, "bdhvs_quiz/attempt.html", row, items, step, asked=asked, status=400, base=copy.base)
    try:
        if confirmed:
            actions.submit(row, row.learner, None, **times)
            return SeeOther(reverse("bdhvs_quiz:result", args=[row.uuid]))
        time_is_up = row.due_at is not None and times["at"] >= row.due_at
        if wish == "submit" and (time_is_up or len(responses) == len(row.questions)):
            actions.submit(row, row.learner, responses, **times)
            return SeeOther(reverse("bdhvs_quiz:result", args=[row.uuid]))
        saved = actions.save_answers(row, row.learner, responses, **times)
    except ConsentMissing:
        return _ask_again(request, row, None if confirmed else responses, reasons, copy)
    except actions.AnswersDiffer as told:
        return _differs(request, row, told.saved, "bdhvs_quiz/confirm.html")
    return _after_saving(request, row, saved, wish, goal)


def _after_saving(
    request: HttpRequest, row: Attempt, saved: actions.Saved, wish: str | None, goal: int | None
) -> HttpResponseBase:
    if saved.attempt.submitted_at is not None:
        return _signed_out() if wish == "leave" else SeeOther(_address(saved.attempt))
    if wish == "submit" and saved.elsewhere:
        return _differs(request, row, saved, "bdhvs_quiz/confirm.html")
    if saved.passed_over:
        return _differs(request, row, saved, "bdhvs_quiz/attempt.html")
    address = reverse("bdhvs_quiz:attempt", args=[row.uuid])
    if wish == "leave":
        return _signed_out()
    if wish == "later":
        page = page_for(row.activity_key)
        return SeeOther(page.get_url(request) if page is not None else reverse("bdhvs_lms:my-learning"))
    if wish == "submit":
        return SeeOther(f"{address}?buoc={CONFIRM}")
    if goal is not None:
        return SeeOther(f"{address}?{PLACE}={goal}")
    # Saved on the way to other letters: the reader stays at the top, where they were chosen.
    if one_per_page(row):
        address += f"?{PLACE}={place_of(request, row)}"
    return SeeOther(address if "size" in request.POST else f"{address}#saved")


def _signed_out() -> HttpResponseBase:
    """Redirect the form, with its token, to the sign-out page (307)."""
    response = HttpResponseRedirect(reverse("bdhvs_lms:sign-out"))
    response.status_code = 307
    return response


def posted_copy(request: HttpRequest) -> Copy:
    """Return the copy of the page that was sent. One that does not say it has seen nothing, and can take
    nothing away."""
    base = request.POST.get("base", "")
    named = re.fullmatch(r"([0-9a-f-]{8,36})\.([0-9]{1,9})", request.POST.get("copy", ""), re.ASCII)
    return Copy(
        base=int(base) if re.fullmatch(r"[0-9]{1,9}", base, re.ASCII) else 0,
        name=named[1] if named else "",
        tick=int(named[2]) if named else 0,
    )


def _differs(request: HttpRequest, row: Attempt, saved: actions.Saved, template: str) -> HttpResponse:
    """Show the kept answers, and beside them those of the sent page. Handing in asks about all that differ, saving
    about
    those that the page had changed itself: the rest is simply shown as it is."""
    told = saved.passed_over if template == "bdhvs_quiz/attempt.html" else saved.elsewhere
    items = [
        replace(item, differs=True, mine=told[item.question_key]) if item.question_key in told else item
        for item in items_to_answer(row, dict(saved.responses))
    ]
    asked = consent_context(row.learner)
    return _page(request, template, row, items, last_step(row), asked=asked, status=409, base=saved.seq)


def _quiet(request: HttpRequest) -> bool:
    """Tell whether the page's script saves: it wants JSON, and shows its message in the page's line."""
    return request.method == "POST" and wants_json(request)


def _json_message(message: str, status: int) -> JsonResponse:
    return JsonResponse({"message": message}, status=status)


def _handed_in() -> JsonResponse:
    return _json_message(_("This attempt is already submitted. Reload the page to see the result."), 409)


def _save_quietly(request: HttpRequest, row: Attempt) -> JsonResponse:
    """Return {"saved_at": "19:42", "base": 7, "changed": ["q-…"]}, or {"message"} with a status that says whose turn it
    is.
    `changed`: questions that another copy has answered otherwise, so that the page may show it. Never submits."""
    act_id = posted_act_id(request)
    if act_id is None or request.POST.get("do") != "save":
        return _json_message(_("Your answers could not be saved. Open this page again and check them."), 400)
    at = now()
    try:
        responses, errors = parse_form(row.questions, request.POST.getlist)
        if errors:
            return _json_message(_first_error(row, errors), 400)
        copy, claimed = posted_copy(request), posted_time(request)
        saved = actions.save_answers(row, row.learner, responses, act_id=act_id, at=at, occurred_at=claimed, copy=copy)
    except ConsentMissing:
        return _json_message(
            _("Nothing can be saved without your consent. Press the button below, then tick the box."), 403
        )
    except QuestionTypeMissing:
        return _json_message(_("Your answers could not be saved. Open this page again and check them."), 409)
    if saved.attempt.submitted_at is not None:
        return _handed_in()
    changed = [field_name(key) for key in sorted(saved.elsewhere)]
    answer = JsonResponse({"saved_at": date_format(localtime(at), "H:i"), "base": saved.seq, "changed": changed})
    if request.POST.get("only") == "1" and not changed:
        # Sent as the page was left, and all that the device keeps: the page may not be there to read this.
        nothing_unsent(answer)
    return answer


def _first_error(row: Attempt, errors: Mapping[str, str]) -> str:
    first = next(item for item in items_to_answer(row, {}, dict(errors)) if item.error)
    return _("Question %(place)s: %(message)s") % {"place": first.place, "message": first.error}


def as_sent(row: Attempt, request: HttpRequest, errors: Mapping[str, str]) -> dict[str, Any]:
    """Return the refused answers, to be shown again: nobody types a long answer twice."""
    return {
        question["key"]: kind_of(question).as_sent(question["shown"], request.POST.getlist(field_name(question["key"])))
        for question in row.questions
        if question["key"] in errors
    }


def _ask_again(
    request: HttpRequest,
    row: Attempt,
    responses: dict[str, Any] | None,
    reasons: list[str],
    copy: Copy,
) -> HttpResponse:
    """Show the sent page again, with every answer as it was chosen and the question for consent; nothing was kept.
    `responses` None: the page that asked before submitting."""
    step = last_step(row)
    template = "bdhvs_quiz/confirm.html" if responses is None else "bdhvs_quiz/attempt.html"
    items = items_to_answer(row, answers_of(row, step) if responses is None else responses)
    asked = {**consent_context(row.learner), "consent_errors": reasons}
    return _page(request, template, row, items, step, asked=asked, status=400, base=copy.base)


@require_methods("GET", "HEAD")
@on_own_attempt(_with_course, signed_out=_signed_out_of)
def result(request: HttpRequest, row: Attempt) -> HttpResponseBase:
    """Show the verdict, what next, then question by question; redirect to the attempt until it is submitted."""
    step = row.newest
    if row.submitted_at is None or step is None:
        return SeeOther(_address(row))
    page = page_for(row.activity_key)
    course = page_for(row.enrolment.course.key)
    used = attempts_used(row.learner, row.activity_key)
    reached = row.success if row.grade is None else row.grade["success"]
    competencies = competency_lines(row, step)
    # A quiz that was passed is taken again for a competency that it does not count for yet, where that can help.
    again = row.grade is None or row.grade["method"] != FIRST
    missing = not reached or (again and not all(line.mark.reached or line.earlier for line in competencies))
    context = {
        "attempt": row,
        "reached": reached,
        "passed_before": row.grade is not None and not reached and used.passed,
        "counts": counted_words(row.grade["method"], row.grade["of"]) if row.grade is not None else "",
        "practice": "" if again or reached else method_text(row.version.shown),
        "version": row.version,
        "items": items_to_review(row, step, answers_shown=used.answers_shown),
        "answers_shown": used.answers_shown,
        "answers_never": used.show_answers == ShowAnswers.NEVER,
        "overall": overall_text(row),
        "time_was_up": step.kind == AttemptStep.Kind.SUBMITTED and overdue(row.due_at, step.received_at),
        "quiz_url": page.get_url(request) if page is not None else None,
        "course_url": course.get_url(request) if course is not None else None,
        "lessons": [
            {"title": one.title, "url": one.get_url(request), "page": one} for one in lessons_before(page, request)
        ]
        if page is not None and missing
        else [],
        "can_retry": page is not None and missing and (used.open or not used.all_used),
        "competencies": competencies,
        "missing": missing,
    }
    return render(request, "bdhvs_quiz/result.html", context)
