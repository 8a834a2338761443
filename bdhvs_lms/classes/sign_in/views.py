"""Sign-in of a learner with the class: its list of names, three pictures; and by a printed card.

No page here says a name unless the device was let in (`devices`). What is refused is refused alike, whether the class,
the member or neither exists. No page may be kept: the next person uses the same telephone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bdhvs_lms.base.api import SeeOther, day_of, next_address, now, one_line, read_and_send
from bdhvs_lms.classes.codes import class_typed
from bdhvs_lms.classes.matching import signed_in
from bdhvs_lms.classes.models import ClassGroup
from bdhvs_lms.classes.queries import is_open, members
from bdhvs_lms.classes.sign_in import devices, pins
from bdhvs_lms.classes.sign_in.cards import card_with, learner_of_card
from bdhvs_lms.classes.sign_in.forms import ChooseForm, PinForm
from bdhvs_lms.classes.sign_in.queries import found_in, listed
from bdhvs_lms.learners.api import (
    IdentityGone,
    Learner,
    LearnerIdentity,
    SharedDevice,
    Throttled,
    begin_learner_session,
    is_limited,
    learner_page,
    only_device,
    signed_in_here,
)


@never_cache
@read_and_send
def class_sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for the class's code while the teacher holds sign-in open.
    A device that was let in already goes to the list."""
    at = now()
    device = devices.device_of(request)
    if request.method != "POST":
        known = _classes(device, at)
        if len(known) == 1 and "ma" not in request.GET:
            return redirect("bdhvs_lms:class-names", known[0].uuid)
        return render(request, "bdhvs_lms/class_sign_in.html", {"classes": known, "error": ""})
    code = one_line(request.POST.get("code", "")[:60])
    context = {"classes": _classes(device, at), "code": code}
    try:
        group = class_typed(request, code, at=at) if code else None
    except Throttled as throttled:
        request.sign_in_rests_until = throttled.until  # type: ignore[attr-defined]
        return render(request, "bdhvs_lms/class_sign_in.html", {**context, "until": throttled.until}, status=429)
    if group is None or not devices.is_held_open(group, at) or not is_open(group, day_of(at)):
        # One answer for a code that is none and one whose class is shut: a poster tells nobody anything.
        context["error"] = (
            _("No class with this code has sign-in open now. Check the code, or ask the teacher to open sign-in.")
            if code
            else _("Enter the class code.")
        )
        return render(request, "bdhvs_lms/class_sign_in.html", context, status=422)
    return _let_in(device, group, by_window=True, at=at)


def _classes(device: devices.Device | None, at: datetime) -> list[ClassGroup]:
    if device is None:
        return []
    found = ClassGroup.objects.filter(uuid__in=device.uuids(at)).order_by("name", "pk")
    return [group for group in found if device.may_see(group, at)]


def _let_in(device: devices.Device | None, group: ClassGroup, *, by_window: bool, at: datetime) -> HttpResponse:
    response = SeeOther(reverse("bdhvs_lms:class-names", args=[group.uuid]))
    devices.keep((device or devices.new_device()).allowed(group, by_window=by_window, at=at), response)
    return response


@never_cache
@require_safe
def scanned(request: HttpRequest, class_uuid: UUID, token: str) -> HttpResponse:
    """Handle the address in the class's sign-in QR code: this device sees the list for half a day. Nothing else
    happens, so a preview of the link does nothing."""
    at = now()
    group = ClassGroup.objects.filter(uuid=class_uuid).first()
    if group is None or not is_open(group, day_of(at)) or not devices.is_token_of(group, token, at):
        return redirect("bdhvs_lms:class-sign-in")
    return _let_in(devices.device_of(request), group, by_window=False, at=at)


@never_cache
@require_safe
def class_names(request: HttpRequest, class_uuid: UUID) -> HttpResponse:
    """Show the list of names, on a device that was let in."""
    at = now()
    seen = devices.may_see(request, class_uuid, at)
    if seen is None:
        return redirect("bdhvs_lms:class-sign-in")
    group, _device = seen
    context = {"class_group": group, "people": listed(group, day_of(at)), "choosing": devices.is_choosing(group, at)}
    return render(request, "bdhvs_lms/class_names.html", context)


@never_cache
@read_and_send
def class_pin(request: HttpRequest, class_uuid: UUID, number: int) -> HttpResponse:
    """Handle one name of the list: the three pictures; who has none yet chooses them, twice, with the own card or while
    the teacher has opened choosing. Then the lesson."""
    at = now()
    seen = devices.may_see(request, class_uuid, at)
    if seen is None:
        return redirect("bdhvs_lms:class-sign-in")
    group, device = seen
    member = next((each for each in listed(group, day_of(at)) if each.number == number), None)
    if member is None:
        return redirect("bdhvs_lms:class-names", group.uuid)
    identity = pins.pin_of(member.learner, group.uuid)
    context = {"class_group": group, "member": member, "full_name": member.name}
    if identity is None:
        # Whoever has the class's QR code could choose for everybody else.
        has_card = _has_card(request, member.learner)
        shut = not devices.is_choosing(group, at) or member.learner.pk in found_in(group, day_of(at))
        if shut and not has_card:
            status = 403 if request.method == "POST" else 200
            return render(request, "bdhvs_lms/class_pin.html", {**context, "shut": True}, status=status)
        context["bounded"] = not has_card
        return _choose(request, member.learner, group, context, device=device.number, at=at)
    form = PinForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        own = signed_in_here(request, member.learner)
        try:
            if pins.is_right(identity, form.pin, group.uuid, device=own or device.number, known=bool(own), at=at):
                return _begin(request, identity, "bdhvs_lms.class", form, class_uuid=group.uuid, at=at)
            form.add_error(None, _("These are not your pictures. Try again, or ask your teacher to reset them."))
        except IdentityGone:
            # Reset at this moment: behind the name the pictures are chosen anew.
            return SeeOther(reverse("bdhvs_lms:class-names", args=[group.uuid]))
        except Throttled as throttled:
            request.sign_in_rests_until = throttled.until  # type: ignore[attr-defined]
            time = time_format(timezone.localtime(throttled.until), "H:i")
            form.add_error(
                None,
                _(
                    "Too many failed attempts. Try again after %(time)s, use your card, or ask your class's teacher. "
                    "Devices on which you have signed in before can still sign in."
                )
                % {"time": time},
            )
    if form.errors:
        status = 422
    return render(request, "bdhvs_lms/class_pin.html", {**context, "form": form}, status=status)


@never_cache
@read_and_send
@learner_page
def choose_own_pin(request: HttpRequest, learner: Learner, class_uuid: UUID) -> HttpResponse:
    """Handle the choice of pictures for a class by a member who is signed in already, by a password or since
    registering here; `next`: where to go then."""
    at = now()
    group = get_object_or_404(ClassGroup, uuid=class_uuid)
    in_class = get_object_or_404(members(group, day_of(at)).select_related("person"), pk=learner.pk)
    guessable = is_limited(request) and not only_device(request)
    if guessable or pins.pin_of(learner, group.uuid) is not None:
        # Another choice is the teacher's to allow, and whoever guessed one PIN makes no second one: a neighbour may
        # hold the telephone.
        return HttpResponseRedirect(next_address(request) or reverse("bdhvs_lms:go-on"))
    name = in_class.person.full_name if hasattr(in_class, "person") else ""
    return _choose(request, learner, group, {"class_group": group, "full_name": name, "own": True}, at=at)


def _has_card(request: HttpRequest, learner: Learner) -> bool:
    """Tell whether the learner's own card has just been scanned on this device."""
    digest = devices.card_of(request)
    identity = None if digest is None else card_with(digest)
    return identity is not None and identity.learner_id in learner.ids


def _choose(
    request: HttpRequest,
    learner: Learner,
    group: ClassGroup,
    context: dict[str, Any],
    *,
    device: str = "",
    at: datetime,
) -> HttpResponse:
    form = ChooseForm(request.POST if request.method == "POST" else None)
    context |= {"choosing": True, "next": request.POST.get("next") or request.GET.get("next", "")}
    page = "bdhvs_lms/class_pin.html"
    if not form.is_valid():
        return render(request, page, {**context, "form": form}, status=422 if form.is_bound else 200)
    shared = form.cleaned_data["shared"]
    if context.get("bounded") and not shared and pins.chosen_here(device, at=at) >= pins.CHOSEN_HERE:
        few = _("Several people have chosen pictures on this device just now. Is it a shared one? Then say so below.")
        form.add_error(None, few)
        return render(request, page, {**context, "form": form}, status=422)
    confirmation = pins.confirmation(form.pin, learner, group.uuid)
    again = form.cleaned_data["again"]
    if not again:
        return render(request, page, {**context, "form": ChooseForm(initial={"shared": shared}), "again": confirmation})
    if not constant_time_compare(again, confirmation):
        form.add_error(None, _("The pictures differ from those before. Choose three pictures anew."))
        return render(request, page, {**context, "form": form}, status=422)
    try:
        identity = pins.choose_pin(learner, group.uuid, form.pin, device=device, shared=shared, at=at)
    except ValidationError as taken:
        form.add_error(None, taken)
        return render(request, page, {**context, "form": form}, status=409)
    if context.get("own"):
        return SeeOther(next_address(request) or reverse("bdhvs_lms:go-on"))
    try:
        return _begin(request, identity, "bdhvs_lms.class", form, class_uuid=group.uuid, at=at)
    except IdentityGone:
        return SeeOther(reverse("bdhvs_lms:class-names", args=[group.uuid]))


def _begin(
    request: HttpRequest, identity: LearnerIdentity, method: str, form: SharedDevice, *, at: datetime, **more: Any
) -> HttpResponse:
    shared = form.cleaned_data["shared"]
    begin_learner_session(request, identity.learner, identity=identity, method=method, shared=shared, at=at, **more)
    return SeeOther(reverse("bdhvs_lms:go-on"))


@never_cache
@require_safe
def card(request: HttpRequest, token: str) -> HttpResponse:
    """Handle the address on a printed card: this device may sign in by it for some minutes, at `card_in_hand`. No page
    has that address, so that Back and the browser's history lead nobody to it who uses the telephone afterwards.

    Looking at it signs nobody in: previews and scanners look. A card that is void: 404, and what to do.
    """
    identity = learner_of_card(token)
    if identity is None:
        return render(request, "bdhvs_lms/card.html", {"void": True}, status=404)
    response = SeeOther(reverse("bdhvs_lms:card-help"))
    devices.keep_card(identity.subject, response)
    return response


@never_cache
@read_and_send
def card_in_hand(request: HttpRequest) -> HttpResponse:
    """Show one button, and no name, to who has just scanned a card. Anybody else, and who pressed too late, sees how a
    card is used, and what to do without one."""
    scanned_card = devices.card_of(request)
    identity = None if scanned_card is None else card_with(scanned_card)
    if identity is None:
        return render(request, "bdhvs_lms/card.html", status=422 if request.method == "POST" else 200)
    if request.method != "POST":
        context = {"good": True, "form": SharedDevice(), "choose": _to_choose(request, identity.learner.whole)}
        return render(request, "bdhvs_lms/card.html", context)
    form = SharedDevice(request.POST)
    form.is_valid()  # a box, which is never wrong
    try:
        response = _begin(request, identity, "bdhvs_lms.card", form, at=now())
        signed_in(identity.learner)
    except IdentityGone:
        response = render(request, "bdhvs_lms/card.html", {"void": True}, status=422)
    devices.drop_card(response)
    return response


def _to_choose(request: HttpRequest, learner: Learner) -> str:
    """Return where the card's owner chooses their first pictures, in a class that this device sees; empty: nowhere."""
    at = now()
    for group in _classes(devices.device_of(request), at):
        for member in listed(group, day_of(at)):
            if member.learner.pk == learner.pk and pins.pin_of(learner, group.uuid) is None:
                return reverse("bdhvs_lms:class-pin", args=[group.uuid, member.number])
    return ""
