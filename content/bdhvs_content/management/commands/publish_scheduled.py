"""Wagtail's command, for sites where publishing can be refused: one page's refusal does not stop the others."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.utils import timezone
from wagtail.management.commands.publish_scheduled import Command as WagtailCommand
from wagtail.models import DraftStateMixin, Page, Revision

from bdhvs_content.errors import NotPublishable


class Command(WagtailCommand):
    help = "Publish and unpublish scheduled pages. What cannot be is named on stderr and tried again next time."

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dryrun"]:
            super().handle(*args, **options)
            return
        # The wall clock and not the site's own: Wagtail compares with it whether a page goes live now or later.
        now = timezone.now()
        for page in list(Page.objects.filter(live=True, expire_at__lt=now).order_by("expire_at")):
            self._try(page, page.unpublish, set_expired=True, log_action="wagtail.unpublish.scheduled")
        for model in _drafted_models():
            for row in list(model._default_manager.filter(live=True, expire_at__lt=now).order_by("expire_at")):
                self._try(row, row.unpublish, set_expired=True, log_action="wagtail.unpublish.scheduled")
        due = Revision.objects.filter(approved_go_live_at__lt=now).order_by("approved_go_live_at")
        for revision in list(due):
            self._try(revision.as_object(), revision.publish, log_action="wagtail.publish.scheduled")

    def _try(self, what: Any, step: Any, **options: Any) -> None:
        try:
            step(**options)
        except NotPublishable as refused:
            self.stderr.write(f"{what._meta.verbose_name} {what.pk} “{what}”: {' '.join(refused.messages)}")


def _drafted_models() -> list[Any]:
    return [m for m in apps.get_models() if issubclass(m, DraftStateMixin) and not issubclass(m, Page)]
