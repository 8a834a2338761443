"""What another population changes on boards, on a page with a yes, before it is entered; and in an import's preview."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import format_number, now
from bdhvs_lms.campaign.api import Denominator, check_denominator
from bdhvs_lms.reporting import wording
from bdhvs_lms.reporting.board_table import area_cell, verdict_words
from bdhvs_lms.reporting.queries.populations import Changed, changed_by
from bdhvs_lms.reporting.queries.targets import TargetRow

# Lines on the page.
SHOWN = 200


def lines(found: Iterable[Changed]) -> list[dict[str, Any]]:
    return [
        {
            "target": one.after.target.key,
            "area": area_cell(one.after, one.above).text,
            "before": _said(one.before),
            "after": _said(one.after),
        }
        for one in found
    ]


def _said(row: TargetRow) -> str:
    if row.suppressed:
        return wording.not_shown()
    words = verdict_words(row)
    if row.share is None:
        return words
    return _("%(share)s%%, %(verdict)s") % {"share": format_number(row.share), "verdict": words}


class ToldOfPopulation:
    """Of the form that enters a population: what it changes is told first."""

    request: HttpRequest
    get_context_data: Callable[..., dict[str, Any]]
    render_to_response: Callable[..., HttpResponse]

    def form_valid(self, form: Any) -> HttpResponse:
        at = now()
        if "edit" in self.request.POST:
            return self.render_to_response(self.get_context_data(form=form))
        try:
            check_denominator(**form.cleaned_data, at=at)
        except ValidationError:
            # The act says it at the field.
            return self._save(form)
        data = {name: form.cleaned_data[name] for name in ("group", "area", "as_of", "value", "source")}
        found = lines(changed_by([Denominator(**data, entered_at=at)], at=at))
        yes = hashlib.sha256(repr(found).encode()).hexdigest()[:16]
        if found and self.request.POST.get("yes") != yes:
            typed = [
                (name, str(value))
                for name, values in self.request.POST.lists()
                if name not in ("csrfmiddlewaretoken", "yes", "edit")
                for value in values
            ]
            told = {"lines": found[:SHOWN], "count": len(found), "yes": yes, "typed": typed}
            context = {**self.get_context_data(form=form), "told": told, "action_url": self.request.path}
            return TemplateResponse(self.request, "bdhvs_lms/admin/population.html", context)
        return self._save(form)

    def _save(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        return answer


class ToldOfPopulations:
    """Of the page that imports populations: what they change stands in the preview, above the button."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        preview = kwargs.get("preview")
        if preview is not None and preview.ok and not preview.applied:
            at = now()
            entries = [Denominator(**row.values, entered_at=at) for row in preview.to_write]
            found = lines(changed_by(entries, at=at)) if entries else []
            context["told"] = {"lines": found[:SHOWN], "count": len(found)}
        return context
