"""Whether a certificate is what it says: for whoever is shown one. Without signing in, by the code on it.

Little is told: initials and the given name, what was confirmed, number and day of the document, and whether it holds.
The whole name is only compared, with what the visitor reads on the paper.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from bdhvs_lms.base.api import SeeOther, now, one_line, read_and_send
from bdhvs_lms.campaign.api import same_word
from bdhvs_lms.competency.api import Certificate, certificate_with, shown_code, typed_code
from bdhvs_lms.learners.api import Throttled, made_up_people, require_guesses, wrong_guess
from bdhvs_lms.reporting.confirming.certificates import rows_of

ASK, ANSWER = "bdhvs_lms/certificate_ask.html", "bdhvs_lms/certificate_check.html"
# Wrong names for one certificate in a quarter of an hour. A code has 80 bits and is found by nobody; whoever has one
# knows the initials, and is not to find the name by trying.
NAMES = 20


def initials(name: str) -> str:
    """“N. T. Lan”: enough to see whose it is with the paper in hand, too little to find somebody by."""
    *before, last = name.split() or [""]
    return " ".join([*(f"{word[0].upper()}." for word in before), last])


def _unlisted(response: HttpResponse) -> HttpResponse:
    # Addresses that are given to one reader are nothing for a search engine. (No "no-referrer": forms without a
    # referrer are refused.)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _unknown(request: HttpRequest, typed: str) -> HttpResponse:
    """Nobody has given such a certificate: 404."""
    return _unlisted(render(request, ASK, {"unknown": True, "typed": typed[:40]}, status=404))


@never_cache
@read_and_send
def check_certificate(request: HttpRequest) -> HttpResponse:
    """Asks for the code."""
    if request.method != "POST":
        return _unlisted(render(request, ASK, {}))
    text = one_line(request.POST.get("code", ""))
    if not text:
        return _unlisted(render(request, ASK, {"missing": True}, status=422))
    code = typed_code(text)
    if not code:
        return _unknown(request, text)
    return SeeOther(reverse("bdhvs_lms:certificate-check", args=[code]))


@never_cache
@read_and_send
def certificate_check(request: HttpRequest, code: str) -> HttpResponse:
    """What the site says of the certificate with this code. 200: valid, revoked or lapsed; 404: there is none; 410: the
    person's data was erased. POST: whether the name on the paper is the one on record; 429: too many were not."""
    known = typed_code(code)
    found = certificate_with(code=known) if known else None
    if found is None:
        return _unknown(request, code)
    if found.person is None:
        return _unlisted(render(request, ANSWER, {"erased": True, "code": shown_code(known)}, status=410))
    context, status = _told(found, known), 200
    if request.method == "POST":
        context["typed"] = one_line(request.POST.get("name", ""))[:120]
        compared, status = _compared(found.person.full_name, context["typed"], f"certificate name {known}", at=now())
        context |= compared
    return _unlisted(render(request, ANSWER, context, status=status))


def _compared(name: str, typed: str, subject: str, *, at: datetime) -> tuple[dict[str, Any], int]:
    if not typed:
        return {"missing": True}, 422
    try:
        require_guesses(subject, NAMES, at=at)
    except Throttled as throttled:
        return {"until": throttled.until}, 429
    same = same_word(typed) == same_word(name)
    if not same:
        wrong_guess(subject, at=at)
    return {"compared": True, "same": same}, 200


def _told(certificate: Certificate, code: str) -> dict[str, Any]:
    assert certificate.person is not None  # noqa: S101 - narrowing for the type checker
    return {
        "certificate": certificate,
        "act": certificate.confirmation.act,
        "initials": initials(certificate.person.full_name),
        "rows": rows_of(certificate),
        "illustrative": made_up_people(),
        "code": shown_code(code),
    }
