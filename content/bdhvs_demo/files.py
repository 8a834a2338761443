"""Our own drawings, film with its captions, and document, put into the libraries of images, media and documents."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtailmedia.models import get_media_model

from bdhvs_demo.data import FOLDER

# Of every film here: as it was drawn.
WIDTH, HEIGHT, SECONDS = 360, 420, 10


def _content(name: str, folder: str = "files") -> ContentFile[bytes]:
    return ContentFile((FOLDER / folder / name).read_bytes(), name=f"demo-{name}")


def picture(name: str, alt: str) -> Any:
    """Return the library's image of that drawing, found by its title, which says what it shows; made if
    it is not there."""
    model = get_image_model()
    found = model.objects.filter(title=alt).first()
    return found if found is not None else model.objects.create(title=alt, file=_content(name, "pictures"))


def document(name: str, title: str) -> Any:
    """Return the library's document of that title; made from the file if it is not there."""
    model = get_document_model()
    found = model.objects.filter(title=title).first()
    return found if found is not None else model.objects.create(title=title, file=_content(name))


def film(name: str, title: str) -> Any:
    """Return the library's film of that title; made from the file, and the picture beside it, if it is not there."""
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
