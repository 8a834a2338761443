"""Confirming: a teacher proposes people of a class, an officer of the area confirms. Nothing is confirmed before it was
looked at once more; who is shown by name is logged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.api import SeeOther, day_of, fold, now, one_line, read_and_send, row_number
from bdhvs_lms.campaign.api import Area, areas_for
from bdhvs_lms.classes.api import ClassGroup, members, opened_class
from bdhvs_lms.competency.api import (
    MOST,
    Confirmation,
    Subject,
    competency_subjects,
    holders,
    in_group,
    may_confirm_in_areas,
    proposals,
    proposed_competencies,
    rule_subjects,
    subject_of,
)
from bdhvs_lms.learners.api import Learner, made_up_people, person_of, placed_in
from bdhvs_lms.reporting.area_choice import AREA_PARAMETER, FIND_PARAMETER, area_key, parsed_area
from bdhvs_lms.reporting.choices import WrongChoice, refusing_wrong_choices
from bdhvs_lms.reporting.confirming.desk import WHAT_PARAMETER, Desk

LIST, REVIEW = "bdhvs_lms/confirm.html", "bdhvs_lms/confirm_review.html"
PROPOSED_PARAMETER = "de-nghi"
SHOWN = 100
"""People of one page of an officer: as many as one looks through."""


def _asked(request: HttpRequest, offered: Sequence[Subject]) -> Subject | None:
    """What is confirmed: what was asked for, else the first that is offered; None: there is nothing. Raises
    WrongChoice."""
    key = request.POST.get(WHAT_PARAMETER) or request.GET.get(WHAT_PARAMETER, "")
    if not key:
        return offered[0] if offered else None
    found = next((one for one in offered if one.key == key), None) or subject_of(key)
    if found is None:
        raise WrongChoice
    return found


def _answered(request: HttpRequest, desk: Desk, more: dict[str, Any], back: str) -> HttpResponse:
    """The list; a look at what was chosen (`review`); or what was written, and back to the list (`confirm`,
    `refuse`; of a class `propose`, `take-back`)."""
    if desk.group:
        acts = {"propose": desk.propose, "take-back": desk.end_proposals}
    else:
        acts = {"confirm": desk.confirm, "refuse": desk.end_proposals}
    looks = () if desk.group else ("review", "change")
    do = request.POST.get("do", "") if request.method == "POST" else ""
    if request.method == "POST" and do not in (*acts, *looks):
        raise WrongChoice
    if do in acts and acts[do]():
        return SeeOther(back)
    if do == "review" and desk.review():
        return render(request, REVIEW, {**desk.context(), **more})
    return render(request, LIST, {**desk.context(), **more}, status=200 if do in ("", "change") else 422)


def _address(name: str, subject: Subject, *args: Any, **more: str) -> str:
    return f"{reverse(name, args=args)}?{urlencode({WHAT_PARAMETER: subject.key, **more})}"


@never_cache
@read_and_send
@login_required
@refusing_wrong_choices
def class_confirm(request: HttpRequest, class_uuid: UUID) -> HttpResponse:
    """Who of a class's members can be proposed, waits or is confirmed, for its teacher."""
    group, at = opened_class(request, class_uuid)
    people = list(members(group, day_of(at)).select_related("person", "merged_into").filter(person__isnull=False))
    log_access(user=request.user, actors=[one.actor for one in people], page="class-confirm", at=at, detail=group.code)
    offered = rule_subjects(day_of(at)) + competency_subjects([one.pk for one in people])
    subject = _asked(request, offered)
    if subject is None:
        return _nothing(request, group)
    desk = Desk(request, subject, people, group=group, at=at)
    back = reverse("bdhvs_lms:class-review", args=[group.uuid])
    more = {
        "offered": offered,
        "back": back,
        "here": _address("bdhvs_lms:class-confirm", subject, group.uuid),
        "illustrative": made_up_people(),
    }
    return _answered(request, desk, more, _address("bdhvs_lms:class-confirm", subject, group.uuid))


def _nothing(request: HttpRequest, group: ClassGroup | None) -> HttpResponse:
    context = {
        "heading": _("There is nothing to confirm yet"),
        "text": _("No rule says what a person has to show, and nobody here has achieved a competency yet."),
        "link": None,
    }
    return render(request, "bdhvs_lms/message.html", context)


@dataclass(frozen=True)
class Places:
    """The areas of an officer, and the one that is looked at; `proposed`: only whom teachers proposed."""

    area: Area
    offered: list[tuple[str, Area]]
    find: str
    proposed: bool


@never_cache
@read_and_send
@login_required
@refusing_wrong_choices
def area_confirm(request: HttpRequest) -> HttpResponse:
    """Of the people of an area, by an officer: those who can be confirmed, whom teachers proposed first, then by name;
    at most SHOWN at a time."""
    if not may_confirm_in_areas(request.user):
        raise PermissionDenied(_("This page is for officers who confirm results. Ask whoever made your account."))
    at = now()
    places = _places(request)
    living = _living(request, places.area, at)
    offered = rule_subjects(day_of(at)) + proposed_competencies(living)
    subject = _asked(request, offered)
    if subject is None:
        return _nothing(request, None)
    found = _ready(subject, living, at, places)
    sent = list(dict.fromkeys(map(row_number, request.POST.getlist("learner"))))[:MOST]
    shown = list(found[: SHOWN + 1])
    people = {one.pk: one for one in shown[:SHOWN]}
    # Whom the form named: also those who are confirmed by now, so that a form that is sent again finds them. By name
    # whoever has a certificate, to print or revoke it.
    also = Q(pk__in=sent)
    if places.find:
        also |= Q(person__search_name__contains=fold(places.find), pk__in=_given(subject))
    for one in living.filter(also).select_related("person", "merged_into").order_by("pk")[: SHOWN + MOST]:
        people.setdefault(one.pk, one)
    log_access(
        user=request.user,
        actors=[one.actor for one in people.values()],
        page="area-confirm",
        at=at,
        detail=places.area.code,
    )
    desk = Desk(request, subject, list(people.values()), group=None, at=at)
    kept = {AREA_PARAMETER: area_key(places.area)} | ({FIND_PARAMETER: places.find} if places.find else {})
    kept |= {PROPOSED_PARAMETER: "1"} if places.proposed else {}
    more = {
        "offered": offered,
        "places": places,
        "kept": list(kept.items()),
        "more": len(shown) > SHOWN,
        "back": "",
        "here": _address("bdhvs_lms:area-confirm", subject, **kept),
        "illustrative": made_up_people(),
    }
    return _answered(request, desk, more, _address("bdhvs_lms:area-confirm", subject, **kept))


def _places(request: HttpRequest) -> Places:
    own = areas_for(request.user)
    wish = request.POST.get(AREA_PARAMETER) or request.GET.get(AREA_PARAMETER, "")
    every = list(own.exclude(kind=Area.Kind.VILLAGE).order_by("name", "pk")[: 4 * SHOWN])
    every = every or list(own.order_by("name", "pk")[: 4 * SHOWN])
    if wish:
        code, valid_from = parsed_area(wish)
        area = own.filter(code=code, valid_from=valid_from).first()
        if area is None:
            raise WrongChoice
    else:
        area = every[0]
    if area not in every:
        every.insert(0, area)
    find = one_line(request.POST.get(FIND_PARAMETER) or request.GET.get(FIND_PARAMETER, ""))[:100]
    proposed = bool(request.GET.get(PROPOSED_PARAMETER))
    return Places(area, [(area_key(one), one) for one in every], find, proposed)


def _living(request: HttpRequest, area: Area, at: datetime) -> QuerySet[Learner]:
    """People who live today in the area or below it."""
    below: dict[int | None, list[int]] = defaultdict(list)
    for pk, parent in areas_for(request.user).values_list("pk", "parent"):
        below[parent].append(pk)
    inside, edge = {area.pk}, [area.pk]
    while edge:
        edge = [pk for one in edge for pk in below[one] if pk not in inside]
        inside.update(edge)
    return placed_in(sorted(inside), day_of(at)).filter(person__isnull=False, merged_into=None)


def _given(subject: Subject) -> QuerySet[Any, Any]:
    """Primary keys of people with a certificate of it that nobody has revoked: within a query."""
    return Confirmation.objects.filter(revocation=None, **subject.act_columns).values(person=person_of())


def _ready(subject: Subject, living: QuerySet[Learner], at: datetime, places: Places) -> QuerySet[Learner]:
    """Of these, whom teachers proposed first, then by name, whoever has attained all of it and has no certificate of it
    that holds: one that lapsed, since what it rests on was taken away, does not stand in the way of a new one."""
    rows = living.filter(pk__in=holders(subject)).filter(pk__in=in_group(subject, day_of(at)).values("pk"))
    rows = rows.exclude(pk__in=_given(subject).filter(person__in=holders(subject, confirmed=True)))
    rows = rows.annotate(proposed=Exists(proposals(subject).filter(person=OuterRef("pk"))))
    if places.proposed:
        rows = rows.filter(proposed=True)
    if places.find:
        rows = rows.filter(person__search_name__contains=fold(places.find))
    return rows.select_related("person", "merged_into").order_by("-proposed", "person__sort_name", "pk")
