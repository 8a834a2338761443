"""Pictures of a file: check whether this site takes them, thumbnails, and addition to its library."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _
from PIL import Image as Pillow
from wagtail.images import get_image_model
from wagtail.images.forms import get_image_form

from bdhvs_content.pixels import FORMATS
from bdhvs_content.policies import policy_of
from question_files.document.parts import Picture

MOST = 40
# Both sides of a preview, in pixels.
SMALL = 320
_KINDS = {"image/png": "png", "image/jpeg": "jpg", "image/jpg": "jpg", "image/gif": "gif", "image/webp": "webp"}
_ENDINGS = {"emf": "EMF", "wmf": "WMF", "bmp": "BMP", "tif": "TIFF", "svg": "SVG"}


class NotTaken(Exception):
    """The library refuses a picture; the text says why."""


def library_of(user: Any) -> Any:
    """Return the first collection that this account may add pictures to; None: there is none."""
    collections = policy_of(get_image_model()).collections_user_has_permission_for(user, "add")
    return collections.order_by("path").first()


def taken_by(user: Any) -> Callable[[Picture], str]:
    """Return a function that says why a picture is not taken; empty: it is. Make one per file: it counts."""
    collection = library_of(user)
    count = 0

    def why_not(picture: Picture) -> str:
        nonlocal count
        if collection is None:
            return _("This account cannot add images to the library.")
        ending = _KINDS.get(picture.content_type.lower())
        if ending is None:
            kind = next((name for part, name in _ENDINGS.items() if part in picture.content_type), picture.content_type)
            return _("phones do not show images of the kind %(kind)s. In Word, save it as PNG and insert that.") % {
                "kind": kind
            }
        if count >= MOST:
            return _("a lesson takes at most %(most)d images.") % {"most": MOST}
        form = _form(user, "x", collection, _upload(picture, f"x.{ending}"))
        try:
            form.fields["file"].clean(_upload(picture, f"x.{ending}"), None)
        except ValidationError as refused:
            return " ".join(refused.messages)
        count += 1
        return ""

    return why_not


def thumbnail(picture: Picture) -> str:
    """Make a small picture as an address that holds it (data:); empty if it cannot be shown."""
    try:
        with Pillow.open(io.BytesIO(picture.data), formats=FORMATS) as opened:
            opened.draft("RGB", (SMALL * 2, SMALL * 2))
            small = opened.convert("RGBA" if opened.mode in ("RGBA", "LA", "P") else "RGB")
            small.thumbnail((SMALL, SMALL))
            out = io.BytesIO()
            small.save(out, "WEBP", quality=70)
    # A reader of a picture that is broken further on raises what comes to it.
    except Exception:
        return ""
    return f"data:image/webp;base64,{base64.b64encode(out.getvalue()).decode()}"


def add_to_library(picture: Picture, *, title: str, user: Any) -> Any:
    """Add the picture by the site's own form, whatever its model asks for. Raises NotTaken."""
    ending = _KINDS.get(picture.content_type.lower(), "png")
    form = _form(user, title, library_of(user), _upload(picture, f"word.{ending}"))
    if not form.is_valid():
        raise NotTaken(" ".join(text for errors in form.errors.values() for text in errors))
    return form.save()


def _upload(picture: Picture, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture.data, picture.content_type)


def _form(user: Any, title: str, collection: Any, file: SimpleUploadedFile) -> Any:
    model = get_image_model()
    data = {"title": title, "collection": getattr(collection, "pk", "")}
    return get_image_form(model)(data, {"file": file}, instance=model(uploaded_by_user=user), user=user)
