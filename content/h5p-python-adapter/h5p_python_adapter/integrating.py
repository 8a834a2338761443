"""`H5PIntegration`: what H5P's JavaScript reads in a frame that plays one piece of content. Plain JSON.

Made for `frame.bundle.js` of h5p-standalone 3.8.2 (H5P core 1.28); each field says what that script does with it.
README.md, "State", tells how a host without addresses for state catches it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from h5p_python_adapter.nesting import nested
from h5p_python_adapter.player_words import player_words
from h5p_python_adapter.records import LibraryFacts, LibraryId

__all__ = ["CONTENT_ID", "STATE_ADDRESS", "Addresses", "StateReset", "integration"]

CONTENT_ID = 1
"""A frame plays one piece of content, so it needs no number of its own: `<div class="h5p-content"
data-content-id="1">`."""

STATE_ADDRESS = "h5p-state:"
"""Where H5P.getUserData, setUserData and deleteUserData ask by `H5P.jQuery.ajax`: `h5p-state:<id>/<data
type>/<sub-content or 0>`, an address without a server. The frame's script catches it after frame.bundle.js, before the
document is ready:

    H5P.jQuery.ajaxTransport("+*", function (options, original) {
      if (options.url.indexOf("h5p-state:") !== 0) return;
      return { send: function (headers, done) {
        // GET asks; POST keeps original.data.data, a JSON text, or forgets when that is the number 0.
        // options.async is false on leaving the page: whatever is to happen happens here, and at once.
        done(200, "OK", { json: { success: true, data: false } });
      }, abort: function () {} };
    });
"""


_LICENCES = frozenset(
    ("U", "CC BY", "CC BY-SA", "CC BY-ND", "CC BY-NC", "CC BY-NC-SA", "CC BY-NC-ND", "CC0 1.0", "CC PDM", "GNU GPL")
    + ("PD", "ODC PDDL", "C")
)


class StateReset(Enum):
    """Replacement for a state: one was kept, and the content has changed since. H5P tells the learner that they start
    anew."""

    RESET = "RESET"


@dataclass(frozen=True)
class Addresses:
    """Addresses of what the frame loads. Each without a slash at its end, absolute or from the host's root."""

    libraries: str
    """In front of `library_folders`' names."""
    library_folders: Mapping[LibraryId, str]
    """What stands for 'H5P.MultiChoice-1.16' in the address of that library's files: with a tree hash or a token in it,
    each library is cached for ever at its own address."""
    content: str
    """Of the content's own files, as `params` names them."""


def integration(
    *,
    main: LibraryId,
    params: Mapping[str, Any],
    h5p: Mapping[str, Any],
    libraries: Sequence[LibraryFacts],
    addresses: Addresses,
    object_id: str,
    language: str = "vi",
    state: str | StateReset | None = None,
    more_state: Mapping[str, Mapping[str, str]] | None = None,
    save_every: int | None = 10,
    full_screen: bool = False,
    density: str = "large",
    scripts: Sequence[str] = (),
    styles: Sequence[str] = (),
) -> dict[str, Any]:
    """Build the object for one frame.

    - `h5p`: h5p.json whole; title, authors, licence are taken from it.
    - `libraries`: as `closure` orders them.
    - `object_id`: what statements call the activity: `<object_id>`, `<object_id>?subContentId=<uuid>`.
    - `state`: what a content type's `getCurrentState()` gave the last time, as JSON text; `StateReset.RESET`; None for
      a first time. Text that is no JSON counts as none.
    - `more_state`: what content types have kept beside it, as JSON texts: sub-content id ("0": the content) → data type
      → text.
    - `save_every`: seconds between two saves; None: nothing is saved or restored (a preview).
    - `full_screen`: show H5P's own button for it (only where the frame may, `allow="fullscreen"`).
    - `scripts`, `styles`: addresses of all that is loaded already. H5P itself loads nothing in a frame like this;
      content types ask, to load nothing twice.
    """
    title = h5p.get("title")
    content: dict[str, Any] = {
        "library": str(main),
        # Read by JSON.parse in the frame. Escaped beyond ASCII: lone surrogates pass as they are.
        "jsonContent": json.dumps(params, ensure_ascii=True, separators=(",", ":")),
        "fullScreen": "1" if full_screen else "0",
        # Nothing to download, to embed or to copy from a frame.
        "exportUrl": "",
        "embedCode": "",
        "resizeCode": "",
        # H5P draws its bar only when there is something in it: the rights, where the content names any.
        "displayOptions": {
            "frame": True,
            "export": False,
            "embed": False,
            "copyright": _rights_can_be_shown(h5p, params),
            "icon": False,
            "copy": False,
        },
        "mainId": CONTENT_ID,
        "url": object_id,
        # H5P.getPath(path, id) is contentUrl + "/" + path; one from the host's root gets the frame's host in front.
        "contentUrl": addresses.content,
        "title": title if isinstance(title, str) else "",
        "metadata": dict(h5p),
        "contentUserData": _kept(state, more_state or {}),
        "scripts": list(scripts),
        "styles": list(styles),
    }
    return {
        "baseUrl": "",
        # In front of /libraries and /content, where the two more exact ones below do not say otherwise.
        "url": addresses.libraries,
        # H5P.getLibraryPath("H5P.X-1.2") is urlLibraries + "/" + libraryDirectories["H5P.X-1.2"].
        "urlLibraries": addresses.libraries,
        "libraryDirectories": _directories(params, libraries, addresses.library_folders),
        "siteUrl": "",
        "hubIsEnabled": False,
        # Somebody reads results. Without, an interactive book has no button that ends it, and never says how it went.
        "reportingIsEnabled": True,
        "postUserStatistics": False,
        "ajax": {
            "setFinished": "",
            "contentUserData": f"{STATE_ADDRESS}:contentId/:dataType/:subContentId",
        },
        "ajaxPath": "",
        # False, and only false, turns saving off.
        "saveFreq": False if save_every is None else save_every,
        # Nobody's: without a user H5P neither saves nor restores. Who learns is known to the server.
        "user": {"name": "learner", "mail": "learner@invalid.invalid"},
        "l10n": {"H5P": player_words(language)},
        "core": {"scripts": [], "styles": []},
        "loadedJs": list(scripts),
        "loadedCss": list(styles),
        "libraryConfig": {},
        "crossorigin": None,
        "fullscreenDisabled": 0 if full_screen else 1,
        "theme": {"density": density},
        "contents": {f"cid-{CONTENT_ID}": content},
    }


def _kept(state: str | StateReset | None, more: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Return states by sub-content and data type, as H5P.getUserData reads it: JSON text, or the word RESET. "false" is
    no state, and saves asking an address; "null" would be taken for a changed content."""
    kept = {sub: {kind: text for kind, text in texts.items() if _is_json(text)} for sub, texts in more.items()}
    if isinstance(state, StateReset):
        text = state.value
    else:
        text = state if state is not None and _is_json(state) and json.loads(state) is not None else "false"
    kept.setdefault("0", {})["state"] = text
    return kept


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _rights_can_be_shown(h5p: Mapping[str, Any], params: Any) -> bool:
    """Check that every licence is known: H5P core, if it is to show an unknown one, fails in the midst of starting."""
    ahead: list[Any] = [{"metadata": h5p}, params]
    while ahead:
        value = ahead.pop()
        if isinstance(value, Mapping):
            for key in ("metadata", "copyright"):
                about = value.get(key)
                licence = about.get("license") if isinstance(about, Mapping) else None
                if licence is not None and licence != "" and (not isinstance(licence, str) or licence not in _LICENCES):
                    return False
            ahead += value.values()
        elif isinstance(value, list | tuple):
            ahead += value
    return True


def _directories(
    params: Mapping[str, Any], libraries: Sequence[LibraryFacts], folders: Mapping[LibraryId, str]
) -> dict[str, str]:
    """Return folders by 'H5P.X-1.2', also for versions that the content names and another one stands in for."""
    named = {facts.id.machine_name: folders[facts.id] for facts in libraries if facts.id in folders}
    found = {facts.id.folder: folders[facts.id] for facts in libraries if facts.id in folders}
    for piece in nested(params):
        if piece.id.machine_name in named:
            found.setdefault(piece.id.folder, named[piece.id.machine_name])
    return found
