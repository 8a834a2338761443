"""Access to the bank and to its rows. Access to the admin is not enough: operators have it too, and keys are in the
bank.

Wagtail's lists and forms ask for permissions on a model; its choosers, and views that are plain functions, ask for
none. A right may be for one category: views of one question ask for that one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase

from bdhvs_lms.base.api import row_number
from bdhvs_quiz.bank.policy import BANK_POLICY, RIGHTS, BankPolicy, policy_for
from bdhvs_quiz.models import Question


def require_bank(user: Any) -> None:
    """Raise PermissionDenied for a user without any right on questions in any category."""
    if not BANK_POLICY.user_has_any_permission(user, RIGHTS):
        raise PermissionDenied


def require_row(user: Any, action: str, row: Question) -> None:
    """Raise PermissionDenied if the user may not do this with the question (a row of the base, or of its type)."""
    if not BANK_POLICY.user_has_permission_for_instance(user, action, row):
        raise PermissionDenied


def visible(rows: QuerySet[Question], user: Any) -> QuerySet[Question]:
    """Return the rows in categories where the user may at least look."""
    if BANK_POLICY.everywhere(user, RIGHTS):
        return rows
    return rows.filter(collection__in=BANK_POLICY.collections_user_has_any_permission_for(user, RIGHTS))


def of_the_bank(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Wrap a function or method view so that only users with access to the bank reach it."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require_bank(request.user)
        return view(request, *args, **kwargs)

    return checked


class OfTheBank:
    """A class view for users with access to the bank only. It comes first in the bases."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require_bank(request.user)
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response


class PolicyOfRow:
    """A permission policy that answers Wagtail's questions about a model for one question. "add" concerns the model."""

    def __init__(self, policy: BankPolicy, row: Question) -> None:
        self._policy, self._row = policy, row

    def __getattr__(self, name: str) -> Any:
        return getattr(self._policy, name)

    def user_has_permission(self, user: Any, action: str) -> bool:
        return self.user_has_any_permission(user, [action])

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        given = set(actions)
        if "add" in given and self._policy.user_has_permission(user, "add"):
            return True
        given.discard("add")
        return bool(given) and self._policy.user_has_any_permission_for_instance(user, given, self._row)


class OfItsCategory:
    """A class view of one question or of none, only for users who may at least look at it. Comes first in the bases."""

    model: type[Question]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        given = kwargs.get("pk")
        policy = policy_for(self.model)
        row = None
        if given is not None and (number := row_number(unquote(str(given)))):
            row = Question.objects.rows().select_related("collection").filter(pk=number).first()
        if row is not None:
            may_look = policy.user_has_permission_for_instance(request.user, "view", row)
            if not may_look and not _reviews(request.user, row, self.model):
                raise PermissionDenied
            self.permission_policy = PolicyOfRow(policy, row)
        super().setup(request, *args, **kwargs)  # type: ignore[misc]


def _reviews(user: Any, row: Question, model: type[Question]) -> bool:
    """Tell whether the question's current workflow task asks for this user."""
    own = model._default_manager.filter(pk=row.pk).first() if model is not Question else None
    task = own.current_workflow_task if own is not None else None
    return task is not None and bool(task.user_can_access_editor(own, user))
