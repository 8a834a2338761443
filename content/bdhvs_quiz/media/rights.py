"""The right to add pictures and sounds to the library."""

from __future__ import annotations

from typing import Any

from wagtail.images import get_image_model
from wagtail.models import Collection
from wagtailmedia.permissions import permission_policy as media_policy

from bdhvs_content.api import policy_of


def may_store(user: Any, category: Collection, kind: str) -> bool:
    """Tell whether the user may add media of this kind in the category. `kind`: 'picture' or 'sound'."""
    policy = policy_of(get_image_model()) if kind == "picture" else media_policy
    return bool(policy.collections_user_has_any_permission_for(user, ["add"]).filter(pk=category.pk))
