"""The operators' role: a group with what its pages and actions ask for, and no more."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission

from bdhvs_lms.plugins.api import activity_types

OPERATORS = "Người vận hành"

# By model: which of the four permissions. Append-only tables have no "change", what must not vanish has no "delete".
_RIGHTS = {
    "area": "add change view",
    "organisation": "add change view",
    "targetgroup": "change view",
    "plan": "view",
    "target": "view",
    "denominator": "add view",
    "figure": "add view",
    "steeringassignment": "add delete view",
    "framework": "view",
    "passrule": "add view",
    "evidencerule": "change view",
    "person": "add change view",
    "learneridentity": "add change",
    "placement": "add",
    "belonging": "add",
    "classgroup": "add view",
    "membership": "add change",
    "classteacher": "add change",
}
# Of the record store (bdhvs_xapi), which has a "target" of its own.
_RECORD_STORE_RIGHTS = {
    "credential": "add change view",
    "target": "add change view",
    "source": "add change view",
    "statement": "view void",
}


def operators() -> Group:
    """The group "Người vận hành", made or brought up to date: rights that it should not have are taken back.

    It may enter the admin and look after areas, organisations, groups, numbers, rules, classes, people and the record
    store, and after what kinds of activities leave to operators (`ActivityType.operators_may`).
    It may not erase people, make accounts of staff, or edit content: those are for superusers and editors.
    """
    group, _created = Group.objects.get_or_create(name=OPERATORS)
    wanted = {
        (app, f"{action}_{model}")
        for app, models in (("bdhvs_lms", _RIGHTS), ("bdhvs_xapi", _RECORD_STORE_RIGHTS))
        for model, actions in models.items()
        for action in actions.split()
    }
    for kind in activity_types:
        wanted |= {(app, name) for app, _, name in (right.partition(".") for right in kind.operators_may)}
    known = Permission.objects.filter(content_type__app_label__in={app for app, _name in wanted})
    rights = {(right.content_type.app_label, right.codename): right for right in known.select_related("content_type")}
    missing = sorted(".".join(each) for each in wanted - set(rights))
    if missing:
        raise LookupError(f"No such permissions: {', '.join(missing)}. Run migrate first.")
    admin = Permission.objects.filter(codename="access_admin", content_type__app_label="wagtailadmin")
    group.permissions.set([*(rights[each] for each in wanted), *admin])
    return group
