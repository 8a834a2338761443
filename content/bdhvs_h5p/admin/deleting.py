"""Deletion of what may be in use: the page says what keeps it, in place of asking."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property
from wagtail.log_actions import log

from bdhvs_h5p.queries import InUse

__all__ = ["DeletesUnused"]


class DeletesUnused:
    """Comes before a delete view of Wagtail's; both functions are given the object."""

    find_uses: Callable[[Any], list[str]]
    """Who uses it, in words for people."""
    remove: Callable[[Any], object]
    """Deletes it; raises InUse."""

    # Django's view takes DELETE too, and asks nobody then.
    http_method_names: ClassVar[list[str]] = ["get", "head", "options", "post"]

    object: Any
    request: Any

    @cached_property
    def uses(self) -> list[str]:
        return type(self).find_uses(self.object)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.uses:
            return self._kept()
        try:
            response: HttpResponseBase = super().post(request, *args, **kwargs)  # type: ignore[misc]
        except InUse:
            # Put to use since this page was opened.
            del self.uses
            return self._kept()
        return response

    def _kept(self) -> HttpResponseBase:
        response: HttpResponseBase = self.render_to_response(self.get_context_data(), status=409)  # type: ignore[attr-defined]
        return response

    def delete_action(self) -> None:
        with transaction.atomic():
            # What is not deleted after all is not said to be.
            log(instance=self.object, action="wagtail.delete", user=self.request.user, deleted=True)
            type(self).remove(self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "uses": self.uses}  # type: ignore[misc]
