"""Pictures and sounds within a Moodle XML file: base64, beside the text that shows them."""

from __future__ import annotations

import base64
import binascii
import mimetypes
import re
from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import quote, unquote
from xml.etree.ElementTree import Element  # noqa: S405

from question_files.plain import PlainMedia
from question_files.texts import line

PLACE = "@@PLUGINFILE@@/"
_DATA = re.compile(r"data:((?:image|audio)/[\w.+-]{1,40});base64,([A-Za-z0-9+/=\s%]+)")
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
)


def content_type(name: str, data: bytes) -> str:
    """'image/…' or 'audio/…' by what is in it, else by its name; empty: neither."""
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if data[:4] == b"RIFF" and data[8:12] in (b"WEBP", b"WAVE"):
        return "image/webp" if data[8:12] == b"WEBP" else "audio/wav"
    if data[4:8] == b"ftyp":
        return {b"avif": "image/avif", b"heic": "image/heic", b"M4A ": "audio/mp4"}.get(data[8:12], "")
    guess = mimetypes.guess_type(name, strict=False)[0] or ""
    # What calls itself so and has not its mark is none; of SVG the text is the mark.
    if guess == "image/svg+xml":
        return guess if b"<svg" in data[:2000] else ""
    return ""


def _bytes(written: str) -> bytes:
    try:
        return base64.b64decode(written.encode("ascii", "ignore"), validate=False)
    except (binascii.Error, ValueError):
        return b""


class Files:
    """Of one element: what its `<file>`s hold, by the address that the text has for each."""

    def __init__(self, element: Element | None) -> None:
        self._found: dict[str, str] = {}
        for file in [] if element is None else element.findall("file"):
            folder = (file.get("path") or "/").strip("/")
            name = file.get("name") or ""
            self._found[f"{folder}/{name}".lstrip("/")] = file.text or ""

    def find(self, address: str) -> PlainMedia | None:
        if inline := _DATA.fullmatch(address):
            data = _bytes(unquote(inline[2]))
            ending = mimetypes.guess_extension(inline[1]) or ""
            return _media(f"{binascii.crc32(data):08x}{ending}", data)
        if not address.startswith("@@PLUGINFILE@@"):
            return None
        path = unquote(re.split(r"[?#]", address)[0]).removeprefix("@@PLUGINFILE@@").lstrip("/")
        written = self._found.get(path)
        return None if written is None else _media(path.rpartition("/")[2], _bytes(written))


def image_of(question: Element) -> PlainMedia | None:
    """The picture of a question in a file of Moodle 1.9."""
    written = "".join((question.findtext("image_base64") or "").split())
    name = (question.findtext("image") or "").strip().rpartition("/")[2]
    return _media(name or "image.png", _bytes(written)) if written else None


def _media(name: str, data: bytes) -> PlainMedia | None:
    kind = content_type(name, data)
    return PlainMedia(line(name), kind, lambda: data) if data and kind else None


def with_files(html: str, media: Sequence[PlainMedia]) -> tuple[str, str]:
    """The text with its pictures and sounds below it, and the `<file>`s that go beside."""
    files: dict[str, PlainMedia] = {}
    shown = ""
    for one in media:
        name = _free(one.name, files)
        files[name] = one
        address = PLACE + quote(name)
        if one.content_type.startswith("audio/"):
            shown += f'<p><audio controls="controls" title="{_attribute(one.alt)}"><source src="{address}"></audio></p>'
        else:
            shown += f'<p><img src="{address}" alt="{_attribute(one.alt)}"></p>'
    written = "".join(
        f'<file name="{escape(name)}" path="/" encoding="base64">{base64.b64encode(one.load()).decode()}</file>'
        for name, one in files.items()
    )
    return html + shown, written


def _attribute(text: str) -> str:
    """Written so that no gap is looked for in it."""
    return escape(line(text)).replace("{", "&#123;").replace("[[", "&#91;[")


def _free(name: str, taken: Mapping[str, PlainMedia]) -> str:
    """A name that no other file has."""
    name = line(name).replace("/", "_").replace("\\", "_") or "file"
    stem, dot, ending = name.rpartition(".")
    stem, ending = (stem, dot + ending) if dot else (name, "")
    free, count = name, 1
    while free in taken:
        count += 1
        free = f"{stem}-{count}{ending}"
    return free
