"""Creation of the draft: all of it in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from wagtail.log_actions import log
from wagtail.models import Page

from bdhvs_content.addresses import free_address
from bdhvs_content.models import LessonPage
from bdhvs_content.word_lessons.pictures import add_to_library
from bdhvs_content.word_lessons.plan import PicturePart, Plan, TablePart
from bdhvs_lms.base.api import fold


@dataclass(frozen=True)
class Answers:
    """The editor's answers to a plan; keys are the numbers of its pictures and tables. A picture without words in
    `alts` is left out: it only decorates."""

    title: str
    alts: Mapping[int, str] = field(default_factory=dict)
    captions: Mapping[int, str] = field(default_factory=dict)
    tables: Mapping[int, str] = field(default_factory=dict)


def make_lesson(plan: Plan, answers: Answers, *, parent: Page, user: Any) -> LessonPage:
    """Create the lesson below `parent`, last, not published. Raises PermissionError, and NotTaken when the library
    refuses a picture."""
    if not parent.permissions_for_user(user).can_add_subpage():
        raise PermissionError(parent)
    added: list[Any] = []
    try:
        with transaction.atomic():
            body = [block for part in plan.parts if (block := _block(part, answers, added, user)) is not None]
            page = LessonPage(
                title=answers.title,
                slug=free_address(slugify(fold(answers.title)) or "bai-hoc", parent),
                body=body,
                live=False,
                has_unpublished_changes=True,
                owner=user,
                locale=parent.locale,
            )
            parent.add_child(instance=page)
            log(instance=page, action="wagtail.create", user=user, content_changed=True)
            page.save_revision(user=user, log_action=False, clean=False)
    except BaseException:
        # Rows are gone with the transaction, files are not.
        for image in added:
            image.file.storage.delete(image.file.name)
        raise
    return page


def _block(part: Any, answers: Answers, added: list[Any], user: Any) -> tuple[str, Any] | None:
    if isinstance(part, PicturePart):
        alt = answers.alts.get(part.number, "")
        if not alt:
            return None
        image = add_to_library(part.picture, title=alt[:100], user=user)
        added.append(image)
        return "picture", {"image": image, "alt": alt, "caption": answers.captions.get(part.number, "")}
    if isinstance(part, TablePart):
        grid = {
            "columns": [{"type": "text", "heading": heading} for heading in part.grid.headings],
            "rows": [{"values": row} for row in part.grid.rows],
            "caption": answers.tables.get(part.number, ""),
        }
        return "table", {"table": grid, "row_headings": part.grid.named}
    return "text", part.html
