"""Roles of staff that are groups: operators, teachers, whoever answers for personal data; with what each needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import Group, Permission

from bdhvs_lms.audit import api as audit
from bdhvs_lms.campaign import api as campaign
from bdhvs_lms.classes import api as classes
from bdhvs_lms.competency import api as competency
from bdhvs_lms.learners import api as learners
from bdhvs_lms.plugins.api import activity_types, sign_in_methods
from bdhvs_lms.privacy import api as privacy
from bdhvs_lms.reporting import api as reporting
from bdhvs_lms.tracking import api as tracking

OPERATORS = "Người vận hành"
TEACHERS = "Người hướng dẫn"
CONFIRMERS = "Người xác nhận kết quả"
DATA_OFFICERS = "Người phụ trách dữ liệu cá nhân"
RIGHTS: Mapping[Any, str] = {
    **audit.RIGHTS,
    **campaign.RIGHTS,
    **learners.RIGHTS,
    **tracking.RIGHTS,
    **classes.RIGHTS,
    **competency.RIGHTS,
    **privacy.RIGHTS,
    **reporting.RIGHTS,
}


def operators() -> Group:
    """Return the group "Người vận hành", made or brought up to date: rights that it should not have are taken back.

    It may enter the admin and look after areas, organisations, groups, numbers, rules, classes, people and the record
    store, and after what kinds of activities and ways to sign in leave to operators (`operators_may`). It may make
    accounts of teachers and members of steering committees (`StaffRole.given_by`), and none that may do more. It may
    not erase people, or edit content: those are for data officers, superusers and editors.
    """
    wanted = {
        (model._meta.app_label, f"{action}_{model._meta.model_name}")
        for model, actions in RIGHTS.items()
        for action in actions.split()
    }
    for kind in (*activity_types, *sign_in_methods):
        wanted |= {(app, name) for app, _, name in (right.partition(".") for right in kind.operators_may)}
    return _group(OPERATORS, wanted)


def data_officers() -> Group:
    """Return the group "Người phụ trách dữ liệu cá nhân": answers requests, reads the access log, hands out copies,
    erases.

    A role of its own, because an erasure cannot be undone and the law's days need somebody who can.
    """
    requests = {f"{action}_datarequest" for action in ("add", "change", "view")}
    people = {f"{action}_person" for action in ("delete", "export", "view")}
    return _group(DATA_OFFICERS, {("bdhvs_lms", name) for name in {*requests, *people, "view_accesslog"}})


def confirmers() -> Group:
    """Return the group "Người xác nhận kết quả": confirms what people of the account's areas have attained, and revokes
    it.

    Its areas are those of the account's board. It needs no admin: its pages are light ones.
    """
    group, _created = Group.objects.get_or_create(name=CONFIRMERS)
    group.permissions.set(Permission.objects.filter(content_type__app_label="bdhvs_lms", codename="confirm_attainment"))
    return group


def _group(name: str, wanted: set[tuple[str, str]]) -> Group:
    group, _created = Group.objects.get_or_create(name=name)
    known = Permission.objects.filter(content_type__app_label__in={app for app, _name in wanted})
    rights = {(right.content_type.app_label, right.codename): right for right in known.select_related("content_type")}
    missing = sorted(".".join(each) for each in wanted - set(rights))
    if missing:
        raise LookupError(f"No such permissions: {', '.join(missing)}. Run migrate first.")
    admin = Permission.objects.filter(codename="access_admin", content_type__app_label="wagtailadmin")
    group.permissions.set([*(rights[each] for each in wanted), *admin])
    return group


def teachers() -> Group:
    """Return the group "Người hướng dẫn": who is in it may make classes of their own. Whom else a teacher teaches, an
    operator says class by class."""
    group, _created = Group.objects.get_or_create(name=TEACHERS)
    group.permissions.set(Permission.objects.filter(content_type__app_label="bdhvs_lms", codename="make_own_class"))
    return group
