"""A form that is sent twice acts once: whoever pressed twice, or pressed again when no answer came."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

from bdhvs_lms.base.clock import now
from bdhvs_lms.base.web import SeeOther

KEPT = timedelta(days=1)
# Longer than a request may take: it was killed, and is done anew.
GIVEN_UP = timedelta(minutes=10)
TRIES, PAUSE = 30, 0.1


def act_once(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Make a view act once: the very same form sent again is led where the first one was, and makes nothing. Sent at
    the same moment it waits for the first, some seconds, then 409.

    What leads on, or is JSON for a script, has acted; a page has not: it may say what is wrong.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key = _key(request)
        if key is None:
            return view(request, *args, **kwargs)
        at, rows = now(), apps.get_model("bdhvs_lms", "SentForm").objects
        rows.filter(Q(sent_at__lt=at - KEPT) | Q(sent_at__lt=at - GIVEN_UP, status=0)).delete()
        for _try in range(TRIES):
            sent, own = rows.get_or_create(pk=key, defaults={"sent_at": at})
            if own:
                break
            if sent.status:
                return _answer_again(request, sent)
            time.sleep(PAUSE)
        else:
            words = _("This form was sent twice, and the first one is still at work. Open the page again in a moment.")
            context = {"heading": _("Already sent"), "text": words, "link": "/", "link_text": _("Go to the start page")}
            return render(request, "bdhvs_lms/message.html", context, status=409)
        done: dict[str, Any] = {}
        try:
            response = view(request, *args, **kwargs)
            if response.status_code in (302, 303):
                done = {"status": 303, "answer": response["Location"]}
            elif isinstance(response, HttpResponse) and response.status_code == 200 and _is_json(response):
                done = {"status": 200, "answer": response.content.decode()}
        finally:
            row = rows.filter(pk=key)
            row.update(**done) if done else row.delete()
        return response

    return answered


post_once = method_decorator(act_once, name="post")
"""Of a class whose `post` does."""


def _is_json(response: HttpResponse) -> bool:
    return response["Content-Type"].startswith("application/json")


def _key(request: HttpRequest) -> UUID | None:
    """Return the key of the whole form and its sender. Every page's forms have a number of their own: Django's token
    against forgery, masked anew each time. None: without it, which no page of ours sends."""
    number = request.POST.get("csrfmiddlewaretoken", "")
    if request.method != "POST" or not number:
        return None
    who = str(getattr(request, "user", None) and request.user.pk)
    digest = sha256(json.dumps([who, request.get_full_path(), sorted(request.POST.lists())]).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest.update(json.dumps([name, file.name, file.size]).encode())
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    return UUID(bytes=digest.digest()[:16])


def _answer_again(request: HttpRequest, sent: Any) -> HttpResponse:
    if sent.status == 200:
        return HttpResponse(sent.answer, content_type="application/json")
    messages.info(request, _("This form was sent before. Nothing was added again."), fail_silently=True)
    return SeeOther(sent.answer)
