"""Choice of the bank's questions for an export: the list as it is filtered, or the ticked rows."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest

from bdhvs_lms.base.api import row_number
from bdhvs_quiz.bank.access import visible
from bdhvs_quiz.bank.listing import BankFilterSet
from bdhvs_quiz.bank.rows import found_by
from bdhvs_quiz.models import Question

MOST = 5_000


@dataclass(frozen=True)
class Asked:
    rows: QuerySet[Question]
    query: str
    """What asks for the same again, and leads back to the list as it was."""


def asked_for(request: HttpRequest) -> Asked:
    """Select the questions given by `id`, else by the filters and words of the bank's list. Only rows that the user may
    see."""
    rows = visible(Question.objects.rows(), request.user).order_by("pk")
    ids = [number for given in request.GET.getlist("id") if (number := row_number(given))]
    if ids:
        rows = rows.filter(pk__in=ids)
    else:
        filters = BankFilterSet(request.GET, queryset=rows, request=request)
        rows = filters.qs if filters.is_valid() else rows.none()
        if words := request.GET.get("q", "").strip():
            rows = found_by(rows, words)
    query = request.GET.copy()
    query.pop("p", None)
    return Asked(rows, query.urlencode())
