"""The frameworks of competency, for everybody: where each is from, what it is used for, what is unsure about it."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bdhvs_lms.competency.api import Framework, PassRule


@require_safe
def frameworks_page(request: HttpRequest) -> HttpResponse:
    """One query, however many. `size` 0: an empty shell, whose competencies were not to be had and are not made up."""
    rules = PassRule.objects.filter(framework=OuterRef("pk"))
    frameworks = Framework.objects.annotate(size=Count("competencies"), counts=Exists(rules)).order_by("pk")
    return render(request, "bdhvs_lms/frameworks.html", {"frameworks": frameworks})
