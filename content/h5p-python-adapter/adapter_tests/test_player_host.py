"""A player that is mounted: what it takes of a page, for how long, and what it refuses; and the folder behind it."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

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

pytestmark = pytest.mark.database_free

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
    mounted.player.render(mounted.content, host=SITE, site=SITE)
    (mounted.store.contents.root / "half").mkdir()
    assert list(mounted.store.joined.names())
    mounted.store.tidy()
    assert not list(mounted.store.joined.names())
    assert not (mounted.store.contents.root / "half").exists()
    page = mounted.player.render(mounted.content, host=SITE, site=SITE)
    assert mounted.get(page.assets[3]).status == 200
    mounted.store.states.keep(mounted.content, "lan", [State("0", "state", "1")])
    mounted.store.states.forget(mounted.content, "lan")
    assert mounted.store.states.states(mounted.content, "lan") == ()
    mounted.store.contents.remove(mounted.content)
    assert mounted.store.contents.content(mounted.content) is None
    assert mounted.store.contents.content("../x") is None


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
