"""“Học bằng tài khoản này”: whoever is signed in and does not learn yet is offered to, wherever a learner is needed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from bdhvs_lms.base.api import SeeOther, next_address, now, read_and_send
from bdhvs_lms.learners.account_learners import may_learn, register_account
from bdhvs_lms.learners.actions import IdentityTaken
from bdhvs_lms.learners.self_forms import AccountForm
from bdhvs_lms.learners.sessions import has_work
from bdhvs_lms.learners.site_pages import to_sign_in
from bdhvs_lms.learners.web import learner_of

TEMPLATE = "bdhvs_lms/learn_with_account.html"


@never_cache
@read_and_send
def learn_with_account(request: HttpRequest) -> HttpResponse:
    """Make a learner of the account, which goes on where it was going. Who may not by itself reads who can help."""
    leads_to = next_address(request) or reverse("bdhvs_lms:my-learning")
    if learner_of(request) is not None:
        return SeeOther(leads_to) if request.method == "POST" else redirect(leads_to)
    user: Any = request.user
    if not user.is_authenticated:
        return to_sign_in(request, request.get_full_path())
    context = {"next": leads_to, "works": has_work(user)}
    if not may_learn(user):
        return render(request, TEMPLATE, {**context, "by_others": True})
    form = AccountForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_valid() and _registered(request, form):
        return SeeOther(leads_to)
    status = 422 if form.wrong else 200
    return render(request, TEMPLATE, {**context, "form": form, **form.consent_context}, status=status)


def _registered(request: HttpRequest, form: AccountForm) -> bool:
    data = form.cleaned_data
    try:
        register_account(
            request.user,
            full_name=data["full_name"],
            birth_year=data["birth_year"],
            area=data["area"],
            form=form.form_id,
            consenting=form.asked.who,
            guardian=form.guardian,
            at=now(),
        )
    except IdentityTaken:
        # By the same page, sent twice, or in another tab.
        return True
    except ValidationError as refused:
        form.add_error(None, refused.messages)
        return False
    messages.success(request, _("From now on you learn here with this account."))
    return True
