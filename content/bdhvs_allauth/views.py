"""Pages of the second factor: showing it, setting it up, looking after it. On the light pages of teachers, so that the
telephone in a village hall opens them; passkeys need a script, an authenticator app does not."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.adapter import get_adapter
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import time_format
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from bdhvs_allauth import factors, passkeys
from bdhvs_allauth.forms import CodeForm, KeyForm
from bdhvs_lms.base.api import SeeOther, next_address, now, qr_svg, read_and_send
from bdhvs_lms.learners.api import Throttled, to_sign_in

__all__ = ["add_app", "add_key", "check", "codes", "overview"]

View = Callable[..., HttpResponse]


def staff_page(*, shown: bool = True, fresh: bool = False) -> Callable[[View], View]:
    """Make a view the page of whoever is asked for a second factor; for others there is none (404). The view gets what
    they have.

    shown: who has one shows it first. fresh: and has done so lately.
    """

    def decorator(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest) -> HttpResponse:
            user: Any = request.user
            if not factors.asks():
                raise Http404
            if not user.is_authenticated:
                return to_sign_in(request, request.get_full_path())
            if not factors.is_asked(user):
                raise Http404
            found = factors.factors_of(user)
            if shown and found:
                if not factors.is_shown(request):
                    return _to_check(request)
                if fresh and not factors.is_fresh(request, at=now()):
                    return _to_check(request, anew="1")
            return view(request, found)

        return never_cache(read_and_send(sensitive_post_parameters()(wrapped)))

    return decorator


def _to_check(request: HttpRequest, **more: str) -> HttpResponse:
    reading = request.method in ("GET", "HEAD")
    leads_to = request.get_full_path() if reading else reverse("bdhvs_allauth:second-factor")
    return SeeOther(f"{reverse('bdhvs_allauth:check')}?{urlencode({'next': leads_to, **more})}")


def _page(request: HttpRequest, template: str, form: forms.Form | None = None, **context: Any) -> HttpResponse:
    wrong = form is not None and bool(form.errors)
    asked = {"form": form, "next": next_address(request), "anew": request.GET.get("anew", ""), **context}
    return render(request, f"bdhvs_allauth/{template}.html", asked, status=422 if wrong else 200)


def _rests(request: HttpRequest, form: forms.Form, throttled: Throttled) -> None:
    """Say when to try again; LearnerMiddleware makes it a 429 with the time to wait."""
    request.sign_in_rests_until = throttled.until  # type: ignore[attr-defined]
    until = time_format(localtime(throttled.until), "H:i")
    form.add_error("code", _("Too many wrong codes. Try again after %(time)s.") % {"time": until})


@staff_page(shown=False)
def check(request: HttpRequest, found: list[factors.Factor]) -> HttpResponse:
    """Asks for a code or a passkey, and goes on where somebody was going."""
    if not found:
        return redirect("bdhvs_allauth:second-factor")
    leads_to = next_address(request) or reverse("bdhvs_lms:start")
    enough = factors.is_fresh(request, at=now()) if request.GET.get("anew") else factors.is_shown(request)
    if enough:
        return SeeOther(leads_to)
    form = CodeForm(request.POST if request.method == "POST" else None)
    by_key = request.POST.get("credential", "") != ""
    if form.is_bound and (_key_shown(request, form) if by_key else _code_shown(request, form)):
        factors.show(request, at=now())
        left = len(factors.unused_codes(request.user))
        if left < FEW:
            messages.warning(request, _("Few recovery codes are left. Make new ones on “Two-step verification”."))
        return SeeOther(leads_to)
    options = passkeys.asked_of(request.user) if any(one.is_key for one in found) else ""
    return _page(request, "check", form, has_app=any(not one.is_key for one in found), options=options)


FEW = 3


def _code_shown(request: HttpRequest, form: CodeForm) -> bool:
    if not form.is_valid():
        return False
    try:
        if factors.check_code(request.user, form.cleaned_data["code"], at=now()):
            return True
    except Throttled as throttled:
        _rests(request, form, throttled)
        return False
    text = _("Wrong code. Wait for the next one in the app and type that, or use a recovery code.")
    form.add_error("code", text)
    return False


def _key_shown(request: HttpRequest, form: CodeForm) -> bool:
    sent = forms.JSONField(required=False)
    try:
        credential = sent.clean(request.POST["credential"])
    except forms.ValidationError:
        credential = None
    row = passkeys.key_shown(request.user, credential)
    if row is None:
        # The box for a code is empty, and that is not what is wrong.
        form.errors.clear()
        form.add_error(None, _("This passkey was not accepted. Try again, or use a code."))
        return False
    row.record_usage()
    return True


@staff_page()
def overview(request: HttpRequest, found: list[factors.Factor]) -> HttpResponse:
    """Show what the account has; without anything: how to set one up, before anything else."""
    if request.method == "POST":
        return _changed(request, found)
    context = {"factors": found, "has_app": any(not one.is_key for one in found)}
    return _page(request, "second_factor", None, **context, left=len(factors.unused_codes(request.user)))


def _changed(request: HttpRequest, found: list[factors.Factor]) -> HttpResponse:
    address = reverse("bdhvs_allauth:second-factor")
    if found and not factors.is_fresh(request, at=now()):
        return _to_check(request, anew="1")
    pk = request.POST.get("remove", "")
    mine = next((one for one in found if str(one.pk) == pk), None)
    if request.POST.get("do") == "codes" and found:
        factors.fresh_codes(request.user)
        return SeeOther(reverse("bdhvs_allauth:codes"))
    if mine is None:
        messages.error(request, _("It was removed already."))
    elif len(found) == 1:
        messages.error(request, _("This is the only one left. Add another one first, then remove this one."))
    else:
        factors.remove(request.user, mine.pk)
        messages.success(request, _("Removed: it no longer opens this account."))
    return SeeOther(address)


@staff_page(fresh=True)
def add_app(request: HttpRequest, found: list[factors.Factor]) -> HttpResponse:
    """Show a QR code for an authenticator app; the first code that is typed proves that the app has it."""
    if any(not one.is_key for one in found):
        return redirect("bdhvs_allauth:second-factor")
    secret = factors.secret_for(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            if factors.activate_app(request.user, secret, form.cleaned_data["code"], at=now()):
                return _set_up(request, found)
            form.add_error("code", _("Wrong code. Type the six digits that the app shows now."))
        except Throttled as throttled:
            _rests(request, form, throttled)
    address = get_adapter().build_totp_url(request.user, secret)
    # In fours, as apps show it.
    typed = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    picture = qr_svg(address, _("A code for your app"))
    return _page(request, "add_app", form, picture=picture, typed=typed, address=address)


@staff_page(fresh=True)
def add_key(request: HttpRequest, found: list[factors.Factor]) -> HttpResponse:
    form = KeyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if passkeys.is_made(form.cleaned_data["credential"]):
            name = form.cleaned_data["name"].strip() or _("Passkey")
            factors.activate_key(request.user, name, form.cleaned_data["credential"])
            return _set_up(request, found)
        form.add_error(None, _("The passkey was not accepted. Try again, or use an authenticator app."))
    return _page(request, "add_key", form, options=passkeys.offered_to(request.user))


def _set_up(request: HttpRequest, before: list[factors.Factor]) -> HttpResponse:
    """Redirect after a factor was set up: the first one comes with recovery codes, to write down before going on."""
    factors.show(request, at=now())
    if before:
        messages.success(request, _("Added: from now on it opens this account too."))
        return SeeOther(reverse("bdhvs_allauth:second-factor"))
    leads_to = next_address(request)
    query = f"?{urlencode({'next': leads_to})}" if leads_to else ""
    return SeeOther(f"{reverse('bdhvs_allauth:codes')}{query}")


@staff_page(fresh=True)
def codes(request: HttpRequest, found: list[factors.Factor]) -> HttpResponse:
    """Show recovery codes, to be written down or printed."""
    if not found:
        return redirect("bdhvs_allauth:second-factor")
    if request.method == "POST":
        return SeeOther(next_address(request) or reverse("bdhvs_lms:start"))
    unused = [f"{code[:4]} {code[4:]}" for code in factors.unused_codes(request.user)]
    return _page(request, "codes", None, codes=unused)
