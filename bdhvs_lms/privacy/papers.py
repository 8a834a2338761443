"""Signed forms on paper: written down for many people in one act, and forgotten with the last of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bdhvs_lms.attempts.api import follow_agreement
from bdhvs_lms.audit.api import Consent, PaperConsent, record_consent, version_in_force
from bdhvs_lms.base.api import day_of, one_line, require
from bdhvs_lms.learners.api import (
    Learner,
    Person,
    consent_state,
    guardian_of,
    name_guardian,
    names_person,
    who_agrees,
    withdrawn_among,
    without_name,
)
from bdhvs_lms.tracking.api import learner_lock

MOST = 500
"""People in one act, which is one transaction."""


@dataclass(frozen=True)
class Recorded:
    """`people`: how many were written down; of `stopped` of them a later withdrawal stands. `version`: of the text that
    was in force when they signed."""

    paper: PaperConsent
    people: int
    stopped: int
    version: str


def record_papers(
    learners: Sequence[Learner],
    *,
    signed_on: date,
    kept_at: str,
    at: datetime,
    by: Any,
    teaches: bool = False,
    signed_after: bool = False,
    guardians: Mapping[int, str] | None = None,
) -> Recorded:
    """Write down that these people signed the form, each with whoever has to agree at that age: the person, a parent or
    guardian, or both. The yes is to the text that was in force on that day; a withdrawal of a later day stays one.

    A paper has a day only. Which came first, it or a withdrawal of the same day, only whoever was there knows.

    Args:
        kept_at: where the papers lie, at most 200 characters; names nobody.
        signed_after: whoever withdrew on that day signed after it, as `by` says.
        guardians: by primary key of the child, who signed for it; kept where nobody is on record, without a telephone.
        teaches: `by` teaches all of them, which the caller has made sure of; else needs add_paperconsent.

    Raises ValidationError by field: nobody or too many (`people`), a day in the future (`signed_on`), no place, or one
    that names one of them (`kept_at`), somebody withdrew on that day (`signed_after`), a guardian who
    cannot be (`guardian`).
    """
    if not teaches:
        require(by, "add_paperconsent")
    today = day_of(at)
    place = one_line(kept_at)
    whole = {learner.whole.pk: learner.whole for learner in learners}
    wrong: dict[str, str] = {}
    if not whole:
        wrong["people"] = _("Choose at least one person.")
    elif len(whole) > MOST:
        wrong["people"] = _("At most %(count)d people at once.") % {"count": MOST}
    if signed_on.year < 2000:
        wrong["signed_on"] = _("Choose a date between 2000 and 2100.")
    if signed_on > today:
        wrong["signed_on"] = _("The day must not be in the future.")
    if not place or len(place) > 200:
        wrong["kept_at"] = _("Say where the papers are kept, in at most 200 characters.")
    people = {} if "people" in wrong else {one.learner_id: one for one in Person.objects.filter(learner__in=whole)}
    if any(names_person(place, one.full_name) for one in people.values()):
        wrong["kept_at"] = _("Do not name anybody here. A folder and a room are enough.")
    if wrong:
        raise ValidationError(wrong)
    zone = get_current_timezone()
    begins, ends = (datetime.combine(signed_on, hour, zone) for hour in (time.min, time.max))
    version = version_in_force(signed_on)
    same_day = stopped = 0
    with transaction.atomic():
        paper = PaperConsent.objects.create(signed_on=signed_on, kept_at=place, recorded_at=at, by=by)
        for pk in sorted(whole):
            learner_lock(whole[pk])
            withdrawn = withdrawn_among([whole[pk]]).get(pk)
            meets = withdrawn is not None and begins <= withdrawn <= ends
            same_day += meets
            stopped += withdrawn is not None and withdrawn > ends
            moment = min(at, ends) if meets or signed_on == today else begins
            person = people.get(pk)
            who = who_agrees(None if person is None else person.birth_year, signed_on)
            for by_representative, needed in ((False, who.own), (True, who.guardian)):
                if needed:
                    record_consent(
                        whole[pk].actor,
                        given=True,
                        at=moment,
                        text_version=version,
                        by_representative=by_representative,
                        paper=paper,
                    )
            name = (guardians or {}).get(pk)
            if name and guardian_of(whole[pk]) is None:
                name_guardian(whole[pk], full_name=name, phone="", relation="other", at=at)
            if consent_state(whole[pk], at).complete:
                follow_agreement(whole[pk], at)
        if same_day and not signed_after:
            words = ngettext(
                "%(count)d person withdrew consent on that day. Untick them, or say below that they signed after it.",
                "%(count)d people withdrew consent on that day. Untick them, or say below that they signed after it.",
                same_day,
            )
            raise ValidationError({"signed_after": words % {"count": same_day}})
    return Recorded(paper, len(whole), stopped, version)


def forget_papers(learner: Learner) -> int:
    """Remove the person's name, before it goes, from where papers lie, whoever signed them; of papers that nobody else
    on record signed, where they lie is forgotten. Returns how many rows changed."""
    person = Person.objects.filter(learner=learner).first()
    own = set(PaperConsent.objects.filter(consents__actor=learner.actor).values_list("pk", flat=True))
    changed = 0
    for paper in PaperConsent.objects.exclude(kept_at="").only("kept_at"):
        rest = paper.kept_at if person is None else without_name(paper.kept_at, person.full_name)
        if paper.pk in own:
            signed = Consent.objects.filter(paper=paper).exclude(actor=learner.actor).values("actor")
            rest = rest if Person.objects.filter(learner__actor__in=signed).exists() else ""
        if rest != paper.kept_at:
            # The plain manager, because the table's own refuses every change.
            changed += PaperConsent._base_manager.filter(pk=paper.pk).update(kept_at=rest)
    return changed
