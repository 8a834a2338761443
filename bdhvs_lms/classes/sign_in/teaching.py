"""Pages where the class's teacher opens, shows, prints and resets sign-in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.api import SeeOther, day_of, pdf_offer, pdf_response, qr_svg, read_and_send, row_number
from bdhvs_lms.classes.actions import end_member
from bdhvs_lms.classes.models import ClassGroup
from bdhvs_lms.classes.queries import members
from bdhvs_lms.classes.sign_in import actions, devices, pins
from bdhvs_lms.classes.sign_in.cards import cards_of
from bdhvs_lms.classes.sign_in.pins import pin_of
from bdhvs_lms.classes.sign_in.queries import found_in, listed
from bdhvs_lms.classes.web import opened_class
from bdhvs_lms.learners.api import Learner, account_of

CARDS = "bdhvs_lms/class_cards.html"
ACTS: dict[str, Callable[..., Any]] = {
    "open": actions.hold_open,
    "close": actions.close,
    "choose": actions.open_choosing,
    "chosen": actions.close_choosing,
    "renew": actions.renew_token,
}
"""What a button of the class's door does."""


@never_cache
@read_and_send
@login_required
def class_door(request: HttpRequest, class_uuid: UUID) -> HttpResponse:
    """Show the class's sign-in: the QR code that opens the list of names; holding it open for
    whoever types the code."""
    group, at = opened_class(request, class_uuid)
    if request.method == "POST":
        if request.POST.get("do") == "cure":
            newcomers = bool(request.POST.get("newcomers"))
            actions.shut_out(group, newcomers=newcomers, by=request.user, at=at)
            messages.success(request, _("The class has a new code and a new QR code. Whoever was guessing is out."))
        act = ACTS.get(request.POST.get("do", ""))
        if act is not None:
            act(group, by=request.user, at=at)
        if "take" in request.POST:
            actions.take_back(group, row_number(request.POST["take"]), by=request.user, at=at)
            messages.success(
                request, _("The pictures were taken back, and whoever signed in with them was signed out.")
            )
        return SeeOther(reverse("bdhvs_lms:class-door", args=[group.uuid]))
    address = request.build_absolute_uri(
        reverse("bdhvs_lms:class-scanned", args=[group.uuid, devices.sign_in_token(group, at)])
    )
    chosen = list(pins.choices(group.uuid, at=at))
    if chosen:
        people = [each.identity.learner.actor for each in chosen]
        log_access(user=request.user, actors=people, page="class-pins", at=at, detail=group.code)
    guessed = pins.is_guessed(group.uuid, at=at)
    context = {
        "class_group": group,
        "guessed": guessed,
        "new_today": len(actions.came_today(group, at)) if guessed else 0,
        "choosing": group.choosing_until if devices.is_choosing(group, at) else None,
        "chosen": chosen,
        "few": pins.CHOSEN_HERE,
        "until": group.sign_in_until if devices.is_held_open(group, at) else None,
        "qr": qr_svg(address, _("QR code for signing in to the class")),
        "typed_at": request.build_absolute_uri(reverse("bdhvs_lms:class-sign-in")),
    }
    return render(request, "bdhvs_lms/class_door.html", context)


@never_cache
@read_and_send
@login_required
def person_sign_in(request: HttpRequest, class_uuid: UUID, actor: UUID) -> HttpResponse:
    """Show how one member signs in: reset the pictures, make a new card.
    The look and the acts are in the access log."""
    group, at = opened_class(request, class_uuid)
    learner = get_object_or_404(members(group, day_of(at)).select_related("person"), actor=actor, person__isnull=False)
    if request.method == "POST":
        if request.POST.get("do") == "password":
            return _new_password(request, group, learner, at)
        try:
            if request.POST.get("do") == "card":
                actions.new_card(group, learner, by=request.user, at=at)
                return SeeOther(f"{reverse('bdhvs_lms:class-cards', args=[group.uuid])}?nguoi={learner.actor}")
            # No names: a message may travel in a cookie.
            if request.POST.get("do") == "pin":
                actions.reset_pin(group, learner, by=request.user, at=at)
                messages.success(request, _("With their card, or while choosing is open, they choose new pictures."))
            if request.POST.get("do") == "leave":
                end_member(group, learner, last_day=day_of(at), at=at, by=request.user)
                messages.success(request, _("This person leaves the class; today is the last day."))
        except ValidationError as refused:
            messages.error(request, refused.messages[0])
        return SeeOther(reverse("bdhvs_lms:class-review", args=[group.uuid]))
    log_access(user=request.user, actors=[learner.actor], page="person-sign-in", at=at, detail=group.code)
    account = account_of(learner)
    context = {
        "class_group": group,
        "learner": learner,
        "username": account.get_username() if account is not None else "",
        "full_name": learner.person.full_name,
        "has_pin": pin_of(learner, group.uuid) is not None,
        "has_card": bool(cards_of([learner])),
    }
    return render(request, "bdhvs_lms/person_sign_in.html", context)


def _new_password(request: HttpRequest, group: ClassGroup, learner: Learner, at: datetime) -> HttpResponse:
    """Show the new password once, on the answer to the form: nothing keeps it."""
    context = {"class_group": group, "full_name": learner.person.full_name}
    try:
        context["password"] = actions.reset_password(group, learner, by=request.user, at=at)
    except ValidationError as refused:
        messages.error(request, refused.messages[0])
        return SeeOther(request.path)
    context["username"] = account_of(learner).get_username()
    return render(request, "bdhvs_lms/person_sign_in.html", context)


@never_cache
@read_and_send
@login_required
def class_cards(request: HttpRequest, class_uuid: UUID) -> HttpResponse:
    """Show the sheet of cards to print: of the whole class, or of one (`?nguoi=`).
    POST makes those that are missing."""
    group, at = opened_class(request, class_uuid)
    if request.method == "POST":
        actions.missing_cards(group, by=request.user, at=at)
        return SeeOther(reverse("bdhvs_lms:class-cards", args=[group.uuid]))
    return render(request, CARDS, _cards(request, group, at))


@never_cache
@require_safe
@login_required
def class_cards_pdf(request: HttpRequest, class_uuid: UUID) -> HttpResponse:
    """Return the sheet of cards as a PDF."""
    group, at = opened_class(request, class_uuid)
    return pdf_response(request, CARDS, _cards(request, group, at), name=f"the-{group.code}")


def _cards(request: HttpRequest, group: ClassGroup, at: datetime) -> dict[str, Any]:
    """Collect the existing cards. Who is shown by name is logged."""
    one = request.GET.get("nguoi", "")
    found = found_in(group, day_of(at))
    known = [each for each in listed(group, day_of(at)) if each.learner.pk not in found]
    people = [each for each in known if not one or str(each.learner.actor) == one]
    tokens = cards_of([each.learner for each in people])
    cards = [
        (each, qr_svg(request.build_absolute_uri(reverse("bdhvs_lms:card", args=[tokens[each.learner.pk]])), _("Card")))
        for each in people
        if each.learner.pk in tokens
    ]
    log_access(
        user=request.user, actors=[each.learner.actor for each in people], page="class-cards", at=at, detail=group.code
    )
    address = reverse("bdhvs_lms:class-cards-pdf", args=[group.uuid]) + (f"?{urlencode({'nguoi': one})}" if one else "")
    return {
        "class_group": group,
        "cards": cards,
        "without": len(people) - len(cards),
        "one": bool(one),
        "pdf": pdf_offer(address),
    }
