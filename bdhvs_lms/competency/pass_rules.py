"""Further versions of what makes people of a group 'đạt' in a year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import require
from bdhvs_lms.campaign.api import TargetGroup
from bdhvs_lms.competency.models import Competency, PassRule

FIRST_YEAR, LAST_YEAR = 2025, 2100


def check_asked(competencies: Iterable[Competency], level: int, year: int) -> list[Competency]:
    """Return the competencies in their order. Raises ValidationError by field, as `add_pass_rule`."""
    chosen = sorted(competencies, key=lambda one: (one.framework_id, one.position))
    frameworks = {one.framework_id: one.framework for one in chosen}
    if len(frameworks) != 1:
        raise ValidationError({"competencies": _("Choose at least one competency, all from the same framework.")})
    framework = next(iter(frameworks.values()))
    if not framework.levels.filter(number=level).exists():
        raise ValidationError({"level": _("This framework has no level %(level)d.") % {"level": level}})
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValidationError(
            {"year": _("The year must be between %(first)d and %(last)d.") % {"first": FIRST_YEAR, "last": LAST_YEAR}}
        )
    return chosen


def add_pass_rule(
    *,
    group: TargetGroup,
    year: int,
    competencies: Iterable[Competency],
    level: int,
    label_vi: str,
    label_en: str = "",
    note: str,
    at: datetime,
    by: Any,
) -> PassRule:
    """Add the rule of the group for the year from now on: all of these competencies at this level or above.

    The earlier versions stay to be read; the newest speaks for the whole year, also for days gone by, which is why a
    reason (`note`) is asked for. Needs the permission add_passrule.

    Raises PermissionDenied; ValidationError by field: no competency, of several frameworks, a level that theirs lacks.
    """
    require(by, "add_passrule")
    chosen = check_asked(competencies, level, year)
    if not note.strip():
        raise ValidationError({"note": _("Enter the reason for the change.")})
    if not label_vi.strip():
        raise ValidationError({"label_vi": _("Enter a name.")})
    with transaction.atomic():
        # The group's row is the lock under which numbers are given. With the whole group's: who is being put into it
        # without knowing of this rule is there when rows are written for it.
        groups = [pk for pk in (group.pk, group.part_of_id) if pk is not None]
        list(TargetGroup.objects.select_for_update().filter(pk__in=groups).order_by("pk"))
        newest = PassRule.objects.filter(group=group, year=year).order_by("-number").first()
        rule = PassRule.objects.create(
            group=group,
            year=year,
            number=1 if newest is None else newest.number + 1,
            framework=chosen[0].framework,
            all_of=[one.code for one in chosen],
            level=level,
            label_vi=label_vi.strip(),
            label_en=label_en.strip(),
            note_vi=note.strip(),
            created_at=at,
        )
    return rule
