"""Pages to come in by a class's code (“Tôi có mã lớp”), for its teacher to answer, and the poster.

A visitor sees of a class what its poster says: name, course, area. No name of anybody.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bdhvs_lms.attempts.api import consent_context, take_consent
from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.api import (
    SeeOther,
    allowed,
    day_of,
    next_address,
    now,
    pdf_offer,
    pdf_response,
    qr_svg,
    read_and_send,
    row_number,
)
from bdhvs_lms.classes import joining
from bdhvs_lms.classes.codes import class_typed
from bdhvs_lms.classes.matching import matched_in
from bdhvs_lms.classes.models import ClassGroup
from bdhvs_lms.classes.queries import is_member, is_open
from bdhvs_lms.classes.web import opened_class
from bdhvs_lms.conf import app_settings
from bdhvs_lms.courses.api import activities_of
from bdhvs_lms.learners.api import (
    Learner,
    NewcomerForm,
    Throttled,
    count_here,
    learner_of,
    newcomer_answer,
    offer_address,
)

POSTER = "bdhvs_lms/class_poster.html"


def _looked_up(request: HttpRequest, code: str) -> ClassGroup | HttpResponse:
    """Return the class of this code, or a page that says that there is none: 404, and 429 once this address has had too
    many."""
    try:
        group = class_typed(request, code, at=now())
    except Throttled as throttled:
        request.sign_in_rests_until = throttled.until  # type: ignore[attr-defined]
        context = {"typed": code, "unknown": False, "until": throttled.until, "next": next_address(request)}
        return render(request, "bdhvs_lms/join.html", context, status=429)
    if group is not None:
        return group
    context = {"typed": code, "unknown": True, "next": next_address(request)}
    return render(request, "bdhvs_lms/join.html", context, status=404)


@never_cache
@read_and_send
def join(request: HttpRequest) -> HttpResponse:
    """Ask for the code."""
    code = request.POST.get("code", "").strip()[:120]
    if not code:
        context = {"missing": request.method == "POST", "unknown": False, "next": next_address(request)}
        return render(request, "bdhvs_lms/join.html", context, status=422 if request.method == "POST" else 200)
    found = _looked_up(request, code)
    if isinstance(found, HttpResponse):
        return found
    return SeeOther(_with_next(request, reverse("bdhvs_lms:join-class", args=[found.code])))


def _with_next(request: HttpRequest, address: str) -> str:
    """Return the address with the page to go on to after coming in."""
    wish = next_address(request)
    return f"{address}?{urlencode({'next': wish})}" if wish else address


@never_cache
@read_and_send
def join_class(request: HttpRequest, code: str) -> HttpResponse:
    """Show the class of a poster. A visitor registers in the same form and is in; a learner on record asks. 429: too
    many wait for the teacher."""
    found = _looked_up(request, code)
    if isinstance(found, HttpResponse):
        return found
    at = now()
    context: dict[str, Any] = {
        "class_group": found,
        "closed": not is_open(found, day_of(at)),
        "next": next_address(request),
    }
    learner = learner_of(request)
    if context["closed"]:
        return render(request, "bdhvs_lms/join_class.html", context, status=409 if request.method == "POST" else 200)
    if learner is not None:
        return _known(request, found, learner, context)
    if request.user.is_authenticated:
        return render(
            request, "bdhvs_lms/join_class.html", {**context, "offer": offer_address(request.get_full_path())}
        )
    if not app_settings.SELF_REGISTER:
        return render(request, "bdhvs_lms/join_class.html", {**context, "no_form": True})
    form = NewcomerForm(request.POST if request.method == "POST" else None, home=found.area)
    if joining.is_full(found, day_of(at)):
        return _full(request, {**context, "form": form, **form.consent_context})
    # The class bounds its newcomers: the address does not, whatever others there do.
    answer = newcomer_answer(request, form, "bdhvs_lms/join_class.html", context, by_code=True)
    if isinstance(answer, HttpResponse):
        return answer
    joining.come_in(found, answer, at=at)
    response = SeeOther(_after(request, found))
    count_here(request, response, at)
    return response


def _full(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Say that too many wait for the teacher. What was typed stays in the form, for when they have been taken in."""
    return render(
        request,
        "bdhvs_lms/join_class.html",
        {**context, "full": True},
        status=429 if request.method == "POST" else 200,
    )


def _known(request: HttpRequest, group: ClassGroup, learner: Learner, context: dict[str, Any]) -> HttpResponse:
    at = now()
    if is_member(group, learner, day_of(at)):
        return SeeOther(_after(request, group))
    context |= {"learner": learner, **consent_context(learner)}
    if joining.comes_in_at_once(group, learner) and joining.is_full(group, day_of(at)):
        return _full(request, context)
    if request.method != "POST":
        context["asked"] = group.join_requests.filter(learner__in=learner.ids).exists()
        return render(request, "bdhvs_lms/join_class.html", context)
    if context["consent_needed"]:
        reasons = take_consent(request, learner, at=at)
        if reasons:
            return render(request, "bdhvs_lms/join_class.html", {**context, "consent_errors": reasons}, status=422)
    if joining.come_in(group, learner, at=at):
        return SeeOther(_after(request, group))
    return SeeOther(_with_next(request, reverse("bdhvs_lms:join-class", args=[group.code])))


def _after(request: HttpRequest, group: ClassGroup) -> str:
    """Return where a member goes on: choosing a PIN, then where they came from, else the first lesson."""
    goal = next_address(request)
    if not goal:
        first = activities_of(group.course.key).first()
        goal = reverse("bdhvs_lms:open-activity", args=[first.key]) if first else reverse("bdhvs_lms:start")
    return f"{reverse('bdhvs_lms:choose-pin', args=[group.uuid])}?{urlencode({'next': goal})}"


# --- The teacher's --------------------------------------------------------------------------------------------------


@never_cache
@read_and_send
@login_required
def newcomers(request: HttpRequest, class_uuid: UUID) -> HttpResponse:
    """Show who came in by the code and who asks to; the teacher takes each into the lists or says no."""
    group, at = opened_class(request, class_uuid)
    if request.method == "POST":
        _answer(request, group)
        return SeeOther(request.path)
    found = joining.newcomers(group, day_of(at))
    seen = [one.person.learner.actor for one in found]
    # A likely duplicate is shown too, as little as tells them apart.
    seen += [twin.learner.actor for one in found for twin in one.twins]
    if seen:
        log_access(user=request.user, actors=seen, page="class-newcomers", at=at, detail=group.code)
    context = {
        "class_group": group,
        "newcomers": found,
        "matched": matched_in(group),
        "may_merge": any(one.twins for one in found) and _may_merge(request),
    }
    return render(request, "bdhvs_lms/class_newcomers.html", context)


def _may_merge(request: HttpRequest) -> bool:
    """Tell whether the account may merge records, on a site that has the admin's page for it."""
    if not (request.user.has_perm("wagtailadmin.access_admin") and allowed(request.user, "add_learneralias")):
        return False
    try:
        return bool(reverse("classes:merge", args=[0]))
    except NoReverseMatch:
        return False


def _answer(request: HttpRequest, group: ClassGroup) -> None:
    sent = Learner.objects.filter(pk=row_number(request.POST.get("learner", ""))).select_related("merged_into").first()
    # The page may be older than a merge.
    learner = None if sent is None else sent.whole
    answer = {"accept": joining.accept, "away": joining.send_away}.get(request.POST.get("do", ""))
    try:
        if learner is None or answer is None:
            raise ValidationError(_("This person is not in the class."))
        answer(group, learner, at=now(), by=request.user)
    except ValidationError as refused:
        messages.error(request, refused.messages[0])
    else:
        done = _("Added to the list.") if answer is joining.accept else _("No longer in this class.")
        messages.success(request, done)


@never_cache
@require_safe
@login_required
def poster(request: HttpRequest, class_uuid: UUID, pdf: bool = False) -> HttpResponse:
    """Show one sheet to hang up: the class, its code, where to type it. It names nobody."""
    group, _at = opened_class(request, class_uuid)
    address = request.build_absolute_uri(reverse("bdhvs_lms:join-class", args=[group.code]))
    context = {
        "class_group": group,
        "address": address,
        "code_svg": qr_svg(address, _("A code that opens the page of this class")),
        "short_address": request.build_absolute_uri(reverse("bdhvs_lms:join")),
        "pdf": pdf_offer(reverse("bdhvs_lms:class-poster-pdf", args=[group.uuid])),
    }
    if pdf:
        return pdf_response(request, POSTER, context, name=f"ap-phich-{group.code}")
    return render(request, POSTER, context)
