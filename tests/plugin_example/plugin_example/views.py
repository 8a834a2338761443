"""The learner's page of a task: what to do, what was seen, and the button "I have done it". Without a script."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from bdhvs_lms.attempts.api import (
    NotEnrolled,
    broken_form,
    consent_context,
    posted_act_id,
    posted_time,
    require_methods,
    take_consent,
)
from bdhvs_lms.audit.api import ConsentMissing
from bdhvs_lms.base.api import SeeOther, now
from bdhvs_lms.learners.api import Learner, learner_of
from plugin_example import actions
from plugin_example.models import PracticeRecord, PracticeTask


@never_cache
@require_methods("GET", "HEAD", "POST")
def task(request: HttpRequest, task_key: UUID) -> HttpResponseBase:
    learner = learner_of(request)
    if learner is None:
        return redirect_to_login(request.get_full_path())
    row = get_object_or_404(PracticeTask, key=task_key)
    if request.method != "POST":
        return _page(request, row, learner)
    act_id = posted_act_id(request)
    if act_id is None:
        return broken_form(request)
    at = now()
    reasons = take_consent(request, learner, at=at)
    try:
        actions.say_done(learner, task_key, act_id=act_id, at=at, occurred_at=posted_time(request))
    except ConsentMissing:
        return _page(request, row, learner, reasons)
    except actions.NoSuchTask:
        raise Http404(_("This task is no longer offered.")) from None
    except NotEnrolled:
        raise PermissionDenied(_("Enrol in the course first.")) from None
    except PermissionError:
        return broken_form(request)
    return SeeOther(request.get_full_path())


def _page(request: HttpRequest, row: PracticeTask, learner: Learner, reasons: Sequence[str] = ()) -> HttpResponseBase:
    """`reasons`: what to say beside the box for consent, when the act was refused for want of it."""
    context = {
        "task": row,
        "records": PracticeRecord.objects.filter(learner=learner, task=row).order_by("-occurred_at", "-pk"),
        "act_id": uuid.uuid4(),
        **consent_context(learner),
        "consent_errors": reasons,
    }
    return render(request, "plugin_example/task.html", context, status=400 if reasons else 200)
