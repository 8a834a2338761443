"""Two drawings of our own, drawn when the demonstration is loaded."""

from __future__ import annotations

from io import BytesIO

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw
from wagtail.images import get_image_model

INK, WHITE, GREEN, BLUE, GREY = "#1b1b1b", "#ffffff", "#0b6b3a", "#0b4f8a", "#e6e6e6"
SIZE = (800, 600)


def _phone(draw: ImageDraw.ImageDraw) -> None:
    draw.rounded_rectangle((270, 30, 530, 570), radius=36, fill=INK)
    draw.rounded_rectangle((288, 62, 512, 538), radius=12, fill=WHITE)
    for number, colour in enumerate((BLUE, GREEN, GREY, GREY)):
        left = 300 + number * 53
        draw.ellipse((left, 84, left + 42, 126), fill=colour)
    for line in range(5):
        draw.rounded_rectangle((306, 170 + line * 62, 494, 206 + line * 62), radius=8, fill=GREY)


def _shield(draw: ImageDraw.ImageDraw) -> None:
    draw.polygon(
        [(400, 50), (590, 120), (590, 320), (540, 440), (400, 550), (260, 440), (210, 320), (210, 120)], fill=GREEN
    )
    draw.line([(300, 300), (375, 380), (510, 210)], fill=WHITE, width=44, joint="curve")


DRAWINGS = {"phone": _phone, "shield": _shield}


def picture(name: str, title: str):
    """The library's image of that drawing; made if it is not there."""
    model = get_image_model()
    found = model.objects.filter(title=title).first()
    if found is not None:
        return found
    image = Image.new("RGB", SIZE, WHITE)
    DRAWINGS[name](ImageDraw.Draw(image))
    data = BytesIO()
    image.save(data, "PNG", optimize=True)
    return model.objects.create(title=title, file=ContentFile(data.getvalue(), name=f"demo-{name}.png"))
