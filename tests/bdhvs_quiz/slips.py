"""A format of the tests: a file of JSON that says what a reading is, and goes wrong when it is told to."""

from __future__ import annotations

import base64
import json
from decimal import Decimal
from typing import Any, BinaryIO

from bdhvs_lms.plugins.api import (
    Finding,
    PlainMedia,
    PlainOption,
    PlainQuestion,
    QuestionFormat,
    Reading,
    UnreadableFile,
)


class SlipFormat(QuestionFormat):
    key = "tests.slips"
    label = "Slips"
    suffix = ".slips"
    content_type = "application/json"
    reads = True
    writes = False

    def recognises(self, head: bytes, name: str) -> int:
        return 3 if head.startswith(b'{"slips"') else super().recognises(head, name)

    def read(self, file: BinaryIO, *, name: str, language: str) -> Reading:
        try:
            said = json.loads(file.read())["slips"]
        except ValueError as error:
            raise UnreadableFile("Tệp hỏng.") from error
        if said.get("fails"):
            raise RuntimeError("A promise is broken.")
        return Reading(
            tuple(_question(each, place) for place, each in enumerate(said["questions"], 1)),
            tuple(Finding(**each) for each in said.get("findings", ())),
            tuple(said.get("notes", ())),
        )


def _question(each: dict[str, Any], place: int) -> PlainQuestion:
    data = {"kind": "single", "place": f"câu {place}", **each}
    data["options"] = tuple(
        PlainOption(**{**option, "media": _media(option)}) for option in data.get("options", options(1))
    )
    data["points"] = Decimal(data.get("points", 1))
    for name in ("tags", "category"):
        data[name] = tuple(data.get(name, ()))
    if data["kind"] != "single" and data["kind"] != "multiple":
        data["options"] = ()
    return PlainQuestion(**{**data, "media": _media(data)})


def _media(data: dict[str, Any]) -> tuple[PlainMedia, ...]:
    def load(given: dict[str, str]) -> Any:
        return lambda: base64.b64decode(given["data"], validate=True)

    return tuple(
        PlainMedia(each["name"], "image/png", load(each), each.get("alt", "")) for each in data.get("media", ())
    )


def options(right: int = 0, *texts: str) -> list[dict[str, Any]]:
    return [
        {"text": text, "right": place == right}
        for place, text in enumerate(texts or ("Đọc mã", "Không đọc", "Nhắn tin"))
    ]


def slips(*questions: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"slips": {"questions": questions, **more}}, ensure_ascii=False).encode()


def picture(colour: str = "red", name: str = "hinh.png", alt: str = "") -> dict[str, str]:
    from wagtail.images.tests.utils import get_test_image_file  # of Wagtail's own tests

    data = get_test_image_file(colour=colour, size=(32, 32)).file.getvalue()
    return {"name": name, "data": base64.b64encode(data).decode(), "alt": alt}
