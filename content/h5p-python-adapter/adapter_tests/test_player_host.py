"""A player that is mounted: what it takes of a page, for how long, and what it refuses; and the folder behind it."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import sys
import threading
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from adapter_tests import building
from adapter_tests.bad_packages import BAD
from adapter_tests.browsing import require
from h5p_python_adapter import (
    Answer,
    FolderStore,
    NotPlayable,
    PackageRefused,
    Player,
    State,
    Store,
    Told,
    player_there,
)

SECRET = bytes(range(32))
SITE = "http://site.example"
STATEMENT = {
    "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
    "object": {"id": "https://h5p.invalid/activity", "objectType": "Activity"},
    "result": {"score": {"raw": 1, "max": 1, "min": 0, "scaled": 1}, "completion": True},
}
STATE = {"subContentId": "0", "dataType": "state", "data": '{"chosen":1}'}


class Mounted:
    def __init__(self, root: Path) -> None:
        self.store = FolderStore(root)
        self.heard: list[Told] = []
        self.now = 1_700_000_000.0
        as_protocol: Store = self.store
        self.player = Player(as_protocol, secret=SECRET, on_told=self.heard.append, clock=lambda: self.now)
        self.content = self.store.add(io.BytesIO(building.package(files={"content/a.png": b"PNG"})))

    def about(self, user: str = "lan") -> Any:
        """What a page is given."""
        found = re.search(r'data-h5p-embed="([^"]+)"', self.player.embed(self.content, user=user, site=SITE))
        assert found is not None
        return json.loads(unescape(found[1]))

    def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        return self.player.answer(method, path, headers, host="http://content.example")

    def tell(self, token: str, raw: bytes | None = None, **said: Any) -> Answer:
        body = raw if raw is not None else json.dumps({"token": token, **said}).encode()
        return self.player.answer(
            "POST", "/h5p/told", {"content-length": str(len(body))}, io.BytesIO(body), host="http://content.example"
        )


@pytest.fixture
def mounted(tmp_path: Path) -> Mounted:
    require(player_there(), "The H5P player (npm ci)")
    return Mounted(tmp_path)


def test_what_a_page_tells_reaches_the_program_and_states_are_given_back(mounted: Mounted) -> None:
    token = mounted.about()["token"]
    forged = {**STATEMENT, "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"}}
    answer = mounted.tell(token, statements=[STATEMENT, forged], states=[STATE])
    assert answer.status == 200
    assert json.loads(b"".join(answer.body)) == {"statements": ["accepted", "verb_refused"]}
    assert [(one.user, one.content_id, one.statement.finishes) for one in mounted.heard] == [
        ("lan", mounted.content, True)
    ]
    assert mounted.about()["states"] == [STATE]
    assert mounted.about("minh")["states"] == []
    assert mounted.tell(token, states=[{**STATE, "data": None}]).status == 200
    assert mounted.about()["states"] == []


def test_what_a_page_may_not_tell_changes_nothing(mounted: Mounted) -> None:
    token, play = mounted.about()["token"], mounted.about()["address"].rpartition("/")[2]
    for status, answer in (
        (401, mounted.tell("e30.x", statements=[STATEMENT])),
        # Signed for something else.
        (401, mounted.tell(play, statements=[STATEMENT])),
        (400, mounted.tell(token, raw=b"{")),
        (400, mounted.tell(token, raw=b"[]")),
        (400, mounted.tell(token, raw=b'{"token": 1}')),
        (400, mounted.tell(token, statements=[STATEMENT] * 51)),
        (400, mounted.tell(token, states=[{**STATE, "data": 1}])),
        (400, mounted.tell(token, states=[{**STATE, "data": "x" * 300_001}])),
        (400, mounted.tell(token, states=[{"data": "1"}])),
        (413, mounted.tell(token, raw=b" " * (640 * 1024 + 1))),
        (405, mounted.get("/h5p/told")),
    ):
        assert answer.status == status
    for number in range(64):
        assert mounted.tell(token, states=[{**STATE, "dataType": f"k{number}"}]).status == 200
    assert mounted.tell(token, states=[STATE]).status == 400
    assert mounted.heard == [] and len(mounted.about()["states"]) == 64
    mounted.now += 8 * 24 * 3600
    assert mounted.tell(token, statements=[STATEMENT]).status == 401


def test_the_document_is_shut_in_and_its_address_ends(mounted: Mounted) -> None:
    address = mounted.about()["address"]
    answer = mounted.get(address)
    assert answer.status == 200
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-scripts; ") and f"frame-ancestors {SITE}" in policy
    page = mounted.player.render(mounted.content, host="http://content.example", site=SITE)
    assert page.html.encode() == b"".join(answer.body)
    assert page.headers.items() <= dict(answer.headers).items()
    for asset in page.assets:
        found = mounted.get(asset, **{"accept-encoding": "gzip"})
        assert (found.status, found.headers["Content-Encoding"]) == (200, "gzip")
        assert asset.startswith(tuple(mounted.about()["files"]))
    assert mounted.get(asset, "HEAD").body == ()
    assert mounted.get(asset, "OPTIONS").status == 204
    assert mounted.get(asset, "PUT").status == 405
    mounted.now += 25 * 3600
    assert mounted.get(address).status == 404


def test_what_cannot_be_played_says_why(mounted: Mounted) -> None:
    with pytest.raises(NotPlayable, match="no such content"):
        mounted.player.render("0" * 40, host=SITE, site=SITE)
    address = mounted.about()["address"]
    mounted.store.libraries.remove(mounted.store.contents.content(mounted.content).main)  # type: ignore[union-attr]
    answer = mounted.get(address)
    assert answer.status == 503 and b"Bdhvs.TestQuestion 1.0" in b"".join(answer.body)
    with pytest.raises(ValueError, match="16 bytes"):
        Player(mounted.store, secret=b"short")


def test_a_folder_takes_a_package_once_and_a_bad_one_never(mounted: Mounted) -> None:
    same = mounted.store.add(io.BytesIO(building.package(files={"content/a.png": b"PNG"})))
    assert same == mounted.content and list(mounted.store.contents.ids()) == [same]
    before = set(mounted.store.root.rglob("*"))
    with pytest.raises(PackageRefused):
        mounted.store.add(io.BytesIO(BAD[-1].make()))
    assert set(mounted.store.root.rglob("*")) == before


def test_a_folder_is_tidied_and_plays_on(mounted: Mounted) -> None:
    page = mounted.player.render(mounted.content, host=SITE, site=SITE)
    half = mounted.store.contents.root / "half.part"
    (half / "files").mkdir(parents=True)
    mounted.store.joined.write("0.js", b"of libraries as they were")
    before = {name for name, _since in mounted.store.joined.names()}
    mounted.store.tidy()
    # Somebody may be at it.
    assert {name for name, _since in mounted.store.joined.names()} == before and half.is_dir()
    state = mounted.store.states.root / "0.json.0.part"
    state.parent.mkdir()
    state.touch()
    for path in (half / "files", half, state, *mounted.store.joined.root.iterdir()):
        os.utime(path, (0, 0))
    mounted.store.tidy()
    assert {name for name, _since in mounted.store.joined.names()} == before - {"0.js"}
    assert not half.exists() and not state.exists()
    assert mounted.get(page.assets[3]).status == 200
    mounted.store.states.keep(mounted.content, "lan", [State("0", "state", "1")])
    mounted.store.states.forget(mounted.content, "lan")
    assert mounted.store.states.states(mounted.content, "lan") == ()
    mounted.store.contents.remove(mounted.content)
    assert mounted.store.contents.content(mounted.content) is None
    assert mounted.store.contents.content("../x") is None
    assert mounted.store.contents.content("a" * 300) is None
    assert list(mounted.store.contents.ids()) == []
    for path in mounted.store.joined.root.iterdir():
        os.utime(path, (0, 0))
    mounted.store.tidy()
    assert not list(mounted.store.joined.names())
    with pytest.raises(ValueError, match="no id"):
        mounted.store.contents.add(None, "../x")  # type: ignore[arg-type]


def test_what_is_there_whole_is_not_written_again_and_what_was_cut_is(mounted: Mounted) -> None:
    home = mounted.store.contents.root / mounted.content
    package = building.package(files={"content/a.png": b"PNG"})

    def marks() -> dict[Path, tuple[int, int]]:
        return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in home.rglob("*")}

    before = marks()
    assert mounted.store.add(io.BytesIO(package)) == mounted.content
    assert marks() == before
    (home / "files" / "a.png").write_bytes(b"P")
    # Of a process that was stopped.
    left = home.with_name(f"{mounted.content}.part")
    left.mkdir()
    (left / "about.json").write_text("{}")
    assert list(mounted.store.contents.ids()) == [mounted.content]
    mounted.store.add(io.BytesIO(package))
    assert (home / "files" / "a.png").read_bytes() == b"PNG"
    assert sorted(path.name for path in home.parent.iterdir()) == [".lock", mounted.content]


def test_threads_that_play_first_all_play(mounted: Mounted) -> None:
    wrong: list[object] = []

    def play(player: Player, together: threading.Barrier) -> None:
        try:
            together.wait(30)
            page = player.render(mounted.content, host=SITE, site=SITE)
            for asset in page.assets:
                answer = player.answer("GET", asset, {}, host=SITE)
                if hashlib.sha256(b"".join(answer.body)).hexdigest() not in asset:
                    wrong.append((asset, answer.status))
        except Exception as error:  # noqa: BLE001 - a thread's own does not reach the test
            wrong.append(error)

    for _round in range(5):
        for name, _since in list(mounted.store.joined.names()):
            mounted.store.joined.remove(name)
        together = threading.Barrier(6)
        player = Player(mounted.store, secret=SECRET)
        threads = [threading.Thread(target=play, args=(player, together)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []
    assert not [name for name, _since in mounted.store.joined.names() if name.endswith(".part")]


def test_a_page_allows_single_addresses(mounted: Mounted) -> None:
    own = f"{SITE}/h5p"
    assert mounted.player.page_policy(SITE).split("; ") == [
        f"script-src {own}/host.js {own}/embed.js",
        f"frame-src {own}/play/",
        f"connect-src {own}/told {own}/joined/ {own}/libraries/",
    ]
    assert " style=" not in mounted.player.embed(mounted.content, user="lan", site=SITE)
    for wrong in ("http://a; script-src *", "example.org", "https://a.example/x", "javascript://a", "http://a\n"):
        with pytest.raises(ValueError, match="no origin"):
            mounted.player.page_policy(wrong)


def test_what_is_too_long_is_not_there(mounted: Mounted) -> None:
    for path in (
        f"joined/{'a' * 300}.js",
        f"joined/{'a' * 64}.js",
        f"libraries/{'A' * 254}-1.0/x/y",
        f"libraries/A-1.{'9' * 5000}/x/y",
        "content/x/y",
    ):
        assert mounted.get(f"/h5p/{path}").status == 404, path
    answer = mounted.player.answer("POST", "/h5p/told", {"content-length": "9" * 5000}, io.BytesIO(), host=SITE)
    assert answer.status == 413


def test_rules_are_kept_of_some_contents_and_go_with_them(mounted: Mounted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("h5p_python_adapter.player.host._MOST_RULES", 1)
    token = mounted.about()["token"]
    assert mounted.tell(token, statements=[STATEMENT]).status == 200
    mounted.content = mounted.store.add(io.BytesIO(building.package()))
    assert mounted.tell(mounted.about()["token"], statements=[STATEMENT]).status == 200
    assert list(mounted.player._rules) == [mounted.content]
    mounted.store.contents.remove(mounted.content)
    assert mounted.tell(mounted.about()["token"], statements=[STATEMENT]).status == 400
    assert not mounted.player._rules
    assert mounted.tell(token, statements=[STATEMENT]).status == 200


def test_a_server_gets_what_the_standard_for_wsgi_wants(mounted: Mounted) -> None:
    about = mounted.about()
    page = mounted.player.render(mounted.content, host=SITE, site=SITE)
    found = re.search(r'"contentUrl":"(/h5p/content/[\w.-]+)"', page.html)
    assert found is not None
    picture = f"{found[1]}/a.png"

    def ask(method: str, path: str, body: bytes = b"", **more: str) -> tuple[int, dict[str, str], bytes]:
        environ: dict[str, Any] = {"REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": ""}
        environ |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)), **more}
        setup_testing_defaults(environ)
        given: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], error: Any = None) -> Any:
            given.extend((int(status[:3]), dict(headers)))
            return sys.stderr.write

        parts = validator(mounted.player.wsgi)(environ, start)
        try:
            return given[0], given[1], b"".join(parts)
        finally:
            parts.close()  # type: ignore[attr-defined]

    told = json.dumps({"token": about["token"], "statements": [STATEMENT]}).encode()
    for status, method, path, body, more in (
        (200, "POST", "/h5p/told", told, {}),
        (400, "POST", "/h5p/told", b"{", {}),
        (401, "POST", "/h5p/told", b'{"token": "e30.x"}', {}),
        (405, "GET", "/h5p/told", b"", {}),
        (405, "PUT", "/h5p/host.js", b"", {}),
        (413, "POST", "/h5p/told", b" " * 700_000, {}),
        (400, "GET", "/h5p/host.js", b"", {"HTTP_HOST": "a; b"}),
        (204, "OPTIONS", picture, b"", {}),
        (200, "GET", "/h5p/host.js", b"", {}),
        (206, "GET", picture, b"", {"HTTP_RANGE": "bytes=0-1"}),
        (416, "GET", picture, b"", {"HTTP_RANGE": "bytes=9-"}),
        (404, "GET", "/h5p/x", b"", {}),
    ):
        answered, headers, said = ask(method, path, body, **more)
        assert answered == status, path
        if status in (400, 401, 405, 413):
            assert headers["Content-Type"] == "text/plain; charset=utf-8" and said.endswith(b".")
    for path in (about["address"], picture, page.assets[0], "/h5p/host.js", "/h5p/x", "/h5p/told"):
        whole, bare = ask("GET", path), ask("HEAD", path, HTTP_RANGE="bytes=0-1")
        assert (bare[0], bare[2]) == (whole[0], b"")
        assert bare[1]["Content-Length"] == str(len(whole[2])), path


def test_joined_files_are_unused_when_no_set_in_use_names_them(mounted: Mounted) -> None:
    from h5p_python_adapter import Joiner, needed

    content = mounted.store.contents.content(mounted.content)
    assert content is not None
    libraries = needed(content.main, content.params, mounted.store.libraries)
    joiner = Joiner(mounted.store.joined, lambda: "/h5p/libraries")
    joiner.joined(libraries, mounted.store.libraries)
    later = datetime.now(UTC) + timedelta(days=1)
    names = {name for name, _since in mounted.store.joined.names()}
    assert joiner.unused([joiner.key(libraries)], before=later) == []
    assert joiner.unused([], before=later - timedelta(days=2)) == []
    assert set(joiner.unused([], before=later)) == names
