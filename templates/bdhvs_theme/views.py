"""What the frame itself can do: choose how large letters are, and hand out the guides."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from bdhvs_theme import guides as written
from bdhvs_theme.text_size import SIZES, remember


@never_cache
@csrf_exempt
@require_POST
def text_size(request: HttpRequest) -> HttpResponse:
    """POST `size` (100, 115, 130) and `next`: remembers the size and goes back to that page of this site, else to the
    first page. With `next_form` the whole form goes on to that address (307), which saves what was typed into it and
    checks its token. Raises BadRequest for another size.

    Exempt from the token: a stranger's page could at most make letters larger, and a token would set a cookie on, and
    keep caches from, every page of a visitor who only reads.
    """
    size = request.POST.get("size", "")
    if size not in SIZES:
        raise BadRequest("no such text size")
    sent_on = "next_form" in request.POST
    target = request.POST.get("next_form" if sent_on else "next", "")
    if not url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        target, sent_on = "/", False
    response = HttpResponseRedirect(target)
    response.status_code = 307 if sent_on else 303
    remember(request, response, size)
    return response


@require_safe
def guides(request: HttpRequest) -> HttpResponse:
    """The guides that there are, for everybody: they say what the pages do, and nothing of this site."""
    for_people, for_sites = written.guides()
    return render(request, "bdhvs_theme/guides.html", {"for_people": for_people, "for_sites": for_sites})


@require_safe
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    found = written.guide(slug)
    if found is None:
        raise Http404
    return render(request, "bdhvs_theme/guide.html", {"guide": found})
