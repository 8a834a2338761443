"""The player's part of a page around it: what the template `bdhvs_h5p/includes/player.html` and its script need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import get_language

from bdhvs_h5p.models import H5PVersion
from bdhvs_h5p.player.addresses import player_address
from bdhvs_h5p.readiness import player_there
from bdhvs_lms.base.api import now

__all__ = ["PlayerPart", "framed", "player_part"]

Response = TypeVar("Response", bound=HttpResponseBase)


@dataclass(frozen=True)
class PlayerPart:
    """Without `statements` nothing is sent: a preview."""

    address: str
    title: str
    language: str
    """Of the content."""
    there: bool
    """Whether the player's files are on this machine."""
    attempt: str = ""
    token: str = ""
    statements: str = ""
    state: str = ""
    states: Sequence[Any] = field(default_factory=list)
    at_once: bool = False
    """Start with the page: the learner has pressed "Begin" on the page before."""


def player_part(
    request: HttpRequest,
    version: H5PVersion,
    *,
    title: str,
    attempt: str = "",
    token: str = "",
    statements: str = "",
    state: str = "",
    states: Sequence[Any] = (),
    at_once: bool = False,
) -> PlayerPart:
    """For the context of a page, under the name `player`. The view passes its response through `framed`.

    statements, state: addresses that the page's script posts to, with `token`; `states` as the second gives them.
    """
    return PlayerPart(
        address=player_address(version, request, get_language() or "vi", at=now()),
        title=title,
        language="" if version.language == "und" else version.language,
        there=player_there(),
        attempt=attempt,
        token=token,
        statements=statements,
        state=state,
        states=list(states),
        at_once=at_once,
    )


def framed(response: Response, part: PlayerPart) -> Response:
    """The page may show this one frame and no other: a package that sends its frame elsewhere gets nowhere. A site
    whose own middleware writes the policy finds the address in `response.frame_src`."""
    response.frame_src = [part.address]  # type: ignore[attr-defined]
    return response
