"""Permissions on questions: everywhere by the rights of a type, in a category by a group's rights on it.

A category is a collection of Wagtail; a group's rights on it are on the group's form, for all types at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_permission_codename, get_user_model
from django.contrib.auth.models import Permission
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
    """Permissions on the bank (`Question`) or one type. "view" follows from any other right in the same category."""

    permission_cache_name = "_bdhvs_quiz_bank_rights"

    def __init__(self, model: type[Any]) -> None:
        # Rights in a category are given once for all types: they are those of the base.
        super().__init__(model, auth_model=Question)

    def everywhere(self, user: Any, actions: Iterable[str]) -> bool:
        """Tell whether the user has one of these rights on the whole model."""
        meta = self.model._meta
        return any(user.has_perm(f"{meta.app_label}.{get_permission_codename(name, meta)}") for name in actions)

    def get_all_permissions_for_user(self, user: Any) -> Any:
        if not user.is_active or user.is_anonymous or user.is_superuser:
            return []
        # Another app may have a model of this name.
        meta = self.auth_model._meta
        rows = GroupCollectionPermission.objects.filter(
            group__user=user,
            permission__content_type__app_label=meta.app_label,
            permission__content_type__model=meta.model_name,
        )
        return list(rows.select_related("permission", "collection"))

    def granted(self, user: Any, actions: Iterable[str]) -> list[Collection]:
        """List the categories on which a group of the user has one of these rights, without those below them."""
        if not (user.is_active and user.is_authenticated):
            return []
        codenames = {get_permission_codename(name, self.auth_model._meta) for name in _with_view(actions)}
        rows = self.get_cached_permissions_for_user(user)
        return [row.collection for row in rows if row.permission.codename in codenames]

    def user_has_permission(self, user: Any, action: str) -> bool:
        return self.user_has_any_permission(user, [action])

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return self.everywhere(user, _with_view(actions)) or bool(self.granted(user, actions))

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Question) -> bool:
        return self.user_has_any_permission_for_instance(user, [action], instance)

    def user_has_any_permission_for_instance(self, user: Any, actions: Iterable[str], instance: Question) -> bool:
        if self.everywhere(user, _with_view(actions)):
            return True
        return any(instance.collection.path.startswith(found.path) for found in self.granted(user, actions))

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet[Question]:
        rows = self.model._default_manager
        if self.everywhere(user, _with_view(actions)):
            return rows.all()
        return rows.filter(collection__in=self.collections_user_has_any_permission_for(user, actions))

    def collections_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet[Collection]:
        if self.everywhere(user, _with_view(actions)):
            return Collection.objects.all()
        below = Q(pk__in=[])
        for found in self.granted(user, actions):
            below |= Q(path__startswith=found.path)
        return Collection.objects.filter(below)

    def users_with_any_permission(self, actions: Iterable[str]) -> Any:
        names = _with_view(actions)
        return get_user_model().objects.filter(self.who(names, self.auth_model, None) | self.who(names)).distinct()

    def users_with_any_permission_for_instance(self, actions: Iterable[str], instance: Question) -> Any:
        names, above = _with_view(actions), instance.collection.get_ancestors(inclusive=True)
        return get_user_model().objects.filter(self.who(names, self.auth_model, above) | self.who(names)).distinct()

    def who(self, actions: Iterable[str], auth_model: Any = None, above: Any = None) -> Q:
        """Return the condition for users with such rights on the whole model; with an `auth_model`, by their groups'
        rights on
        collections."""
        meta = (auth_model or self.model)._meta
        given = {
            "content_type__app_label": meta.app_label,
            "codename__in": [get_permission_codename(name, meta) for name in actions],
        }
        permissions = Permission.objects.filter(**given)
        if auth_model is None:
            mine = Q(is_superuser=True) | Q(user_permissions__in=permissions) | Q(groups__permissions__in=permissions)
            return Q(is_active=True) & mine
        rows = GroupCollectionPermission.objects.filter(permission__in=permissions)
        if above is not None:
            rows = rows.filter(collection__in=above)
        return Q(is_active=True, groups__collection_permissions__in=rows)


def _with_view(actions: Iterable[str]) -> tuple[str, ...]:
    given = tuple(actions)
    return tuple(dict.fromkeys((*given, *SEEN_BY))) if "view" in given else given


BANK_POLICY = BankPolicy(Question)
_of_types: dict[type[Any], BankPolicy] = {Question: BANK_POLICY}


def policy_for(model: type[Any]) -> BankPolicy:
    """Return the one policy of a type; Wagtail knows it by the time the type's viewset is made."""
    if model not in _of_types:
        _of_types[model] = BankPolicy(model)
    return _of_types[model]


def make_known(model: type[Any]) -> None:
    """Register the policy of a type with Wagtail 8; Wagtail 7.4 asks the viewset."""
    if VERSION >= (8,):
        from wagtail.permissions import register_permission_policy  # not there in 7.4

        register_permission_policy(model, policy_for(model), exact_class=True)
