"""Our own film, with its captions, and our own document, put into the libraries of media and documents."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile
from wagtail.documents import get_document_model
from wagtailmedia.models import get_media_model

from bdhvs_demo.data import FOLDER

# Of every film here: as it was drawn.
WIDTH, HEIGHT, SECONDS = 360, 420, 10


def _content(name: str) -> ContentFile[bytes]:
    return ContentFile((FOLDER / "files" / name).read_bytes(), name=f"demo-{name}")


def document(name: str, title: str) -> Any:
    """The library's document of that title; made from the file if it is not there."""
    model = get_document_model()
    found = model.objects.filter(title=title).first()
    return found if found is not None else model.objects.create(title=title, file=_content(name))


def film(name: str, title: str) -> Any:
    """The library's film of that title; made from the file, and the picture beside it, if it is not there."""
    model = get_media_model()
    found = model.objects.filter(title=title).first()
    if found is None:
        found = model.objects.create(
            title=title,
            type="video",
            file=_content(name),
            thumbnail=_content(name.replace(".mp4", ".png")),
            duration=SECONDS,
            width=WIDTH,
            height=HEIGHT,
        )
    return found
