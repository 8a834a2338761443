"""One account for all ways to write a sign-in name: `chidao`, `Chidáo` and `ＣＨＩĐẠＯ` are the same.

The database says so (`SignInAccount.name` is unique), whoever makes the account: a form, an import, a command, a shell.
Django's own table allows names that differ in a letter's mark only, and is not ours to change.
"""

from __future__ import annotations

import hashlib
import logging
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.signals import post_save, pre_save
from django.utils.translation import gettext_lazy as _

from bdhvs_lms.base.api import fold, normalized, one_line
from bdhvs_lms.learners.models import SignInAccount

logger = logging.getLogger("bdhvs_lms.sign_in")

TAKEN = _("A very similar username already exists. Choose another one.")
# Longer than any name that a form takes.
LONGEST = 254
_PIECE = 500


class NameTaken(ValidationError):
    """Another account has this sign-in name, written alike."""

    def __init__(self) -> None:
        # A code of its own: for "unique" forms have other words.
        super().__init__(TAKEN, code="almost_taken")


def folded(name: str) -> str:
    """Return what all ways to write the name have in common: no capitals, marks, đ, wide or ligated forms, blanks."""
    plain = fold(one_line(normalized("NFKC", name)))
    return fold(normalized("NFKC", plain)).replace(" ", "")


def name_key(name: str) -> str:
    """Return 64 hexadecimal digits for `folded`: a column that no name is too long for, and that spells none out."""
    return hashlib.sha256(folded(name).encode()).hexdigest()


def account_for(typed: str) -> tuple[Any, int]:
    """Find which account a typed name means, and its generation; (None, 0): there is none.

    The name as it was typed first; else the account whose name is written alike. Two queries, whatever is found.
    """
    model: Any = get_user_model()
    name = typed.strip()
    if len(name) > LONGEST:
        # No account is called so, and databases refuse patterns of any length.
        name = ""
    exact = model._default_manager.filter(**{model.USERNAME_FIELD: name}).first()
    alike = SignInAccount.objects.filter(Q(name=name_key(name)) | Q(user_id=exact.pk if exact else None))
    rows = {row.user_id: row for row in alike.select_related("user")}
    if exact is not None:
        return exact, rows[exact.pk].generation if exact.pk in rows else 0
    row = next(iter(rows.values()), None)
    return (None, 0) if row is None or not folded(name) else (row.user, row.generation)


def must_be_free(name: str) -> None:
    """Validate the user model's name field. Raises NameTaken when another way to write the name is in use.

    The name as it stands is left to Django, which knows whose row is being saved.
    """
    model: Any = get_user_model()
    alike = SignInAccount.objects.filter(name=name_key(name)).exclude(**{f"user__{model.USERNAME_FIELD}": name})
    if alike.exists():
        raise NameTaken


def _concerned(sender: Any, raw: bool, update_fields: Any) -> bool:
    return not raw and (update_fields is None or sender.USERNAME_FIELD in update_fields)


def _refuse(sender: Any, instance: Any, raw: bool, using: str, update_fields: Any, **_kwargs: Any) -> None:
    if not _concerned(sender, raw, update_fields):
        return
    alike = SignInAccount.objects.using(using).filter(name=name_key(instance.get_username()))
    if alike.exclude(user_id=instance.pk).exists():
        raise NameTaken


def _write(
    sender: Any, instance: Any, created: bool, raw: bool, using: str, update_fields: Any, **_kwargs: Any
) -> None:
    if not _concerned(sender, raw, update_fields):
        return
    key = name_key(instance.get_username())
    rows = SignInAccount.objects.using(using)
    try:
        with transaction.atomic(using=using):
            if created or not rows.filter(user_id=instance.pk).update(name=key):
                rows.create(user_id=instance.pk, name=key)
    except IntegrityError as taken:
        # Of two at the same moment one was first.
        if created:
            sender._base_manager.using(using).filter(pk=instance.pk).delete()
        raise NameTaken from taken


def connect() -> None:
    """Register the signals and the validator, once from `AppConfig.ready()`; again is the same."""
    pre_save.connect(_refuse, sender=settings.AUTH_USER_MODEL, dispatch_uid="bdhvs_lms.name_taken")
    post_save.connect(_write, sender=settings.AUTH_USER_MODEL, dispatch_uid="bdhvs_lms.name_written")
    model: Any = get_user_model()
    validators = model._meta.get_field(model.USERNAME_FIELD).validators
    if must_be_free not in validators:
        validators.append(must_be_free)


def fill(using: str) -> None:
    """Write down the names of accounts that were there before, or came in bulk. The oldest of those written alike has
    the name; the others sign in by what is written exactly, and the log names them."""
    model: Any = get_user_model()
    rows = SignInAccount.objects.using(using)
    without = model._base_manager.using(using).filter(~Exists(rows.filter(user_id=OuterRef("pk"))))
    while piece := list(without.order_by("pk")[:_PIECE]):
        keys = {user.pk: name_key(user.get_username()) for user in piece}
        taken = set(rows.filter(name__in=set(keys.values())).values_list("name", flat=True))
        made, alike = [], []
        for user in piece:
            key: str | None = keys[user.pk]
            if key in taken:
                key = None
                alike.append(user.pk)
            else:
                taken.add(str(key))
            made.append(SignInAccount(user_id=user.pk, name=key))
        rows.bulk_create(made, ignore_conflicts=True)
        if alike:
            logger.warning("Usernames that read like an older account's; change them: accounts %s.", alike)
