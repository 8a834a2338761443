"""Pages to come in without help and keep a way back: registering, the own user name and password."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import authenticate, login, update_session_auth_hash
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bdhvs_lms.base.api import SeeOther, next_address, now, read_and_send
from bdhvs_lms.conf import app_settings
from bdhvs_lms.learners.accounts import account_of, change_password, open_own_account
from bdhvs_lms.learners.learner_sessions import is_limited
from bdhvs_lms.learners.models import Learner
from bdhvs_lms.learners.newcomers import TooMany, count_here, has_way_back, only_device, register_here
from bdhvs_lms.learners.self_forms import CurrentPasswordForm, NewcomerForm, NewPasswordForm, OwnAccountForm
from bdhvs_lms.learners.sign_in_ends import SIGN_IN, SignIn
from bdhvs_lms.learners.site_pages import backend_of, keeps_places, profile_address, to_sign_in
from bdhvs_lms.learners.throttle import throttled_error
from bdhvs_lms.learners.web import learner_first, learner_of, learner_page

__all__ = ["newcomer_answer", "password", "registered", "self_register"]


def newcomer_answer(
    request: HttpRequest, form: NewcomerForm, template: str, context: dict[str, Any], *, by_code: bool = False
) -> Learner | HttpResponse:
    """Return the learner who has just registered, or the page with the form and what is wrong with it. `by_code`: with
    the code of a class, which bounds its newcomers itself.

    422: something is missing; 429: too many today. `count_here` is for the caller, with the answer that it gives.
    """
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            return register_here(
                request,
                full_name=data["full_name"],
                birth_year=data["birth_year"],
                area=data["area"],
                form=form.form_id,
                consenting=form.asked.who,
                guardian=form.guardian,
                shared=data["shared"],
                by_code=by_code,
                at=now(),
            )
        except TooMany as refused:
            context = {**context, "refused": refused.messages[0]}
            return render(request, template, {**context, "form": form, **form.consent_context}, status=429)
        except ValidationError as refused:
            form.add_error(None, refused.messages)
    status = 422 if form.wrong else 200
    return render(request, template, {**context, "form": form, **form.consent_context}, status=status)


@never_cache
@read_and_send
def self_register(request: HttpRequest) -> HttpResponse:
    """Handle “Tự đăng ký học”. Whoever learns here already is told so, and asked to switch first; an account is offered
    to."""
    if not app_settings.SELF_REGISTER:
        raise Http404
    if learner_of(request) is None and request.user.is_authenticated:
        return learner_first(request, next_address(request))
    if learner_of(request) is not None:
        return render(request, "bdhvs_lms/self_register.html", {"known": True})
    form = NewcomerForm(request.POST if request.method == "POST" else None)
    leads_to = next_address(request)
    answer = newcomer_answer(request, form, "bdhvs_lms/self_register.html", {"next": leads_to, "known": False})
    if isinstance(answer, HttpResponse):
        return answer
    request.session["bdhvs_next"] = leads_to
    response = SeeOther(reverse("bdhvs_lms:registered"))
    count_here(request, response, now())
    return response


@never_cache
@require_safe
@learner_page
def registered(request: HttpRequest, learner: Learner) -> HttpResponse:
    """Show how to come back: without a user name, PIN or card this device is the only way in."""
    leads_to = request.session.get("bdhvs_next") or reverse("bdhvs_lms:start")
    context = {"next": leads_to, "only_device": only_device(request) and not has_way_back(learner)}
    return render(request, "bdhvs_lms/registered.html", context)


@never_cache
@read_and_send
def password(request: HttpRequest) -> HttpResponse:
    """Handle one's own password, for learners and staff alike; the first one of who registered without help. Where the
    site has a page for accounts (BDHVS_PROFILE_URL), whoever has one is led there.

    A session by PIN or card is refused: neighbours may have seen either.
    """
    user: Any = request.user
    if user.is_authenticated:
        profile = profile_address()
        return SeeOther(profile) if profile else _new_password(request, user)
    learner = learner_of(request)
    if learner is None:
        return to_sign_in(request, request.get_full_path())
    if (is_limited(request) and not only_device(request)) or account_of(learner) is not None:
        raise PermissionDenied(
            _("This page needs a username and password. Sign in with them, or ask your class's teacher.")
        )
    return _first_account(request, learner)


def _new_password(request: HttpRequest, user: Any) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = CurrentPasswordForm(user, data) if user.has_usable_password() else NewPasswordForm(user, data)
    if form.is_valid() and _proven(request, user, form):
        change_password(user, form.cleaned_data["new_password"])
        # Every other session of the account ends with the old password; this one goes on.
        update_session_auth_hash(request, user)
        messages.success(request, _("Your password is changed. Other devices are signed out."))
        return SeeOther(reverse("bdhvs_lms:places" if keeps_places() else "bdhvs_lms:start"))
    context = {"form": form, "first": False, "next": ""}
    return render(request, "bdhvs_lms/password.html", context, status=422 if form.errors else 200)


def _proven(request: HttpRequest, user: Any, form: Any) -> bool:
    """Check the current password by way of signing in, with the throttle on guessing."""
    if "current" not in form.fields:
        return True
    known = authenticate(request, username=user.get_username(), password=form.cleaned_data["current"])
    if known is not None and known.pk == user.pk:
        return True
    form.add_error("current", throttled_error(request) or _("Incorrect password. Check upper and lower case."))
    return False


def _first_account(request: HttpRequest, learner: Learner) -> HttpResponse:
    form = OwnAccountForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            user = open_own_account(
                learner, username=form.cleaned_data["username"], password=form.cleaned_data["new_password"]
            )
        except ValidationError as refused:
            for field, wrong in refused.message_dict.items():
                form.add_error("new_password" if field == "password" else "username", wrong)
        else:
            # Who said that others use the device said it once.
            request.shared_device = SignIn.from_data(request.session.get(SIGN_IN)).shared  # type: ignore[attr-defined]
            # It stood by the device, which stands for nobody now.
            request.session.flush()
            login(request, user, backend=backend_of(user))
            messages.success(request, _("Done. From now on, sign in with this username and password on any device."))
            return SeeOther(next_address(request) or reverse("bdhvs_lms:start"))
    context = {"form": form, "first": True, "next": next_address(request)}
    return render(request, "bdhvs_lms/password.html", context, status=422 if form.errors else 200)
