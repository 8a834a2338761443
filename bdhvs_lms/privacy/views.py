"""“My data”: what is kept of the person who is signed in, a copy of it, an end to it.

Own data only: no address names a learner. Everything works without a script.
"""

from __future__ import annotations

from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bdhvs_lms.audit.api import latest_consent, log_access, version_in_force
from bdhvs_lms.base.api import SeeOther, day_of, now, read_and_send, row_number
from bdhvs_lms.learners.api import Learner, full_session, is_limited, learner_page, was_there_before
from bdhvs_lms.privacy.accesses import looks_in_words
from bdhvs_lms.privacy.actions import LastOperator, erase, withdraw_consent
from bdhvs_lms.privacy.forms import AskForm, EraseForm, WithdrawForm
from bdhvs_lms.privacy.queries import export
from bdhvs_lms.privacy.readable import as_file, parts_of
from bdhvs_lms.privacy.requests import ask, requests_of

SHOWN = 5


@never_cache
@require_safe
@learner_page
def my_data(request: HttpRequest, learner: Learner) -> HttpResponse:
    """Show what is kept and who sees it, the state of consent, and what can be done."""
    return _my_data(request, learner, WithdrawForm())


def _my_data(
    request: HttpRequest, learner: Learner, form: WithdrawForm, ask_form: AskForm | None = None
) -> HttpResponse:
    at = now()
    consent = latest_consent(*learner.actors)
    by_guardian = latest_consent(*learner.actors, by_representative=True)
    outdated = consent is not None and consent.text_version != version_in_force(day_of(at))
    asking = ask_form or AskForm()
    context = {
        "consent": consent,
        "by_guardian": by_guardian,
        "outdated": outdated,
        "form": form,
        "ask": asking,
        "requests": requests_of(learner)[:SHOWN],
        # Consent is taken back as easily as it is given, by a PIN too; the copy and the erasure need an account.
        "limited": is_limited(request),
    }
    return render(request, "bdhvs_lms/my_data.html", context, status=422 if form.errors or asking.errors else 200)


@never_cache
@require_safe
@learner_page
def my_accesses(request: HttpRequest, learner: Learner) -> HttpResponse:
    """Show who of the staff looked at one's own records, the latest first; `?truoc=`: those before this one."""
    looks, older = looks_in_words(learner, before=row_number(request.GET.get("truoc", "")))
    return render(request, "bdhvs_lms/my_data_accesses.html", {"looks": looks, "older": older})


@never_cache
@require_safe
@learner_page
@full_session
def my_copy(request: HttpRequest, learner: Learner) -> HttpResponse:
    """Show everything in words, to read and print."""
    parts = parts_of(export(learner))
    log_access(user=request.user, actors=[learner.actor], page="my-data-copy", at=now())
    return render(request, "bdhvs_lms/my_data_copy.html", {"parts": parts})


@never_cache
@require_POST
@learner_page
def ask_us(request: HttpRequest, learner: Learner) -> HttpResponse:
    """Take a request, which stands on the page from then on with the day of its answer. 422: something is missing."""
    form = AskForm(request.POST)
    if form.is_valid():
        try:
            ask(learner, **form.cleaned_data, at=now(), weak_sign_in=is_limited(request))
        except ValidationError as refused:
            for field, texts in refused.message_dict.items():
                form.add_error(field, texts)
        else:
            return SeeOther(f"{reverse('bdhvs_lms:my-data')}#requests")
    return _my_data(request, learner, WithdrawForm(), form)


@never_cache
@require_POST
@learner_page
@full_session
def download(request: HttpRequest, learner: Learner) -> HttpResponse:
    """Send everything as one JSON file. POST, so that no link and no browser that fetches ahead takes a copy."""
    at = now()
    data = export(learner)
    # Also when it is the person's own account: on a borrowed telephone it may have been somebody else's hand.
    log_access(user=request.user, actors=[learner.actor], page="my-data-download", at=at)
    # ASCII, and without a name: the file may lie in a folder that others see.
    return as_file(data, f"du-lieu-cua-toi-{day_of(at):%Y-%m-%d}")


@never_cache
@require_POST
@learner_page
def withdraw(request: HttpRequest, learner: Learner) -> HttpResponse:
    """Take the consent back; the page then says so, with the day. Without its tick: 422 and the page again."""
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _my_data(request, learner, form)
    withdraw_consent(learner, at=now())
    return SeeOther(f"{reverse('bdhvs_lms:my-data')}#consent")


@never_cache
@read_and_send
@learner_page
@full_session
def erase_me(request: HttpRequest, learner: Learner) -> HttpResponse:
    """GET asks; POST erases, signs out and says what happened. Without the tick and the password: 422 and the page."""
    form = EraseForm(request, request.POST if request.method == "POST" else None)
    context = {"form": form, "keeps_account": was_there_before(request.user)}
    if not form.is_valid():
        return render(request, "bdhvs_lms/my_data_erase.html", context, status=422 if form.is_bound else 200)
    try:
        erase(learner, by=request.user, at=now())
    except LastOperator:
        return render(request, "bdhvs_lms/my_data_erase.html", {**context, "last_operator": True}, status=409)
    logout(request)
    # Asked already in this request; from here on the page is nobody's.
    request.learner = None  # type: ignore[attr-defined]
    return render(request, "bdhvs_lms/my_data_erased.html", {"keeps_account": context["keeps_account"]})
