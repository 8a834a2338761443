"""Two records of one person: a teacher found somebody on record, who says whether it is them."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from bdhvs_lms.base.api import SeeOther, now, read_and_send, row_number
from bdhvs_lms.classes.joining import begin_courses
from bdhvs_lms.classes.models import ClassGroup, Match
from bdhvs_lms.learners.api import Learner, agreed_among, is_waiting, learner_page
from bdhvs_lms.tracking.api import merge_records


def open_matches() -> QuerySet[Match]:
    """Return matches that nobody has answered: the record of the class is in no list, and is not
    merged with the other."""
    waiting = Match.objects.filter(is_waiting("record__"), record__isnull=False, record__merged_into=None)
    return waiting.exclude(learner__merged_into=F("record")).order_by("asked_at", "pk")


def matches_of(learner: Learner) -> QuerySet[Match]:
    """Return the matches that the learner is asked about. One query."""
    return open_matches().filter(learner__in=learner.ids).select_related("class_group__area", "record")


def matched_in(class_group: ClassGroup) -> set[int]:
    """Return primary keys of the class's records that wait for an answer. One query."""
    return set(open_matches().filter(class_group=class_group).values_list("record", flat=True))


def signed_in(learner: Learner) -> None:
    """Delete the blank matches of a learner who signs in: the class sees their telephone number now."""
    found_blank().filter(learner__in=learner.ids).delete()


def found_blank() -> QuerySet[Match]:
    """Return matches of people on record with nothing but a name, taken into a class by it, who have not signed in
    since."""
    return Match.objects.filter(record=None)


def phone_hidden(class_group: ClassGroup) -> Exists:
    """Return a condition on learners: the class found them with nothing but a name."""
    return Exists(found_blank().filter(learner=OuterRef("pk"), class_group=class_group))


def answer(learner: Learner, number: int, *, yes: bool, at: datetime) -> None:
    """Merge the class's record into the learner's, who says that it is theirs; or leave it a newcomer's.

    Raises ValidationError when nothing of this number is asked of the learner (any more), or merging is refused.
    """
    with transaction.atomic():
        asked = matches_of(learner).filter(pk=number).select_for_update(of=("self",)).first()
        if asked is None or asked.record is None:
            raise ValidationError(_("This question has been answered already."))
        if not yes:
            asked.delete()
            return
        merge_records(asked.record, learner.whole, by=None, reason=_("The person says so."), at=at)
    if agreed_among([learner.whole], at):
        begin_courses(asked.class_group, learner.whole, at=at)


@never_cache
@read_and_send
@learner_page
def matches(request: HttpRequest, learner: Learner) -> HttpResponse:
    """Ask the learner whether they are the person whom classes named by the same name and year."""
    error = ""
    if request.method == "POST":
        sent = request.POST.get("do")
        try:
            if sent not in ("yes", "no"):
                raise ValidationError(_("Choose one of the answers."))
            answer(learner, row_number(request.POST.get("match", "")), yes=sent == "yes", at=now())
        except ValidationError as refused:
            error = refused.messages[0]
        else:
            return SeeOther(reverse("bdhvs_lms:go-on"))
    context = {"matches": matches_of(learner), "error": error}
    return render(request, "bdhvs_lms/matches.html", context, status=422 if error else 200)
