"""Wagtail's page signals, each answered with "what is this key now?" (see publishing)."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models.signals import post_delete, pre_delete
from wagtail.signals import page_published, page_unpublished, post_page_move

from bdhvs_lms.plugins.api import now


def _published(sender: type, instance: Any, **kwargs: Any) -> None:
    from bdhvs_content.models import FactsPageMixin
    from bdhvs_content.publishing import sync

    if isinstance(instance, FactsPageMixin):
        with transaction.atomic():
            sync(instance, at=now())


def _moved(sender: type, instance: Any, parent_page_before: Any, parent_page_after: Any, **kwargs: Any) -> None:
    from bdhvs_content.models import CoursePage, FactsPageMixin
    from bdhvs_content.publishing import sync, sync_order

    page = instance.specific
    if not isinstance(page, FactsPageMixin):
        return
    with transaction.atomic():
        if parent_page_before.pk == parent_page_after.pk and parent_page_after.specific_class is CoursePage:
            # Only the place among its siblings changed, whatever the state of the page.
            if parent_page_after.live:
                sync_order(parent_page_after)
        else:
            sync(page, at=now())


def _deleting(sender: type, instance: Any, **kwargs: Any) -> None:
    from bdhvs_content.publishing import forget

    forget(instance, at=now())


def _deleted(sender: type, instance: Any, **kwargs: Any) -> None:
    """A translation is gone: the rest speaks for the key."""
    from bdhvs_content.identity import source_of, versions_of
    from bdhvs_content.publishing import sync

    if instance.alias_of_id is None:
        rest = [page for page in versions_of(instance.translation_key) if page.pk != instance.pk]
        source = source_of(rest)
        if source is not None:
            sync(source.specific, at=now())


def connect() -> None:
    """Called once all models are there, a stranger's page types too."""
    from bdhvs_content.models import FactsPageMixin

    page_published.connect(_published, dispatch_uid="bdhvs_content.published")
    page_unpublished.connect(_published, dispatch_uid="bdhvs_content.unpublished")
    post_page_move.connect(_moved, dispatch_uid="bdhvs_content.moved")
    for model in apps.get_models():
        # By sender: a receiver for all models would take Django's fast deletion from all of them.
        if issubclass(model, FactsPageMixin):
            pre_delete.connect(_deleting, sender=model, dispatch_uid="bdhvs_content.deleting")
            post_delete.connect(_deleted, sender=model, dispatch_uid="bdhvs_content.deleted")
