"""Areas and organisations that operators declare one by one. Lists of them come by `importing`, with the same rules."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import Importer, Planned, Record, Refused, one_line, require
from bdhvs_lms.campaign.importing.areas import AreaImporter
from bdhvs_lms.campaign.importing.organisations import OrganisationImporter
from bdhvs_lms.campaign.importing.places import same_word
from bdhvs_lms.campaign.models import Area, Organisation, TargetGroup


def _plan(importer: Importer, values: dict[str, Any]) -> Planned:
    """Plan one record by the importer, its complaints as a form's. Raises ValidationError."""
    record = Record(0, values)
    importer.prepare([record])
    try:
        planned = importer.plan(record)
    except Refused:
        raise ValidationError({finding.key: finding.text for finding in importer.preview.errors}) from None
    if planned.state == "same":
        raise ValidationError({"name": _("This entry already exists.")})
    return planned


def add_village(
    *, parent: Area, name: str, at: datetime, by: Any, code: str = "", valid_from: date | None = None
) -> Area:
    """Add a village or residential group below a commune or ward. Needs the permission add_area.

    Args:
        code: empty: the commune's code and the next number.
        valid_from: None: from the commune's first day.

    Raises PermissionDenied; ValidationError by field: name or code taken, commune not there on that day.
    """
    require(by, "add_area")
    with transaction.atomic():
        # The commune is locked: two clicks must not get the same number.
        Area.objects.select_for_update().get(pk=parent.pk)
        first = valid_from or parent.valid_from
        planned = _plan(
            AreaImporter(at=at, within=parent),
            {"commune": parent.code, "name": name, "code": code, "valid_from": first},
        )
        return Area.objects.create(**planned.values)


def change_area(
    area: Area, *, name: str, urban: bool, valid_to: date | None, note_vi: str, at: datetime, by: Any
) -> Area:
    """Update an area's name, whether it is urban, its last day, its note. Needs the permission change_area.

    Code and first day stay: they are its key. Ending a unit leaves its people where they are until
    `learners.follow_successions` or somebody places them.

    Raises PermissionDenied; ValidationError by field.
    """
    require(by, "change_area")
    name = one_line(name)
    if not name:
        raise ValidationError({"name": _("Enter a name.")})
    if valid_to is not None and area.valid_from is not None and valid_to < area.valid_from:
        raise ValidationError({"valid_to": _("The last day must not be before the first day.")})
    beside = Area.objects.filter(parent=area.parent_id, kind=area.kind, valid_from=area.valid_from).exclude(pk=area.pk)
    if any(same_word(other) == same_word(name) for other in beside.values_list("name", flat=True)):
        raise ValidationError({"name": _("Another entry has this name.")})
    area.name, area.urban, area.valid_to, area.note_vi = name, urban, valid_to, note_vi.strip()
    area.save(update_fields=["name", "urban", "valid_to", "note_vi"])
    return area


def change_target_group(group: TargetGroup, *, label_vi: str, label_en: str, rule_vi: str, by: Any) -> TargetGroup:
    """Update a group's names, and its rule in words. Needs the permission change_targetgroup.

    `bdhvs load_campaign` writes the names of its file again. Raises PermissionDenied; ValidationError by field.
    """
    require(by, "change_targetgroup")
    group.label_vi, group.label_en, group.rule_vi = one_line(label_vi), one_line(label_en), one_line(rule_vi)
    if not group.label_vi:
        raise ValidationError({"label_vi": _("Enter a name.")})
    group.save(update_fields=["label_vi", "label_en", "rule_vi"])
    return group


def add_organisation(*, name: str, kind: str, area: Area, at: datetime, by: Any) -> Organisation:
    """Add an agency, school, enterprise or co-operative of a commune or ward. Needs the permission add_organisation.

    Raises PermissionDenied; ValidationError by field.
    """
    require(by, "add_organisation")
    label = Organisation.Kind(kind).value
    planned = _plan(OrganisationImporter(at=at, within=area), {"name": name, "kind": label, "commune": area.code})
    return Organisation.objects.create(**planned.values)


def change_organisation(organisation: Organisation, *, name: str, kind: str, area: Area, by: Any) -> Organisation:
    """Update an organisation. Needs the permission change_organisation. Raises as `add_organisation`."""
    require(by, "change_organisation")
    name = one_line(name)
    if not name:
        raise ValidationError({"name": _("Enter a name.")})
    beside = Organisation.objects.filter(area=area).exclude(pk=organisation.pk).values_list("name", flat=True)
    if any(same_word(other) == same_word(name) for other in beside):
        raise ValidationError({"name": _("Another entry has this name.")})
    organisation.name, organisation.kind, organisation.area = name, Organisation.Kind(kind).value, area
    organisation.save()
    return organisation
