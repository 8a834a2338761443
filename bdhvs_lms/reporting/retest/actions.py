"""Drawing a sample, noting why somebody was not tested again, closing a retest."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import allowed, day_of, format_day, format_number, require, several_lines
from bdhvs_lms.campaign.api import Area, areas_for
from bdhvs_lms.classes.api import ClassGroup, members, require_teacher
from bdhvs_lms.competency.api import Subject, may_confirm_in_areas
from bdhvs_lms.courses.api import Activity
from bdhvs_lms.learners.api import learner_for_user, made_up_people, placed_in
from bdhvs_lms.reporting.retest.drawing import digest_of, draw
from bdhvs_lms.reporting.retest.frame import Frame, frame_of
from bdhvs_lms.reporting.retest.models import RetestAbsence, RetestClosing, RetestMember, RetestSample
from bdhvs_lms.reporting.retest.queries import named, over, retests_for, tally

LEAST, MOST = 5, 2000
"""People of a sample: below, nothing of it could be shown."""
PERMISSION = "add_retestsample"


def draw_sample(
    subject: Subject,
    area: Area,
    *,
    as_of: date,
    activity: Activity,
    until: date,
    size: int,
    strata: bool,
    act_id: UUID,
    by: Any,
    at: datetime,
    seed: bytes | None = None,
) -> RetestSample:
    """Draw by chance from everybody who had achieved the subject by the end of `as_of`. The same form again is the same
    sample; it never changes. `by` None: the machine itself. `seed`: 32 bytes; None: fresh ones.

    Raises PermissionDenied; ValidationError, by field where it is of one.
    """
    require(by, PERMISSION)
    made = RetestSample.objects.filter(act_id=act_id).first()
    if made is not None:
        return made
    today = day_of(at)
    _require_days(as_of, until, today)
    if activity.key not in {one.key for _subject, one in retests_for(subject)}:
        raise ValidationError({"activity": _("This retest does not ask about all of it.")})
    _require_none_running(subject, area, today)
    frame = require_size(frame_of(subject, area, as_of), size)
    seed = seed or secrets.token_bytes(32)
    rule = subject.rule
    sample = RetestSample(
        act_id=act_id,
        pass_rule=rule,
        competency=None if rule else subject.competencies[0],
        level=None if rule else subject.level,
        area=area,
        as_of=as_of,
        activity_key=activity.key,
        until=until,
        method=RetestSample.Method.STRATIFIED if strata else RetestSample.Method.SIMPLE,
        seed=seed.hex(),
        frame_size=len(frame.people),
        frame_digest=digest_of(frame.strata),
        nameless=frame.nameless,
        size=size,
        illustrative=made_up_people(),
        drawn_at=at,
        drawn_by=by,
    )
    drawn = draw(frame.strata, size, seed, strata=strata)
    try:
        with transaction.atomic():
            # Under the area's lock once more: two who draw at once would have two samples to choose from.
            Area.objects.select_for_update(no_key=True).get(pk=area.pk)
            made = RetestSample.objects.filter(act_id=act_id).first()
            if made is not None:
                return made
            _require_none_running(subject, area, today)
            sample.save()
            RetestMember.objects.bulk_create(
                RetestMember(sample=sample, learner_id=frame.people[who][0], number=place, area=frame.people[who][1])
                for place, who in enumerate(drawn, start=1)
            )
    except IntegrityError:
        made = RetestSample.objects.filter(act_id=act_id).first()
        if made is None:
            words = _("A sample of the same was drawn for this day already: who could draw twice could choose.")
            raise ValidationError({"as_of": words}) from None
        return made
    return sample


def _require_none_running(subject: Subject, area: Area, today: date) -> None:
    running = samples_of(subject).filter(area=area, until__gte=today).exclude(closings__number=1).first()
    if running is not None:
        words = _("A retest of the same is going on here until %(day)s. Close it first.")
        raise ValidationError(words % {"day": format_day(running.until)})


def _require_days(as_of: date, until: date, today: date) -> None:
    if as_of > today:
        raise ValidationError({"as_of": _("%(day)s has not come yet.") % {"day": format_day(as_of)}})
    if until < today:
        raise ValidationError({"until": _("The last day of the retest must not be over.")})


def require_size(frame: Frame, size: int) -> Frame:
    """Raises ValidationError by field for more people than there are, and for too few or too many."""
    people = len(frame.people)
    if people < LEAST:
        words = _("Fewer than %(least)d people have achieved it here: there is nothing to draw from.")
        raise ValidationError(words % {"least": LEAST})
    most = min(MOST, people)
    if not LEAST <= size <= most:
        words = _("Choose from %(least)s to %(most)s people.")
        raise ValidationError({"size": words % {"least": format_number(LEAST), "most": format_number(most)}})
    return frame


def samples_of(subject: Subject) -> QuerySet[RetestSample]:
    """Drawn of this subject, the newest first."""
    if subject.rule is not None:
        found = RetestSample.objects.filter(pass_rule=subject.rule)
    else:
        found = RetestSample.objects.filter(competency=subject.competencies[0], level=subject.level)
    return found.order_by("-drawn_at", "-pk")


def members_for(sample: RetestSample, *, by: Any, at: datetime, group: ClassGroup | None) -> QuerySet[RetestMember]:
    """Whom of the sample this account may see by name: of a class its members today, by its teacher; else people who
    live today in the areas of an officer who confirms. Raises PermissionDenied for everybody else."""
    found = named(sample.members.all()).order_by("number")
    if group is not None:
        require_teacher(group, by, at)
        return found.filter(person__in=members(group, day_of(at)).values("pk"))
    if not may_confirm_in_areas(by):
        raise PermissionDenied(_("The list of names is for officers who carry out the retest, and for teachers."))
    if not by.is_superuser:
        found = found.filter(person__in=placed_in(areas_for(by).values("pk"), day_of(at)).values("pk"))
    return found


def note_absences(
    sample: RetestSample,
    kinds: Mapping[int, str],
    *,
    act_id: UUID,
    by: Any,
    at: datetime,
    group: ClassGroup | None,
) -> int:
    """Write down why people were not tested again, by the member's key; NONE takes back what was noted. Returns how
    many rows were written: what is noted already is not noted twice, and nobody notes anything of themselves.

    Raises PermissionDenied for whom the account may not see, ValidationError for a kind that does not exist and where
    the retest is closed.
    """
    if any(kind not in RetestAbsence.Kind.values for kind in kinds.values()):
        raise ValidationError(_("This option does not exist. Choose from the lists."))
    near = {one.pk: one for one in members_for(sample, by=by, at=at, group=group).filter(pk__in=kinds)}
    if near.keys() != kinds.keys():
        raise PermissionDenied("Somebody of them is not in this list.")
    account = learner_for_user(by)
    own = account.whole.pk if account is not None else None
    with transaction.atomic():
        # One after the other: who looks at the list once more sees what the other has noted.
        RetestSample.objects.select_for_update().get(pk=sample.pk)
        if sample.closings.exists():
            raise ValidationError(_("This retest is closed."))
        noted = _noted(near)
        rows = [
            RetestAbsence(member=near[pk], kind=kind, act_id=uuid5(act_id, str(pk)), noted_at=at, noted_by=by)
            for pk, kind in kinds.items()
            if noted.get(pk, "") != kind and near[pk].learner.whole.pk != own
        ]
        written = RetestAbsence.objects.filter(act_id__in=[row.act_id for row in rows])
        known = set(written.values_list("act_id", flat=True))
        fresh = [row for row in rows if row.act_id not in known]
        RetestAbsence.objects.bulk_create(fresh)
    return len(fresh)


def _noted(members_: Iterable[int]) -> dict[int, str]:
    rows = RetestAbsence.objects.filter(member__in=list(members_)).order_by("noted_at", "pk")
    return dict(rows.values_list("member", "kind"))


def may_close(user: Any) -> bool:
    return allowed(user, PERMISSION)


def close(sample: RetestSample, *, act_id: UUID, by: Any, at: datetime, why: str = "") -> RetestClosing:
    """Write down the numbers as they stand: those are the ones that are reported. The same form again is the same row.

    Raises PermissionDenied; ValidationError before its last day while nothing is known of somebody, and for a
    correction without a reason or without a change.
    """
    require(by, PERMISSION)
    why = several_lines(why)
    with transaction.atomic():
        RetestSample.objects.select_for_update().get(pk=sample.pk)
        made = RetestClosing.objects.filter(act_id=act_id).first()
        if made is not None:
            if made.sample_id != sample.pk:
                raise PermissionDenied("This act is another sample's.")
            return made
        found = asdict(tally(sample))
        drawn = found.pop("drawn")
        if not over(sample, day_of(at)) and found["absent"].get(""):
            words = _("Of %(count)s people nothing is known yet: wait until %(day)s is over, or note why.")
            told = {"count": format_number(found["absent"][""]), "day": format_day(sample.until)}
            raise ValidationError(words % told)
        last = sample.closings.order_by("-number").first()
        if last is not None:
            if not why:
                raise ValidationError(_("This retest is closed. Say why the numbers are corrected."))
            if {name: getattr(last, name) for name in found} == found:
                raise ValidationError(_("The numbers are still the same: there is nothing to correct."))
        assert drawn == found["tested"] + sum(found["absent"].values())  # noqa: S101 - nobody is counted nowhere
        return RetestClosing.objects.create(
            sample=sample,
            number=1 if last is None else last.number + 1,
            why="" if last is None else why,
            act_id=act_id,
            closed_at=at,
            closed_by=by,
            **found,
        )
