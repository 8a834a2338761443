"""The player's document and every file it fetches. No session, no cookie, no language but the one in the address."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt

from bdhvs_h5p.conf import app_settings
from bdhvs_h5p.libraries import needed_by
from bdhvs_h5p.models import H5PVersion
from bdhvs_h5p.player.addresses import (
    BadAddress,
    Played,
    bundle_address,
    content_prefix,
    content_token,
    core_address,
    libraries_prefix,
    library_folder,
    origin_of,
    read_content_token,
    read_player_token,
)
from bdhvs_h5p.player.bundling import bundle_path, joined
from bdhvs_h5p.player.serving import FOR_EVER, TYPES, file_response, for_any_origin, options
from bdhvs_h5p.storage import library_path, storage
from bdhvs_lms.base.api import now
from h5p_python_adapter import (
    ACTIVITY,
    CONTENT_ID,
    FILE_POLICY,
    PLAYER_FILES,
    RAN,
    SCRIPT,
    STYLE,
    Addresses,
    Core,
    LibraryId,
    MissingLibrary,
    accepted,
    core,
    document_headers,
    integration,
    shut_headers,
)

__all__ = ["bundle", "content", "core_file", "document", "library"]

View = Callable[..., HttpResponseBase]

# Seconds between two saves that H5P makes by itself; the frame's script saves after each thing that is done.
SAVE_EVERY = 10
# Where content types of ten years ago put their files together by hand.
_OLD_PLACE = f"content/{CONTENT_ID}/"
# For as long as the address holds at most.
_WHILE_IT_HOLDS = "private, max-age=2592000, immutable"


def _files(view: View) -> View:
    """GET, HEAD, and OPTIONS for whoever asks first."""

    @wraps(view)
    def served(request: HttpRequest, **arguments: str) -> HttpResponseBase:
        if request.method == "OPTIONS":
            return options()
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(("GET", "HEAD", "OPTIONS"))
        return view(request, **arguments)

    return served


def _no_file() -> Http404:
    return Http404(_("There is no such file."))


# --- The document -----------------------------------------------------------------------------------------------------


@xframe_options_exempt
def document(request: HttpRequest, token: str) -> HttpResponseBase:
    """The page in the frame. Its own script starts nothing before the page around it has given it a port."""
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
    both = joined(libraries)
    script, style = core_address(own.name, SCRIPT), core_address(own.name, STYLE)
    js, css = bundle_address(both.js, "js"), bundle_address(both.css, "css")
    files = content_prefix(content_token(version, at=now()))
    main = next((facts for facts in libraries if facts.id == version.main), None)
    frame = integration(
        main=version.main,
        params=version.params,
        h5p=version.h5p,
        libraries=libraries,
        addresses=Addresses(
            libraries=libraries_prefix(),
            library_folders={facts.id: library_folder(facts) for facts in libraries},
            content=files,
        ),
        object_id=ACTIVITY,
        language=played.language,
        save_every=SAVE_EVERY,
        full_screen=main is not None and str(main.metadata.get("fullscreen", "0")) not in ("0", "False", "false", ""),
        scripts=[js, *both.scripts],
        styles=[css],
    )
    # What H5P.getContentPath begins with; below it the files are at _OLD_PLACE too.
    frame["url"] = files
    # Pictures that are drawn on a canvas may be read again: they come with the header for it.
    frame["crossorigin"] = "anonymous"
    data = {"integration": frame, "site": played.site, "bundle": js, "scripts": both.scripts, "ran": RAN}
    context = {"version": version, "style": style, "script": script, "bundle": js, "bundle_style": css, "data": data}
    response = render(request, "bdhvs_h5p/player.html", context)
    headers = document_headers(
        host=origin_of(request),
        site=played.site,
        script=script,
        bundle=js,
        style=css,
        libraries=libraries_prefix(),
        content=files,
        core=core_address(own.name, "x").removesuffix("/x"),
        frames=app_settings.FRAME_HOSTS,
    )
    for name, value in headers.items():
        response.headers[name] = value
    return response


def _says(request: HttpRequest, what: str, status: int, played: Played | None = None, **more: Any) -> HttpResponse:
    response = render(request, "bdhvs_h5p/player_missing.html", {"what": what, **more}, status=status)
    for name, value in shut_headers(played.site if played is not None else "'self'").items():
        response.headers[name] = value
    return response


# --- Files ------------------------------------------------------------------------------------------------------------


@_files
def content(request: HttpRequest, token: str, path: str) -> HttpResponseBase:
    """A file of a version's content."""
    try:
        version = read_content_token(token, at=now())
    except BadAddress:
        raise _no_file() from None
    return file_response(request, f"contents/{version}/{path.removeprefix(_OLD_PLACE)}", cache=_WHILE_IT_HOLDS)


@_files
def library(request: HttpRequest, folder: str, tree_hash: str, path: str) -> HttpResponseBase:
    """A file of a library: its address is the hash of all its files."""
    id = LibraryId.parsed(folder)
    if id is None or id.folder != folder:
        raise _no_file()
    return file_response(request, library_path(id, tree_hash, path), cache=FOR_EVER)


@_files
def bundle(request: HttpRequest, sha256: str, kind: str) -> HttpResponseBase:
    """A joined script or style, as small as the browser takes it."""
    takes = accepted(request.headers.get("Accept-Encoding", ""))
    for coding in ("br", "gzip", ""):
        path = bundle_path(sha256, kind, coding)
        if (coding in takes or not coding) and storage().exists(path):
            with storage().open(path) as file:
                return _packed(file.read(), coding, kind)
    raise _no_file()


@_files
def core_file(request: HttpRequest, name: str, path: str) -> HttpResponseBase:
    """H5P's own, with the frame's script around. Another build's address leads nowhere."""
    own = core()
    if own is None or name != own.name:
        raise _no_file()
    if path in (SCRIPT, STYLE):
        coding, data = (own.script if path == SCRIPT else own.style).for_browser(
            request.headers.get("Accept-Encoding", "")
        )
        return _packed(data, coding, path.rpartition(".")[2])
    if path not in own.files:
        raise _no_file()
    return _packed((PLAYER_FILES / path).read_bytes(), "", path.rpartition(".")[2])


def _packed(data: bytes, coding: str, kind: str) -> HttpResponseBase:
    response = HttpResponse(data, content_type=TYPES[kind])
    if coding:
        response.headers["Content-Encoding"] = coding
    if kind in ("js", "css"):
        patch_vary_headers(response, ("Accept-Encoding",))
    response.headers["Cache-Control"] = FOR_EVER
    response.headers["Content-Security-Policy"] = FILE_POLICY
    return for_any_origin(response)
