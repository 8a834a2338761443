"""Repair of copied courses: references to a page of the original become references to that page's copy.

Wagtail copies pages one by one, with what they say: a copied lesson would send its learners to the quiz of the old
course. Whatever a page type holds is looked at by kind: foreign keys to pages, links in rich texts, blocks that choose
a page, keys of activities. Drafts and the history too, since any of them may be published one day.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models
from modelcluster.models import get_all_child_relations, get_serializable_data_for_fields
from wagtail import blocks
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page, Revision
from wagtail.signals import page_published

_PAGE_LINK = re.compile(r'<a\b[^>]*\blinktype="page"[^>]*>')
_ID = re.compile(r'(?<=\bid=")\d+(?=")')


@dataclass(frozen=True)
class Copied:
    """Map from original pages to their copies, by id and by translation key."""

    pages: Mapping[int, int]
    keys: Mapping[UUID, UUID]

    @classmethod
    def between(cls, original: Page, copy: Page) -> Copied:
        """Compare two trees: below a copy every address is as it was below the original. Four queries."""
        old, new = _places(original), _places(copy)
        pairs = [(row, new[place]) for place, row in old.items() if place in new]
        return cls({a: b for (a, _), (b, _) in pairs}, {a: b for (_, a), (_, b) in pairs})

    def page(self, pk: Any) -> Any:
        return self.pages.get(pk, pk) if isinstance(pk, int) else pk

    def key(self, key: Any) -> Any:
        """Replace the key, in the type that it came in: a revision has text."""
        if not key:
            return key
        found = self.keys.get(UUID(str(key)))
        return key if found is None else type(key)(str(found))

    def links(self, html: Any) -> Any:
        """Replace the page links in a rich text."""

        def mended(link: re.Match[str]) -> str:
            return _ID.sub(lambda pk: str(self.page(int(pk[0]))), link[0])

        return _PAGE_LINK.sub(mended, html) if isinstance(html, str) else html

    def block(self, block: Any, value: Any) -> Any:
        """Replace references in the JSON value of a block."""
        if isinstance(block, blocks.RichTextBlock):
            return self.links(value)
        if isinstance(block, blocks.ChooserBlock):
            return self.page(value) if issubclass(block.target_model, Page) else value
        if isinstance(block, blocks.BaseStructBlock) and isinstance(value, dict):
            known = block.child_blocks
            return {name: self.block(known[name], one) if name in known else one for name, one in value.items()}
        if isinstance(block, blocks.BaseStreamBlock) and isinstance(value, list):
            return [self._child(block.child_blocks.get(row.get("type")), row) for row in value]
        if isinstance(block, blocks.ListBlock) and isinstance(value, list):
            return [self._child(block.child_block, row) for row in value]
        return value

    def _child(self, block: Any, row: Any) -> Any:
        if block is None or not isinstance(row, dict) or "value" not in row:
            return row
        return {**row, "value": self.block(block, row["value"])}

    def data(self, model: type[models.Model], data: Mapping[str, Any]) -> dict[str, Any]:
        """Replace references in what a revision keeps of a page, or of a row that belongs to one."""
        mended = dict(data)
        for field in model._meta.fields:
            if field.name in mended:
                mended[field.name] = self._field(model, field, mended[field.name])
        for relation in get_all_child_relations(model):
            rows = mended.get(relation.get_accessor_name())
            if isinstance(rows, list):
                mended[relation.get_accessor_name()] = [self.data(relation.related_model, row) for row in rows]
        return mended

    def _field(self, model: type[models.Model], field: Any, value: Any) -> Any:
        if isinstance(field, models.ForeignKey):
            return self.page(value) if issubclass(field.related_model, Page) else value
        if isinstance(field, RichTextField):
            return self.links(value)
        if isinstance(field, StreamField) and value:
            raw = json.loads(value)
            mended = self.block(field.stream_block, raw)
            return value if mended == raw else json.dumps(mended)
        return self.key(value) if field.name in getattr(model, "activity_key_fields", ()) else value


def _places(root: Page) -> dict[str, tuple[int, UUID]]:
    """Return id and translation key of the page and all below it, by address relative to the page."""
    top = Page.objects.get(pk=root.pk)
    rows = Page.objects.descendant_of(top, inclusive=True).values_list("url_path", "pk", "translation_key")
    return {path.removeprefix(top.url_path): (pk, key) for path, pk, key in rows}


def follow(original: Page, copy: Page) -> None:
    """Update the copy and what was copied with it, rows and revisions; live pages are published anew. Runs in the
    caller's transaction. An alias and a translation are left alone: their references are read in their original's
    course."""
    if copy.alias_of_id is not None or copy.translation_key == original.translation_key:
        return
    copied = Copied.between(original, copy)
    for page in Page.objects.filter(pk__in=copied.pages.values()).order_by("path").specific().iterator():
        for revision in page.revisions.iterator(chunk_size=20):
            content = copied.data(type(page), revision.content)
            if content != revision.content:
                Revision.objects.filter(pk=revision.pk).update(content=content)
        if _mend_row(page, copied) and page.live:
            page_published.send(sender=type(page), instance=page, revision=page.live_revision)
    copy.refresh_from_db()


def _mend_row(row: Any, copied: Copied) -> bool:
    """Update the row and those that belong to it; return whether anything changed."""
    model = type(row)
    now = get_serializable_data_for_fields(row)
    then = copied.data(model, now)
    fields = [field for field in model._meta.fields if now.get(field.name) != then.get(field.name)]
    if fields:
        for field in fields:
            setattr(row, field.attname, field.to_python(then[field.name]))
        more = {"clean": False} if isinstance(row, Page) else {}
        row.save(update_fields=[field.name for field in fields], **more)
    names = [relation.get_accessor_name() for relation in get_all_child_relations(model)]
    children = [_mend_row(child, copied) for name in names for child in getattr(row, name).all()]
    return bool(fields) or any(children)
