"""The editors' role: what a writer of courses needs, and no more."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission

from bdhvs_content.models import CatalogPage
from bdhvs_content.review import review_is_on
from bdhvs_lms.plugins.api import activity_types, question_types

EDITORS = "Người biên soạn"
CATEGORIES = "Danh mục câu hỏi"
CATEGORY_RIGHTS = ("add_collection", "change_collection", "delete_collection")
PAGE_RIGHTS = ("add_page", "change_page", "publish_page", "lock_page", "unlock_page")
COLLECTION_RIGHTS = (
    *("add_image", "change_image", "choose_image"),
    *("add_document", "change_document", "choose_document"),
    *("add_media", "change_media"),
)
BANK_RIGHTS = ("add", "change", "delete", "publish", "lock", "unlock")


def editors() -> Group:
    """Create or update the group "Người biên soạn" with its permissions: pages below each catalogue, pictures,
    documents, recordings, the questions of every registered type, categories of their own, and what activity types ask
    for. While there is review before publishing (`review`), others publish."""
    group, _ = Group.objects.get_or_create(name=EDITORS)
    group.permissions.add(Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin"))
    for kind in question_types:
        group.permissions.add(*_rights(kind.model, BANK_RIGHTS))
        # The bank is a list of the model that all types share.
        for bank in kind.model._meta.all_parents:
            group.permissions.add(*_rights(bank, (*BANK_RIGHTS, "view")))
    for activity in activity_types:
        for right in activity.editors_may:
            app, _, name = right.partition(".")
            group.permissions.add(Permission.objects.get(content_type__app_label=app, codename=name))
    reviewed = review_is_on()
    for page in CatalogPage.objects.all():
        for permission in Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=PAGE_RIGHTS):
            if not (reviewed and permission.codename == "publish_page"):
                GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)
    if reviewed:
        # Somebody else approves; what an editor finished is sent to them.
        GroupPagePermission.objects.filter(group=group, permission__codename="publish_page").delete()
    # Where Wagtail's own translating is installed: pages, and the questions of a translated quiz.
    group.permissions.add(
        *Permission.objects.filter(codename="submit_translation", content_type__app_label="simple_translation")
    )
    root = Collection.get_first_root_node()
    for permission in Permission.objects.filter(
        content_type__app_label__in=("wagtailimages", "wagtaildocs", "wagtailmedia"), codename__in=COLLECTION_RIGHTS
    ):
        GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=permission)
    _let_make_categories(group)
    return group


def _let_make_categories(group: Group) -> None:
    """Allow categories below one collection, which administrators may rename and move: on the root the same rights
    would let editors rename and move what others keep there."""
    own = GroupCollectionPermission.objects.filter(group=group, permission__codename="add_collection")
    place = Collection.objects.filter(group_permissions__in=own).order_by("path").first()
    if place is None:
        place = Collection.get_first_root_node().add_child(name=CATEGORIES)
    for permission in Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=CATEGORY_RIGHTS):
        GroupCollectionPermission.objects.get_or_create(group=group, collection=place, permission=permission)


def _rights(model: Any, actions: tuple[str, ...]) -> list[Permission]:
    options = model._meta
    names = [f"{action}_{options.model_name}" for action in actions]
    return list(Permission.objects.filter(content_type__app_label=options.app_label, codename__in=names))
