"""Pages of learners, teachers and the steering committee. Read-only: nothing here changes what is recorded."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How to get on: signing in, a forgotten password, who to ask."""
    return render(request, "bdhvs_lms/help.html")


@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    return render(request, "bdhvs_lms/help.html")


@never_cache
@require_safe
def my_learning(request: HttpRequest) -> HttpResponse:
    return render(request, "bdhvs_lms/help.html")
