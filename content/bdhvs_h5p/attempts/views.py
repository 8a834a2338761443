"""Views of an activity for learners: begin, play, and what the page around the player posts meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any
from uuid import UUID, uuid5

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bdhvs_content.api import acts_on_activity, neighbours_of, page_for
from bdhvs_h5p.attempts import actions, states, taking, tokens
from bdhvs_h5p.attempts.bodies import BadBody, Body, read_body
from bdhvs_h5p.frame import framed
from bdhvs_h5p.models import Completion, H5PAttempt
from bdhvs_h5p.player.page import player_part
from bdhvs_lms.attempts.api import (
    Posted,
    broken_form,
    consent_context,
    message_page,
    on_own_attempt,
    posted_act_id,
    posted_time,
    require_methods,
    signed_out_of,
    take_consent,
)
from bdhvs_lms.audit.api import ConsentMissing
from bdhvs_lms.base.api import SeeOther, now
from bdhvs_lms.learners.api import Learner, to_sign_in

__all__ = ["attempt", "begin", "done", "state", "statements"]

View = Callable[..., HttpResponseBase]


def _page_address(request: HttpRequest, activity_key: UUID) -> str | None:
    page = page_for(activity_key)
    return page.get_url(request) if page is not None else None


@acts_on_activity
def begin(request: HttpRequest, activity_key: UUID, learner: Learner, posted: Posted) -> HttpResponseBase:
    """Start or resume: the same button, and never two open attempts."""
    row = actions.open_attempt(learner, activity_key, **posted)
    return SeeOther(reverse("bdhvs_h5p:attempt", args=[row.uuid]))


def _sign_in(request: HttpRequest, attempt_uuid: UUID) -> HttpResponseBase:
    if request.user.is_authenticated:
        return signed_out_of(request, attempt_uuid)
    return to_sign_in(request, reverse("bdhvs_h5p:attempt", args=[attempt_uuid]))


@require_methods("GET", "HEAD")
@on_own_attempt(actions.attempts, signed_out=_sign_in)
def attempt(request: HttpRequest, row: H5PAttempt) -> HttpResponseBase:
    """Show the page around the player. An attempt that a further one has replaced leads back to the activity's page."""
    if row.ended_received_at is not None:
        return _ended(request, row)
    return _page(request, row)


def _page(
    request: HttpRequest, row: H5PAttempt, *, reasons: list[str] | None = None, status: int = 200
) -> HttpResponse:
    page = page_for(row.activity_key)
    specific = page.specific if page is not None else None
    player = player_part(
        request,
        row.version.h5p_version,
        title=_title(row),
        attempt=str(row.uuid),
        token=tokens.issue(row, at=now()),
        statements=reverse("bdhvs_h5p:statements", args=[row.uuid]),
        state=reverse("bdhvs_h5p:state", args=[row.uuid]),
        states=[_state_json(one) for one in states.states_of(row)],
        # The learner has pressed the button on the page before this one.
        at_once=True,
    )
    context: dict[str, Any] = {
        **consent_context(row.learner),
        "attempt": row,
        "version": row.version,
        "title": _title(row),
        "player": player,
        "done_address": reverse("bdhvs_h5p:done", args=[row.uuid]),
        "by_hand": row.version.completion == Completion.BY_HAND,
        # Of the attempt: the same page in two tabs carries the same key.
        "act_id": uuid5(row.uuid, "done"),
        "progress": actions.progress_of(row),
        "activity_url": page.get_url(request) if page is not None else None,
        **_onward(specific, request),
        **_instead(specific, request),
    }
    if reasons is not None:
        context["consent_errors"] = reasons
    return framed(render(request, "bdhvs_h5p/attempt_page.html", context, status=status), player)


def _onward(page: Any, request: HttpRequest) -> dict[str, Any]:
    """Return what comes before it in the course, and after it; and the course itself."""
    before, following = neighbours_of(page) if page is not None else (None, None)
    course = page.course if page is not None else None
    found: dict[str, Any] = {}
    for name, other in (("previous", before), ("next", following), ("course", course)):
        found[f"{name}_page"] = other
        found[f"{name}_url"] = (other.get_url(request) or "") if other is not None else ""
    return found


def _instead(page: Any, request: HttpRequest) -> dict[str, Any]:
    """Return the alternative that the editor offers to those who cannot open it."""
    other: Any = getattr(page, "alternative_page", None)
    offered = other if other is not None and other.live else None
    return {
        "page": page,
        "alternative_url": (offered.get_url(request) or "") if offered is not None else "",
        "alternative_title": offered.title if offered is not None else "",
    }


def _title(row: H5PAttempt) -> str:
    titles: dict[str, str] = row.version.titles
    language = (get_language() or "vi").split("-")[0]
    return titles.get(language) or titles.get("vi") or next(iter(titles.values()), row.version.h5p_version.title)


def _ended(request: HttpRequest, row: H5PAttempt) -> HttpResponseBase:
    address = _page_address(request, row.activity_key)
    if address is not None:
        return SeeOther(address)
    return message_page(
        request,
        _("This attempt is over"),
        _("A further attempt took its place. What this one came to is kept."),
        status=409,
    )


@require_methods("POST")
@on_own_attempt(actions.attempts, signed_out=_sign_in)
def done(request: HttpRequest, row: H5PAttempt) -> HttpResponseBase:
    """Handle “I have finished”, for activities that never say so themselves. Works without a script."""
    act_id = posted_act_id(request)
    if act_id is None:
        return broken_form(request)
    at = now()
    reasons = take_consent(request, row.learner, at=at)
    try:
        actions.finish_by_hand(row.uuid, row.learner, act_id=act_id, at=at, occurred_at=posted_time(request))
    except ConsentMissing:
        return _page(request, row, reasons=reasons, status=400)
    except actions.AttemptEnded:
        return _ended(request, row)
    except actions.NotByHand:
        return message_page(
            request,
            _("This activity says itself when it is finished"),
            _("Go on in it until its end; then it is marked as done by itself."),
            status=409,
            link=reverse("bdhvs_h5p:attempt", args=[row.uuid]),
            link_text=_("Back to the activity"),
        )
    return SeeOther(_page_address(request, row.activity_key) or reverse("bdhvs_h5p:attempt", args=[row.uuid]))


# --- What the page's script posts: JSON in, JSON out, `message` in words for the learner ------------------------------


def _json_message(code: str, message: str, status: int) -> JsonResponse:
    return JsonResponse({"code": code, "message": message}, status=status)


def _words(code: str) -> str:
    if code in ("too_large", "too_many_at_once"):
        return _("This is more than can be kept at once.")
    return _("Your latest work could not be saved. Open this page again.")


def _signed_out(request: HttpRequest, attempt_uuid: UUID) -> HttpResponseBase:
    return _json_message("signed_out", _("Sign in again: what you did is kept on this device."), 401)


def _stranger(request: HttpRequest, attempt_uuid: UUID) -> HttpResponseBase:
    """Refuse somebody else's token, and note it with the attempt that it was given for."""
    row = H5PAttempt.objects.filter(uuid=attempt_uuid).first()
    if row is not None:
        with suppress(BadBody):
            _note(row, read_body(request, attempt_uuid), "other_learner")
    return _json_message("token", _words("token"), 403)


def _scripts(view: View) -> View:
    """Give the view the learner's own attempt and the body; everything else is answered here."""

    @on_own_attempt(actions.attempts, signed_out=_signed_out, not_found=_stranger)
    @wraps(view)
    def answered(request: HttpRequest, row: H5PAttempt) -> HttpResponseBase:
        try:
            return _checked(view, request, row, read_body(request, row.uuid))
        except BadBody as bad:
            return _json_message(bad.code, _words(bad.code), bad.status)

    return answered


def _checked(view: View, request: HttpRequest, row: H5PAttempt, body: Body) -> HttpResponseBase:
    try:
        if body.token.learner != row.learner_id or body.token.activity != row.activity_key:
            raise BadBody("token", 403)
        if not body.token.live(now()):
            _note(row, body, "expired")
            raise BadBody("expired", 403)
        return view(request, row, body)
    except ConsentMissing:
        return _json_message("consent", _("Nothing is kept without your consent: open this page again and agree."), 403)
    except actions.AttemptEnded:
        _note(row, body, "ended")
        return _json_message("ended", _("This was begun anew in another window: go on there."), 409)


def _note(row: H5PAttempt, body: Body, code: str) -> None:
    """Record that statements came and were not taken; a body without a proper list of them records nothing."""
    try:
        claims = body.claims()
    except BadBody:
        return
    taking.reject(row, claims, code, at=now())


@require_methods("POST")
@_scripts
def statements(request: HttpRequest, row: H5PAttempt, body: Body) -> HttpResponseBase:
    """Handle {"token", "statements": [{"n", "statement"}], "occurred_at", "ready"} → {"results", "progress"}.

    `ready`: the player has shown the activity. Results stand in the order of the statements: {"n", "status": "accepted"
    | "known" | "rejected", "code"}.
    """
    at = now()
    taken = taking.take(row, body.token.page, body.claims(), at=at, occurred_at=body.occurred_at)
    after = taken.attempt
    if body.content.get("ready") is True:
        after = actions.viewed(after, at=at, occurred_at=body.occurred_at)
    results = [{"n": one.n, "status": one.status, **({"code": one.code} if one.code else {})} for one in taken.outcomes]
    return JsonResponse({"results": results, "progress": actions.progress_of(after)})


def _state_json(kept: states.State) -> dict[str, Any]:
    return {"subContentId": kept.sub_content_id, "dataType": kept.data_type, "data": kept.data}


@require_methods("POST")
@_scripts
def state(request: HttpRequest, row: H5PAttempt, body: Body) -> HttpResponseBase:
    """Save {"token", "states": [{"subContentId", "dataType", "data"}]} and return {}.

    The attempt's page has those that are kept.
    """
    try:
        states.save_states(row, [states.read_state(one) for one in body.listed("states")], at=now())
    except states.BadState as bad:
        return _json_message(
            bad.code, _words(bad.code), 413 if bad.code in ("state_too_large", "state_too_many") else 400
        )
    return JsonResponse({})
