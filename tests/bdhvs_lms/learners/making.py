"""A small district with its end, a group, people: what tests of several parts begin with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission

from bdhvs_lms.campaign.api import Area, AreaSuccession, TargetGroup
from bdhvs_lms.conf import app_settings
from bdhvs_lms.learners.api import Learner, register

AT = datetime(2025, 9, 1, 2, tzinfo=UTC)
DAY = date(2025, 9, 1)
LAST_OF_OLD = date(2025, 6, 30)
FIRST_OF_NEW = date(2025, 7, 1)


@dataclass(frozen=True)
class Land:
    """Province → district (ended) → two old communes, one of them split; two new communes, one with a village."""

    province: Area
    district: Area
    whole: Area
    split: Area
    north: Area
    south: Area
    village: Area


def make_land() -> Land:
    kind = Area.Kind
    province = Area.objects.create(code="01", name="Province", kind=kind.PROVINCE)
    district = Area.objects.create(
        code="277", name="District", kind=kind.DISTRICT, parent=province, valid_to=LAST_OF_OLD
    )
    old = {"kind": kind.COMMUNE, "parent": district, "valid_to": LAST_OF_OLD}
    new = {"kind": kind.COMMUNE, "parent": province, "valid_from": FIRST_OF_NEW}
    whole = Area.objects.create(code="10030", name="Old whole", **old)
    split = Area.objects.create(code="10066", name="Old split", **old)
    north = Area.objects.create(code="10030", name="New north", **new)
    south = Area.objects.create(code="10081", name="New south", **new)
    village = Area.objects.create(
        code="10030-1", name="Village", kind=kind.VILLAGE, parent=north, valid_from=FIRST_OF_NEW
    )
    AreaSuccession.objects.create(old=whole, new=north, part="all", confidence="A")
    AreaSuccession.objects.create(old=split, new=north, part="the rest", confidence="M")
    AreaSuccession.objects.create(old=split, new=south, part="1.96 km²", confidence="A")
    return Land(province, district, whole, split, north, south, village)


def typed(area: object = "elsewhere", **values: Any) -> dict[str, Any]:
    """What the form of whoever registers without help sends; `area`: one of the tree, or a word of the list."""
    return {
        "full_name": "Nguyễn Thị Lan",
        "birth_year": "1960",
        "area": getattr(area, "pk", area),
        "consent": "on",
        "text_version": app_settings.CONSENT_VERSION,
        "form": str(uuid4()),
        **values,
    }


def make_group(key: str = "adult", counted_where: str = "area") -> TargetGroup:
    return TargetGroup.objects.create(key=key, label_vi=key, counted_where=counted_where)


def make_learner(name: str = "Nguyễn Thị Thúy", **kwargs: Any) -> Learner:
    return register(full_name=name, at=kwargs.pop("at", AT), **kwargs)


def make_user(*permissions: str, **kwargs: Any) -> Any:
    """An account with these permissions of the core's app."""
    user = get_user_model().objects.create_user(username=kwargs.pop("username", f"u-{uuid4().hex[:8]}"), **kwargs)
    for codename in permissions:
        user.user_permissions.add(Permission.objects.get(codename=codename, content_type__app_label="bdhvs_lms"))
    return user
