"""`bdhvs name_in_vietnamese`: names that Wagtail's and Django's migrations wrote into the database in English."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import Group, Permission
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
        parser.add_argument("--at", default=None, help="Not used; `bdhvs demo` passes it to every loader.")

    def handle(self, *args: Any, **options: Any) -> None:
        renamed = 0
        for model, field, names in NAMES:
            for english, vietnamese in names.items():
                # The English name was unique where names have to be; somebody may have taken the Vietnamese one.
                if field == "name" and model is Group and Group.objects.filter(name=vietnamese).exists():
                    continue
                renamed += model.objects.filter(**{field: english}).update(**{field: vietnamese})
        renamed += self._name_permissions()
        if options["verbosity"] > 0:
            self.stdout.write(f"{renamed} names changed to Vietnamese.")

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
