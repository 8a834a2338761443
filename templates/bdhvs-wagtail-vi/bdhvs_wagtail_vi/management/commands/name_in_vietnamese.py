"""`bdhvs name_in_vietnamese`: names that Wagtail's and Django's migrations wrote into the database in English."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from typing import Any

from django.apps import apps
from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management.base import BaseCommand
from django.utils.translation import gettext, override
from wagtail.models import Collection, Page, Task, Workflow

NAMES: list[tuple[Any, str, dict[str, str]]] = [
    (Page, "title", {"Root": "Gốc", "Welcome to your new Wagtail site!": "Trang chào mừng"}),
    (Page, "draft_title", {"Root": "Gốc", "Welcome to your new Wagtail site!": "Trang chào mừng"}),
    (Collection, "name", {"Root": "Gốc"}),
    (Group, "name", {"Moderators": "Người duyệt", "Editors": "Người soạn"}),
    (Workflow, "name", {"Moderators approval": "Người duyệt đồng ý"}),
    (Task, "name", {"Moderators approval": "Người duyệt đồng ý"}),
]
VERBS = {
    "add": "thêm", "change": "sửa", "delete": "xóa", "view": "xem", "choose": "chọn",
    "publish": "xuất bản", "lock": "khóa", "unlock": "mở khóa",
}  # fmt: skip


class Command(BaseCommand):
    help = (
        "Give Vietnamese names to what Wagtail and Django named in English: the root page and collection, their "
        "groups and workflow, permissions. Names changed by hand stay. May be run again after every migrate."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--undo", action="store_true", help="Give the English names back where they still are as written here."
        )
        parser.add_argument("--at", default=None, help="Not used; `bdhvs demo` passes it to every loader.")

    def handle(self, *args: Any, **options: Any) -> None:
        renamed = 0
        for model, field, names in NAMES:
            for english, vietnamese in names.items():
                old, new = (vietnamese, english) if options["undo"] else (english, vietnamese)
                # The old name was unique where names have to be; somebody may have taken the new one.
                if field == "name" and model is Group and Group.objects.filter(name=new).exists():
                    continue
                renamed += model.objects.filter(**{field: old}).update(**{field: new})
        renamed += self._name_permissions_back() if options["undo"] else self._name_permissions()
        if options["verbosity"] > 0:
            done = "English names given back" if options["undo"] else "names changed to Vietnamese"
            self.stdout.write(f"{renamed} {done}.")

    def _name_permissions_back(self) -> int:
        """The names that `migrate` writes, where today's is the one made of it here."""
        english = _written_by_migrate()
        changed = []
        with override("vi"):
            for row in Permission.objects.select_related("content_type"):
                first = english.get((row.content_type_id, row.codename))
                if first is None or first == row.name:
                    continue
                now, row.name = row.name, first
                if self._permission(row) == now:
                    changed.append(row)
        Permission.objects.bulk_update(changed, ["name"], batch_size=200)
        return len(changed)

    def _name_permissions(self) -> int:
        changed = []
        with override("vi"):
            for row in Permission.objects.select_related("content_type").exclude(name__startswith="Được "):
                named = self._permission(row)
                if named != row.name:
                    row.name = named
                    changed.append(row)
        Permission.objects.bulk_update(changed, ["name"], batch_size=200)
        return len(changed)

    def _permission(self, row: Permission) -> str:
        """From "Can add lesson" to "Được thêm bài học"; other names by the catalogue."""
        found = re.fullmatch(r"Can (\w+) .+|Can (\w+)", row.name)
        verb = VERBS.get((found[1] or found[2]) if found else "")
        if verb is None:
            return gettext(row.name)
        return f"Được {verb} {row.content_type.name}"[:255]


def _written_by_migrate() -> dict[tuple[int, str], str]:
    """(content type, codename) → name, of every permission of the installed models."""
    found = {}
    with override(None):
        for model in apps.get_models():
            kind = ContentType.objects.get_for_model(model, for_concrete_model=False).pk
            builtin = [
                (get_permission_codename(action, model._meta), f"Can {action} {model._meta.verbose_name_raw}")
                for action in VERBS
            ]
            found.update({(kind, codename): str(name) for codename, name in [*builtin, *model._meta.permissions]})
    return found
