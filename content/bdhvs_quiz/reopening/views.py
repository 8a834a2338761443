"""The page on which a teacher opens an attempt again: the consequences, the reason, and earlier reopenings."""

from __future__ import annotations

import uuid
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from bdhvs_lms.attempts.api import posted_act_id
from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.api import Refusing, SeeOther, day_of, now, read_and_send
from bdhvs_lms.classes.api import class_open_to, members
from bdhvs_lms.courses.api import activities
from bdhvs_quiz.counting import AVERAGE
from bdhvs_quiz.models import Reopening
from bdhvs_quiz.queries import attempts_used
from bdhvs_quiz.reopening.actions import again_until, attempt_in, obstacle, reopen
from bdhvs_quiz.weighing import method_again

MOST = 500


class ReopenForm(Refusing, forms.Form):
    """The reason for opening an attempt again."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=MOST,
        help_text=gettext_lazy(
            "Teachers of the class see it, and the person in a copy of their own data. Example: the telephone ran out "
            "of power."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": str(MOST)}),
        error_messages={"required": gettext_lazy("Write a reason first.")},
    )


@never_cache
@read_and_send
@login_required
def reopen_page(request: HttpRequest, class_uuid: UUID, actor: UUID, attempt_uuid: UUID) -> HttpResponseBase:
    """Show what reopening means. POST opens the attempt again, and the learner goes on with it."""
    at = now()
    on = day_of(at)
    group = class_open_to(request.user, class_uuid, on)
    learner = get_object_or_404(members(group, on).select_related("person"), actor=actor, person__isnull=False)
    attempt = attempt_in(group, learner, attempt_uuid, at)
    if attempt is None:
        raise Http404(_("There is no such attempt in this class."))
    log_access(user=request.user, actors=[learner.actor], page="attempt-reopen", at=at, detail=group.code)
    act_id = posted_act_id(request)
    form = ReopenForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            if act_id is None:
                raise ValidationError(_("The form was incomplete. Nothing was recorded."))
            reason = form.cleaned_data["reason"]
            reopen(group, learner, attempt.uuid, reason, by=request.user, act_id=act_id, at=at)
        except ValidationError as refused:
            form.refuse(refused)
        else:
            # No name: a message may travel in a cookie.
            messages.success(request, _("The attempt is open again. The answers are as they were submitted."))
            return SeeOther(reverse("bdhvs_lms:class-person", args=[group.uuid, learner.actor]))
    used = attempts_used(learner, attempt.activity_key)
    context = {
        "class_group": group,
        "learner": learner,
        "attempt": attempt,
        "passed_by_average": used.passed and method_again(attempt) == AVERAGE,
        "answers_shown": used.answers_shown,
        "titles": activities([attempt.activity_key])[attempt.activity_key].titles,
        "form": form,
        "obstacle": obstacle(attempt, at),
        "until": again_until(attempt, at),
        "reopenings": Reopening.objects.filter(attempt=attempt).select_related("by"),
        "act_id": act_id or uuid.uuid4(),
    }
    return render(request, "bdhvs_quiz/reopen.html", context, status=422 if form.errors else 200)
