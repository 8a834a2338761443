"""Uploads in a bucket: where they lie, who gets them, and that nothing else is let out."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError

from bdhvs_lms.site.backups.archive import Archive
from bdhvs_lms.site.backups.stopping import in_words
from bdhvs_lms.site.buckets import storages
from bdhvs_lms.site.unavailable import is_unavailable
from tests.site.test_backups import Loaded, backup, loaded, with_key_of
from tests.support.fixtures import require
from tests.support.live import ROOT, Installation, free_port

__all__ = ["loaded"]

SERVER = ROOT / ".venv-peers" / "bin" / "moto_server"
KEYS = {"AWS_ACCESS_KEY_ID": "somebody", "AWS_SECRET_ACCESS_KEY": "something"}


def test_without_an_address_uploads_are_in_folders_and_packages_apart() -> None:
    found = storages("", "/media/", Path("/srv/private"))
    assert {alias: one["BACKEND"].rpartition(".")[2] for alias, one in found.items()} == {
        "default": "FileSystemStorage",
        "bdhvs_h5p": "FileSystemStorage",
    }
    assert found["bdhvs_h5p"]["OPTIONS"] == {"location": Path("/srv/private/h5p"), "base_url": None}


@pytest.mark.parametrize("prefix", ["", "/", "/tran/2026/"])
def test_an_address_names_a_bucket_with_media_and_packages_beside_each_other(prefix: str) -> None:
    found = storages(f"s3://kho{prefix}?endpoint=https://s3.example.vn&region=vn-1", "/media/", Path("/srv/private"))
    options = {alias: one["OPTIONS"] for alias, one in found.items()}
    ahead = f"{prefix.strip('/')}/".lstrip("/")
    assert [options[alias].pop("location") for alias in ("default", "bdhvs_h5p")] == [
        f"{ahead}media",
        f"{ahead}private/h5p",
    ]
    assert [options[alias].pop("base_url") for alias in ("default", "bdhvs_h5p")] == ["/media/", None]
    same = {"bucket_name": "kho", "endpoint_url": "https://s3.example.vn", "region_name": "vn-1"}
    assert options == {"default": same, "bdhvs_h5p": same}


@pytest.mark.parametrize("url", ["s3:///media", "https://s3.example.vn/kho", "s3://kho?acl=public", "s3://me:pass@kho"])
def test_another_address_is_refused_and_its_password_is_not_repeated(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="has to be like s3://bucket/prefix") as found:
        storages(url, "/media/", Path("/srv/private"))
    assert "pass@" not in str(found.value)


def test_a_bucket_that_is_away_is_said_so_and_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """503 for visitors, words for who keeps the site; both without the minutes that the library would wait."""
    from bdhvs_lms.site.bucket_storage import PATIENCE, Bucket

    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    away = Bucket("/media/", bucket_name="kho", endpoint_url=f"http://127.0.0.1:{free_port()}", region_name="vn-1")
    assert (away.client_config.connect_timeout, away.client_config.s3) == (3, {"addressing_style": None})
    assert PATIENCE.retries["total_max_attempts"] * (PATIENCE.connect_timeout + PATIENCE.read_timeout) < 40
    with pytest.raises(Exception, match="Could not connect") as found:
        away.streamed("images/a.jpg")
    assert is_unavailable(found.value)
    with pytest.raises(CommandError, match="^The bucket is away, or refuses this: Could not connect"):
        with in_words(sys.stderr, stopped=""):
            list(away.listdir(""))


@pytest.fixture
def bucket(tmp_path: Path) -> Iterator[tuple[str, Any]]:
    """(address of an empty bucket for BDHVS_FILES_URL, a client of it)."""
    require(SERVER.exists(), "moto (make peers)")
    import boto3

    port = free_port()
    log = tmp_path / "moto.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [str(SERVER), "-H", "127.0.0.1", "-p", str(port)], stdout=output, stderr=subprocess.STDOUT
        )
    try:
        deadline = time.monotonic() + 60
        while True:
            assert server.poll() is None and time.monotonic() < deadline, log.read_text()
            try:
                httpx.get(f"http://127.0.0.1:{port}/")
                break
            except httpx.TransportError:
                time.sleep(0.05)
        client = boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{port}",
            region_name="us-east-1",
            aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
        )
        client.create_bucket(Bucket="kho")
        yield f"s3://kho/tran?endpoint=http://127.0.0.1:{port}&region=us-east-1&addressing=path", client
        client.close()
    finally:
        server.terminate()
        server.wait(20)


def names_in(client: Any) -> set[str]:
    pages = client.get_paginator("list_objects_v2").paginate(Bucket="kho")
    return {one["Key"] for page in pages for one in page.get("Contents", ())}


# A picture that somebody uploads, one of its renditions, and where the player of an activity is.
MADE = """
import json
from django.core.files.images import ImageFile
from django.test import RequestFactory
from io import BytesIO
from PIL import Image as Pillow
from wagtail.images.models import Image
from bdhvs_h5p.models import H5PVersion
from bdhvs_h5p.player.addresses import player_address
from bdhvs_lms.base.api import now
data = BytesIO()
Pillow.new("RGB", (640, 480), "teal").save(data, "JPEG")
image = Image.objects.create(title="Ao làng", file=ImageFile(data, name="ao lang.jpg"))
again = Image.objects.create(title="Ao làng", file=ImageFile(BytesIO(data.getvalue()), name="ao lang.jpg"))
version = H5PVersion.objects.order_by("pk").first()
request = RequestFactory().get("/", SERVER_NAME="127.0.0.1", SERVER_PORT="@@")
print(json.dumps({
    "files": [image.file.name, again.file.name], "original": image.file.url,
    "rendition": image.get_rendition("max-320x320").url,
    "player": player_address(version, request, "vi", at=now()),
}))
"""


@pytest.mark.thorough
def test_uploads_pictures_recordings_and_packages_are_served_from_a_bucket_and_kept(
    demo: Installation, installation: Installation, bucket: tuple[str, Any], loaded: Callable[[Installation], Loaded]
) -> None:
    address, client = bucket
    file = backup(demo)
    with_key_of(installation, demo).environment.update(KEYS, BDHVS_FILES_URL=address)
    there = loaded(installation)
    there.manage("restore", str(file), "--no-check")
    manifest = Archive(file).manifest
    places = {"default": "tran/media", "bdhvs_h5p": "tran/private/h5p"}
    assert names_in(client) == {f"{places[one.storage]}/{one.name}" for one in manifest.files}
    assert not [path for path in installation.data_dir.glob("media/**/*") if path.is_file()]

    server = installation.serve()
    made = json.loads(there.forks.python(MADE.replace("@@", server.url.rpartition(":")[2])))
    assert len(set(made["files"])) == 2 and f"tran/media/{made['files'][0]}" in names_in(client)
    film = next(one for one in manifest.files if one.name.endswith(".mp4"))
    whole = client.get_object(Bucket="kho", Key=f"tran/media/{film.name}")["Body"].read()
    with httpx.Client(base_url=server.url) as browser:
        rendition = browser.get(made["rendition"])
        assert (rendition.status_code, rendition.headers["Content-Type"]) == (200, "image/jpeg")
        from PIL import Image

        assert Image.open(BytesIO(rendition.content)).size == (320, 240)
        # Originals, documents and packages have no address, and a name leads nowhere else.
        for private in (
            made["original"],
            "/media/documents/demo-nam-so-can-goi.pdf",
            "/media/media/../../private/h5p/x.mp4",
        ):
            assert browser.get(private).status_code == 404, private
        assert browser.get("/media/images/none.jpg").status_code == 404
        answer = browser.get(f"/media/{film.name}")
        assert (answer.status_code, answer.headers["Content-Type"], answer.content) == (200, "video/mp4", whole)
        part = browser.get(f"/media/{film.name}", headers={"Range": "bytes=100-299"})
        assert (part.status_code, part.content) == (206, whole[100:300])
        assert part.headers["Content-Range"] == f"bytes 100-299/{len(whole)}"
        since = {"If-Modified-Since": answer.headers["Last-Modified"]}
        assert browser.get(f"/media/{film.name}", headers=since).status_code == 304
        assert browser.head(f"/media/{film.name}").headers["Content-Length"] == str(len(whole))

        document = browser.get(made["player"])
        assert document.status_code == 200
        # In the page's data, from where its script asks for them.
        fetched = re.findall(r"/h5p/goi/[0-9a-f]{64}\.(?:js|css)", document.text)
        assert fetched and all(browser.get(name).status_code == 200 for name in fetched), fetched
        program = next(one.name for one in manifest.files if one.storage == "bdhvs_h5p" and one.name.endswith(".js"))
        assert browser.get(f"/h5p/thu-vien/{program.removeprefix('libraries/')}").status_code == 200
    assert any(name.startswith("tran/private/h5p/bundles/") for name in names_in(client))
    again = Archive(backup(there, "again.bdhvs")).manifest
    kept = {(one.storage, one.name): one.sha256 for one in again.files}
    assert kept.keys() >= {("default", name) for name in made["files"]}
    assert {(one.storage, one.name): one.sha256 for one in manifest.files}.items() <= kept.items()
