"""The page around the player: what the template `bdhvs_h5p/includes/player.html` and its script need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.http.response import HttpResponseBase

__all__ = ["PlayerPart", "framed"]

Response = TypeVar("Response", bound=HttpResponseBase)


@dataclass(frozen=True)
class PlayerPart:
    """Context of the player. Without `statements` nothing is sent: a preview."""

    address: str
    files: Sequence[str]
    """Beginnings of the addresses that the page fetches for the frame."""
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


def framed(response: Response, part: PlayerPart) -> Response:
    """Allow the page to show this one frame and no other: a package that sends its frame elsewhere gets nowhere. The
    page may fetch the frame's files, too. A site whose own middleware writes the policy finds the addresses in
    `response.frame_src` and `response.connect_src`."""
    response.frame_src = [part.address]  # type: ignore[attr-defined]
    response.connect_src = list(part.files)  # type: ignore[attr-defined]
    return response
