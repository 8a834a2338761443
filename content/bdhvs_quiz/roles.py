"""The editors' role: what somebody needs who writes courses, and no more."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission

from bdhvs_content.api import CatalogPage
from bdhvs_lms.plugins.api import question_types

NAME = "Người biên soạn"
PAGE_RIGHTS = ("add_page", "change_page", "publish_page", "lock_page", "unlock_page")
COLLECTION_RIGHTS = ("add_image", "change_image", "choose_image", "add_document", "change_document", "choose_document")


def editors() -> Group:
    """The group, with its permissions as they should be: pages below the catalogue, pictures, documents, the bank."""
    group, _ = Group.objects.get_or_create(name=NAME)
    group.permissions.add(Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin"))
    for kind in question_types:
        options = kind.model._meta
        rights = [f"{action}_{options.model_name}" for action in ("add", "change", "delete", "publish")]
        group.permissions.add(
            *Permission.objects.filter(content_type__app_label=options.app_label, codename__in=rights)
        )
    bank = [f"{action}_question" for action in ("add", "change", "delete", "publish", "view")]
    group.permissions.add(*Permission.objects.filter(content_type__app_label="bdhvs_quiz", codename__in=bank))
    for page in CatalogPage.objects.all():
        for permission in Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=PAGE_RIGHTS):
            GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)
    root = Collection.get_first_root_node()
    for permission in Permission.objects.filter(
        content_type__app_label__in=("wagtailimages", "wagtaildocs"), codename__in=COLLECTION_RIGHTS
    ):
        GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=permission)
    return group
