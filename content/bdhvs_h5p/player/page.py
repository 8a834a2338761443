"""The player's part of a page around it, for this reader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from bdhvs_h5p.frame import PlayerPart
from bdhvs_h5p.models import H5PVersion
from bdhvs_h5p.player.addresses import lasting_files, player_address
from bdhvs_lms.base.api import now
from h5p_python_adapter import player_there

__all__ = ["player_part"]


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
    """Return the context of a page, under the name `player`. The view passes its response through `framed`.

    statements, state: addresses that the page's script posts to, with `token`; `states` as the second gives them.
    """
    return PlayerPart(
        address=player_address(version, request, get_language() or "vi", at=now()),
        files=lasting_files(request),
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
