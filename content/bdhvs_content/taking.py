"""Pictures and sounds inside other files: recognised by their content, refused as an upload would be, stored."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from wagtail.images import get_image_model
from wagtail.images.utils import get_allowed_image_extensions
from wagtailmedia.models import get_media_model
from wagtailmedia.settings import wagtailmedia_settings

from bdhvs_content.pixels import BoundedImageField
from bdhvs_content.svg import dangers

Kind = Literal["picture", "sound"]
_TITLE = 255


@dataclass(frozen=True)
class TakenFile:
    """A picture or a sound that may be stored."""

    kind: Kind
    name: str
    """With the ending of what it is, whatever it was called."""
    content_type: str
    data: bytes


# What a file begins with, at which place, and what it is then.
_STARTS: tuple[tuple[int, bytes, Kind, str, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "picture", "png", "image/png"),
    (0, b"\xff\xd8\xff", "picture", "jpg", "image/jpeg"),
    (0, b"GIF8", "picture", "gif", "image/gif"),
    (8, b"WEBP", "picture", "webp", "image/webp"),
    (4, b"ftypavif", "picture", "avif", "image/avif"),
    (4, b"ftyp", "sound", "m4a", "audio/mp4"),
    (0, b"OggS", "sound", "ogg", "audio/ogg"),
    (0, b"ID3", "sound", "mp3", "audio/mpeg"),
)


def _known(data: bytes) -> tuple[Kind, str, str] | None:
    for at, start, kind, ending, content_type in _STARTS:
        if data[at : at + len(start)] == start:
            return kind, ending, content_type
    if len(data) > 2 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2:  # a frame of MP3 without a tag before it
        return "sound", "mp3", "audio/mpeg"
    if b"<svg" in data[:4096].lower():
        return "picture", "svg", "image/svg+xml"
    return None


def take_file(name: str, data: bytes) -> TakenFile:
    """Return the picture or sound as it may be stored. `name`: as the file calls it, for the title and the ending.

    Raises ValidationError with a reason for the editor, for what an upload of it would be refused for.
    """
    known = _known(data)
    if known is None:
        raise ValidationError(_("It is neither an image nor a sound that the site takes."))
    kind, ending, content_type = known
    allowed = get_allowed_image_extensions() if kind == "picture" else wagtailmedia_settings.AUDIO_EXTENSIONS
    if ending not in allowed:
        raise ValidationError(_("The site takes no .%(ending)s files.") % {"ending": ending})
    stem = get_valid_filename(PurePath(name.replace("\\", "/")).stem[:80] or kind)
    taken = TakenFile(kind, f"{stem}.{ending}", content_type, data)
    if kind == "picture":
        if ending == "svg" and (found := dangers(io.BytesIO(data))):
            raise ValidationError(_("It contains more than an image (%(found)s).") % {"found": "; ".join(found)})
        BoundedImageField().to_python(SimpleUploadedFile(taken.name, data, content_type))
    return taken


def unsaved_file(taken: TakenFile, *, collection: Any, by: Any = None, description: str = "") -> Any:
    """Make a picture of the site's picture model, or a sound of its media model: its file is stored, its row is not.

    The row is for the caller to write; until then nothing points at the file.
    """
    title = PurePath(taken.name).stem[:_TITLE]
    model: Any = get_image_model() if taken.kind == "picture" else get_media_model()
    row = model(title=title, collection=collection, uploaded_by_user=by)
    if taken.kind == "picture":
        row.description = description[:_TITLE]
        row.file.save(taken.name, ContentFile(taken.data), save=False)
        row.file.field.update_dimension_fields(row, force=True)
        row._set_image_file_metadata()
        row.file.close()
    else:
        row.type = "audio"
        row.file.save(taken.name, ContentFile(taken.data), save=False)
    return row
