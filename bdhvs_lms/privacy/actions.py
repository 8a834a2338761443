"""Withdrawal: nothing new is recorded. Erasure: the person goes, the counts stay."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import transaction

from bdhvs_lms.audit.api import has_consent, log_access, record_consent
from bdhvs_lms.base.api import allowed
from bdhvs_lms.learners.api import Learner, end_duties, erase_person, forget_sign_in, learner_for_user
from bdhvs_lms.plugins.api import personal_data
from bdhvs_lms.privacy.accesses import looks_at
from bdhvs_lms.privacy.core_data import erase_words
from bdhvs_lms.privacy.held import erased_name, is_erased, user_ids
from bdhvs_lms.privacy.models import DataRequest
from bdhvs_lms.privacy.requests import carried_out
from bdhvs_lms.privacy.settling import settle
from bdhvs_lms.privacy.traces import forget_account
from bdhvs_lms.tracking.api import learner_lock

# Statements of other programs in one transaction of an erasure: some 50 ms of the write lock.
PIECE = 200


class LastOperator(Exception):
    """Erasing this person would close the account of the last active superuser: nobody could look after the site."""


def withdraw_consent(learner: Learner, *, at: datetime) -> bool:
    """Take the consent back, to whatever version of the text it was given. What was recorded stays.

    Under the learner's lock, which every act that records takes too: none is recorded once this has returned.
    Returns whether there was a consent; without one nothing is written.
    """
    with transaction.atomic():
        learner_lock(learner)
        taken_back = False
        # Of a child both: whoever agrees again is asked with the other.
        for by_representative in (False, True):
            if has_consent(*learner.actors, by_representative=by_representative):
                record_consent(learner.actor, given=False, at=at, by_representative=by_representative)
                taken_back = True
        carried_out(learner, ["withdraw"], at=at, by=None)
    return taken_back


def may_erase(by: Any, learner: Learner) -> bool:
    """Tell whether this account may: the person's own, or one with delete_person; None always.

    Whose account may enter the admin is erased only by whoever may do all that it may, a superuser by superusers.
    """
    if by is None:
        return True
    own = learner_for_user(by)
    if own is not None and own.pk == learner.whole.pk:
        return True
    return allowed(by, "delete_person") and not _outranked(sorted(_accounts_of(learner)), by)


def may_erase_account(by: Any, user: Any) -> bool:
    """Do the check of `may_erase` for an account that stands for no learner. Nobody erases their own: it would be done
    while they are signed in, and nobody would be told."""
    return by is None or (by.pk != user.pk and allowed(by, "delete_person") and not _outranked([user.pk], by))


def _outranked(accounts: list[Any], by: Any) -> bool:
    if by.is_superuser:
        return False
    # The closed ones too: as they were.
    for user in get_user_model()._default_manager.filter(pk__in=accounts):
        user.is_active = True
        if user.is_superuser or (
            user.has_perm("wagtailadmin.access_admin") and not user.get_all_permissions() <= by.get_all_permissions()
        ):
            return True
    return False


def _locked(learner: Learner) -> Learner:
    """Return the person as it stands now, under the lock: records may have been merged since it was read."""
    learner_lock(learner)
    return Learner.objects.select_related("merged_into").get(pk=learner.pk).whole


def _fresh(user: Any) -> Any:
    return None if user is None else get_user_model()._default_manager.get(pk=user.pk)


def _accounts_of(learner: Learner) -> set[str]:
    """Return the accounts that erasing closes."""
    return {pk for record in learner.records for pk in user_ids(record, brought=False)}


def _keep_an_operator(accounts: set[str]) -> None:
    """Raises LastOperator."""
    model: Any = get_user_model()
    operators = model._default_manager.filter(is_active=True, is_superuser=True)
    if not operators.filter(pk__in=accounts).exists():
        return
    # Locked, or two operators who erase each other at the same moment would both find the other one there.
    there = {str(pk) for pk in operators.select_for_update().order_by("pk").values_list("pk", flat=True)}
    if there <= accounts:
        raise LastOperator(
            "This is the last active superuser: make another one first (bdhvs createsuperuser), or nobody can look "
            "after the site."
        )


def _close_account(pk: str, known_as: UUID) -> int:
    """Empty and close a user account; the row stays, because other tables name it as author or teacher.

    The user name goes too: it is often the person's name or telephone number.
    """
    model: Any = get_user_model()
    user = model._default_manager.select_for_update().filter(pk=pk).first()
    if user is None:
        return 0
    setattr(user, model.USERNAME_FIELD, erased_name(known_as))
    email = getattr(model, "EMAIL_FIELD", None)
    for name in ("first_name", "last_name", email):
        if name and name != model.USERNAME_FIELD and hasattr(user, name):
            setattr(user, name, "")
    user.is_active = False
    user.is_staff = False
    user.is_superuser = False
    user.set_unusable_password()
    user.save()
    forget_sign_in(user)
    user.groups.clear()
    user.user_permissions.clear()
    beside = sum(owner.close_account(user) for owner in personal_data)
    return 1 + beside + forget_account(user, user.get_username())


def erase(learner: Learner, *, by: Any, at: datetime) -> int:
    """Erase what names or quotes the person, in all records; placements, belongings and results stay, opaque.

    What other programs said of the person goes first, in short transactions: nobody waits for thousands of statements.
    Then the rest in one, under the learner's lock. Statements hold only the actor UUID and stay. Who was erased is
    unknown afterwards, so a second call finds nothing and changes nothing. Interrupted, it is called again, by the
    nightly command at the latest (`begun_erasures`), and goes on.

    Args:
        by: an account that may (`may_erase`), or None (the machine itself).
        at: when; written to the access log.

    Returns: how many rows were touched; 0: nothing was left to erase, and nothing is logged.

    Raises PermissionDenied, and LastOperator when nobody would be left to look after the site.
    """
    with transaction.atomic():
        learner = _locked(learner)
        if not may_erase(by, learner):
            raise PermissionDenied(
                "Only the person may erase, or an account with bdhvs_lms.delete_person that may do all that theirs may."
            )
        _keep_an_operator(_accounts_of(learner))
        begun = learner.erasing_since
        # All records: were they taken apart meanwhile, each is erased.
        Learner.objects.filter(pk__in=learner.ids, erasing_since=None).update(erasing_since=at)
    touched = 0
    for record in learner.records:
        while piece := erase_words(record, most=PIECE):
            touched += piece
    with transaction.atomic():
        learner = _locked(learner)
        _keep_an_operator(_accounts_of(learner))
        for record in learner.records:
            touched += sum(owner.erase(record) for owner in personal_data)
            rows, accounts = erase_person(record)
            touched += rows
            for pk in accounts:
                touched += _close_account(pk, record.actor)
        touched += carried_out(learner, DataRequest.Kind.values, at=at, by=by)
        if touched if begun is None else not _is_logged(learner, begun):
            # Read anew: the person's own account has just lost its name, and the log keeps the name that it is given.
            log_access(user=_fresh(by), actors=[learner.actor], page="privacy.erase", at=at)
        # At once, or when the caller's transaction stands.
        transaction.on_commit(partial(_finish, learner.ids))
    return touched


def _is_logged(learner: Learner, begun: datetime) -> bool:
    return looks_at(learner.actors).filter(page="privacy.erase", at__gte=begun).exists()


def _finish(ids: list[int]) -> None:
    settle()
    Learner.objects.filter(pk__in=ids).update(erasing_since=None)


def erase_account(user: Any, *, by: Any, at: datetime) -> int:
    """Erase what names an account of staff that stands for no learner: it is emptied and closed, and ends what it may
    do here. The row stays, because others point at it. Again is nothing.

    Returns: how many rows were touched. Raises PermissionDenied (`may_erase_account`), LastOperator, ValueError: the
    account is a learner's, whom `erase` erases.
    """
    if learner_for_user(user) is not None:
        raise ValueError("This account is a learner's: erase the person.")
    if not may_erase_account(by, user):
        raise PermissionDenied("Needs bdhvs_lms.delete_person and all that the account may. Nobody erases their own.")
    if is_erased(user):
        # Killed just before, it has not settled.
        settle()
        return 0
    with transaction.atomic():
        _keep_an_operator({str(user.pk)})
        end_duties(user, at)
        touched = _close_account(str(user.pk), uuid4())
    settle()
    return touched
