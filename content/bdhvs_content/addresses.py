"""Addresses of pages: letters without marks; the same title twice is no error of the editor."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxLengthValidator
from django.utils.text import slugify
from wagtail.admin.forms.pages import CopyForm, WagtailAdminPageForm
from wagtail.admin.widgets import SlugInput
from wagtail.models import Page

from bdhvs_content.fields import LONGEST_INTRO, TOO_LONG, NfcTextField
from bdhvs_lms.base.api import fold


def _plain_letters() -> list[tuple[str, str]]:
    """Return (pattern, replacement) pairs for Wagtail's slug field: each letter with marks, composed or not."""
    marked: dict[str, str] = {}
    for letter in map(chr, (*range(0xC0, 0x1B1), *range(0x1EA0, 0x1EFA))):
        plain = fold(letter)
        if len(plain) == 1 and plain.isascii() and plain.isalpha():
            marked[plain] = marked.get(plain, "") + letter
    return [*((f"[{letters}]", plain) for plain, letters in marked.items()), ("[\u0300-\u036f]", "")]


PLAIN_LETTERS = _plain_letters()
_LONGEST: int = Page._meta.get_field("slug").max_length


def free_address(wanted: str, parent: Page, page: Page | None = None) -> str:
    """Return the address itself if no other page below `parent` has it, else the address with the first free number:
    kiem-tra, kiem-tra-2. One query."""
    stem = wanted[: _LONGEST - len("-9999")]
    others = Page.objects.child_of(parent).filter(slug__startswith=stem)
    if page is not None and page.pk:
        others = others.exclude(pk=page.pk)
    taken = set(others.values_list("slug", flat=True))
    if wanted not in taken:
        return wanted
    number = 2
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"


def _column(page: Page, name: str) -> Any:
    return next((field for field in page._meta.fields if field.name == name), None)


class PlainAddressForm(WagtailAdminPageForm):
    """Page form that keeps addresses plain and unique. An address is typed on a telephone and read out: /ma-otp-la-gi/,
    not /mã-otp-là-gì/. An existing address stays; one that another page has gets a number. Multi-line text fields of a
    page type have a limit unless they set their own `max_length`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields and (self.instance.slug or "").isascii():
            slug = self.fields["slug"]
            slug.widget = SlugInput(attrs=slug.widget.attrs, formatters=PLAIN_LETTERS)
        for name, field in self.fields.items():
            if isinstance(_column(self.instance, name), NfcTextField) and getattr(field, "max_length", 0) is None:
                # Not `max_length`: of that a browser cuts off what is pasted, without a word.
                field.validators.append(MaxLengthValidator(LONGEST_INTRO, TOO_LONG))

    def clean(self) -> dict[str, Any]:
        # Before Wagtail looks whether it is taken.
        if "slug" in self.cleaned_data and self.parent_page is not None:
            typed = self.cleaned_data["slug"] or slugify(fold(self.cleaned_data.get("title") or ""))
            if typed:
                self.cleaned_data["slug"] = free_address(typed, self.parent_page, self.instance)
                if self.cleaned_data["slug"] != typed:
                    self.instance.numbered_address = (typed, self.cleaned_data["slug"])
        cleaned: dict[str, Any] = super().clean()
        return cleaned


class NumberedCopyForm(CopyForm):
    """Form for copying a page: a copy beside its original has the original's title; its address gets a number."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        slug = self.fields["new_slug"]
        slug.widget = SlugInput(attrs=slug.widget.attrs, formatters=PLAIN_LETTERS)
        slug.initial = free_address(self.page.slug, self.page.get_parent())

    def clean(self) -> dict[str, Any]:
        wanted = self.cleaned_data.get("new_slug")
        if wanted:
            parent = self.cleaned_data.get("new_parent_page") or self.page.get_parent()
            self.cleaned_data["new_slug"] = free_address(wanted, parent)
        cleaned: dict[str, Any] = super().clean()
        return cleaned
