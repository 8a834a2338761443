"""Consent texts: which one people are asked to agree to on a day, and how operators write the next one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from bdhvs_lms.audit.models import ConsentText
from bdhvs_lms.base.api import day_of, nfc, require
from bdhvs_lms.conf import app_settings

LONGEST = 6000


def newest_texts() -> QuerySet[ConsentText]:
    """Return the row of each version that speaks."""
    newer = ConsentText.objects.filter(version=OuterRef("version"), number__gt=OuterRef("number"))
    return ConsentText.objects.filter(~Exists(newer))


def _in_force(day: date) -> QuerySet[ConsentText]:
    return newest_texts().filter(valid_from__lte=day).order_by("-valid_from", "-pk")


def text_in_force(day: date) -> ConsentText | None:
    """Return the text in force on this day; None: the text that is shipped. One query."""
    return _in_force(day).first()


def version_on(day: date, shipped: str | None = None) -> Coalesce:
    """Return, for a query, the version of the text in force on this day. `shipped`: the version of the one that comes
    with the software, which the settings say."""
    named = app_settings.CONSENT_VERSION if shipped is None else shipped
    return Coalesce(Subquery(_in_force(day).values("version")[:1]), Value(named, output_field=CharField()))


def version_in_force(day: date) -> str:
    """Return the version of the text in force on this day. One query."""
    row = text_in_force(day)
    return app_settings.CONSENT_VERSION if row is None else row.version


def write_text(
    *, text_vi: str, text_en: str, valid_from: date | None, at: datetime, by: Any, version: str | None = None
) -> ConsentText:
    """Save a text: a new version, or a further saving of one (`version`) whose day has not come.

    Args:
        valid_from: the first day on which people are asked for it; None: a draft.

    Needs add_consenttext. Raises ValidationError by field: a text is missing or too long, the day lies in the past, the
    version is in force already or was.
    """
    require(by, "add_consenttext")
    today = day_of(at)
    texts = {"text_vi": nfc(text_vi).strip(), "text_en": nfc(text_en).strip()}
    wrong: dict[str, str] = {}
    for field, text in texts.items():
        if not text:
            wrong[field] = _("Write the text in both languages.")
        elif len(text) > LONGEST:
            wrong[field] = _("The text can have at most %(count)d characters.") % {"count": LONGEST}
    if valid_from is not None and valid_from < today:
        wrong["valid_from"] = _("The first day must not be in the past.")
    if wrong:
        raise ValidationError(wrong)
    with transaction.atomic():
        # The first of all rows is the lock: two savings at once would both be the next.
        ConsentText.objects.select_for_update().order_by("pk").first()
        if version is None:
            version, number = _next_version(today), 1
        else:
            row = newest_texts().get(version=version)
            if row.valid_from is not None and row.valid_from <= today:
                raise ValidationError(_("People have been asked for this version already. Write a new one."))
            number = row.number + 1
        return ConsentText.objects.create(
            version=version, number=number, valid_from=valid_from, recorded_at=at, by=by, **texts
        )


def _next_version(today: date) -> str:
    taken = {app_settings.CONSENT_VERSION, *ConsentText.objects.values_list("version", flat=True)}
    number = 1
    while (version := f"{today.year}-{number}") in taken:
        number += 1
    return version
