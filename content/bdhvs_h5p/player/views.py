"""The player's document and every file it fetches. No session, no cookie, no language but the one in the address."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt

from bdhvs_h5p.conf import app_settings
from bdhvs_h5p.libraries import InstalledLibraries, needed_by
from bdhvs_h5p.models import H5PVersion
from bdhvs_h5p.player.addresses import (
    BadAddress,
    Played,
    content_prefix,
    content_token,
    joined_address,
    libraries_prefix,
    origin_of,
    read_content_token,
    read_player_token,
)
from bdhvs_h5p.player.bundling import joiner
from bdhvs_h5p.player.serving import file_response
from bdhvs_h5p.storage import library_path
from bdhvs_lms.base.api import now
from h5p_python_adapter import (
    ASKED_FIRST,
    CONTENT_ID,
    FOR_EVER,
    Content,
    Core,
    LibraryId,
    MissingLibrary,
    Places,
    core,
    player_page,
    shut_headers,
)

__all__ = ["content", "document", "joined", "library"]

View = Callable[..., HttpResponseBase]

# Seconds between two saves that H5P makes by itself; the frame's script saves after each thing that is done.
SAVE_EVERY = 10
# Where content types of ten years ago put their files together by hand.
_OLD_PLACE = f"content/{CONTENT_ID}/"
# For as long as the address holds at most.
_WHILE_IT_HOLDS = "private, max-age=2592000, immutable"


def _files(view: View) -> View:
    """Allow GET and HEAD, and answer OPTIONS for browsers that ask first."""

    @wraps(view)
    def served(request: HttpRequest, **arguments: str) -> HttpResponseBase:
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers=ASKED_FIRST)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(("GET", "HEAD", "OPTIONS"))
        return view(request, **arguments)

    return served


def _no_file() -> Http404:
    return Http404(_("There is no such file."))


# --- The document -----------------------------------------------------------------------------------------------------


@xframe_options_exempt
def document(request: HttpRequest, token: str) -> HttpResponseBase:
    """Serve the page in the frame. Its own script starts nothing before the page around it has given it a port."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(("GET", "HEAD"))
    try:
        played = read_player_token(token, at=now())
    except BadAddress:
        return _says(request, "ended", 404)
    with translation.override(played.language):
        version = H5PVersion.objects.defer("files").filter(pk=played.version).first()
        own = core()
        if version is None:
            return _says(request, "ended", 404, played)
        if own is None:
            return _says(request, "no_files", 503, played)
        try:
            return _playing(request, version, own, played)
        except MissingLibrary as missing:
            return _says(request, "no_library", 503, played, missing=[str(id) for id in missing.ids])


def _playing(request: HttpRequest, version: H5PVersion, own: Core, played: Played) -> HttpResponse:
    libraries = needed_by(version)
    page = player_page(
        Content(version.title, version.language, version.main, version.params, version.h5p),
        libraries,
        joiner.joined(libraries, InstalledLibraries(facts.id.machine_name for facts in libraries)),
        own,
        Places(
            libraries=libraries_prefix(),
            content=content_prefix(content_token(version, at=now())),
            file=joined_address,
        ),
        host=origin_of(request),
        site=played.site,
        language=played.language,
        words={
            "alone": _("This activity only plays inside its page. Open it from the course."),
            "broken": _(
                "This activity could not start. Tell the person who looks after the site; the page says what can be "
                "done instead."
            ),
        },
        frames=app_settings.FRAME_HOSTS,
        save_every=SAVE_EVERY,
    )
    return HttpResponse(page.html, headers=page.headers)


def _says(request: HttpRequest, what: str, status: int, played: Played | None = None, **more: Any) -> HttpResponse:
    response = render(request, "bdhvs_h5p/player_missing.html", {"what": what, **more}, status=status)
    for name, value in shut_headers(played.site if played is not None else "'self'").items():
        response.headers[name] = value
    return response


# --- Files ------------------------------------------------------------------------------------------------------------


@_files
def content(request: HttpRequest, token: str, path: str) -> HttpResponseBase:
    """Serve a file of a version's content."""
    try:
        version = read_content_token(token, at=now())
    except BadAddress:
        raise _no_file() from None
    return file_response(request, f"contents/{version}/{path.removeprefix(_OLD_PLACE)}", cache=_WHILE_IT_HOLDS)


@_files
def library(request: HttpRequest, folder: str, tree_hash: str, path: str) -> HttpResponseBase:
    """Serve a file of a library: its address is the hash of all its files."""
    id = LibraryId.parsed(folder)
    if id is None or id.folder != folder:
        raise _no_file()
    return file_response(request, library_path(id, tree_hash, path), cache=FOR_EVER)


@_files
def joined(request: HttpRequest, sha256: str, kind: str) -> HttpResponseBase:
    """Serve a joined script or style, H5P's own too, as small as the browser takes it."""
    found = joiner.answer(sha256, kind, request.headers.get("Accept-Encoding", ""))
    if found is None:
        raise _no_file()
    return HttpResponse(found.body, status=found.status, headers=found.headers)
