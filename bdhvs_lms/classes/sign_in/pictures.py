"""The twelve pictures of which a PIN is made of three. Each is drawn by the theme and named in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

PICTURES = {
    "lotus": pgettext_lazy("picture", "Lotus"),
    "buffalo": pgettext_lazy("picture", "Buffalo"),
    "hen": pgettext_lazy("picture", "Hen"),
    "fish": pgettext_lazy("picture", "Fish"),
    "hat": pgettext_lazy("picture", "Palm hat"),
    "house": pgettext_lazy("picture", "House"),
    "tree": pgettext_lazy("picture", "Tree"),
    "sun": pgettext_lazy("picture", "Sun"),
    "boat": pgettext_lazy("picture", "Boat"),
    "bicycle": pgettext_lazy("picture", "Bicycle"),
    "bowl": pgettext_lazy("picture", "Bowl"),
    "key": pgettext_lazy("picture", "Key"),
}
"""By the key that is sent; the order is that of the page."""
ROWS = (_("First picture"), _("Second picture"), _("Third picture"))
LENGTH = len(ROWS)

Pin = tuple[str, ...]
"""Three keys of PICTURES."""
