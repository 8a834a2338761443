"""Uploads that are public: of the kinds listed, under fixed types, range by range, and never as a page of this site."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests.support.loops import for_each

# What no view of media takes goes on to Wagtail, which asks the database.
pytestmark = pytest.mark.django_db

CONTENT = bytes(range(256)) * 4


@pytest.fixture
def film() -> Iterator[str]:
    folder = Path(settings.MEDIA_ROOT) / "media"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "phim thử.mp4"
    file.write_bytes(CONTENT)
    (folder / "trang.html").write_text("<script>alert(1)</script>")
    yield "/media/media/phim thử.mp4"
    for made in folder.iterdir():
        made.unlink()


def body(response: object) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def test_the_whole_file_goes_out_under_its_fixed_type_and_may_do_nothing(film: str) -> None:
    response = Client().get(film)
    assert (response.status_code, response["Content-Type"], response["Content-Length"]) == (200, "video/mp4", "1024")
    assert response["Accept-Ranges"] == "bytes"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "Content-Disposition" not in response or not response["Content-Disposition"].startswith("attachment")
    assert body(response) == CONTENT


@for_each(
    ("asked", "first", "last"),
    [
        ("bytes=0-9", 0, 9),
        ("bytes=1000-", 1000, 1023),
        ("bytes=1020-9999", 1020, 1023),
        ("bytes=-4", 1020, 1023),
        ("bytes=-5000", 0, 1023),
        ("bytes=7-7", 7, 7),
    ],
)
def test_one_range_is_answered_with_exactly_its_bytes(film: str, asked: str, first: int, last: int) -> None:
    response = Client().get(film, headers={"Range": asked})
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/1024"
    assert response["Content-Length"] == str(last - first + 1)
    assert body(response) == CONTENT[first : last + 1]


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=5000-6000", "bytes=-0"])
def test_a_range_behind_the_end_is_416_with_the_size(film: str, asked: str) -> None:
    response = Client().get(film, headers={"Range": asked})
    assert (response.status_code, response["Content-Range"]) == (416, "bytes */1024")


@for_each(
    "asked", ["bytes=0-1,5-6", "bytes=-", "bytes=9-3", "lines=1-2", "bytes=a-b", "nonsense", f"bytes={'9' * 5000}-"]
)
def test_what_is_no_single_range_gets_the_whole_file(film: str, asked: str) -> None:
    response = Client().get(film, headers={"Range": asked})
    assert (response.status_code, body(response)) == (200, CONTENT)


def test_a_download_of_another_version_starts_over_and_an_unchanged_file_is_not_sent_again(film: str) -> None:
    client = Client()
    modified = client.head(film)["Last-Modified"]
    fresh = client.get(film, headers={"Range": "bytes=0-1", "If-Range": modified})
    old = client.get(film, headers={"Range": "bytes=0-1", "If-Range": "Mon, 01 Jan 2024 00:00:00 GMT"})
    assert (fresh.status_code, body(fresh)) == (206, CONTENT[:2])
    assert (old.status_code, body(old)) == (200, CONTENT)
    assert client.get(film, headers={"If-Modified-Since": modified}).status_code == 304


@pytest.mark.parametrize(
    "name",
    ["media/trang.html", "media/none.mp4", "media/../media/", "media/..%2f..%2fdb.sqlite3", "original_images/a.png"],
)
def test_nothing_else_in_the_folder_and_nothing_outside_it_goes_out(film: str, name: str) -> None:
    assert Client().get(f"/media/{name}").status_code == 404


def test_other_methods_are_refused_and_head_has_the_size(film: str) -> None:
    assert Client().post(film).status_code == 405
    head = Client().head(film)
    assert (head.status_code, head["Content-Length"]) == (200, "1024")


def test_a_drawing_is_served_so_that_nothing_in_it_can_act() -> None:
    folder = Path(settings.MEDIA_ROOT) / "images"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "hinh.svg"
    file.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    try:
        response = Client().get("/media/images/hinh.svg")
        assert response["Content-Type"] == "image/svg+xml"
        assert response["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        body(response)
    finally:
        file.unlink()
