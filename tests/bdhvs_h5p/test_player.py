"""The player's document and its files over HTTP: what they say, what they let in, and to whom they answer."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import shutil
from base64 import b64encode
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext, override_script_prefix

from adapter_tests import building
from bdhvs_h5p import uploads
from bdhvs_h5p.conf import app_settings
from bdhvs_h5p.frame import PlayerPart
from bdhvs_h5p.models import H5PVersion, Library
from bdhvs_h5p.player import addresses
from bdhvs_lms.base.api import now
from h5p_python_adapter.player import core as core_module
from h5p_python_adapter.player.core import core
from tests.bdhvs_content import pages
from tests.bdhvs_h5p import playing
from tests.support.fixtures import require
from tests.support.loops import for_each
from tests.support.markup import html_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("h5p_folder")]

PICTURE = b"\x89PNG" + bytes(range(256)) * 4
FILES = {"content/images/a.png": PICTURE, "content/images/a.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>"}


@pytest.fixture(autouse=True)
def player_files() -> None:
    require(core(), "The H5P player (npm ci)")


@pytest.fixture
def version() -> H5PVersion:
    return stored(building.package("Bdhvs.TestContainer 1.0", files=FILES))


def stored(data: bytes, **more: Any) -> H5PVersion:
    outcome = uploads.receive(io.BytesIO(data), file_name="a.h5p", may_install=True, at=pages.AT, **more)
    assert isinstance(outcome, uploads.Stored), outcome
    return outcome.version


def address_of(version: H5PVersion, language: str = "vi", **request: Any) -> str:
    return addresses.player_address(version, RequestFactory().get("/", **request), language, at=now())


def opened(client: Client, version: H5PVersion, language: str = "vi") -> Any:
    response = client.get(address_of(version, language).removeprefix("http://testserver"))
    assert response.status_code == 200, html_of(response)
    return response


def data_of(response: Any) -> Any:
    found = re.search(r'<script id="h5p-data" type="application/json">(.*?)</script>', html_of(response), re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def inline_script(response: Any) -> str:
    """The one script that stands in the document."""
    (found,) = re.findall(r"<script>(.*?)</script>", response.content.decode(), re.DOTALL)
    return str(found)


def policy_of(response: Any) -> dict[str, list[str]]:
    parts = [part.split() for part in response.headers["Content-Security-Policy"].split("; ")]
    return {name: values for name, *values in parts}


def file_address(version: H5PVersion, path: str = "images/a.png") -> str:
    return f"{addresses.content_prefix(addresses.content_token(version, at=now()))}/{path}"


# --- The document -----------------------------------------------------------------------------------------------------


def test_the_document_shuts_itself_in(client: Client, version: H5PVersion) -> None:
    response = opened(client, version)
    policy = policy_of(response)
    assert policy["sandbox"] == ["allow-scripts"]
    assert policy["default-src"] == policy["object-src"] == policy["form-action"] == policy["base-uri"] == ["'none'"]
    assert policy["frame-src"] == ["'none'"]
    assert policy["worker-src"] == ["blob:"]
    assert policy["frame-ancestors"] == ["http://testserver"]
    assert "unsafe-eval" not in str(policy)
    assert [name for name, values in policy.items() if "'unsafe-inline'" in values] == ["style-src"]
    # Each script by its text, and libraries by their folder: nothing else of this host is one.
    texts = [inline_script(response).encode()]
    texts += [client.get(address).content for address in data_of(response)["files"] if address.endswith(".js")]
    assert len(texts) == 3
    hashes = [f"'sha256-{b64encode(hashlib.sha256(text).digest()).decode()}'" for text in texts]
    assert policy["script-src"] == [*hashes, "http://testserver/h5p/thu-vien/"]
    assert {one for values in policy.values() for one in values if "://" in one} <= {
        one for values in policy.values() for one in values if one.startswith("http://testserver")
    }
    assert response.headers["Connection-Allowlist"] == "(response-origin)"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "X-Frame-Options" not in response.headers
    assert "no-store" in response.headers["Cache-Control"]
    assert not client.cookies and "Set-Cookie" not in response.headers


def test_nothing_in_it_is_fetched_by_itself_or_runs_but_its_one_script(client: Client, version: H5PVersion) -> None:
    response = opened(client, version)
    html = response.content.decode().replace(inline_script(response), "")
    assert re.findall(r"<script[^>]*>", html) == ['<script id="h5p-data" type="application/json">', "<script>"]
    assert re.findall(r"\son\w+=|\sstyle=|javascript:|\s(?:src|href)=|<link", html) == []
    # It is sent with each document, which nobody keeps.
    assert len(gzip.compress(inline_script(response).encode())) < 1000


def test_words_of_content_cannot_end_the_data(client: Client) -> None:
    params = {
        "question": "</script><script>alert(1)</script><!--",
        "answers": [{"text": "\u2028", "correct": True}],
    }
    response = opened(client, stored(building.package(params=params)))
    kept = data_of(response)["integration"]["contents"]["cid-1"]["jsonContent"]
    assert json.loads(kept) == params


def test_the_document_asks_the_database_twice(client: Client, version: H5PVersion) -> None:
    opened(client, version)
    with CaptureQueriesContext(connection) as queries:
        opened(client, version)
    assert len(queries) == 2, [one["sql"] for one in queries]


def test_the_players_words_are_in_the_language_of_the_page(client: Client, version: H5PVersion) -> None:
    assert "Mở từ khóa học" in html_of(opened(client, version))
    english = opened(client, version, "en")
    assert "Open it from the course" in html_of(english)
    assert data_of(english)["integration"]["l10n"]["H5P"]["fullscreen"] == "Full screen"


@pytest.mark.parametrize("token", ["x", "e30~x", "~", "a~b~c", "đ"])
def test_an_address_that_nobody_gave_out_leads_nowhere(client: Client, token: str) -> None:
    response = client.get(f"/h5p/choi/{token}/")
    assert response.status_code == 404
    assert "sandbox" in response.headers["Content-Security-Policy"]


def test_an_address_ends(client: Client, version: H5PVersion) -> None:
    played = addresses.Played(version.pk, "vi", "http://testserver")
    for age, status in ((timedelta(hours=23), 200), (timedelta(hours=25), 404)):
        token = addresses.player_token(played, at=now() - age)
        assert client.get(f"/h5p/choi/{token}/").status_code == status
    token = addresses.content_token(version, at=now() - timedelta(days=61))
    assert client.get(f"{addresses.content_prefix(token)}/images/a.png").status_code == 404


def test_only_the_page_that_asked_may_frame_it(client: Client, version: H5PVersion) -> None:
    address = address_of(version, HTTP_HOST="localhost", SERVER_PORT="8000").replace("localhost:8000", "testserver")
    response = client.get(address.partition("testserver")[2] or address)
    assert policy_of(response)["frame-ancestors"][0].startswith("http://localhost")


def test_hosts_of_others_are_let_in_only_by_name(client: Client, version: H5PVersion, settings: Any) -> None:
    settings.BDHVS_H5P_FRAME_HOSTS = ["https://video.example", "; script-src *"]
    assert [one.id for one in app_settings.check()] == ["bdhvs_h5p.E006"]
    settings.BDHVS_H5P_FRAME_HOSTS = ["https://video.example"]
    response = opened(client, version)
    assert policy_of(response)["frame-src"] == ["https://video.example"]
    assert "https://video.example" not in policy_of(response)["connect-src"]
    assert response.headers["Connection-Allowlist"] == '(response-origin "https://video.example/*")'


def test_a_library_that_was_taken_away_is_named(client: Client, version: H5PVersion) -> None:
    Library.objects.filter(machine_name="Bdhvs.TestShared").delete()
    response = client.get(address_of(version).removeprefix("http://testserver"))
    assert response.status_code == 503
    assert "Bdhvs.TestShared 1.0" in html_of(response)


def test_without_npms_files_the_document_says_how_to_get_them(
    client: Client, version: H5PVersion, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(core_module, "PLAYER_FILES", tmp_path)
    core.cache_clear()
    try:
        response = client.get(address_of(version).removeprefix("http://testserver"))
    finally:
        monkeypatch.undo()
        core.cache_clear()
    assert response.status_code == 503
    assert "npm ci" in html_of(response)
    assert core_module.player_there()


def test_another_font_or_picture_of_h5p_is_another_address(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What is kept for ever is never another file."""
    copied = tmp_path / "files"
    shutil.copytree(core_module.PLAYER_FILES, copied)
    monkeypatch.setattr(core_module, "PLAYER_FILES", copied)
    build = core.__wrapped__
    same = build()
    (copied / "images/throbber.gif").write_bytes(b"GIF89a")
    other = build()
    assert same is not None and other is not None
    assert same.script_sha256 == other.script_sha256
    assert same.style_sha256 != other.style_sha256


# --- The page around it -----------------------------------------------------------------------------------------------


def test_the_page_may_show_this_frame_and_no_other() -> None:
    play = playing.Playing()
    response = play.client.get(playing.address(play.open()))
    shown = re.findall(r'<div class="h5p" data-h5p="([^"]+)"', html_of(response))
    assert len(shown) == 1
    assert policy_of(response)["frame-src"] == shown
    assert "frame-src" not in play.client.get("/viec-hoc/").headers["Content-Security-Policy"]
    frame = re.search(r"<iframe [^>]*>", html_of(response))
    assert frame is not None
    assert 'sandbox="allow-scripts"' in frame[0] and 'title="' in frame[0] and " src=" not in frame[0]


def test_a_page_without_npms_files_says_how_to_get_them() -> None:
    part = PlayerPart(address="", files=(), title="Mật khẩu", language="vi", there=False)
    said = render_to_string("bdhvs_h5p/includes/player.html", {"player": part})
    assert "npm ci" in said
    assert "<iframe" not in said and "<script" not in said


# --- Files ------------------------------------------------------------------------------------------------------------


def test_what_the_document_asks_for_is_there_and_kept_for_ever(client: Client, version: H5PVersion) -> None:
    named = data_of(opened(client, version))["files"]
    assert [address.rpartition(".")[2] for address in named] == ["css", "css", "js", "js"]
    beginnings = addresses.lasting_files(RequestFactory().get("/"))
    for address in named:
        assert f"http://testserver{address}".startswith(beginnings)
        found = client.get(address)
        assert found.status_code == 200, address
        assert found.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert found.headers["Access-Control-Allow-Origin"] == "*"
        assert found.headers["X-Content-Type-Options"] == "nosniff"
        assert found.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert found.headers["Content-Type"].startswith(("text/css", "text/javascript"))
    style = client.get(named[1]).content.decode()
    assert 'url("data:image/svg+xml;base64,' in style
    row = Library.objects.get(machine_name="Bdhvs.TestShared")
    drawing = client.head(f"/h5p/thu-vien/Bdhvs.TestShared-1.0/{row.tree_hash}/images/mark.svg")
    assert (drawing.status_code, drawing.headers["Content-Type"]) == (200, "image/svg+xml")


def test_joined_files_come_as_small_as_the_browser_takes_them(client: Client, version: H5PVersion) -> None:
    address = data_of(opened(client, version))["files"][3]
    plain = client.get(address)
    assert "Content-Encoding" not in plain.headers
    zipped = client.get(address, headers={"Accept-Encoding": "gzip, br;q=0"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.content) == plain.content
    smallest = client.get(address, headers={"Accept-Encoding": "gzip, deflate, br"})
    assert smallest.headers["Content-Encoding"] == "br"
    assert smallest.headers["Vary"].startswith("Accept-Encoding")
    assert len(smallest.content) < len(plain.content) / 2


def test_two_contents_with_the_same_libraries_share_their_files(client: Client, version: H5PVersion) -> None:
    other = stored(building.package("Bdhvs.TestContainer 1.0", {"items": version.params["items"][:1]}))
    assert data_of(opened(client, version))["files"][3] == data_of(opened(client, other))["files"][3]


def test_a_content_keeps_the_address_of_its_files_for_weeks(version: H5PVersion) -> None:
    # A month of addresses begins every 30 days after 2020.
    start = addresses._EPOCH + 80 * timedelta(days=30)
    token = addresses.content_token(version, at=start)
    assert addresses.content_token(version, at=start + timedelta(days=29)) == token
    assert addresses.content_token(version, at=start + timedelta(days=30)) != token
    assert addresses.read_content_token(token, at=start + timedelta(days=59)) == version.uuid
    with pytest.raises(addresses.BadAddress):
        addresses.read_content_token(token, at=start + timedelta(days=60))


@for_each(
    ("asked", "status", "part", "range"),
    [
        ("", 200, PICTURE, None),
        ("bytes=0-3", 206, PICTURE[:4], "bytes 0-3/1028"),
        ("bytes=1000-", 206, PICTURE[1000:], "bytes 1000-1027/1028"),
        ("bytes=-5", 206, PICTURE[-5:], "bytes 1023-1027/1028"),
        ("bytes=-9999", 206, PICTURE, "bytes 0-1027/1028"),
        ("bytes=1000-9999", 206, PICTURE[1000:], "bytes 1000-1027/1028"),
        ("bytes=1028-", 416, b"", "bytes */1028"),
        ("bytes=-0", 416, b"", "bytes */1028"),
        ("bytes=9-1", 200, PICTURE, None),
        ("bytes=0-1,3-4", 200, PICTURE, None),
        ("lines=1-2", 200, PICTURE, None),
    ],
)
def test_a_film_is_fetched_in_parts(
    client: Client, version: H5PVersion, asked: str, status: int, part: bytes, range: str | None
) -> None:
    response = client.get(file_address(version), headers={"Range": asked} if asked else {})
    body = b"".join(response) if response.streaming else response.content
    assert (response.status_code, body, response.headers.get("Content-Range")) == (status, part, range)
    assert response.headers["Accept-Ranges"] == "bytes"
    if status != 416:
        assert response.headers["Content-Length"] == str(len(part))


def test_a_file_says_what_it_is_and_nothing_else_and_to_anyone(client: Client, version: H5PVersion) -> None:
    for path, kind in (("images/a.png", "image/png"), ("images/a.svg", "image/svg+xml")):
        head = client.head(file_address(version, path))
        assert (head.status_code, head.headers["Content-Type"]) == (200, kind)
        assert head.headers["Access-Control-Allow-Origin"] == "*"
        assert head.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in head.headers["Content-Security-Policy"]
    before = client.options(file_address(version), headers={"Access-Control-Request-Headers": "x-requested-with"})
    assert before.status_code == 204
    assert "X-Requested-With" in before.headers["Access-Control-Allow-Headers"]
    assert client.post(file_address(version)).status_code == 405


def test_files_are_also_where_content_types_of_old_look(client: Client, version: H5PVersion) -> None:
    # H5P.getContentPath(1) + "/images/a.png"
    response = client.get(f"{data_of(opened(client, version))['integration']['url']}/content/1/images/a.png")
    assert b"".join(response) == PICTURE


def test_files_ask_the_database_nothing(client: Client, version: H5PVersion) -> None:
    with CaptureQueriesContext(connection) as queries:
        response = client.get(file_address(version))
    assert b"".join(response) == PICTURE
    assert len(queries) == 0


@for_each(
    "path",
    [
        "images",
        "images/",
        "images/b.png",
        "../a.png",
        "images/../../../libraries",
        "..%2f..%2flibraries",
        "%2e%2e/x",
        "/etc/passwd",
        "images//a.png",
        "images\\a.png",
        "images/a.png%00",
        "x" * 300,
    ],
)
def test_no_way_out_of_a_contents_files(client: Client, version: H5PVersion, path: str) -> None:
    assert client.get(file_address(version, path)).status_code in (400, 404)


def test_only_libraries_and_core_files_that_are_there(client: Client, version: H5PVersion) -> None:
    row = Library.objects.get(machine_name="Bdhvs.TestShared")
    base = f"/h5p/thu-vien/Bdhvs.TestShared-1.0/{row.tree_hash}"
    words = client.get(f"{base}/words.json")
    assert words.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert json.loads(b"".join(words)) == {"hello": "Xin chào"}
    for wrong in (
        f"{base}/../../../../contents/x",
        f"{base}/none.json",
        f"/h5p/thu-vien/Bdhvs.TestShared-1.0/{'0' * 64}/words.json",
        f"/h5p/thu-vien/../{row.tree_hash}/words.json",
        f"/h5p/thu-vien/Bdhvs.TestShared 1.0/{row.tree_hash}/words.json",
        f"/h5p/goi/{'0' * 64}.js",
        f"/h5p/goi/{'0' * 64}.css",
    ):
        assert client.get(wrong).status_code in (400, 404), wrong


def test_the_style_fetches_nothing_and_has_its_signs_and_pictures_in_it() -> None:
    own = core()
    assert own is not None
    style = own.style.plain.decode()
    assert {one[:5] for one in re.findall(r"url\(\s*['\"]?([^'\")]+)", style)} == {"data:"}
    # Of text none: a page of ours uses the device's.
    assert re.findall(r"font-family: ['\"]([\w-]+)['\"];[^}]*url\(data:font", style) == ["h5p", "h5p-theme"]


# --- A host of its own ------------------------------------------------------------------------------------------------


def test_the_contents_host_serves_the_player_and_nothing_else(
    client: Client, version: H5PVersion, settings: Any
) -> None:
    settings.BDHVS_H5P_CONTENT_ORIGIN = "http://content.example"
    settings.ALLOWED_HOSTS = ["testserver", "content.example"]
    address = address_of(version)
    assert address.startswith("http://content.example/h5p/choi/")
    path = address.removeprefix("http://content.example")
    there = client.get(path, headers={"Host": "content.example"})
    assert there.status_code == 200
    with override_script_prefix("/portal/"):
        assert client.get(path, headers={"Host": "content.example"}, SCRIPT_NAME="/portal").status_code == 200
    policy = policy_of(there)
    assert policy["frame-ancestors"] == ["http://testserver"]
    assert [one for one in policy["script-src"] if "sha256" not in one] == ["http://content.example/h5p/thu-vien/"]
    assert client.get(path).status_code == 404
    assert client.get(file_address(version)).status_code == 404
    for outside in ("/", "/quan-tri/", "/dang-nhap/", "/viec-hoc/", "/xapi/about", "/healthz"):
        for host in ("content.example", "Content.Example", "content.example."):
            assert client.get(outside, headers={"Host": host}).status_code == 404, (outside, host)
