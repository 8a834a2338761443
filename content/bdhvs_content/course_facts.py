"""Facts that a course shows before anybody opens it: a picture, its audience, how long a lesson takes."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.images import get_image_model_string

from bdhvs_content.drawing_choice import DrawingChoice
from bdhvs_content.fields import NfcCharField

LONGEST = 240
"""Minutes that a lesson may be said to take."""


class Drawing(models.TextChoices):
    """Keys of the available drawings. The drawings are templates, `bdhvs_content/drawings/<key>.html`."""

    PHONE = "phone", pgettext_lazy("drawing", "telephone")
    CARD = "card", pgettext_lazy("drawing", "identity card")
    SHIELD = "shield", pgettext_lazy("drawing", "shield")
    MAGNIFIER = "magnifier", pgettext_lazy("drawing", "magnifying glass")
    QR = "qr", pgettext_lazy("drawing", "QR code")
    SPEECH = "speech", pgettext_lazy("drawing", "speech bubbles")
    PEOPLE = "people", pgettext_lazy("drawing", "people")
    SEEDLING = "seedling", pgettext_lazy("drawing", "seedling")


SHARED = ("drawing", "picture", "minutes", "placement")
"""Fields that a course has once, whatever languages it is in: the page it was translated from has them."""


class CourseFacts(models.Model):
    drawing = models.CharField(
        _("drawing"),
        max_length=20,
        choices=Drawing.choices,
        default=Drawing.PHONE,
        help_text=_("Shown above the course's title. Example: “shield” for a course about safety."),
    )
    picture = models.ForeignKey(
        get_image_model_string(),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("image instead of the drawing"),
        help_text=_("Optional. A wide image, without words in it. Example: a photo of a class in the village hall."),
    )
    picture_alt = NfcCharField(
        _("image description"),
        max_length=250,
        blank=True,
        help_text=_(
            "Read aloud to people who cannot see the image. Example: “Six people around a table, each with a phone”."
        ),
    )
    for_whom = NfcCharField(
        _("for whom"), max_length=60, blank=True, help_text=_("A few words. Example: “New to smartphones”.")
    )
    minutes = models.PositiveSmallIntegerField(
        _("minutes per lesson"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST)],
        help_text=_("How long a learner needs for one lesson, roughly. Example: 10."),
    )

    placement = models.UUIDField(
        _("placement quiz"),
        null=True,
        blank=True,
        help_text=_(
            "Optional. Whoever knows the subject already takes this quiz at once, without the lessons. Quizzes can be "
            "chosen here once the course is published. Example: “Kiểm tra cuối khóa”."
        ),
    )

    class Meta:
        abstract = True

    @property
    def drawing_template(self) -> str:
        """Return the drawing's template; a key without a drawing gives the first one."""
        key = self.drawing if self.drawing in Drawing.values else Drawing.PHONE
        return f"bdhvs_content/drawings/{key}.html"


# As an editor thinks: what the catalogue says of the course, then its picture.
FACTS_PANELS: list[Any] = [
    MultiFieldPanel([FieldPanel("for_whom"), FieldPanel("minutes")], heading=_("For whom and how long")),
    MultiFieldPanel(
        [FieldPanel("drawing", widget=DrawingChoice), FieldPanel("picture"), FieldPanel("picture_alt")],
        heading=_("Picture"),
    ),
    MultiFieldPanel([FieldPanel("placement")], heading=_("Already know it?")),
]
