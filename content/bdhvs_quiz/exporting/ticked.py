"""Export of the questions that are ticked in the bank's list."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy

from bdhvs_quiz.bank.bulk import BankAction


class Export(BankAction):
    """A bulk action that changes nothing: it leads to the page of exports, which shows what each kind of file leaves
    out."""

    display_name = gettext_lazy("Export")
    aria_label = gettext_lazy("Export the selected questions")
    action_type = "export"
    action_priority = 5
    right = "view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "all" in request.GET.getlist("id"):
            # All that the list shows, however many there are.
            query = self.next_url.partition("?")[2]
        else:
            query = urlencode([("id", row.pk) for row in self.rows])
        return redirect(f"{reverse('bdhvs_quiz_bank_export')}?{query}")

    def form_valid(self, form: Any) -> HttpResponseBase:
        return self.get(self.request)
