"""Who may see the bank at all. Access to the admin is not enough: operators have it too, and keys are in the bank.

Wagtail's lists and forms ask for permissions; its choosers, and views that are plain functions, ask for none.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from bdhvs_content.api import policy_of
from bdhvs_quiz.models import Question

# Each of them opens the bank's list too.
RIGHTS = ("add", "change", "delete", "view")


def require_bank(user: Any) -> None:
    """Raise PermissionDenied for who has no right on questions."""
    if not policy_of(Question).user_has_any_permission(user, RIGHTS):
        raise PermissionDenied


def of_the_bank(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A function or method view, only for who may see the bank."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require_bank(request.user)
        return view(request, *args, **kwargs)

    return checked


class OfTheBank:
    """A class view, only for who may see the bank. Comes first in the bases."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require_bank(request.user)
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response
