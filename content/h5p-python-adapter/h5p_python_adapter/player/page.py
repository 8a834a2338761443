"""The document in a frame that plays one content: HTML, the headers that restrict it, and what it will ask for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from h5p_python_adapter.bundling import RAN
from h5p_python_adapter.integrating import CONTENT_ID, Addresses, integration
from h5p_python_adapter.player.core import Core, policy_hash
from h5p_python_adapter.player.joining import Joined, library_folder
from h5p_python_adapter.player.policy import document_headers
from h5p_python_adapter.player_words import frame_words
from h5p_python_adapter.records import LibraryFacts
from h5p_python_adapter.statements import ACTIVITY
from h5p_python_adapter.store import Content

__all__ = ["Places", "PlayerPage", "player_page"]

_ESCAPED = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@dataclass(frozen=True)
class Places:
    """Places where a host serves what, as addresses from its root without a slash at their end."""

    libraries: str
    """Above each library's `library_folder`."""
    content: str
    """Above the content's own files."""
    file: Callable[[str, str], str]
    """Of a joined file, from its SHA-256 and kind (js, css): one that never changes."""


@dataclass(frozen=True)
class PlayerPage:
    """A page for a frame with `sandbox="allow-scripts"`, whose parent hands it its files (`H5PFrame` in host.js)."""

    html: str
    headers: dict[str, str]
    """All that it needs: send them as they are, and no others that say the same otherwise."""
    assets: tuple[str, ...]
    """Addresses that it asks the page for at once: two styles and two scripts, kept for ever."""


def player_page(
    content: Content,
    libraries: Sequence[LibraryFacts],
    joined: Joined,
    own: Core,
    places: Places,
    *,
    host: str,
    site: str,
    language: str = "en",
    words: Mapping[str, str] | None = None,
    frames: Sequence[str] = (),
    save_every: int | None = 10,
) -> PlayerPage:
    """Build the document that plays this content with these libraries, as `load_order` gives them.

    host: the origin that serves it and its files. site: the origin of the page around it, the only one that may show
    it. language: of H5P's words. words: what the document says by itself ("alone", "broken"), otherwise in that
    language. frames: https origins whose frames and scripts content may show, as "https://www.youtube-nocookie.com".
    save_every: seconds between two states that H5P gives by itself; None: none is asked for.
    """
    main = next((facts for facts in libraries if facts.id == content.main), None)
    addresses = (
        places.file(own.style_sha256, "css"),
        places.file(joined.css, "css"),
        places.file(own.script_sha256, "js"),
        places.file(joined.js, "js"),
    )
    frame = integration(
        main=content.main,
        params=content.params,
        h5p=content.h5p,
        libraries=libraries,
        addresses=Addresses(
            libraries=places.libraries,
            library_folders={facts.id: library_folder(facts) for facts in libraries},
            content=places.content,
        ),
        object_id=ACTIVITY,
        language=language,
        save_every=save_every,
        full_screen=main is not None and str(main.metadata.get("fullscreen", "0")) not in ("0", "False", "false", ""),
        scripts=[addresses[3], *joined.scripts],
        styles=[addresses[1]],
    )
    # What H5P.getContentPath begins with: content types of ten years ago put "/content/1" and their files behind it.
    frame["url"] = places.content
    # Pictures that are drawn on a canvas may be read again: they come with the header for it.
    frame["crossorigin"] = "anonymous"
    data = {"integration": frame, "site": site, "files": addresses, "scripts": joined.scripts, "ran": RAN}
    headers = document_headers(
        host=host,
        site=site,
        scripts=[policy_hash(one) for one in (own.boot_sha256, own.script_sha256, joined.js)],
        libraries=places.libraries,
        content=places.content,
        frames=frames,
    )
    return PlayerPage(
        _html(content, own, data, {**frame_words(language), **(words or {})}, language), headers, addresses
    )


def _html(content: Content, own: Core, data: Mapping[str, Any], words: Mapping[str, str], language: str) -> str:
    spoken = "" if content.language in ("", "und") else f' lang="{escape(content.language)}"'
    sentences = "".join(
        f'<p id="{name}" lang="{escape(language)}" hidden>{escape(words[name])}</p>\n' for name in ("alone", "broken")
    )
    # No text of a content ends the element that it stands in.
    told = json.dumps(data, ensure_ascii=True, separators=(",", ":")).translate(_ESCAPED)
    return (
        f'<!doctype html>\n<html class="h5p-iframe"{spoken}>\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(content.title)}</title>\n</head>\n<body>\n"
        f'<div class="h5p-content" data-content-id="{CONTENT_ID}"></div>\n{sentences}'
        f'<script id="h5p-data" type="application/json">{told}</script>\n<script>{own.boot}</script>\n'
        "</body>\n</html>\n"
    )
