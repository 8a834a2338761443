"""Size of a picture in pixels, from the head of its file, before anything of it is unpacked.

A file of half a megabyte may say of itself that it has 120 million pixels, and needs a gigabyte when it is opened.
"""

from __future__ import annotations

from itertools import count
from typing import Any, BinaryIO

from django import forms
from django.core.exceptions import ValidationError
from PIL import Image
from wagtail.images.fields import WagtailImageField
from wagtail.images.utils import get_allowed_image_extensions

from bdhvs_content.svg import is_too_long

# What may be unpacked at all: a file decides by its content which of Pillow's readers gets it.
FORMATS = ("AVIF", "GIF", "JPEG", "PNG", "WEBP")
# Each costs a moment, however small it is.
MAX_FRAMES = 500
# A drawing is not unpacked, but its size is kept in whole numbers.
MAX_DRAWING_SIDE = 100_000


class NoPicture(Exception):
    """The file is not of one of `FORMATS`, or broken before its size can be read."""


def pixels_of(file: BinaryIO, limit: int) -> int:
    """Return width × height × frames, as the file says. Above `limit` the number may be too low, but never within the
    limit.

    Rewinds the file. Raises NoPicture.
    """
    try:
        file.seek(0)
        with Image.open(file, formats=FORMATS) as opened:
            area, kind = opened.width * opened.height, opened.format
            frames = 1
            if area <= limit and kind in ("AVIF", "PNG", "WEBP"):
                frames = getattr(opened, "n_frames", 1)
        if kind == "GIF" and area <= limit:
            frames = _gif_frames(file, limit // max(area, 1))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        # Pillow's own bound, which is higher than any that makes sense here.
        return limit + 1
    # Readers of broken files raise what comes to them: SyntaxError, struct.error, IndexError, OverflowError among it.
    except Exception as broken:
        raise NoPicture from broken
    finally:
        file.seek(0)
    if area < 1:
        raise NoPicture
    return area * frames if frames <= MAX_FRAMES else limit + 1


def _gif_frames(file: BinaryIO, enough: int) -> int:
    """Count the frames of a GIF (GIF89a, 15 to 27) without unpacking them; stop above what is allowed."""
    file.seek(0)
    head = file.read(13)
    _skip_colours(file, head[10])
    for frames in count():
        if frames > min(enough, MAX_FRAMES):
            return frames
        # Extensions, then a picture or the end.
        while (kind := file.read(1)) == b"\x21":
            file.seek(1, 1)
            _skip_blocks(file)
        if kind != b"\x2c":
            # The end, or rubbish where it should be: readers show what came before.
            return frames
        _skip_colours(file, file.read(9)[8])
        file.seek(1, 1)
        _skip_blocks(file)
    raise AssertionError("unreachable")


def _skip_colours(file: BinaryIO, packed: int) -> None:
    if packed & 0x80:
        file.seek(3 << ((packed & 7) + 1), 1)


def _skip_blocks(file: BinaryIO) -> None:
    while size := file.read(1)[0]:
        file.seek(size, 1)


class BoundedImageField(WagtailImageField):
    """Wagtail's field, which unpacks a picture to measure it, behind a look at its head.

    The limit is Wagtail's own (WAGTAILIMAGES_MAX_IMAGE_PIXELS); what no reader can make sense of is no picture.
    """

    def to_python(self, data: Any) -> Any:
        file = forms.FileField.to_python(self, data)
        if file is None:
            return None
        self.check_image_file_size(file)
        if not str(file.name).lower().endswith(".svg"):
            self._look(file)
        elif is_too_long(file):
            raise ValidationError(self.error_messages["invalid_image"], code="invalid_image")
        try:
            found = super().to_python(data)
        except ValidationError:
            raise
        except Exception as broken:
            raise ValidationError(self.error_messages["invalid_image"], code="invalid_image") from broken
        if str(file.name).lower().endswith(".svg"):
            self._look_at_drawing(found)
        return found

    def _look(self, file: Any) -> None:
        limit = int(self.max_image_pixels or 0)
        try:
            pixels = pixels_of(file, limit)
        except NoPicture as broken:
            raise ValidationError(self.error_messages["invalid_image"], code="invalid_image") from broken
        if limit and pixels > limit:
            raise ValidationError(
                self.error_messages["file_too_many_pixels"] % {"num_pixels": pixels, "max_pixels_count": limit},
                code="file_too_many_pixels",
            )

    def _look_at_drawing(self, found: Any) -> None:
        try:
            width, height = (int(side) for side in found.image.get_size())
        except Exception as broken:
            raise ValidationError(self.error_messages["invalid_image"], code="invalid_image") from broken
        if not (0 < width <= MAX_DRAWING_SIDE and 0 < height <= MAX_DRAWING_SIDE):
            raise ValidationError(self.error_messages["invalid_image"], code="invalid_image")


class AvatarField(BoundedImageField):
    """Field of Wagtail's form for a person's own picture, which is reduced at once: no drawing, a complete file, and a
    shape of which something is left then."""

    # Wagtail's form makes the longer side 400 pixels long.
    MOST_TO_ONE = 100

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.allowed_image_extensions = [one for one in get_allowed_image_extensions() if one != "svg"]

    def to_python(self, data: Any) -> Any:
        if data and str(data.name).lower().endswith(".svg"):
            raise ValidationError(self.error_messages["invalid_image_extension"], code="invalid_image_extension")
        found = super().to_python(data)
        if found is None:
            return None
        try:
            found.seek(0)
            with Image.open(found, formats=FORMATS) as opened:
                shape = sorted(opened.size)
                opened.load()
        except Exception as broken:
            raise ValidationError(self.error_messages["invalid_image"], code="invalid_image") from broken
        finally:
            found.seek(0)
        if shape[1] > self.MOST_TO_ONE * shape[0]:
            raise ValidationError(self.error_messages["invalid_image"], code="invalid_image")
        return found


def bound_avatars() -> None:
    """Replace the avatar form's field by `AvatarField`: Wagtail has no setting for this form, as for pictures and
    documents."""
    # Reads the user model, which is there once all apps are loaded.
    from wagtail.admin.forms.account import AvatarPreferencesForm

    given = AvatarPreferencesForm.base_fields["avatar"]
    bounded = AvatarField(label=given.label, required=given.required, widget=given.widget)
    AvatarPreferencesForm.base_fields["avatar"] = bounded
