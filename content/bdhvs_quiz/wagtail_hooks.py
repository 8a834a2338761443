"""The bank's viewsets: one for all, one for each registered type. Registries are full by the time Wagtail asks."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from bdhvs_lms.plugins.api import question_types
from bdhvs_quiz.bank import BankViewSet, viewset_for
from bdhvs_quiz.models import Question

register_snippet(BankViewSet())
# Not a read that may raise: a faulty registration is reported by the system check, which imports this.
for _kind in question_types.registered():
    register_snippet(viewset_for(_kind))


@hooks.register("before_bulk_action")
def one_at_a_time(
    request: HttpRequest, action_type: str, objects: list[Any], action_class_instance: Any
) -> HttpResponseBase | None:
    """Bulk actions on the bank: refused, whoever finds their address. A polymorphic queryset of several types, some
    perhaps uninstalled, is deleted row by row or not at all."""
    if action_class_instance.model is not Question:
        return None
    messages.error(request, _("Open each question and act on it there: the bank has several types of questions."))
    return redirect(reverse("wagtailsnippets_bdhvs_quiz_question:list"))
