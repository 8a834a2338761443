"""Who may do what with which questions: everywhere, by the rights of a type; in a category, by a group's rights on it.

A category is a collection of Wagtail; a group's rights on it are on the group's form, for all types at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_permission_codename, get_user_model
from django.db.models import Q, QuerySet
from wagtail import VERSION
from wagtail.models import Collection, GroupCollectionPermission
from wagtail.permission_policies.collections import CollectionPermissionPolicy

from bdhvs_quiz.models import Question

# Each of them opens the bank's list too.
RIGHTS = ("add", "change", "delete", "view")
# What whoever may do the first may also do there: look at it, and choose it for a quiz.
SEEN_BY = ("view", "add", "change", "delete")


class BankPolicy(CollectionPermissionPolicy):
    """Of the bank (`Question`) or one type. "view" follows from any other right in the same category."""

    permission_cache_name = "_bdhvs_quiz_bank_rights"

    def __init__(self, model: type[Any]) -> None:
        # Rights in a category are given once for all types: they are those of the base.
        super().__init__(model, auth_model=Question)

    def everywhere(self, user: Any, actions: Iterable[str]) -> bool:
        """Whether the user has one of these rights on the whole model."""
        meta = self.model._meta
        return any(user.has_perm(f"{meta.app_label}.{get_permission_codename(name, meta)}") for name in actions)

    def get_all_permissions_for_user(self, user: Any) -> Any:
        if not user.is_active or user.is_anonymous or user.is_superuser:
            return GroupCollectionPermission.objects.none()
        # Another app may have a model of this name.
        rows = GroupCollectionPermission.objects.filter(group__user=user, permission__content_type=self._content_type)
        return rows.select_related("permission", "collection")

    def _check_perm(self, user: Any, actions: Iterable[str], collection: Any = None) -> bool:
        actions = _with_view(actions)
        if self.everywhere(user, actions):
            return True
        if not (user.is_active and user.is_authenticated):
            return False
        return bool(super()._check_perm(user, actions, collection))

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet[Question]:
        rows = self.model._default_manager
        if self.everywhere(user, _with_view(actions)):
            return rows.all()
        return rows.filter(collection__in=self.collections_user_has_any_permission_for(user, actions))

    def collections_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet[Collection]:
        if self.everywhere(user, _with_view(actions)):
            return Collection.objects.all()
        if not (user.is_active and user.is_authenticated):
            return Collection.objects.none()
        rows = self._get_user_permission_objects_for_actions(user, _with_view(actions))
        paths = {row.collection.path for row in rows}
        if not paths:
            return Collection.objects.none()
        below = Q()
        for path in paths:
            below |= Q(path__startswith=path)
        return Collection.objects.filter(below)

    def _users_with_perm(self, actions: Iterable[str], collection: Any = None) -> Any:
        actions = _with_view(actions)
        own = self._everywhere_users(actions)
        return get_user_model().objects.filter(own | self._users_with_perm_filter(actions, collection)).distinct()

    def _everywhere_users(self, actions: Iterable[str]) -> Q:
        meta = self.model._meta
        names = [get_permission_codename(name, meta) for name in actions]
        mine = {"content_type__app_label": meta.app_label, "codename__in": names}
        return Q(is_active=True) & (
            Q(**{f"user_permissions__{name}": value for name, value in mine.items()})
            | Q(**{f"groups__permissions__{name}": value for name, value in mine.items()})
        )


def _with_view(actions: Iterable[str]) -> tuple[str, ...]:
    given = tuple(actions)
    return tuple(dict.fromkeys((*given, *SEEN_BY))) if "view" in given else given


BANK_POLICY = BankPolicy(Question)
_of_types: dict[type[Any], BankPolicy] = {Question: BANK_POLICY}


def policy_for(model: type[Any]) -> BankPolicy:
    """One for each type, known to Wagtail by the time its viewset is made."""
    if model not in _of_types:
        _of_types[model] = BankPolicy(model)
    return _of_types[model]


def make_known(model: type[Any]) -> None:
    """Wagtail 8 asks a registry; 7.4 asks the viewset."""
    if VERSION >= (8,):
        from wagtail.permissions import register_permission_policy  # not there in 7.4

        register_permission_policy(model, policy_for(model), exact_class=True)
