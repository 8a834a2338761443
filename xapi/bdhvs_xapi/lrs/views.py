"""The endpoint as Django views. Credentials are in a header and never in a cookie, so there is nothing to forge."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from bdhvs_xapi.lrs.endpoint import MORE_PREFIX, respond


@csrf_exempt
def endpoint(request: HttpRequest, resource: str) -> HttpResponseBase:
    return respond(request, resource)


@csrf_exempt
def more(request: HttpRequest, token: str) -> HttpResponseBase:
    return respond(request, MORE_PREFIX + token)
