"""Confirm, and revoke what was confirmed. Ledger first: the act is kept, its statements follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bdhvs_lms.base.api import allowed, day_of, end_of_day, format_day, one_line, several_lines
from bdhvs_lms.campaign.api import about_site, areas_for
from bdhvs_lms.classes.api import ClassGroup, members, require_teacher
from bdhvs_lms.competency.confirming.codes import new_code
from bdhvs_lms.competency.confirming.models import (
    DOCUMENT_LENGTH,
    SIGNER_LENGTH,
    UNIT_LENGTH,
    Confirmation,
    ConfirmationAct,
    ConfirmationProposal,
    ConfirmationRevocation,
    uuid_of,
)
from bdhvs_lms.competency.confirming.queries import Attained, Subject, attained_among, confirmed_among, in_group
from bdhvs_lms.competency.confirming.statements import ids_of, statements_of
from bdhvs_lms.learners.api import Learner, Person, agreed_among, learner_for_user, names_person, placed_in
from bdhvs_lms.tracking.api import REASON_CONFIRMATION_REVOKED, learner_lock, record, staff_actor, void_all

PERMISSION = "confirm_attainment"
MOST = 100
"""People in one act. Each is a transaction of its own: nothing waits for the whole list."""
MOST_REASON = 500


@dataclass(frozen=True)
class Document:
    """Facts about the paper that an act rests on, as typed. `unit` counts where the site's data name no agency."""

    day: date
    number: str
    signer: str
    unit: str


@dataclass(frozen=True)
class Left:
    """Somebody whose attainment cannot be confirmed (now), and why, in words."""

    learner: Learner
    why: str


@dataclass
class Checked:
    """People who would be confirmed by an act, with what they have attained; and who would be left out."""

    ready: dict[Learner, tuple[Attained, ...]] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)


@dataclass(frozen=True)
class Confirmed:
    act: ConfirmationAct
    confirmations: tuple[Confirmation, ...]
    left: tuple[Left, ...]


def may_confirm_in_areas(user: Any) -> bool:
    """Tell whether this is an officer with the permission and areas (those of the account's board). Superusers may
    everywhere."""
    return allowed(user, PERMISSION) and areas_for(user).exists()


def within_reach(learners: Iterable[Learner], *, by: Any, at: datetime, class_group: ClassGroup | None) -> set[int]:
    """Return primary keys of those of these people whom `by` may propose: members of the class today, of which `by` is
    a teacher; without a class, whom `by` may confirm: people who live today in the officer's areas; None may
    everywhere. Raises PermissionDenied for whoever is neither."""
    wanted = [learner.pk for learner in learners]
    today = day_of(at)
    if class_group is not None:
        require_teacher(class_group, by, at)
        return set(members(class_group, today).filter(pk__in=wanted).values_list("pk", flat=True))
    if by is None:
        return set(wanted)
    if not allowed(by, PERMISSION):
        raise PermissionDenied("This is for officers who confirm attainment.")
    if by.is_superuser:
        return set(wanted)
    areas = areas_for(by).values("pk")
    return set(placed_in(areas, today).filter(pk__in=wanted).values_list("pk", flat=True))


def check(
    subject: Subject, learners: Sequence[Learner], *, at: datetime, by: Any, class_group: ClassGroup | None = None
) -> Checked:
    """Check what `confirm` would do, or with a class `propose`, without writing. A constant number of queries.

    Raises PermissionDenied for an account that may confirm or propose nobody here.
    """
    people = list({learner.whole.pk: learner.whole for learner in learners}.values())
    reach = within_reach(people, by=by, at=at, class_group=class_group)
    found = Checked()
    near = [one for one in people if one.pk in reach]
    found.left += [Left(one, _("not among the people whom you may confirm")) for one in people if one.pk not in reach]
    counted = set(in_group(subject, day_of(at)).filter(pk__in=[one.pk for one in near]).values_list("pk", flat=True))
    attained = attained_among(subject, counted)
    agreed = agreed_among(near, at)
    there = confirmed_among(subject, near)
    account = learner_for_user(by) if by is not None else None
    own = account.whole.pk if account is not None else None
    for one in near:
        why = ""
        if one.pk in there and there[one.pk].state == "valid":
            why = _("confirmed already")
        elif one.pk not in counted:
            why = _("not counted in this group")
        elif one.pk not in attained:
            why = _("not achieved yet")
        elif one.pk not in agreed:
            why = _("has not agreed to the recording of results")
        elif one.pk == own:
            why = _("your own record: ask a colleague")
        if why:
            found.left.append(Left(one, why))
        else:
            found.ready[one] = attained[one.pk]
    return found


def propose(
    subject: Subject, learners: Sequence[Learner], *, class_group: ClassGroup, at: datetime, by: Any
) -> Checked:
    """Propose to the officer of the area to confirm what these people of a class have attained. Twice is once; what was
    refused is proposed anew.

    Returns who is proposed, and who was left out. Raises PermissionDenied for whoever does not teach the class;
    ValidationError (`people`) for nobody who can be proposed, or more than `MOST`.
    """
    if len(learners) > MOST:
        raise ValidationError({"people": _("At most %(count)d people at once.") % {"count": MOST}})
    with transaction.atomic():
        checked = check(subject, learners, at=at, by=by, class_group=class_group)
        if not checked.ready:
            raise ValidationError({"people": _("Choose at least one person.")})
        records = [pk for one in checked.ready for pk in one.ids]
        ConfirmationProposal.objects.filter(learner__in=records, refused_at__isnull=False, **subject.columns).delete()
        ConfirmationProposal.objects.bulk_create(
            [
                ConfirmationProposal(learner=one, class_group=class_group, by=by, proposed_at=at, **subject.columns)
                for one in checked.ready
            ],
            ignore_conflicts=True,
        )
    return checked


def end_proposals(
    subject: Subject,
    learners: Iterable[Learner],
    *,
    at: datetime,
    by: Any,
    class_group: ClassGroup | None = None,
    reason: str = "",
) -> tuple[int, list[Left]]:
    """Refuse what teachers propose of these people, for a `reason` that they read; with a class, take back what this
    teacher of it proposed. Each is one SQL statement about rows that wait: of two at once the second finds none.

    Returns of how many, and who was left out. Raises PermissionDenied as `within_reach`; ValidationError by field: no
    reason, or one that is too long (`reason`), nobody of whom there is a proposal (`people`).
    """
    people = {learner.whole for learner in learners}
    if not people:
        raise ValidationError({"people": _("Choose at least one person.")})
    reach = within_reach(people, by=by, at=at, class_group=class_group)
    words = _clean_reason(reason) if class_group is None else ""
    waiting = ConfirmationProposal.objects.filter(refused_at=None, **subject.columns)
    if class_group is not None:
        waiting = waiting.filter(class_group=class_group, by=by)
    left = []
    with transaction.atomic():
        for one in sorted(people, key=lambda one: one.pk):
            rows = waiting.filter(learner__in=one.ids if one.pk in reach else [])
            refused = {"refused_at": at, "refused_by": by, "refusal": words}
            if not (rows.update(**refused) if class_group is None else rows.delete()[0]):
                left.append(Left(one, _("no proposal any more")))
        if len(left) == len(people):
            raise ValidationError({"people": _("There is no proposal any more of whom you chose.")})
    return len(people) - len(left), left


def _clean_reason(reason: str) -> str:
    words = several_lines(reason)
    if not words:
        raise ValidationError({"reason": _("Write a reason first.")})
    if len(words) > MOST_REASON:
        raise ValidationError({"reason": _("Use at most %(most)d characters.") % {"most": MOST_REASON}})
    return words


def clean_document(
    document: Document, *, ready: Mapping[Learner, Sequence[Attained]], today: date
) -> tuple[Document, dict[str, str]]:
    """Return the document as it is kept, and what is wrong with it by field (`day`, `number`, `signer`, `unit`)."""
    agency = about_site().agency
    number, signer, unit = (one_line(text) for text in (document.number, document.signer, agency or document.unit))
    cleaned, wrong = Document(document.day, number, signer, unit), {}
    latest = max((day_of(one.attained_at) for listed in ready.values() for one in listed), default=None)
    if document.day > today:
        wrong["day"] = _("The day must not be in the future.")
    elif latest is not None and document.day < latest:
        late = [1 for listed in ready.values() if any(day_of(one.attained_at) > document.day for one in listed)]
        text = ngettext(
            "%(count)d person achieved it after that day, the last one on %(day)s.",
            "%(count)d people achieved it after that day, the last one on %(day)s.",
            len(late),
        )
        wrong["day"] = text % {"count": len(late), "day": format_day(latest)}
    people = Person.objects.filter(learner__in=list(ready))
    named = [one.full_name for one in people]
    for key, text, most in (
        ("number", number, DOCUMENT_LENGTH),
        ("signer", signer, SIGNER_LENGTH),
        ("unit", unit, UNIT_LENGTH),
    ):
        if not text:
            wrong[key] = _("This is on the certificate: it must not be empty.")
        elif len(text) > most:
            wrong[key] = _("Use at most %(most)d characters.") % {"most": most}
        elif (key == "number" or (key == "unit" and not agency)) and any(names_person(text, name) for name in named):
            wrong[key] = _("Do not name any of the people here.")
    return cleaned, wrong


def confirm(
    subject: Subject,
    learners: Sequence[Learner],
    document: Document,
    *,
    act_id: UUID,
    at: datetime,
    by: Any,
    confirmer: UUID | None = None,
) -> Confirmed:
    """Confirm what these people have attained: a statement for each competency, and a certificate each.

    Whoever cannot be confirmed is left out and named in the answer. One transaction for each person: a form that is
    sent again goes on where it was, by the document of the first.

    Args:
        by: an officer, of people who live in the areas of the account's board; None: the machine itself.
        confirmer: the opaque actor of who confirms; None: that of `by`.

    Raises PermissionDenied; ValidationError by field for what is wrong with the document, nobody who can be confirmed
    or more than `MOST` (`people`).
    """
    if len(learners) > MOST:
        raise ValidationError({"people": _("At most %(count)d people at once.") % {"count": MOST}})
    checked = check(subject, learners, at=at, by=by)
    act = ConfirmationAct.objects.filter(act_id=act_id).select_related("pass_rule").first()
    if act is None:
        cleaned, wrong = clean_document(document, ready=checked.ready, today=day_of(at))
        if not checked.ready:
            wrong["people"] = _("Choose at least one person.")
        if wrong:
            raise ValidationError(wrong)
        act, _created = ConfirmationAct.objects.get_or_create(
            act_id=act_id,
            defaults={
                **subject.columns,
                "confirmed_on": cleaned.day,
                "document": cleaned.number,
                "signer": cleaned.signer,
                "unit": cleaned.unit,
                "by": by,
                "confirmer": confirmer or (UUID(int=0) if by is None else staff_actor(by)),
                "occurred_at": min(at, end_of_day(cleaned.day)),
                "recorded_at": at,
            },
        )
    if act.by_id != (by.pk if by is not None else None):
        raise PermissionDenied("This act is somebody else's.")
    if any(getattr(act, name) != value for name, value in subject.columns.items()):
        raise PermissionDenied("This act confirms something else.")
    made: list[Confirmation] = []
    left: list[Left] = []
    for learner in sorted((one.whole for one in learners), key=lambda one: one.pk):
        done = _confirm_one(act, subject, learner, at=at, by=by)
        if isinstance(done, Left):
            left.append(done)
        else:
            made.append(done)
    return Confirmed(act, tuple(made), tuple(left))


def _confirm_one(
    act: ConfirmationAct, subject: Subject, learner: Learner, *, at: datetime, by: Any
) -> Confirmation | Left:
    with transaction.atomic():
        learner_lock(learner)
        same = Confirmation.objects.filter(act=act, learner=learner).first()
        if same is not None:
            return same
        # Once more under the lock: somebody may have voided or confirmed in between.
        checked = check(subject, [learner], at=at, by=by)
        if checked.left:
            return checked.left[0]
        [attained] = checked.ready.values()
        late = any(one.attained_at > act.occurred_at for one in attained)
        if late:
            return Left(learner, _("achieved it after the day of the document"))
        confirmation = Confirmation.objects.create(
            uuid=uuid_of(act.act_id, learner.actor),
            act=act,
            learner=learner,
            code=new_code(),
            attained=[_frozen(one) for one in attained],
        )
        record(statements_of(confirmation), at=at)
        ConfirmationProposal.objects.filter(learner__in=learner.ids, **subject.columns).delete()
    return confirmation


def _frozen(one: Attained) -> dict[str, Any]:
    competency = one.competency
    names = {"vi": competency.label_vi} | ({"en": competency.label_en} if competency.label_en else {})
    return {
        "framework": competency.framework.key,
        "code": competency.code,
        "level": one.level,
        "names": names,
        "attained_at": one.attained_at.isoformat(),
        "trust": one.trust,
        "statement": str(one.statement_id),
    }


def may_revoke(user: Any, confirmation: Confirmation, at: datetime) -> bool:
    """Tell whether `user` may revoke: an officer of the area where the person lives; a superuser; None: the machine
    itself."""
    if user is None or (user.is_active and user.is_superuser):
        return True
    person = confirmation.learner.whole
    return allowed(user, PERMISSION) and person.pk in within_reach([person], by=user, at=at, class_group=None)


def revoke(
    confirmation: Confirmation, reason: str, *, act_id: UUID, at: datetime, by: Any, revoker: UUID | None = None
) -> ConfirmationRevocation:
    """Withdraw a confirmation. What it confirmed falls back to attained, and nothing else falls. Twice is once.

    Raises PermissionDenied; ValidationError for no reason, or one that is too long (`reason`).
    """
    if not may_revoke(by, confirmation, at):
        raise PermissionDenied("This certificate is not yours to revoke.")
    words = _clean_reason(reason)
    actor = revoker or (UUID(int=0) if by is None else staff_actor(by))
    with transaction.atomic():
        learner_lock(confirmation.learner.whole)
        same = ConfirmationRevocation.objects.filter(confirmation=confirmation).first()
        if same is not None:
            return same
        if ConfirmationRevocation.objects.filter(act_id=act_id).exists():
            raise PermissionDenied("This act revokes another certificate.")
        row = ConfirmationRevocation.objects.create(
            confirmation=confirmation, act_id=act_id, reason=words, by=by, revoker=actor, revoked_at=at
        )
        # An operator may have voided some of them before: those are void already.
        void_all(ids_of(confirmation), by=actor, reason_code=REASON_CONFIRMATION_REVOKED, at=at)
    return row
