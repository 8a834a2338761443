"""Announcements for the people of an area: dated, on pages of their own below one list."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel
from wagtail.models import Page
from wagtail.search import index

from bdhvs_content.addresses import NumberedCopyForm, PlainAddressForm
from bdhvs_content.announcement_forms import AnnouncementForm
from bdhvs_content.announcement_panels import TextsPanel
from bdhvs_content.contexts import ShownPage
from bdhvs_content.fields import NfcCharField, NfcRichTextField, NfcTextField, page_link
from bdhvs_content.search import FOLDED, folded_title

LONGEST = 600
"""Letters of an announcement's text: what is read in a minute, and read out in one."""


class AnnouncementIndexPage(ShownPage, Page):
    """The list of announcements, below the catalogue."""

    page_ptr = page_link()
    intro = NfcTextField(
        _("introduction"),
        blank=True,
        help_text=_("Optional. One sentence below the heading."),
    )

    base_form_class = PlainAddressForm
    copy_form_class = NumberedCopyForm
    search_fields = FOLDED
    folded_title = property(folded_title)
    content_panels: ClassVar[list[Any]] = [
        MultiFieldPanel([*Page.content_panels, FieldPanel("intro")], heading=_("Overview")),
        HelpPanel(
            heading=_("What it contains"),
            content=_(
                "Announcements are the child pages of this page. Learners see those of the area they live in, visitors "
                "see all of them, newest first; each disappears from the lists after its last day."
            ),
        ),
    ]
    parent_page_types: ClassVar[list[str]] = ["bdhvs_content.CatalogPage"]
    subpage_types: ClassVar[list[str]] = ["bdhvs_content.AnnouncementPage"]
    show_in_menus_default = False
    template = "bdhvs_content/announcement_index_page.html"

    class Meta:
        verbose_name = _("list of announcements")
        verbose_name_plural = _("lists of announcements")


class AnnouncementPage(ShownPage, Page):
    """An announcement for the people of some areas, or for everybody, until a day.

    Why days of its own and not Wagtail's `expire_at`? That takes the page away, by a command that somebody has to run.
    A person who opens the link in the group a week later should read that it is over, and lists must be right without
    the command. Wagtail's scheduling still works beside them.
    """

    page_ptr = page_link()
    text = NfcRichTextField(
        _("text"),
        max_length=LONGEST,
        features=["bold", "link", "ul"],
        help_text=_("What people should know or do, in two or three short sentences. At most 600 characters."),
    )
    time_words = NfcCharField(
        _("time"),
        max_length=120,
        blank=True,
        help_text=_("Optional. As people say it. Example: “19:30, thứ Ba 24/11/2026”."),
    )
    place_words = NfcCharField(
        _("place"), max_length=120, blank=True, help_text=_("Optional. Example: “nhà văn hóa thôn”.")
    )
    areas = ParentalManyToManyField(
        "bdhvs_lms.Area",
        blank=True,
        related_name="+",
        verbose_name=_("areas"),
        help_text=_("None ticked: for everyone. An area includes all below it, as they are on the day of reading."),
    )
    shown_from = models.DateField(
        _("shown from"),
        null=True,
        blank=True,
        help_text=_("Optional. Empty: as soon as it is published. Example: 20/11/2026."),
    )
    shown_until = models.DateField(
        _("shown until"),
        help_text=_("The last day. After it the announcement leaves all lists, and its page says that it is over."),
    )
    zalo_text = NfcTextField(
        _("your own text for Zalo"),
        blank=True,
        max_length=1500,
        help_text=_("Optional. It replaces the text above; plain words without formatting."),
    )
    loudspeaker_text = NfcTextField(
        _("your own text for the loudspeaker"),
        blank=True,
        max_length=3000,
        help_text=_("Optional. It replaces the text above; write it as it is to be read out."),
    )

    base_form_class = AnnouncementForm
    copy_form_class = NumberedCopyForm
    folded_title = property(folded_title)
    shared_fields: ClassVar[tuple[str, ...]] = ("areas", "shown_from", "shown_until")
    """What an announcement has once, whatever languages it is in: the page it was translated from has it."""

    content_panels: ClassVar[list[Any]] = [
        MultiFieldPanel([*Page.content_panels, FieldPanel("text")], heading=_("What it says")),
        MultiFieldPanel([FieldPanel("time_words"), FieldPanel("place_words")], heading=_("When and where")),
        MultiFieldPanel([FieldPanel("areas")], heading=_("For whom")),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("shown_from"), FieldPanel("shown_until")])], heading=_("When it is shown")
        ),
        MultiFieldPanel(
            [TextsPanel(), FieldPanel("zalo_text"), FieldPanel("loudspeaker_text")],
            heading=_("Text for Zalo and the loudspeaker"),
        ),
    ]
    search_fields: ClassVar[list[Any]] = [
        *FOLDED,
        index.SearchField("text"),
        index.SearchField("time_words"),
        index.SearchField("place_words"),
    ]
    parent_page_types: ClassVar[list[str]] = ["bdhvs_content.AnnouncementIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    show_in_menus_default = False
    template = "bdhvs_content/announcement_page.html"

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        constraints = [
            models.CheckConstraint(
                condition=Q(shown_from=None) | Q(shown_until__gte=F("shown_from")), name="announcement_span"
            )
        ]

    @cached_property
    def source(self) -> AnnouncementPage:
        """Return the page that this one was translated from, or is an alias of: days and areas are that one's. One
        query for a translation or an alias, and one to know that it is none."""
        if not self.pk:
            return self
        older = AnnouncementPage.objects.filter(translation_key=self.translation_key, alias_of=None)
        original = AnnouncementPage.objects.filter(pk=self.alias_of_id) if self.alias_of_id else older
        return original.filter(pk__lt=self.pk).order_by("pk").first() or self

    def is_over(self, on: date) -> bool:
        """Tell whether its last day is before this one."""
        return bool(self.source.shown_until < on)

    def is_to_come(self, on: date) -> bool:
        """Tell whether its first day is after this one."""
        return self.source.shown_from is not None and self.source.shown_from > on
