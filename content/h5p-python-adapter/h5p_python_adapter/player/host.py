"""A player that any Python web program mounts: it makes the frame for a page, answers what the frame and the page ask,
and tells the program what learners did."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, BinaryIO
from wsgiref.types import StartResponse, WSGIEnvironment

from h5p_python_adapter.integrating import CONTENT_ID
from h5p_python_adapter.load_order import MissingLibrary, needed
from h5p_python_adapter.player.answers import Answer, bare, file_answer, no_file, only, refused, says
from h5p_python_adapter.player.core import core
from h5p_python_adapter.player.joining import Joiner
from h5p_python_adapter.player.page import Places, PlayerPage, player_page
from h5p_python_adapter.player.serving import ASKED_FIRST, FOR_EVER
from h5p_python_adapter.player.tokens import read, signed
from h5p_python_adapter.records import LibraryId
from h5p_python_adapter.statements import ACTIVITY, Accepted, Rejected, StatementRules, normalise, rules_of
from h5p_python_adapter.store import State, Store
from h5p_python_adapter.strict import BadJson, parsed_json

__all__ = ["NotPlayable", "Player", "Told"]

_STATIC = Path(__file__).parents[1] / "static" / "h5p_python_adapter"
_SCRIPTS = ("host.js", "embed.js")
# Seconds for which an address or a token is good: of the document, of what may be told, of a content's files at least.
_PLAYS, _TELLS, _FILES = 24 * 3600, 7 * 24 * 3600, 30 * 24 * 3600
# Of what a page tells at once: bytes, statements or states, characters of one state; kinds of state of one learner.
_MOST_BYTES, _MOST_AT_ONCE, _LONGEST_STATE, _MOST_STATES = 640 * 1024, 50, 300_000, 64
# Contents whose rules are kept in memory.
_MOST_RULES = 256
# What is none would end a policy early that names it.
_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?", re.ASCII)


class NotPlayable(Exception):
    """The store has no such content, libraries of it are missing, or H5P's own files are: `str` says which."""


@dataclass(frozen=True)
class Told:
    """A browser's claim about what its learner did, with what is not ours to believe left out.

    The same may come more than once: a browser that has heard no answer says it again. A program that counts takes the
    best of the results of a user and content, for example, and not their sum.
    """

    content_id: str
    user: str
    statement: Accepted


class Player:
    """Everything below the address `base`: mount `wsgi` there, or pass requests to `answer`.

    The program decides who may play before it puts `embed` into a page: that hands out signed addresses, and they are
    the right to what they lead to, for they end. `secret` signs them, so it is the same in all processes. Threads may
    use one player.

    on_told: called for each statement that a content makes, in the order in which they come, and again for one that a
    browser says again. frames: https origins whose frames and scripts content may show. clock: seconds of the epoch.
    """

    def __init__(
        self,
        store: Store,
        *,
        secret: bytes,
        base: str = "/h5p",
        on_told: Callable[[Told], None] = lambda told: None,
        frames: Iterable[str] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        if len(secret) < 16:
            raise ValueError("The secret has at least 16 bytes: os.urandom(32), kept where the program keeps secrets.")
        self.store = store
        self.base = base.rstrip("/")
        self.on_told = on_told
        self.frames = tuple(frames)
        self.clock = clock
        self._secret = secret
        self._joiner = Joiner(store.joined, lambda: f"{self.base}/libraries")
        self._rules: dict[str, StatementRules] = {}
        self._rules_lock = threading.Lock()

    # --- For a page ---------------------------------------------------------------------------------------------------

    def embed(self, content_id: str, *, user: str, site: str, language: str = "en", title: str = "") -> str:
        """Return HTML for a page of the program: the frame in which this user plays, with its scripts.

        user: what the program knows the learner by, an id rather than a name, as the page's scripts can read it; comes
        back in `Told`, and states are kept under it. site: the origin of the page, "https://example.org"; no other may
        show the frame. language: of H5P's own words.
        """
        at = self.clock()
        play = signed(self._secret, "play", {"c": content_id, "l": language, "s": site, "e": int(at + _PLAYS)})
        tell = signed(self._secret, "tell", {"c": content_id, "u": user, "e": int(at + _TELLS)})
        states = [
            {"subContentId": one.sub_content_id, "dataType": one.data_type, "data": one.data}
            for one in self.store.states.states(content_id, user)
        ]
        about = {
            "address": f"{self.base}/play/{play}",
            "files": [f"{self.base}/joined/", f"{self.base}/libraries/"],
            "told": f"{self.base}/told",
            "token": tell,
            "states": states,
        }
        scripts = "".join(f'<script src="{self.base}/{name}" defer></script>' for name in _SCRIPTS)
        return (
            f'<div data-h5p-embed="{escape(json.dumps(about))}">'
            f'<iframe title="{escape(title or "H5P")}" sandbox="allow-scripts" allow="fullscreen; autoplay" '
            'referrerpolicy="no-referrer"></iframe></div>' + scripts
        )

    def page_policy(self, site: str) -> str:
        """Return the Content-Security-Policy that the page around `embed` needs, address by address: the two scripts,
        the frame, and what the scripts ask for. Its `frame-src` is also what keeps a package from leading the frame to
        another page, in browsers that do not know `Connection-Allowlist`.

        site: the origin of the page. ValueError when it is none. A page with a policy of its own puts these sources
        into its directives.
        """
        scheme, _, name = site.partition("://")
        if scheme not in ("http", "https") or not _HOST.fullmatch(name):
            raise ValueError(f"{site!r} is no origin")
        own = f"{site}{self.base}"
        sources = {
            "script-src": [f"{own}/{script}" for script in _SCRIPTS],
            "frame-src": [f"{own}/play/"],
            "connect-src": [f"{own}/told", f"{own}/joined/", f"{own}/libraries/"],
        }
        return "; ".join(f"{directive} {' '.join(allowed)}" for directive, allowed in sources.items())

    def render(self, content_id: str, *, host: str, site: str, language: str = "en") -> PlayerPage:
        """Render the document in the frame. `host`: the origin that serves it. Raises NotPlayable."""
        content, own = self.store.contents.content(content_id), core()
        if content is None:
            raise NotPlayable("There is no such content.")
        if own is None:
            raise NotPlayable("H5P's own files are missing: run npm ci and build this package again.")
        try:
            libraries = needed(content.main, content.params, self.store.libraries, named=content.named)
        except MissingLibrary as missing:
            raise NotPlayable(f"Libraries are missing: {', '.join(map(str, missing.ids))}") from None
        # The same address for a month, so that a browser keeps what it has fetched; it ends after twice as long.
        months = int(self.clock()) // _FILES
        files = signed(self._secret, "files", {"c": content_id, "e": (months + 2) * _FILES})
        places = Places(
            libraries=f"{self.base}/libraries",
            content=f"{self.base}/content/{files}",
            file=lambda sha256, kind: f"{self.base}/joined/{sha256}.{kind}",
        )
        try:
            joined = self._joiner.joined(libraries, self.store.libraries)
        except FileNotFoundError as missing:
            raise NotPlayable(f"A file of a library is missing: {missing}") from None
        return player_page(
            content, libraries, joined, own, places, host=host, site=site, language=language, frames=self.frames
        )

    # --- What is asked for below `base` -------------------------------------------------------------------------------

    def answer(
        self, method: str, path: str, headers: Mapping[str, str], body: BinaryIO | None = None, *, host: str
    ) -> Answer:
        """Answer a request. path: of the request, unquoted, `base` in front. headers: by their names in lower case.
        host: the origin that was asked."""
        if method != "HEAD":
            return self._answered(method, path, headers, body, host)
        # A range is of GET (RFC 9110, 14.2).
        return bare(self._answered(method, path, {**headers, "range": ""}, None, host))

    def _answered(self, method: str, path: str, headers: Mapping[str, str], body: BinaryIO | None, host: str) -> Answer:
        part, _, rest = path.removeprefix(f"{self.base}/").partition("/")
        if part == "told":
            return self._told(headers, body) if method == "POST" else only("POST")
        if method == "OPTIONS":
            return Answer(204, ASKED_FIRST)
        if method not in ("GET", "HEAD"):
            return only("GET, HEAD, OPTIONS")
        if not path.startswith(f"{self.base}/"):
            return no_file()
        return self._found(part, rest, headers, host)

    def wsgi(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve as a WSGI application (PEP 3333) every path below `base`, whether the server has taken that off or
        not."""
        raw: str = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        headers = {
            name.removeprefix("HTTP_").lower().replace("_", "-"): str(value)
            for name, value in environ.items()
            if name.startswith("HTTP_") or name == "CONTENT_LENGTH"
        }
        name = headers.get("host") or str(environ["SERVER_NAME"])
        if _HOST.fullmatch(name):
            path = raw.encode("latin-1").decode("utf-8", "replace")
            host = f"{environ['wsgi.url_scheme']}://{name}"
            found = self.answer(environ["REQUEST_METHOD"], path, headers, environ["wsgi.input"], host=host)
        else:
            found = refused(400, "The name of the host is none.")
            found = bare(found) if environ["REQUEST_METHOD"] == "HEAD" else found
        start_response(f"{found.status} {_REASONS.get(found.status, 'OK')}", list(found.headers.items()))
        return found.body

    def _found(self, part: str, rest: str, headers: Mapping[str, str], host: str) -> Answer:
        if part == "play":
            return self._document(rest, host)
        if part in _SCRIPTS and not rest:
            data = (_STATIC / part).read_bytes()
            return Answer(200, {"Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "no-cache"}, [data])
        if part == "joined":
            sha256, _, kind = rest.partition(".")
            return self._joiner.answer(sha256, kind, headers.get("accept-encoding", "")) or no_file()
        try:
            if part == "libraries":
                return self._library(rest, headers)
            if part == "content":
                return self._content(rest, headers)
        except FileNotFoundError:
            pass
        return no_file()

    def _document(self, token: str, host: str) -> Answer:
        asked = read(self._secret, "play", token, at=self.clock())
        if asked is None:
            return says(404, "This address has ended. Open the page again.", "'self'")
        try:
            page = self.render(asked["c"], host=host, site=asked["s"], language=asked["l"])
        except NotPlayable as why:
            return says(503, str(why), asked["s"])
        return Answer(200, {"Content-Type": "text/html; charset=utf-8", **page.headers}, [page.html.encode()])

    def _library(self, rest: str, headers: Mapping[str, str]) -> Answer:
        folder, _, below = rest.partition("/")
        tree_hash, _, path = below.partition("/")
        id = LibraryId.parsed(folder)
        facts = self.store.libraries.library(id) if id is not None and id.folder == folder else None
        # An address of a patch that another has replaced leads nowhere: what stands there is for ever.
        if id is None or facts is None or facts.tree_hash != tree_hash:
            return no_file()
        return file_answer(self.store.libraries.open(id, path), path, headers, FOR_EVER)

    def _content(self, rest: str, headers: Mapping[str, str]) -> Answer:
        token, _, path = rest.partition("/")
        asked = read(self._secret, "files", token, at=self.clock())
        if asked is None:
            return no_file()
        # Where content types of ten years ago put their files together by hand.
        path = path.removeprefix(f"content/{CONTENT_ID}/")
        return file_answer(
            self.store.contents.open(asked["c"], path), path, headers, f"private, max-age={_FILES}, immutable"
        )

    # --- What the page tells ------------------------------------------------------------------------------------------

    def _told(self, headers: Mapping[str, str], body: BinaryIO | None) -> Answer:
        """Handle {"token", "statements": […], "states": […]}; answer what was accepted, in the order of the
        statements."""
        length = headers.get("content-length", "")
        # Python refuses to read a number of thousands of digits.
        if not length.isdecimal() or len(length) > 9 or int(length) > _MOST_BYTES or body is None:
            return refused(413, f"At most {_MOST_BYTES} bytes are taken at once, and Content-Length says how many.")
        try:
            content = parsed_json(body.read(int(length)), max_depth=64)
            by = read(self._secret, "tell", content["token"], at=self.clock())
            statements, states = list(content.get("statements", [])), [_state(one) for one in content.get("states", [])]
        except (BadJson, ValueError, KeyError, TypeError, AttributeError):
            return refused(400, "This is not what a page tells.")
        if by is None:
            return refused(401, "The page has ended. Open it again.")
        content_id, user = by["c"], by["u"]
        rules = self._rules_of(content_id)
        if rules is None:
            return refused(400, "There is no such content.")
        if len(statements) > _MOST_AT_ONCE or len(states) > _MOST_AT_ONCE:
            return refused(400, f"At most {_MOST_AT_ONCE} statements and states are taken at once.")
        codes = []
        for one in statements:
            found = normalise(one, rules)
            codes.append(found.code if isinstance(found, Rejected) else "accepted")
            if isinstance(found, Accepted):
                self.on_told(Told(content_id, user, found))
        if states:
            there = {(one.sub_content_id, one.data_type) for one in self.store.states.states(content_id, user)}
            there |= {(one.sub_content_id, one.data_type) for one in states}
            if len(there) > _MOST_STATES:
                return refused(400, f"At most {_MOST_STATES} states of a content are kept.")
            self.store.states.keep(content_id, user, states)
        return Answer(200, {"Content-Type": "application/json"}, [json.dumps({"statements": codes}).encode()])

    def _rules_of(self, content_id: str) -> StatementRules | None:
        content = self.store.contents.content(content_id)
        with self._rules_lock:
            # The one that was asked for last is at the end.
            rules = self._rules.pop(content_id, None)
            if content is None:
                return None
            if rules is None:
                rules = rules_of(content.params, content.main, object_ids=frozenset({ACTIVITY}), title=content.title)
            self._rules[content_id] = rules
            while len(self._rules) > _MOST_RULES:
                del self._rules[next(iter(self._rules))]
        return rules


_REASONS = {
    200: "OK", 204: "No Content", 206: "Partial Content", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found",
    405: "Method Not Allowed", 413: "Content Too Large", 416: "Range Not Satisfiable", 503: "Service Unavailable",
}  # fmt: skip


def _state(one: Mapping[str, Any]) -> State:
    """Parse a posted state. Raises ValueError, KeyError, TypeError."""
    sub, kind, data = one["subContentId"], one["dataType"], one["data"]
    if not (isinstance(sub, str) and isinstance(kind, str) and len(sub) + len(kind) <= 200):
        raise ValueError("names of a state")
    if data is not None and not (isinstance(data, str) and len(data) <= _LONGEST_STATE):
        raise ValueError("a state")
    return State(sub, kind, data)
