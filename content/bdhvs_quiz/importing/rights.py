"""An editor's rights to bring things into a category: questions by their types, pictures, sounds."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from wagtail.models import Collection
from wagtail.permission_policies.collections import CollectionManagementPermissionPolicy

from bdhvs_lms.plugins.api import QuestionType
from bdhvs_quiz.bank.policy import BANK_POLICY, policy_for
from bdhvs_quiz.importing.planning import Plan, Planned, Unsupported
from bdhvs_quiz.media.rights import may_store


def categories_for(user: Any) -> Any:
    """Return the categories where the user may add questions of some type, in the order of the tree."""
    allowed = BANK_POLICY.collections_user_has_any_permission_for(user, ["add"])
    return allowed.order_by("path")


class Rights:
    """Rights of one user in one category. Queries the database once for each kind of thing."""

    def __init__(self, user: Any, category: Collection) -> None:
        self.user, self.category = user, category
        self.may = cache(self._may)
        self.may_store = cache(self._may_store)

    def _may(self, action: str, kind: QuestionType) -> bool:
        policy = policy_for(kind.model)
        return bool(policy.collections_user_has_any_permission_for(self.user, [action]).filter(pk=self.category.pk))

    def _may_store(self, kind: str) -> bool:
        return may_store(self.user, self.category, kind)

    def may_make_categories(self) -> bool:
        """Tell whether the user may make categories below the chosen one."""
        policy = CollectionManagementPermissionPolicy(Collection)
        return bool(policy.user_has_permission_for_instance(self.user, "add", self.category))

    def _refusal(self, planned: Planned) -> str:
        if not self.may("add", planned.kind):
            return _("You may not add questions of this type in this category.")
        kinds = {"picture" if media.content_type.startswith("image/") else "sound" for media in planned.media}
        if not all(self.may_store(kind) for kind in kinds):
            return _("You may not add images or sounds in this category.")
        return ""

    def within(self, plan: Plan) -> Plan:
        """Return the plan without what the user may not do."""
        refusals = {each.index: self._refusal(each) for each in plan.planned}
        refused = [
            Unsupported(each.plain.place, refusals[each.index], each.plain.prompt)
            for each in plan.planned
            if refusals[each.index]
        ]
        return replace(
            plan,
            planned=[each for each in plan.planned if not refusals[each.index]],
            unsupported=[*plan.unsupported, *refused],
        )
