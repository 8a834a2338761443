"""Our own drawings, put into the library of images."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile
from wagtail.images import get_image_model

from bdhvs_demo.data import drawing


def picture(name: str, alt: str) -> Any:
    """The library's image of that drawing, found by its title, which says what it shows; made if it is not there."""
    model = get_image_model()
    found = model.objects.filter(title=alt).first()
    if found is None:
        found = model.objects.create(title=alt, file=ContentFile(drawing(name), name=f"demo-{name}"))
    return found
