"""The admin page that regrades a quiz: what would change, why, then how far it is."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Page as Part
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.log_actions import log

from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.api import format_number, language_of, now
from bdhvs_lms.learners.api import names
from bdhvs_quiz.models import Attempt, QuizPage, Regrade
from bdhvs_quiz.regrading import actions
from bdhvs_quiz.regrading.queries import corrected_questions, newest, older_than, preview, unfinished
from bdhvs_quiz.regrading.summary import Line, Summary, summaries_of

# Seconds that one press of the button works; the next goes on.
WORKS = 15
LINES = 50
COUNTS = ("attempts", "higher", "lower", "same", "passes_now", "fails_now", "gains", "loses", "skipped")
LOG_ACTION = "bdhvs_quiz.regrade"
# Whoever may see people by name sees names here too; every other editor sees which attempt it is.
SEES_NAMES = "bdhvs_lms.view_person"


class RegradeForm(forms.ModelForm):
    act_id = forms.UUIDField(widget=forms.HiddenInput)

    class Meta:
        model = Regrade
        fields = ("reason", "keep_higher")
        widgets = {"reason": forms.Textarea(attrs={"rows": 2})}  # noqa: RUF012  as Django documents it


@require_http_methods(["GET", "HEAD", "POST"])
def regrade_page(request: HttpRequest, page_id: int) -> HttpResponseBase:
    """Show the preview and its form; during a regrade, its progress and the button that goes on."""
    page = get_object_or_404(QuizPage, pk=page_id)
    if not page.permissions_for_user(request.user).can_publish():
        raise PermissionDenied
    going = unfinished(page.translation_key)
    form = RegradeForm(request.POST if request.method == "POST" else None, initial={"act_id": uuid.uuid4()})
    if request.method == "POST":
        if going is None and form.is_valid():
            going = _begin(request, page, form)
        if going is not None:
            _work(request, going)
            return redirect("bdhvs_quiz_regrade", page.pk)
    return TemplateResponse(
        request,
        "bdhvs_quiz/admin/regrade.html",
        _context(request, page, form, going),
        status=400 if form.errors else 200,
    )


def _begin(request: HttpRequest, page: QuizPage, form: RegradeForm) -> Regrade | None:
    """Begin the regrade; return None after a message, in the form or above it."""
    given = form.cleaned_data
    known = Regrade.objects.filter(act_id=given["act_id"]).exists()
    try:
        regrade = actions.begin(
            page.translation_key,
            reason=given["reason"],
            keep_higher=given["keep_higher"],
            act_id=given["act_id"],
            by=request.user,
            at=now(),
        )
    except ValidationError as wrong:
        form.add_error("reason", wrong)
        return None
    except actions.NothingToRegrade:
        messages.info(request, _("There is nothing to regrade: every attempt has the published answers."))
        return None
    except actions.AnotherRegrade as other:
        return other.regrade
    if not known:
        log(page, LOG_ACTION, user=request.user, data={"reason": regrade.reason, "keep_higher": regrade.keep_higher})
    return regrade


def _work(request: HttpRequest, regrade: Regrade) -> None:
    until = time.monotonic() + WORKS
    left = True
    while left and time.monotonic() < until:
        left = actions.step(regrade, at=now())
    if not left:
        messages.success(request, _("Regraded. %(result)s") % {"result": in_words(regrade)})


def in_words(regrade: Regrade) -> str:
    """Describe the result of a regrade so far."""
    parts = [
        (regrade.higher, ngettext("%(count)s attempt higher", "%(count)s attempts higher", regrade.higher)),
        (regrade.lower, ngettext("%(count)s attempt lower", "%(count)s attempts lower", regrade.lower)),
        (
            regrade.kept,
            ngettext("%(count)s attempt keeps its old mark", "%(count)s attempts keep their old mark", regrade.kept),
        ),
        (regrade.same, ngettext("%(count)s attempt unchanged", "%(count)s attempts unchanged", regrade.same)),
        (regrade.skipped, ngettext("%(count)s attempt skipped", "%(count)s attempts skipped", regrade.skipped)),
    ]
    words = [text % {"count": format_number(count)} for count, text in parts if count]
    return "; ".join(words) + "." if words else _("No attempt was affected.")


def _context(request: HttpRequest, page: QuizPage, form: RegradeForm, going: Regrade | None) -> dict[str, Any]:
    context = {
        "page_title": _("Regrade"),
        "page_subtitle": page.get_admin_display_title(),
        "header_icon": "rotate",
        "edit_url": reverse("wagtailadmin_pages:edit", args=[page.pk]),
        "form": form,
        "going": going,
        "earlier": [
            {"regrade": one, "result": in_words(one)}
            for one in Regrade.objects.filter(activity_key=page.translation_key)
            .exclude(finished_at=None)
            .order_by("-begun_at")[:10]
        ],
    }
    if going is not None:
        people = Attempt.objects.filter(pk__in=older_than(going.version)).filter(learner__gt=going.last_learner)
        return context | {"result": in_words(going), "left": people.values("learner").distinct().count()}
    version = newest(page.translation_key)
    if version is None:
        return context
    found, kept = summaries_of(preview(version))
    counts, counts_kept = ({name: format_number(getattr(one, name)) for name in COUNTS} for one in (found, kept))
    context |= {"summary": found, "counts": counts, "kept": counts_kept, "questions": corrected_questions(version)}
    return context | _lines(request, found)


def _lines(request: HttpRequest, found: Summary) -> dict[str, Any]:
    part: Part[Line] = Paginator(found.lines, LINES).get_page(request.GET.get("p"))
    named = request.user.has_perm(SEES_NAMES)
    shown: dict[int, str] = {}
    if named and part.object_list:
        learners = {line.attempt.learner_id: line.attempt.learner for line in part.object_list}
        shown = names(learners)
        actors = [learner.actor for learner in learners.values()]
        log_access(user=request.user, actors=actors, page="quiz-regrade", at=now())
    return {
        "part": part,
        "lines": [
            {
                "line": line,
                "name": shown.get(line.attempt.learner_id, ""),
                "code": str(line.attempt.uuid)[:8],
                "before": _mark(line.before, line.attempt),
                "after": _mark(line.after, line.attempt),
                "result": _result(line.attempt, line.passes_now, line.fails_now),
                "kept": _result(line.attempt, line.passes_kept, line.fails_kept),
                "gained": _named(line.gained),
                "lost": _named(line.lost),
            }
            for line in part.object_list
        ],
        "named": named,
    }


def _result(attempt: Attempt, passes: bool, fails: bool) -> str:
    if passes or fails:
        return _("passes now") if passes else _("no longer passes")
    return _("still passed") if attempt.passed else _("still not passed")


def _named(names: Iterable[Mapping[str, str]]) -> str:
    return "; ".join(of.get(language_of(of), "") for of in names)


def _mark(points: Decimal, attempt: Attempt) -> str:
    return "/".join(format_number(value, short=True) for value in (points, attempt.version.max_score))
